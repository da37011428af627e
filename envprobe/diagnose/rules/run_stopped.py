"""The watched run was asked to end by a signal."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._run_end import SPECIFIC, WAS_MEMORY
from envprobe.terms import Cause

RULE = Rule(
    code="LOG262",
    name="run-stopped",
    cause=Cause.STOPPED_FROM_OUTSIDE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"envprobe run: process (?P<pid>[0-9]+) ended by signal "
            r"(?P<signal>TERM|INT|HUP|QUIT|USR1|USR2|ALRM|XCPU)\b"
        ),
        Pattern(
            r"envprobe run: by its exit code, a process of the command ended by signal "
            r"(?P<signal>TERM|INT|HUP)\b"
        ),
        Pattern(
            r"envprobe run: while it ran, it was sent "
            r"(?P<signal>(?:TERM|INT|HUP|QUIT|USR1|USR2|ALRM|XCPU)\b.*)"
        ),
    ),
    seen="The run was stopped from outside by the signal {signal}[ (process {pid})].",
    why="Schedulers send TERM, or USR1 where a job asked for it, shortly before its time is over "
    "or when they take the machine back; INT is ctrl-C; HUP is a terminal or connection that was "
    "closed; XCPU is the limit of CPU time (ulimit -t). The program itself did not fail.",
    fix="Ask who sent it: sacct -j JOB, kubectl describe pod, the cloud's events. Give the job "
    "more time, or save checkpoints (tf.keras.callbacks.BackupAndRestore) and go on from the last "
    "one. Against HUP start it with nohup, tmux or the scheduler.",
    yields_to=(
        *SPECIFIC,
        "oom-host",
        "abi-mismatch",
        "slurm-time-limit",
        "job-stopped-from-outside",
    ),
    candidates=(WAS_MEMORY,),
    source="https://man7.org/linux/man-pages/man7/signal.7.html",
    hits=(
        "Epoch 1/3\nenvprobe run: process 4711 ended by signal TERM after 61.0 s\n"
        "envprobe run: while it ran, it was sent TERM",
        "envprobe run: the exit code was 1 after 3599.0 s\n"
        "envprobe run: while it ran, it was sent USR1, TERM",
    ),
    misses=("envprobe run: process 4711 ended by signal KILL after 61.0 s",),
)
