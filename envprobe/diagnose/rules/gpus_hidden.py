"""CUDA_VISIBLE_DEVICES hides every GPU from the process."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    return degraded(sighting, log)


RULE = Rule(
    code="LOG154",
    name="gpus-hidden",
    cause=Cause.DEVICE_ORDINAL,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"CUDA_VISIBLE_DEVICES is set to (?P<visible>.+?) - this hides all GPUs from CUDA"),
    ),
    seen="CUDA_VISIBLE_DEVICES is {visible}: every GPU is hidden from this process.",
    why="The variable is set in the shell, in the job script, by the scheduler, or in the code "
    "with os.environ before TensorFlow's import. If that is on purpose, this run is to "
    "compute on the CPU and nothing is wrong.",
    fix="Unset CUDA_VISIBLE_DEVICES, or set it to an index that `nvidia-smi -L` lists, before "
    "TensorFlow is imported; search the code for os.environ['CUDA_VISIBLE_DEVICES'].",
    candidates=(
        Candidate(
            cause=Cause.BENIGN, check="the program hides the GPUs on purpose to run on the CPU"
        ),
        NO_DRIVER,
    ),
    read=_read,
    source="xla/stream_executor/cuda/cuda_diagnostics.cc",
    hits=(
        "E0000 00:00:1770000000.000001 31 cuda_platform.cc:51] failed call to cuInit: INTERNAL: "
        "CUDA error: Failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is "
        "detected\n"
        'I0000 00:00:1770000000.000002 31 cuda_diagnostics.cc:160] env: CUDA_VISIBLE_DEVICES="-1"\n'
        "I0000 00:00:1770000000.000003 31 cuda_diagnostics.cc:163] CUDA_VISIBLE_DEVICES is set to "
        "-1 - this hides all GPUs from CUDA\n"
        "[]\n",
    ),
    misses=(
        'I0000 00:00:1770000000.000002 31 cuda_diagnostics.cc:160] env: CUDA_VISIBLE_DEVICES="0"\n',
    ),
)
