"""The batch system ended the job for using more memory than it had asked for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.terms import Cause

RULE = Rule(
    code="LOG234",
    name="job-memory-limit",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Detected (?P<events>[0-9]+) oom[-_]kill event\(?s?\)? in (?:StepId|step)=?\s?"
            r"(?P<job>[\w.]+)"
        ),
        Pattern(r"killed by the cgroup out-of-memory handler"),
        Pattern(r"Exceeded (?:job|step) memory limit"),
        Pattern(
            r"(?:Job|Step) (?P<job>[\w.]+) exceeded memory limit(?: \((?P<in_use>[0-9]+\w*) > "
            r"(?P<limit>[0-9]+\w*)\))?"
        ),
        Pattern(r"srun: error: (?P<node>\S+): tasks? (?P<task>[\d,-]+): Out Of Memory"),
        Pattern(r"\bOUT_OF_MEMORY\b *(?:\(exit code|[0-9]+:[0-9]+|$)"),
        Pattern(r"State=OUT_OF_ME(?:MORY|\+)"),
        Pattern(r"TERM_MEMLIMIT"),
        Pattern(
            r"PBS: job killed: v?mem (?P<in_use>[0-9]+\w*) exceeded limit (?P<limit>[0-9]+\w*)"
        ),
        Pattern(r"oom_kill event in (?P<job>[\w.]+)"),
        Pattern(r"Job (?:has gone over|exceeded) memory limit of (?P<limit>[0-9]+ ?\w*)"),
    ),
    seen="The batch system ended the job[ {job}], because it used more memory than it had asked "
    "for[: {in_use} of {limit}].",
    why="On a cluster a job may use only the memory it asked for; all processes of the job on the "
    "node count together, the workers that load data too.",
    fix="Ask for more (`#SBATCH --mem=64G`, or --mem-per-cpu), and see with `sacct -j JOB -o "
    "MaxRSS` what was used. " + LESS_ON_HOST,
    source="https://slurm.schedmd.com/cgroup.conf.html",
    hits=(
        "slurmstepd: error: Detected 2 oom-kill event(s) in StepId=771234.0. Some of your "
        "processes "
        "may have been killed by the cgroup out-of-memory handler.\nsrun: error: gpu17: task 0: "
        "Out Of Memory",
        "slurmstepd: error: Job 771235 exceeded memory limit (67240012 > 67108864), being killed",
        "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.",
    ),
    misses=(
        "slurmstepd: error: *** JOB 771236 ON gpu17 CANCELLED AT 2024-01-01T00:00:00 DUE TO TIME "
        "LIMIT ***",
        "cuDeviceGetCount: CUDA_ERROR_OUT_OF_MEMORY",
    ),
)
