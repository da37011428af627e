"""The memory of a run over its time, as lines in a box of fixed size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from envprobe.report.units import duration, size
from envprobe.running.sample import Sample, Samples

WIDTH, HEIGHT = 640.0, 120.0
HEADROOM = 1.05


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One plot: points and the limit's height in SVG units, y from the top, and its labels."""

    title: str
    points: str
    limit: float | None
    top: str
    end: str
    peak: str


def curves(samples: Samples) -> tuple[Curve, ...]:
    """The host's curve, then each GPU's."""
    return tuple(_curves(samples))


def _curves(samples: Samples) -> Iterator[Curve]:
    every = samples.samples
    if not every:
        return
    host = [(one.seconds, float(one.resident_bytes)) for one in every]
    yield _curve("Host memory of the run", host, samples.limit_bytes or samples.total_bytes)
    for gpu in samples.gpus:
        used = [(one.seconds, value) for one in every if (value := _of(one, gpu.index)) is not None]
        if used:
            yield _curve(f"GPU {gpu.index}, {gpu.name}", used, gpu.total_bytes)


def _of(sample: Sample, index: int) -> float | None:
    found = (one for one in sample.gpus if one.index == index)
    return next((float(one.used_bytes) for one in found), None)


def _curve(title: str, values: Sequence[tuple[float, float]], limit: int | None) -> Curve:
    peak = max(value for _, value in values)
    # A limit far above would press the curve flat.
    shown = limit if limit is not None and limit < 3 * peak else None
    top = max(peak, shown or 0.0) * HEADROOM or 1.0
    end = values[-1][0] or 1.0
    points = " ".join(
        f"{WIDTH * seconds / end:.1f},{HEIGHT - HEIGHT * value / top:.1f}"
        for seconds, value in values
    )
    of = f" of {size(limit)}" if limit else ""
    return Curve(
        title=title,
        points=points,
        limit=None if shown is None else HEIGHT - HEIGHT * shown / top,
        top=size(top),
        end=duration(values[-1][0]),
        peak=f"peak {size(peak)}{of}",
    )
