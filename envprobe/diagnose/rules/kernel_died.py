"""The notebook's Python process ended without a message."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.terms import Cause

RULE = Rule(
    code="LOG238",
    name="kernel-died",
    cause=Cause.OOM_HOST,
    kind=Kind.WRAPPER,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"[Kk]ernel (?:appears to have )?died",
            anchors=("ernel appears to have died", "ernel died"),
        ),
        Pattern(r"The Kernel crashed while executing code"),
        Pattern(r"DeadKernelError: Kernel died"),
        Pattern(
            r"[Kk]ernel (?:\w+ )?(?:dies|is dying|crashes|keeps dying|keeps restarting|has died)\b",
            anchors=("ernel ",),
        ),
        Pattern(r"kernel [0-9a-f-]{36} restarted"),
        Pattern(r"session crashed for an unknown reason"),
        Pattern(r"KernelRestarter: restarting kernel"),
    ),
    seen="The notebook's Python process ended without a message of its own.",
    why="A notebook shows nothing of a crash below Python. Most often the memory was used up; a "
    "library of CUDA that does not fit, or a CPU without an instruction, do the same.",
    fix="Run the same code as a script (`jupyter nbconvert --to script`, then `envprobe run -- "
    "python script.py`): the terminal shows the message that the notebook hides. If it was memory: "
    + LESS_ON_HOST,
    candidates=(
        Candidate(
            cause=Cause.CUDNN_VERSION_MISMATCH,
            check="Does it die at the first convolution, and did CUDA or cuDNN just change?",
        ),
        Candidate(
            cause=Cause.CPU_INSTRUCTION_MISSING, check="Does `import tensorflow` alone end it?"
        ),
    ),
    source="https://jupyter-client.readthedocs.io/",
    hits=("Kernel Restarting\nThe kernel appears to have died. It will restart automatically.",),
    misses=("[I 10:11:12.131 NotebookApp] Kernel started: 00000000-0000-0000-0000-000000000000",),
)
