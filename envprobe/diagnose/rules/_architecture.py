"""Whether a GPU is newer than the CUDA toolkit of the TensorFlow that ran."""

from __future__ import annotations

from typing import NamedTuple

from envprobe.diagnose.evidence import Log
from envprobe.facts.cuda_capabilities import cuda_capability
from envprobe.facts.unknown import Unknown


class TooNew(NamedTuple):
    """A GPU, and the first CUDA toolkit that compiles for it: newer than the loaded one."""

    gpu: str
    capability: str
    needed_cuda: str
    loaded_cuda: str


def gpu_too_new(log: Log) -> TooNew | None:
    """None where the log does not tell both, or where they fit."""
    capability, cuda = gpu_capability(log), loaded_cuda(log)
    row = cuda_capability(capability) if capability else None
    if cuda is None or capability is None or row is None or isinstance(row, Unknown):
        return None
    if row.first_cuda is None or _numbers(row.first_cuda) <= _numbers(cuda):
        return None
    return TooNew(gpu_name(log) or "the GPU", capability, row.first_cuda, cuda)


def gpu_capability(log: Log) -> str | None:
    """The compute capability of the first GPU (`"8.6"`)."""
    for one in log.all("gpu-created", "gpu-found"):
        if "capability" in one.fields:
            return one.fields["capability"]
        if "major" in one.fields:
            return f"{one.fields['major']}.{one.fields['minor']}"
    return None


def gpu_name(log: Log) -> str | None:
    """What the first GPU is called."""
    return log.field("gpu-created", "gpu") or log.field("gpu-found", "gpu")


def loaded_cuda(log: Log) -> str | None:
    """The CUDA toolkit whose run time was opened; where only `11` is told, the oldest it can be."""
    version = log.field("cuda-runtime-opened", "version")
    if version:
        # From CUDA 11 on the file name holds the major version only: nothing is known of the minor.
        return version if "." in version and not version.startswith(("11", "12", "13")) else None
    digits = log.field("cuda-runtime-opened", "digits")
    if digits and len(digits) in (2, 3) and not digits.startswith(("11", "12", "13")):
        return f"{digits[:-1]}.{digits[-1]}"
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
