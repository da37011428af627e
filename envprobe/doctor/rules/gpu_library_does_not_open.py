"""TensorFlow passes over all GPUs, because one of its GPU libraries does not open."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import cudnn_of_other_major
from envprobe.doctor.rules._access import lists_gpus
from envprobe.terms import Severity

DRIVER = "libcuda.so.1"
ALL_THE_SAME = (
    "TensorFlow lists its GPUs all the same; what needs this library fails when it is first used."
)
MISSING = "cannot open shared object file"


def failed_openings(examination: Examination) -> dict[str, str]:
    """The libraries that do not open, each with the loader's own error."""
    return {name: error for name, error in (examination.openings or {}).items() if error}


def _detect(examination: Examination) -> Iterator[Seen]:
    if not examination.gpus:
        return
    listed = lists_gpus(examination)
    found = {
        library.soname: library.path for library in examination.inventory.software.libraries or ()
    }
    other_cudnn = any(cudnn_of_other_major.RULE.findings(examination))
    for name, error in failed_openings(examination).items():
        if other_cudnn and name.startswith("libcudnn."):
            continue  # told there, with what is installed instead
        beside = found.get(name)
        there = f"; the disk has {beside}" if beside and beside not in error else ""
        yield Seen(
            seen=f"{name} does not open: {error.removeprefix(f'{name}: ')}{there}",
            severity=Severity.WARNING if listed else None,
            why=ALL_THE_SAME if listed else None,
            fix=_fix(name, error, beside),
            command=_command(examination, name, beside),
        )


def _fix(name: str, error: str, path: str | None) -> str | None:
    if name == DRIVER:
        return "It comes with NVIDIA's driver: install the driver's part for computing."
    if MISSING in error and path is None:
        return None
    return (
        "Install the wheel that owns the file again, or take the folder with the wrong one out of "
        "LD_LIBRARY_PATH."
    )


def _command(examination: Examination, name: str, path: str | None) -> str | None:
    version = examination.tensorflow
    if name == DRIVER or version is None:
        return None
    libraries = examination.inventory.software.libraries or ()
    owner = next((x.distribution for x in libraries if x.path == path and x.distribution), None)
    if owner is not None:
        return install(examination, "--force-reinstall", "--no-deps", _pinned(examination, owner))
    return install(examination, f"tensorflow[and-cuda]=={version}")


def _pinned(examination: Examination, name: str) -> str:
    version = examination.package(name)
    return f"{name}=={version}" if version else name


RULE = Rule(
    code="DOC621",
    name="gpu-library-does-not-open",
    severity=Severity.ERROR,
    why="TensorFlow opens all of its GPU libraries at the start and gives up on every GPU when one "
    "of them fails (Cannot dlopen some GPU libraries); it then computes on the CPU.",
    fix="Install CUDA's libraries as wheels beside TensorFlow, or put the folder that has this "
    "one on LD_LIBRARY_PATH.",
    source="https://www.tensorflow.org/install/pip",
    detect=_detect,
    hits=(
        lambda: changed(
            changed(healthy_gpu(), "inventory.tensorflow.devices", ()),
            "openings",
            {"libcusparse.so.12": "libcusparse.so.12: undefined symbol: __nvJitLinkCreate_12_5"},
        ),
        lambda: changed(
            healthy_gpu(),
            "openings",
            {"libcudnn.so.9": f"libcudnn.so.9: {MISSING}: No such file or directory"},
        ),
        lambda: changed(
            healthy_gpu(),
            "openings",
            {"libcufft.so.11": "/opt/old/libcufft.so.11: file too short", "libcublas.so.12": None},
        ),
    ),
    misses=(
        healthy_gpu,
        lambda: changed(healthy_gpu(), "openings", None),
        # Without a GPU nothing is lost.
        lambda: changed(
            changed(healthy_gpu(), "inventory.nvml.gpus", ()),
            "openings",
            {"libcudnn.so.9": f"libcudnn.so.9: {MISSING}"},
        ),
    ),
)
