"""Compute capabilities, and which of them a compiled target runs on."""

from __future__ import annotations

import re

import msgspec

Capability = tuple[int, int]
_TARGET = re.compile(r"(?:sm|compute)_(\d+)(\d)([af]?)")


class Target(msgspec.Struct, frozen=True):
    """What code was compiled for: `sm_90a` is capability 9.0 with suffix `a`."""

    capability: Capability
    suffix: str = ""


def capability_of(text: str) -> Capability:
    """`"12.0"` as numbers that compare. Raises ValueError for anything else."""
    major, minor = text.split(".")
    return int(major), int(minor)


def target_of(text: str) -> Target:
    """`sm_90a` or `compute_80` as a target. Raises ValueError for anything else."""
    match = _TARGET.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no CUDA target: expected something like sm_90")
    major, minor, suffix = match.groups()
    return Target((int(major), int(minor)), suffix)


def machine_code_runs(target: Target, capability: Capability) -> bool:
    """Whether SASS for `target` runs on `capability`: same major, the same minor or a higher one.

    Source: https://docs.nvidia.com/cuda/ada-compatibility-guide. Code for an `a` target runs on
    that very capability alone.
    """
    if target.suffix == "a":
        return capability == target.capability
    return capability[0] == target.capability[0] and capability >= target.capability


def ptx_compiles(target: Target, capability: Capability) -> bool:
    """Whether the driver can compile PTX for `target` on a GPU of `capability`.

    PTX is good for every later capability; that of an `a` target for its own alone, that of an
    `f` target within its major. Source: llvm/lib/Target/NVPTX/NVPTX.td@0d26d9ba, which follows the
    PTX manual.
    """
    if target.suffix:
        return machine_code_runs(target, capability)
    return capability >= target.capability
