"""What code the installed TensorFlow has for the GPUs that are there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from envprobe.doctor.examination import Examination
from envprobe.doctor.rules._build import (
    machine_of,
    python_minor,
    release_of,
    runs_cuda,
    system_of,
)
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.facts.capability import capability_of, target_of
from envprobe.facts.cuda_capabilities import cuda_capability
from envprobe.facts.tensorflow_binaries import (
    Binaries,
    Fatbins,
    binaries_in,
    binary_for,
    fatbins_by_release,
)
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown

BUILD_INFO = "the build's own list of compute capabilities"


class ShownGpus(msgspec.Struct, frozen=True, kw_only=True):
    """GPUs of one model. `who` names them: `GPU 0, 1 (Tesla V100, compute capability 7.0)`."""

    who: str
    name: str
    capability: str

    @property
    def numbers(self) -> tuple[int, int]:
        """The capability as numbers that compare."""
        return capability_of(self.capability)


def shown_gpus(examination: Examination) -> tuple[ShownGpus, ...]:
    """The GPUs in use whose compute capability is known, by model; NVML's, else those that
    TensorFlow lists."""
    places: dict[tuple[str, str], list[str]] = {}
    for number, name, capability in _seen(examination):
        if capability is not None and capability.replace(".", "", 1).isdigit():
            places.setdefault((name, capability), []).append(number)
    return tuple(
        ShownGpus(
            who=f"GPU {', '.join(numbers)} ({name}, compute capability {capability})",
            name=name,
            capability=capability,
        )
        for (name, capability), numbers in places.items()
        if "." in capability
    )


def _seen(examination: Examination) -> Iterator[tuple[str, str, str | None]]:
    report = examination.inventory.tensorflow
    for gpu in gpus_in_use(examination):
        yield str(gpu.nvml_index), gpu.name or "model unknown", gpu.compute_capability
    if not examination.gpus and report is not None:
        for one in report.devices:
            number = one.name.rpartition(":")[2]
            yield number, one.model or "model unknown", one.compute_capability


def code_for(examination: Examination, capability: str) -> Binaries | Unknown:
    """What the installed build has for GPUs of `capability`.

    From its library's fatbins where they were read; else, for an official wheel, from the table
    of them; else from the list that the build states, which tells nothing of `a` targets.
    """
    if not runs_cuda(examination):
        return Unknown("the installed TensorFlow is no CUDA build")
    known = cuda_capability(capability)
    if isinstance(known, Unknown):
        return known
    name = str(examination.tensorflow or "of unknown version")
    groups = _read(examination, name)
    if groups:
        return binaries_in(name, capability, groups)
    if is_official(examination):
        return binary_for(name, capability)
    stated = _stated(examination, name)
    if stated is None:
        return Unknown("the build does not say what it was compiled for")
    return binaries_in(name, capability, (stated,))


def is_ignored(examination: Examination, capability: str) -> bool:
    """TensorFlow has no code for such a GPU and passes it over: gpu-too-old-for-build tells it."""
    code = code_for(examination, capability)
    return not isinstance(code, Unknown) and code.kind == "none"


def is_official(examination: Examination) -> bool:
    """Whether the build states what the published Linux wheel of its version states."""
    release, build = release_of(examination), examination.inventory.software.build
    if isinstance(release, Unknown) or build is None or system_of(examination) != "Linux":
        return False
    stated = build.cuda_compute_capabilities
    return stated == release.targets_of_build and machine_of(examination) == "x86_64"


def _read(examination: Examination, name: str) -> tuple[Fatbins, ...]:
    return tuple(
        Fatbins(
            release=name,
            sass=tuple(map(target_of, group.sass)),
            ptx=tuple(map(target_of, group.ptx)),
            ptx_isa=group.ptx_isa,
            count=group.count,
            sources=("the fatbins of the installed library",),
        )
        for group in examination.inventory.software.gpu_code or ()
    )


def _stated(examination: Examination, name: str) -> Fatbins | None:
    build = examination.inventory.software.build
    stated = (build.cuda_compute_capabilities if build else None) or ()
    try:
        targets = [(text, target_of(text)) for text in stated]
    except ValueError:
        return None  # older builds write `7.0`
    return (
        Fatbins(
            release=name,
            sass=tuple(target for text, target in targets if text.startswith("sm_")),
            ptx=tuple(target for text, target in targets if text.startswith("compute_")),
            ptx_isa=(),
            count=1,
            sources=(BUILD_INFO,),
        )
        if targets
        else None
    )


def newest_release_for(examination: Examination, capability: str) -> str | None:
    """The newest release whose wheel runs on that GPU and on this Python; None: there is none."""
    python = python_minor(examination)
    for name in reversed(fatbins_by_release()):
        release, code = tensorflow_release(name), binary_for(name, capability)
        if isinstance(code, Unknown) or isinstance(release, Unknown) or "rc" in name:
            continue
        if (
            code.kind in ("sass", "sass_and_ptx", "ptx")
            and python in release.pythons["linux_x86_64"]
        ):
            return name
    return None
