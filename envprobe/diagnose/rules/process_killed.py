"""The process was ended by SIGKILL, which leaves no message; mostly for want of memory."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST, MEMORY_CAUSES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    return None if log.has("job-time-over") else Reading()


RULE = Rule(
    code="LOG235",
    name="process-killed",
    cause=Cause.OOM_HOST,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"(?:^|[|\]] )\s*Killed(?:: 9)?\s*(?:\(core dumped\)\s*)?$", anchors=("Killed",)),
        Pattern(r"^\s*[Kk]illed(?: {2,}| *\t)(?P<command>\S.*)$", anchors=("killed", "Killed")),
        Pattern(
            r"line [0-9]+: +(?P<pid>[0-9]+) Killed(?:: 9)?\b(?P<command>.*)", anchors=("Killed",)
        ),
        Pattern(
            r"^\[[0-9]+\] *[-+]? +(?:(?P<pid>[0-9]+) +)?[Kk]illed\b", anchors=("killed", "Killed")
        ),
        Pattern(r"^[0-9]+ Killed +\S", anchors=(" Killed",)),
        # As dash says it of a script's line.
        Pattern(
            r": +[0-9]+: +(?P<pid>[0-9]+) [Kk]illed\b(?P<command>.*)",
            anchors=(" killed", " Killed"),
        ),
        Pattern(r"[\"'`“‘]Killed[\"'`”’.]", anchors=("Killed",)),
        Pattern(
            r"(?:[Cc]ode|status|with|of)[\"']?(?: is| of)?[:= ]{1,8}(?P<code>137|-9)\b",
            anchors=(
                *("e 137", "s 137", "h 137", ": 137", ":    137", ":137", "=137"),
                *("e -9", "s -9", "h -9", ": -9", "e=-9"),
            ),
        ),
        Pattern(r"non-zero exit status (?P<code>137|-9)\b"),
        Pattern(r"(?:by|with|[Rr]eceived|got|signal:?|[(.{]) ?SIGKILL\b", anchors=("SIGKILL",)),
        Pattern(r"srun: error: \S+: tasks? [0-9,-]+: Killed"),
        Pattern(
            r"(?:signal|Signals|killed by signal)[ .:]+(?:SIGKILL: )?9\b",
            anchors=("ignal 9", "ignal: 9", "SIGKILL: 9"),
        ),
        Pattern(r"signal 9 \((?:SIGKILL|Killed)\)"),
        Pattern(
            r"(?i)\b(?:training|process|script|program|session|python3?|job|worker|it) "
            r"(?:\w+ )?(?:gets?|got|is|was|being|keeps getting|been) killed\b",
            anchors=("killed", "Killed"),
        ),
        Pattern(
            r"(?i)\b(?:says?|prints?|printed|shows?|message|just|only) .{0,12}\bkilled\b",
            anchors=("killed", "Killed", "KILLED"),
        ),
        Pattern(r"A worker process managed by the executor was unexpectedly terminated"),
        Pattern(r"A process in the process pool was terminated abruptly"),
    ),
    seen="The process was killed from outside (SIGKILL[, exit code {code}]); it could write no "
    "message of its own.",
    why="Programs are killed without a message mostly by the kernel when the memory of the "
    "computer, the container or the job is used up. A user, a time limit or a scheduler can do it "
    "too.",
    fix="Ask the kernel's log for 'Out of memory' (`dmesg -T | grep -i kill`), the scheduler for "
    "the job's memory (`sacct`, `kubectl describe pod`, `docker inspect`). If it was memory: "
    + LESS_ON_HOST,
    confidence=Confidence.LIKELY,
    yields_to=(
        *(cause for cause in MEMORY_CAUSES if cause != "oom-host"),
        "host-tensor-did-not-fit",
        "host-array-did-not-fit",
        "host-killed-for-memory",
        "container-memory-limit",
        "job-memory-limit",
        "host-allocation-failed",
        "nccl-collective-failure",
        "cpu-instruction-missing",
    ),
    candidates=(
        Candidate(
            cause=Cause.HANG_TIMEOUT,
            check="Did a time limit, a watchdog or another rank's failure end the job?",
        ),
        Candidate(
            cause=Cause.OOM_GPU, check="Does an earlier line of another process name GPU memory?"
        ),
    ),
    source="https://man7.org/linux/man-pages/man7/signal.7.html",
    read=_read,
    hits=(
        "Epoch 1/20\n 113/900 [==>...........................] - ETA: 8:13 - loss: 1.2345\nKilled",
        "train.sh: line 7: 20304 Killed                  python train.py --epochs 50",
        "./run.sh:  12: 7781 killed              python3 train.py --steps=9",
        "./run.sh: 12: 7781 Killed              python3 train.py --steps=9",
        "Process finished with exit code 137 (interrupted by signal 9: SIGKILL)",
        "subprocess.CalledProcessError: Command '['python', 'main.py']' died with "
        "<Signals.SIGKILL: "
        "9>.",
        "trainer_1  | Loading data ...\ndocker_trainer_1 exited with code 137",
    ),
    misses=(
        "slurmstepd: error: *** JOB 9 ON n1 CANCELLED AT 2024-01-01T00:00:00 DUE TO TIME LIMIT "
        "***\nKilled",
        "step 137: loss 0.91\nexit code 1",
        "killed 3 duplicates in the data set",
    ),
)
