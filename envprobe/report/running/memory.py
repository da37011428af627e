"""The memory of a run: a curve for the host and one for each GPU, with peaks and limits."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from envprobe.report.running.sparkline import sparkline
from envprobe.report.units import duration, size
from envprobe.running.sample import Peaks, Sample, Samples

WIDTH = 40
Values = list[tuple[float, float]]


def memory(samples: Samples, peaks: Peaks, *, unicode: bool) -> Iterator[Text | Table]:
    """The curves up to the end; nothing where nothing was sampled."""
    every = samples.samples
    if not every:
        return
    yield Text()
    span = duration(every[-1].seconds)
    yield Text(f"Memory over {span}", style="bold underline")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, values, told in _rows(samples, peaks):
        top = max(value for _, value in values)
        grid.add_row(f"  {name}", Text(sparkline(values, top, WIDTH, unicode=unicode)), told)
    yield grid


def _rows(samples: Samples, peaks: Peaks) -> Iterator[tuple[str, Values, str]]:
    every = samples.samples
    host: Values = [(one.seconds, float(one.resident_bytes)) for one in every]
    yield "host", host, _host(samples, peaks)
    group: Values = [(s.seconds, float(s.group_bytes)) for s in every if s.group_bytes is not None]
    if group and samples.limit_bytes:
        told = f"peak {size(peaks.group_bytes)} of the limit of {size(samples.limit_bytes)}"
        yield "control group", group, told
    names = {gpu.index: gpu.name for gpu in samples.gpus}
    for peak in peaks.gpus:
        used = [(one.seconds, value) for one in every if (value := _used(one, peak.index))]
        run = f", {size(peak.run_bytes)} by the run" if peak.run_bytes is not None else ""
        total = f" of {size(peak.total_bytes)}" if peak.total_bytes else ""
        told = f"peak {size(peak.used_bytes)}{total}{run} ({names.get(peak.index, 'unknown')})"
        if used:
            yield f"GPU {peak.index}", used, told


def _host(samples: Samples, peaks: Peaks) -> str:
    total = f" of {size(samples.total_bytes)}" if samples.total_bytes else ""
    largest = peaks.largest_process_bytes
    # Between two samples a process can grow and end.
    missed = largest is not None and largest > (peaks.resident_bytes or 0)
    more = f"; one process reached {size(largest)}" if missed else ""
    return f"peak {size(peaks.resident_bytes)}{total}{more}"


def _used(sample: Sample, index: int) -> float | None:
    return next((float(gpu.used_bytes) for gpu in sample.gpus if gpu.index == index), None)
