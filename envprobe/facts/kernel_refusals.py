"""What registered kernels refuse when they run, though the registry does not say so."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast

import msgspec

from envprobe.facts.table import rows, sources, yes_or_no
from envprobe.terms import Status

RefusedBy = Literal["plain", "onednn", "both"]


class KernelRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """What one op's kernels on a device type refuse, in whatever dtype.

    trait         what a node must have to be refused: its layout, strides, groups, rank
    above         the trait's number up to which the kernel still runs; 0 for what is there or not
    refused_by    `plain`: TensorFlow's own kernel, while oneDNN's runs it in the dtypes that it
                  takes; `onednn`: only oneDNN's; `both`: whoever computes it
    misled_alone  oneDNN takes the node only beside its forward op: run alone it is refused, in a
                  training step it is not
    status        how the run ends
    message       what the kernel says, or what it does wrong
    """

    device_type: str
    op: str
    trait: str
    above: int
    refused_by: RefusedBy
    misled_alone: bool
    status: Status
    message: str
    sources: tuple[str, ...]


def refusals_of(device_type: str, op: str) -> tuple[KernelRefusal, ...]:
    """The rows of an op on a device type; empty where none is known."""
    return _by_op().get((device_type, op), ())


def refusable_traits(op: str) -> tuple[KernelRefusal, ...]:
    """The rows of an op on all device types."""
    return tuple(row for device in ("CPU", "GPU") for row in refusals_of(device, op))


@functools.cache
def kernel_refusals() -> tuple[KernelRefusal, ...]:
    """All rows; read once."""
    return tuple(_refusal(row) for row in rows("kernel_refusals.csv"))


@functools.cache
def _by_op() -> Mapping[tuple[str, str], tuple[KernelRefusal, ...]]:
    found: dict[tuple[str, str], tuple[KernelRefusal, ...]] = {}
    for row in kernel_refusals():
        key = (row.device_type, row.op)
        found[key] = (*found.get(key, ()), row)
    return MappingProxyType(found)


def _refusal(row: dict[str, str]) -> KernelRefusal:
    return KernelRefusal(
        device_type=row["device_type"],
        op=row["op"],
        trait=row["trait"],
        above=int(row["above"]),
        refused_by=cast(RefusedBy, row["refused_by"]),
        misled_alone=bool(yes_or_no(row["misled_alone"])),
        status=Status(row["status"]),
        message=row["message"],
        sources=sources(row["source"]),
    )
