"""What the rules on CUDA_VISIBLE_DEVICES share."""

from __future__ import annotations

from envprobe.doctor.examination import Examination
from envprobe.inventory import Gpu
from envprobe.inventory.cuda_visible import VARIABLE, Visibility, resolve_visible

CUDA_VARIABLES = (
    "https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html"
)


def visibility(examination: Examination) -> Visibility:
    """What CUDA will enumerate of NVML's GPUs."""
    return resolve_visible(examination.gpus, examination.environ)


def setting(examination: Examination) -> str:
    """The variable as it is set."""
    return f"{VARIABLE}={examination.environ.get(VARIABLE)!r}"


def gpus_in_use(examination: Examination) -> tuple[Gpu, ...]:
    """The GPUs that the variable does not hide: what befalls the others is others' concern."""
    seen = visibility(examination)
    if seen.targets is None or seen.invalid is not None or seen.duplicate is not None:
        return examination.gpus
    shown = {target.gpu for target in seen.targets}
    told = {target.gpu for target, why in seen.hidden.items() if why.startswith(VARIABLE)}
    hidden = told - shown
    return tuple(gpu for gpu in examination.gpus if gpu.nvml_index not in hidden)


def expected_devices(examination: Examination) -> int | None:
    """How many devices CUDA should enumerate; None where NVML does not say how many are there."""
    targets = visibility(examination).targets
    if targets is None or examination.inventory.nvml.state != "ok":
        return None
    return len(targets)
