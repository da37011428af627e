"""The scheduler ended the job because its time was over."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG724",
    name="slurm-time-limit",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"CANCELLED AT (?P<when>\S+) DUE TO TIME LIMIT"),
        Pattern(r"TERM_RUNLIMIT: job killed after reaching LSF run time limit"),
        Pattern(r"PBS: job killed: walltime (?P<used>[0-9]+) exceeded limit (?P<limit>[0-9]+)"),
        Pattern(r"=>> PBS: job killed: (?P<what>walltime|cput)"),
        Pattern(r"DeadlineExceeded +.{0,60}Job was active longer than specified deadline"),
        Pattern(r"active longer than specified deadline"),
        Pattern(
            r"(?:reached|exceeded) (?:its |the )?(?:wall ?)?time limit",
            anchors=("time limit", "timelimit"),
        ),
    ),
    seen="the scheduler ended the job: its time was over[ ({when})][ after {used} of {limit} s]",
    why="The job ran longer than it had asked for. Either it needs more time, or it stood still: a "
    "process that waited for another.",
    fix="Where steps went on to the end, ask for more time (#SBATCH --time) or save "
    "checkpoints and start again from them. Where the last step is long before the "
    "end, the job hung: look at what each rank did last.",
    source="https://slurm.schedmd.com/sbatch.html#OPT_time",
    hits=(
        "Epoch 7/50\nslurmstepd: error: *** JOB 4711 ON node3 CANCELLED AT "
        "2023-04-05T06:07:08 DUE TO TIME LIMIT ***",
    ),
    misses=("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=4711.batch.",),
)
