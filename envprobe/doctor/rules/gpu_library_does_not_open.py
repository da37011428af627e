"""TensorFlow passes over all GPUs, because one of its GPU libraries does not open."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import cudnn_of_other_major
from envprobe.doctor.rules._access import lists_gpus
from envprobe.doctor.rules._build import with_its_cuda
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.terms import Severity

DRIVER = "libcuda.so.1"
ALL_THE_SAME = (
    "TensorFlow lists its GPUs all the same, so that it has found the library on a way of its own; "
    "other programs of this environment may not."
)
# Why a driver's own library is not there: told by the rule that knows.
CAUSES_OF_DRIVER = ("DOC146", "DOC147", "DOC148", "DOC149", "DOC153")
MISSING = "cannot open shared object file"


def failed_openings(examination: Examination) -> dict[str, str]:
    """The libraries that do not open, each with the loader's own error."""
    return {name: error for name, error in (examination.openings or {}).items() if error}


def _detect(examination: Examination) -> Iterator[Seen]:
    if not gpus_in_use(examination):
        return
    listed = lists_gpus(examination)
    found = {
        library.soname: library.path for library in examination.inventory.software.libraries or ()
    }
    failed = _not_told_elsewhere(examination)
    # Where the libraries were never installed, that is one fault and not seven.
    missing = [n for n, error in failed.items() if MISSING in error and n not in found]
    missing = [name for name in missing if name != DRIVER]
    if len(missing) > 1:
        yield Seen(
            seen=f"{', '.join(missing)} do not open: they are in no folder that is searched",
            severity=Severity.INFO if listed else None,
            why=ALL_THE_SAME if listed else None,
            command=_command(examination, missing[0], None),
        )
    for name, error in failed.items():
        if len(missing) > 1 and name in missing:
            continue
        beside = found.get(name)
        there = f"; the disk has {beside}" if beside and beside not in error else ""
        yield Seen(
            seen=f"{name} does not open: {error.removeprefix(f'{name}: ')}{there}",
            severity=Severity.INFO if listed else None,
            why=ALL_THE_SAME if listed else None,
            fix=_fix(name, error, beside),
            command=_command(examination, name, beside),
        )


def _not_told_elsewhere(examination: Examination) -> dict[str, str]:
    failed = failed_openings(examination)
    if any(cudnn_of_other_major.RULE.findings(examination)):  # with what is installed instead
        failed = {name: e for name, e in failed.items() if not name.startswith("libcudnn.")}
    if DRIVER in failed and told_by(examination, *CAUSES_OF_DRIVER):
        del failed[DRIVER]
    return failed


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
    if name == DRIVER:
        return None
    libraries = examination.inventory.software.libraries or ()
    owner = next((x.distribution for x in libraries if x.path == path and x.distribution), None)
    if owner is not None:
        return install(examination, "--force-reinstall", "--no-deps", _pinned(examination, owner))
    wanted = with_its_cuda(examination)
    return install(examination, wanted) if wanted else None


def _pinned(examination: Examination, name: str) -> str:
    version = examination.package(name)
    return f"{name}=={version}" if version else name


def _unlisted(openings: dict[str, str | None]) -> Examination:
    blind = changed(healthy_gpu(), "inventory.tensorflow.devices", ())
    return changed(blind, "openings", openings)


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
        lambda: _unlisted(
            {"libcusparse.so.12": "libcusparse.so.12: undefined symbol: __nvJitLinkCreate_12_5"}
        ),
        lambda: changed(
            _unlisted({name: f"{name}: {MISSING}" for name in ("libcufft.so.11", "libcudnn.so.9")}),
            "inventory.software.libraries",
            (),
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
