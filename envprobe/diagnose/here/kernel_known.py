"""What a matrix, or else the registry of its TensorFlow, says of one kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from envprobe.diagnose.here.kernel_asked import KernelAsked
from envprobe.evidence.dtype_states import HAVE_KERNEL, State, dtype_attr_in, dtype_states, state_on
from envprobe.evidence.registered import registry_device_type
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.ops.catalog import load_rows
from envprobe.registrations import Registrations
from envprobe.terms import Status

# has        it runs there, or at least a kernel is registered
# lacks      it does not
# mixed      it depends on what the log does not tell
# no_device  there is no such device
# untold     nothing is known
Answer = Literal["has", "lacks", "mixed", "no_device", "untold"]
MISSING = (Status.NO_KERNEL, Status.INVALID_DTYPE, Status.FELL_BACK)
RAN = (Status.SUPPORTED, Status.WRONG_RESULT)


class Known(NamedTuple):
    """`words` tell it behind the name of the machine: `measured … as no_kernel`."""

    answer: Answer
    words: str
    measured: bool = False


def known_of(
    asked: KernelAsked,
    cells: Iterable[Cell],
    devices: Sequence[Device],
    registrations: Registrations | None,
) -> Known:
    """By the cells that ask it; where there are none, by the registry."""
    there = {device.name: device.device_type for device in devices}
    types = [one for one in asked.device_types if one in there.values() or one == "CPU"]
    if not types:
        return Known("no_device", f"has no {' and no '.join(asked.device_types)}")
    fitting = [cell for cell in cells if _fits(cell, asked, there)]
    found = _measured(asked, fitting)
    return found or _registered(asked, types, registrations)


def _fits(cell: Cell, asked: KernelAsked, devices: Mapping[str, str]) -> bool:
    device_type = devices.get(cell.device, cell.device.partition(":")[0])
    return (
        cell.op == asked.op
        and cell.direction == "forward"
        and asked.dtype in (None, cell.dtype)
        and device_type in asked.device_types
        and (cell.mode == "xla") is asked.xla
        and (asked.layout is None or cell.variant.partition("-")[0] == asked.layout)
    )


def _measured(asked: KernelAsked, cells: Sequence[Cell]) -> Known | None:
    runs = [cell for cell in cells if _runs(cell, asked)]
    lacks = [cell for cell in cells if _lacks(cell, asked)]
    if runs and lacks:
        words = f"measured {_shown(asked, lacks)} as {_statuses(lacks)}, and {_apart(runs, lacks)}"
        return Known("mixed", f"{words} as {_statuses(runs)}", measured=True)
    if not runs and not lacks:
        return None
    if lacks and asked.dtype is None and not asked.layout and len({c.dtype for c in lacks}) == 1:
        return None  # one dtype says nothing of the others
    answer: Answer = "has" if runs else "lacks"
    told = f"measured {_shown(asked, runs or lacks)} as {_statuses(runs or lacks)}"
    return Known(answer, told, measured=True)


def _runs(cell: Cell, asked: KernelAsked) -> bool:
    # A kernel that refuses is a kernel.
    return cell.status in RAN or (not asked.refused and cell.status is Status.UNIMPLEMENTED)


def _lacks(cell: Cell, asked: KernelAsked) -> bool:
    return cell.status in MISSING or (asked.refused and cell.status is Status.UNIMPLEMENTED)


def _shown(asked: KernelAsked, cells: Sequence[Cell]) -> str:
    """`Conv2D bfloat16 on GPU:0`."""
    variants = asked.layout.upper() if asked.layout else ""
    dtypes, devices = _listed(cell.dtype for cell in cells), _listed(cell.device for cell in cells)
    parts = (asked.op, dtypes, variants and f"as {variants}", f"on {devices}")
    return " ".join(filter(None, parts)) + (" by XLA" if asked.xla else "")


def _apart(some: Sequence[Cell], others: Sequence[Cell]) -> str:
    """In what the ones differ from the others, most telling first."""
    for name in ("dtype", "device", "variant", "mode"):
        own = {getattr(cell, name) for cell in some} - {getattr(cell, name) for cell in others}
        if own:
            return _listed(own)
    return "other cases"


def _statuses(cells: Iterable[Cell]) -> str:
    return _listed(cell.status.value for cell in cells)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))


def _registered(
    asked: KernelAsked, types: Sequence[str], registrations: Registrations | None
) -> Known:
    if registrations is None:
        return Known("untold", f"did not measure {asked}")
    whose = f"did not measure {asked}; TensorFlow {registrations.tensorflow}, which it is of,"
    if asked.op not in registrations.ops:
        return Known("untold", f"{whose} has no op {asked.op}")
    states = {_state(asked, one, registrations) for one in types}
    if states & {*HAVE_KERNEL}:
        if asked.refused:
            return Known("untold", f"{whose} registers a kernel, which may refuse it all the same")
        return Known("has", f"{whose} registers a kernel for it")
    if None in states or "unknown" in states:
        return Known("untold", f"{whose} has kernels of it, and the log does not name the dtype")
    return Known("lacks", f"{whose} registers no kernel for it")


def _state(asked: KernelAsked, device_type: str, registrations: Registrations) -> State | None:
    """None where it depends on the dtype, which is not told."""
    place = registry_device_type(device_type, "xla" if asked.xla else "eager")
    attr = dtype_attr_in(registrations, asked.op, load_rows(asked.op).get(asked.op))
    whole = state_on(registrations, asked.op, place)
    if attr is None or whole not in HAVE_KERNEL:
        return whole
    if asked.dtype is None:
        return None
    return dtype_states(registrations, asked.op, place, attr).get(asked.dtype, "not_allowed")
