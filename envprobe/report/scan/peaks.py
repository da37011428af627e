"""What a device's speed is measured against: published peaks, or the best seen in this scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.report.units import rate

# The composite probes whose only purpose is to find the best this device can do.
PEAK_FLOPS = "peakflops"
MEMORY_BANDWIDTH = "memorybandwidth"


class Peaks(msgspec.Struct, frozen=True, kw_only=True):
    """The yardstick: per dtype FLOP/s, and bytes/s; `source` says where it comes from."""

    flops_per_second: Mapping[str, float]
    bytes_per_second: float | None
    source: str

    def share(self, cell: Cell) -> float | None:
        """How near the cell comes to what bounds it (1.0: there); None without a yardstick.

        As in a roofline, the nearer of the two bounds counts: arithmetic or memory.
        """
        shares = (self._of_arithmetic(cell), self._of_memory(cell))
        return max((share for share in shares if share is not None), default=None)

    def is_bound_by_memory(self, cell: Cell) -> bool:
        """Whether memory is what holds the cell back."""
        return (self._of_memory(cell) or 0.0) > (self._of_arithmetic(cell) or 0.0)

    def _of_arithmetic(self, cell: Cell) -> float | None:
        peak = self._peak(cell.dtype)
        return cell.flops_per_second / peak if cell.flops_per_second and peak else None

    def _of_memory(self, cell: Cell) -> float | None:
        peak = self.bytes_per_second
        return cell.bytes_per_second / peak if cell.bytes_per_second and peak else None

    def _peak(self, dtype: str) -> float | None:
        """TensorFlow computes float32 products in tf32 where the GPU has it."""
        if dtype == "float32" and "tf32" in self.flops_per_second:
            return self.flops_per_second["tf32"]
        return self.flops_per_second.get(dtype)

    def spelled(self) -> str:
        """One line for people."""
        parts = [f"{dtype} {rate(peak, 'FLOP')}" for dtype, peak in self.flops_per_second.items()]
        if self.bytes_per_second:
            parts.append(f"memory {rate(self.bytes_per_second, 'B')}")
        return f"{self.source}: {', '.join(parts) or 'none known'}"


def peaks_of(device: Device, cells: Sequence[Cell]) -> Peaks:
    """The published peaks of the device, where there are none what this scan measured."""
    if device.peak_flops_per_second or device.peak_bytes_per_second:
        return Peaks(
            flops_per_second=device.peak_flops_per_second,
            bytes_per_second=device.peak_bytes_per_second,
            source=f"Published peak ({device.peak_source or 'source not recorded'})",
        )
    return Peaks(
        flops_per_second=_best_flops(cells),
        bytes_per_second=_best_bytes(cells),
        source="No published peak; the best that this scan measured",
    )


def is_yardstick(cell: Cell) -> bool:
    """Whether the cell exists to find a peak, so that ranking it says nothing."""
    return _plain(cell.op) in (PEAK_FLOPS, MEMORY_BANDWIDTH)


def _best_flops(cells: Iterable[Cell]) -> dict[str, float]:
    best: dict[str, float] = {}
    for cell in cells:
        if cell.flops_per_second:
            best[cell.dtype] = max(best.get(cell.dtype, 0.0), cell.flops_per_second)
    return dict(sorted(best.items(), key=lambda item: -item[1]))


def _best_bytes(cells: Iterable[Cell]) -> float | None:
    rates = {
        cell.key: cell.bytes_per_second
        for cell in cells
        # What arithmetic holds back says nothing about memory.
        if cell.bytes_per_second
        and (not cell.flops_per_second or _plain(cell.op) == MEMORY_BANDWIDTH)
    }
    probed = [speed for key, speed in rates.items() if _plain(key.op) == MEMORY_BANDWIDTH]
    # Small tensors live in the caches: the probe's large ones are the honest yardstick.
    return max(probed or rates.values(), default=None)


def _plain(op: str) -> str:
    return op.replace("_", "").lower()
