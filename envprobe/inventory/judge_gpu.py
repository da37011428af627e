"""Findings on the GPUs themselves (INV111 to INV129): hidden, unusable, unhealthy, held back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from envprobe.inventory.cuda_visible import HIDE_ALL, ORDER, VARIABLE, Visibility
from envprobe.inventory.gpu import Gpu
from envprobe.terms import Finding, Severity

SLOWDOWNS = {"hw_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown", "sw_thermal_slowdown"}


def judge_visible(
    gpus: tuple[Gpu, ...], seen: Visibility, environ: Mapping[str, str]
) -> list[Finding]:
    """What CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER do to the GPUs that are there."""
    return [*_visible(gpus, seen, environ)] if gpus else []


def _visible(
    gpus: tuple[Gpu, ...], seen: Visibility, environ: Mapping[str, str]
) -> Iterator[Finding]:
    value = environ.get(VARIABLE)
    set_to = f"{VARIABLE}={value!r}"
    if seen.duplicate is not None:
        yield Finding(
            code="INV113",
            name="visible-devices-repeated",
            severity=Severity.ERROR,
            seen=f"{set_to} names {seen.duplicate!r} twice",
            why="CUDA answers a repeated entry by showing no GPU at all.",
            fix="Name each GPU once.",
        )
    if seen.invalid is not None:
        yield Finding(
            code="INV112",
            name="visible-devices-invalid",
            severity=Severity.ERROR if not seen.targets else Severity.WARNING,
            seen=f"{set_to}: {seen.invalid!r} is no GPU of this machine ({len(gpus)} there)",
            why="CUDA stops reading at the first entry that it does not know: this one and all "
            "that follow are hidden, without a message.",
            fix="Correct the entry; nvidia-smi -L lists indexes and UUIDs.",
        )
    if seen.targets is None:
        yield Finding(
            code="INV114",
            name="gpu-order-unknown",
            severity=Severity.WARNING,
            seen=next(iter(seen.hidden.values()), f"{ORDER} is not set"),
            why="nvidia-smi counts by the bus, CUDA by its own idea of speed: index 0 may be two "
            "different GPUs.",
            fix=f"Set {ORDER}=PCI_BUS_ID, or name GPUs by UUID.",
        )
    if value is not None and seen.duplicate is None and seen.invalid is None and seen.hidden:
        hides_all = value.strip() in HIDE_ALL
        numbers = sorted({t.gpu for t in seen.hidden if t.mig is None})
        shown = {t.gpu for t in seen.targets or ()}
        hidden = [n for n in numbers if n not in shown]
        if hidden and seen.targets is not None:
            yield Finding(
                code="INV111",
                name="gpu-hidden",
                severity=Severity.WARNING if hides_all else Severity.INFO,
                seen=f"{set_to} hides GPU {', '.join(map(str, hidden))}",
                why="TensorFlow will not list it, whatever else is right.",
                fix=f"Unset {VARIABLE} or name the GPU, if it was meant to be used.",
            )


def judge_gpu(gpu: Gpu) -> list[Finding]:
    """What is wrong with one GPU."""
    return [*_unusable(gpu), *_unhealthy(gpu), *_held_back(gpu)]


def _unusable(gpu: Gpu) -> Iterator[Finding]:
    who = f"GPU {gpu.nvml_index}"
    if gpu.mig_enabled and gpu.mig_instances == ():
        yield Finding(
            code="INV115",
            name="mig-without-instance",
            severity=Severity.ERROR,
            seen=f"{who}: MIG is on and no instance exists",
            why="CUDA can use a GPU in MIG mode only through an instance.",
            fix="Make one (nvidia-smi mig -cgi 0 -C) or turn MIG off (nvidia-smi -mig 0).",
        )
    if gpu.mig_enabled and len(gpu.mig_instances or ()) > 1:
        yield Finding(
            code="INV116",
            name="mig-one-instance-only",
            severity=Severity.INFO,
            seen=f"{who}: MIG is on with {len(gpu.mig_instances or ())} instances",
            why="A process sees one instance at most, so TensorFlow cannot train across them.",
            fix="Start one process an instance, each with its MIG UUID in CUDA_VISIBLE_DEVICES.",
        )
    if gpu.compute_mode == "prohibited":
        yield Finding(
            code="INV117",
            name="compute-mode-prohibited",
            severity=Severity.ERROR,
            seen=f"{who}: compute mode is prohibited",
            why="No CUDA program can open the GPU.",
            fix="nvidia-smi -c DEFAULT (as root).",
        )
    if (gpu.compute_mode or "").startswith("exclusive") and gpu.processes:
        yield Finding(
            code="INV118",
            name="gpu-taken",
            severity=Severity.ERROR,
            seen=f"{who}: mode {gpu.compute_mode}, and process {gpu.processes[0].pid} has it",
            why="A second process cannot open the GPU (CUDA_ERROR_DEVICE_UNAVAILABLE).",
            fix="Wait for it, end it, or nvidia-smi -c DEFAULT (as root).",
        )
    total, used = gpu.memory_total_bytes, gpu.memory_used_bytes
    if total and used and used > total * 0.1 and gpu.processes != ():
        yield Finding(
            code="INV119",
            name="gpu-memory-in-use",
            severity=Severity.WARNING,
            seen=f"{who}: {used / 2**30:.1f} of {total / 2**30:.1f} GiB are in use",
            why="TensorFlow takes nearly all the memory that is free when it starts; what others "
            "hold is missing, and timings suffer.",
            fix="End the other processes (nvidia-smi lists them) or choose another GPU.",
        )


def _unhealthy(gpu: Gpu) -> Iterator[Finding]:
    who = f"GPU {gpu.nvml_index}"
    if gpu.ecc_uncorrected_volatile:
        yield Finding(
            code="INV120",
            name="ecc-uncorrected",
            severity=Severity.ERROR,
            seen=f"{who}: {gpu.ecc_uncorrected_volatile} uncorrectable memory errors since the "
            "driver was loaded",
            why="Each kills the program that meets it (Xid 48, 63, 64, 94, 95).",
            fix="Reset the GPU (nvidia-smi -r) or reboot; when they come again, replace it.",
        )
    if gpu.remapping_failed or gpu.remapping_pending:
        failed = bool(gpu.remapping_failed)
        yield Finding(
            code="INV121",
            name="memory-row-remapping",
            severity=Severity.ERROR if failed else Severity.WARNING,
            seen=f"{who}: remapping of memory rows {'has failed' if failed else 'is pending'}",
            why="A bad memory row is still in use.",
            fix="Replace the GPU." if failed else "Reset the GPU (nvidia-smi -r) or reboot.",
        )


def _held_back(gpu: Gpu) -> Iterator[Finding]:
    who = f"GPU {gpu.nvml_index}"
    slow = SLOWDOWNS.intersection(gpu.throttle_reasons or ())
    if slow:
        yield Finding(
            code="INV122",
            name="gpu-throttled",
            severity=Severity.WARNING,
            seen=f"{who}: clocks are held back by {', '.join(sorted(slow))}",
            why="The GPU computes below its clock, and timings tell of the cooling or the power, "
            "not of the kernel.",
            fix="Check cooling, power cables and the power supply.",
        )
    width, most = gpu.pcie_width, gpu.pcie_width_max
    # The generation falls while the GPU is idle; the width does not.
    if width and most and width < most:
        yield Finding(
            code="INV123",
            name="pcie-narrow",
            severity=Severity.INFO,
            seen=f"{who}: PCIe link of {width} lanes where {most} are possible",
            why="Copies between host and GPU are slower by that factor.",
            fix="Move the card to another slot, or reseat it; some boards share lanes.",
        )
