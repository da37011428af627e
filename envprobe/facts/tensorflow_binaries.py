"""Which GPU code the official Linux x86_64 wheels hold, and what of it runs on which GPU."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from envprobe.facts.capability import (
    Target,
    capability_of,
    machine_code_runs,
    ptx_compiles,
    target_of,
)
from envprobe.facts.cuda_capabilities import cuda_capability
from envprobe.facts.table import rows, sources, words
from envprobe.facts.unknown import Unknown

Kind = Literal["sass", "sass_and_ptx", "ptx", "incomplete", "none"]


class Fatbins(msgspec.Struct, frozen=True, kw_only=True):
    """Kernels of a release that were compiled for the same targets; `count` fatbins hold them.

    Fatbins with machine code alone or PTX alone are the two halves of relocatable code (NCCL)
    and are left out.
    """

    release: str
    sass: tuple[Target, ...]
    ptx: tuple[Target, ...]
    ptx_isa: tuple[str, ...]
    count: int
    sources: tuple[str, ...]


class Binaries(msgspec.Struct, frozen=True, kw_only=True):
    """What a release has for one compute capability; the counts are fatbins.

    kind    `sass`          machine code for every kernel
            `sass_and_ptx`  machine code for some, the driver compiles the others at first use
            `ptx`           the driver compiles every kernel at first use: minutes
            `incomplete`    `unusable` fatbins have neither: their kernels fail when they are used
            `none`          no kernel runs; TensorFlow ignores the GPU, or fails at the first op
    stuck_targets           targets of PTX that this GPU's driver refuses although it is newer
    """

    release: str
    capability: str
    kind: Kind
    native: int
    compiled_by_driver: int
    unusable: int
    stuck_targets: tuple[str, ...]
    ptx_isa: tuple[str, ...]
    sources: tuple[str, ...]


def binary_for(release: str, capability: str) -> Binaries | Unknown:
    """What the wheel of `release` holds for GPUs of `capability` (`"12.0"`)."""
    known = cuda_capability(capability)
    if isinstance(known, Unknown):
        return known
    if known.jetson:
        return Unknown(
            f"compute capability {capability} is a Jetson, and the wheels for aarch64 hold no "
            "CUDA code: NVIDIA's own builds run there"
        )
    groups = fatbins_by_release().get(release)
    if groups is None:
        return Unknown(f"the fatbins of TensorFlow {release} have not been read")
    return binaries_in(release, capability, groups)


@functools.cache
def fatbins_by_release() -> dict[str, tuple[Fatbins, ...]]:
    """Release -> the groups of its kernels, largest first; read once."""
    found: dict[str, list[Fatbins]] = {}
    for row in rows("tensorflow_fatbins.csv"):
        found.setdefault(row["release"], []).append(_fatbins(row))
    return {release: tuple(groups) for release, groups in found.items()}


def _fatbins(row: dict[str, str]) -> Fatbins:
    return Fatbins(
        release=row["release"],
        sass=tuple(map(target_of, words(row["sass"]))),
        ptx=tuple(map(target_of, words(row["ptx"]))),
        ptx_isa=words(row["ptx_isa"]),
        count=int(row["fatbins"]),
        sources=sources(row["source"]),
    )


def binaries_in(release: str, capability: str, groups: tuple[Fatbins, ...]) -> Binaries:
    """What these fatbins hold for GPUs of `capability`; `groups` may be those of any build."""
    gpu = capability_of(capability)
    native = [g for g in groups if any(machine_code_runs(t, gpu) for t in g.sass)]
    rest = [g for g in groups if g not in native]
    compiled = [g for g in rest if any(ptx_compiles(t, gpu) for t in g.ptx)]
    unusable = [g for g in rest if g not in compiled]
    stuck = {_spelling(t) for g in unusable for t in g.ptx if t.capability <= gpu}
    counts = [sum(g.count for g in part) for part in (native, compiled, unusable)]
    return Binaries(
        release=release,
        capability=capability,
        kind=_kind(*counts),
        native=counts[0],
        compiled_by_driver=counts[1],
        unusable=counts[2],
        stuck_targets=tuple(sorted(stuck)),
        ptx_isa=tuple(sorted({isa for g in compiled for isa in g.ptx_isa})),
        sources=groups[0].sources,
    )


def _kind(native: int, compiled: int, unusable: int) -> Kind:
    if unusable:
        return "incomplete" if native or compiled else "none"
    if compiled:
        return "sass_and_ptx" if native else "ptx"
    return "sass"


def _spelling(target: Target) -> str:
    return f"sm_{target.capability[0]}{target.capability[1]}{target.suffix}"
