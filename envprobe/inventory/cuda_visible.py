"""Which GPUs CUDA will enumerate, and in which order: CUDA_VISIBLE_DEVICES resolved.

Sources: CUDA Programming Guide, "CUDA environment variables" (indexes, UUID prefixes, an invalid
entry ends the list); NVIDIA MIG User Guide, "CUDA device enumeration" (one MIG device at most,
and then no whole GPU beside it); PyTorch, `torch/cuda/__init__.py`, `_parse_visible_devices`
(numbers are read as strtoul does, a repeated entry empties the list), which was checked there
against CUDA itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from envprobe.inventory.gpu import Gpu, MigInstance

VARIABLE = "CUDA_VISIBLE_DEVICES"
ORDER = "CUDA_DEVICE_ORDER"
# Written on purpose to hide every GPU; `NoDevFiles` is what Slurm writes.
HIDE_ALL = ("", "-1", "NoDevFiles", "none", "void")


class Target(NamedTuple):
    """One thing CUDA could enumerate: a whole GPU (`mig` None) or one of its MIG instances."""

    gpu: int
    mig: int | None = None


class Visibility(NamedTuple):
    """What CUDA will enumerate.

    targets    in CUDA's order; None where it cannot be told from outside
    hidden     why a GPU or MIG instance has no CUDA index
    invalid    the entry that ended the list, with why; None when the list is fine
    duplicate  the entry that stands twice, which makes CUDA show nothing
    """

    targets: tuple[Target, ...] | None
    hidden: dict[Target, str]
    invalid: str | None = None
    duplicate: str | None = None


class _Chosen(NamedTuple):
    targets: list[Target] | None
    reason: str
    invalid: str | None = None
    duplicate: str | None = None


def resolve_visible(gpus: Sequence[Gpu], environ: Mapping[str, str]) -> Visibility:
    """CUDA's list of devices out of NVML's GPUs and the two variables."""
    chosen = _choose(gpus, environ)
    everything = [t for g in gpus for t in (Target(g.nvml_index), *_instances(g))]
    if chosen.targets is None:
        hidden = dict.fromkeys(everything, chosen.reason)
        return Visibility(None, hidden, chosen.invalid, chosen.duplicate)
    enumerated, reasons = _enumerate(chosen.targets, {g.nvml_index: g for g in gpus})
    hidden = {t: reasons.get(t, chosen.reason) for t in everything if t not in enumerated}
    for gpu in gpus:
        shown = [t.mig for t in enumerated if t.gpu == gpu.nvml_index and t.mig is not None]
        if shown:
            hidden[Target(gpu.nvml_index)] = f"MIG is on: CUDA sees instance {shown[0]} instead"
    return Visibility(tuple(enumerated), hidden, chosen.invalid, chosen.duplicate)


def _instances(gpu: Gpu) -> list[Target]:
    return [Target(gpu.nvml_index, m.index) for m in gpu.mig_instances or ()]


def _choose(gpus: Sequence[Gpu], environ: Mapping[str, str]) -> _Chosen:
    value = environ.get(VARIABLE)
    if value is None:
        order = cuda_order(gpus, environ)
        unknown = f"{_mixture(gpus)}: which comes first is CUDA's choice"
        return _Chosen(None if order is None else [Target(i) for i in order], unknown)
    hides = f"{VARIABLE}={value!r}"
    if value.strip() in HIDE_ALL:
        return _Chosen([], f"{hides} hides every GPU")
    if value.startswith(("GPU-", "MIG-")):
        return _by_uuid(value, gpus, f"{hides} does not name it")
    return _by_index(value, gpus, environ)


def cuda_order(gpus: Sequence[Gpu], environ: Mapping[str, str]) -> list[int] | None:
    """NVML indexes in CUDA's own order; None where CUDA ranks unlike GPUs by its own heuristic."""
    indexes = [gpu.nvml_index for gpu in gpus]
    if environ.get(ORDER, "") == "PCI_BUS_ID":
        ids = {gpu.nvml_index: gpu.pci_bus_id for gpu in gpus}
        return sorted(indexes, key=lambda i: (ids[i] is None, ids[i] or "", i))
    # FASTEST_FIRST is the default; it keeps the bus order among equals.
    models = {(gpu.name, gpu.compute_capability) for gpu in gpus}
    alike = len(models) == 1 and None not in next(iter(models))
    return indexes if len(gpus) < 2 or alike else None


def _mixture(gpus: Sequence[Gpu]) -> str:
    """Why the order cannot be told from outside."""
    silent = any(gpu.name is None or gpu.compute_capability is None for gpu in gpus)
    seen = "a GPU does not tell its model" if silent else "the GPUs differ"
    return f"{seen} and {ORDER} is not PCI_BUS_ID"


def strtoul(entry: str) -> int:
    """The number an entry starts with, as C's strtoul reads it; -1 where there is none."""
    match = re.match(r"\s*([+-]?[0-9]{1,18})", entry)
    return int(match[1]) if match else -1


def _by_index(value: str, gpus: Sequence[Gpu], environ: Mapping[str, str]) -> _Chosen:
    numbers: list[int] = []
    invalid = None
    for entry in value.split(","):
        number = strtoul(entry)
        if number in numbers:
            return _Chosen([], f"{VARIABLE}={value!r} repeats {entry!r}", duplicate=entry.strip())
        if not 0 <= number < len(gpus):
            # The end of a list is often marked on purpose.
            invalid = None if entry.strip() in HIDE_ALL else entry
            break
        numbers.append(number)
    order = cuda_order(gpus, environ)
    if order is None and len(numbers) not in (0, len(gpus)):
        why = f"{_mixture(gpus)}: which one is number {numbers[0]} is CUDA's choice"
        return _Chosen(None, why, invalid)
    if order is None and numbers:
        return _Chosen(None, f"{_mixture(gpus)}: their numbers are CUDA's choice", invalid)
    targets = [Target((order or [])[n]) for n in numbers]
    return _Chosen(targets, f"{VARIABLE}={value!r} does not name it", invalid)


def _by_uuid(value: str, gpus: Sequence[Gpu], hidden: str) -> _Chosen:
    kind = value[:4]
    targets: list[Target] = []
    for entry in value.split(","):
        # PyTorch, and CUDA with it, read entries of the first one's kind only.
        matches = _matches(entry, gpus) if entry.startswith(kind) else []
        if len(matches) != 1:
            invalid = None if entry.strip() in HIDE_ALL else entry
            return _Chosen(targets, hidden, invalid)
        if matches[0] in targets:
            return _Chosen([], f"{VARIABLE}={value!r} repeats {entry!r}", duplicate=entry)
        targets.append(matches[0])
    return _Chosen(targets, hidden)


def _matches(entry: str, gpus: Sequence[Gpu]) -> list[Target]:
    """Everything an entry could mean: exactly one is valid."""
    if entry.startswith("GPU-"):
        return [Target(g.nvml_index) for g in gpus if (g.uuid or "").startswith(entry)]
    old = re.fullmatch(r"MIG-(GPU-[^/]*)/([0-9]{1,9})/([0-9]{1,9})", entry)
    found = []
    for gpu in gpus:
        for mig in gpu.mig_instances or ():
            named = old and (gpu.uuid or "").startswith(old[1]) and _place(mig) == (old[2], old[3])
            if mig.uuid == entry or named:
                found.append(Target(gpu.nvml_index, mig.index))
    return found


def _place(mig: MigInstance) -> tuple[str, str]:
    return str(mig.gpu_instance), str(mig.compute_instance)


def _enumerate(
    chosen: Sequence[Target], gpus: Mapping[int, Gpu]
) -> tuple[list[Target], dict[Target, str]]:
    """What CUDA makes of the chosen ones where MIG is on, and why it passes over the others."""
    reasons: dict[Target, str] = {}
    found: list[Target] = []
    for target in chosen:
        gpu = gpus[target.gpu]
        if target.mig is None and gpu.mig_enabled:
            if not gpu.mig_instances:
                reasons[target] = "MIG is on and the GPU has no instance: CUDA cannot use it"
                continue
            found.append(_instances(gpu)[0])
            one = "CUDA uses one MIG instance at most, the first that is visible"
            reasons |= dict.fromkeys(_instances(gpu)[1:], one)
        else:
            found.append(target)
    instances = [t for t in found if t.mig is not None]
    for target in found:
        if instances and target != instances[0]:
            reasons[target] = (
                "CUDA uses one MIG instance at most, the first that is visible"
                if target.mig is not None
                else "CUDA shows no whole GPU beside a MIG instance"
            )
    return (instances[:1] or found), reasons
