"""What a run held of memory, moment by moment."""

from __future__ import annotations

import msgspec


class GpuUse(msgspec.Struct, frozen=True, kw_only=True):
    """One GPU at one moment. `run_bytes` is what the run's own processes hold of it.

    None where NVML does not tell it: in many containers it does not know whose memory it is.
    """

    index: int
    used_bytes: int
    free_bytes: int
    run_bytes: int | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of a run, `seconds` after its start; or the highest of several moments.

    resident_bytes   of all processes of the run together; what they share counts for each
    available_bytes  what the machine could still give
    group_bytes      what the control group held that has the tightest limit
    """

    seconds: float
    processes: int
    resident_bytes: int
    available_bytes: int | None = None
    group_bytes: int | None = None
    gpus: tuple[GpuUse, ...] = ()


class WatchedGpu(msgspec.Struct, frozen=True, kw_only=True):
    """A GPU of the samples, by NVML's index."""

    index: int
    name: str
    total_bytes: int


class Samples(msgspec.Struct, frozen=True, kw_only=True):
    """The memory curve of a run.

    period_seconds     between two of them; it grows as a long run's samples are merged
    total_bytes        the machine's memory
    limit_bytes        the tightest limit of the control groups; None where there is none
    unknown            what was not watched, and why
    """

    period_seconds: float
    samples: tuple[Sample, ...] = ()
    total_bytes: int | None = None
    limit_bytes: int | None = None
    gpus: tuple[WatchedGpu, ...] = ()
    unknown: dict[str, str] = {}


class GpuPeak(msgspec.Struct, frozen=True, kw_only=True):
    """The most that was used of a GPU, by everybody and by the run."""

    index: int
    used_bytes: int
    total_bytes: int | None = None
    run_bytes: int | None = None


class Peaks(msgspec.Struct, frozen=True, kw_only=True):
    """The highest of everything that was watched.

    largest_process_bytes  as the kernel counted it, without gaps between samples
    """

    resident_bytes: int | None = None
    group_bytes: int | None = None
    largest_process_bytes: int | None = None
    gpus: tuple[GpuPeak, ...] = ()


def merged(first: Sample, second: Sample) -> Sample:
    """Two neighbours as one: the most that was used, the least that was free, at the later time."""
    return Sample(
        seconds=second.seconds,
        processes=max(first.processes, second.processes),
        resident_bytes=max(first.resident_bytes, second.resident_bytes),
        available_bytes=_least(first.available_bytes, second.available_bytes),
        group_bytes=_most(first.group_bytes, second.group_bytes),
        gpus=_merged_gpus(first.gpus, second.gpus),
    )


def _merged_gpus(first: tuple[GpuUse, ...], second: tuple[GpuUse, ...]) -> tuple[GpuUse, ...]:
    by_index = {gpu.index: gpu for gpu in first}
    for gpu in second:
        before = by_index.get(gpu.index, gpu)
        by_index[gpu.index] = GpuUse(
            index=gpu.index,
            used_bytes=max(before.used_bytes, gpu.used_bytes),
            free_bytes=min(before.free_bytes, gpu.free_bytes),
            run_bytes=_most(before.run_bytes, gpu.run_bytes),
        )
    return tuple(by_index[index] for index in sorted(by_index))


def _most(*values: int | None) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def peaks_of(samples: Samples, largest_process_bytes: int | None = None) -> Peaks:
    """The highest of the samples."""
    totals = {gpu.index: gpu.total_bytes for gpu in samples.gpus}
    gpus: dict[int, GpuUse] = {}
    for sample in samples.samples:
        gpus = {gpu.index: gpu for gpu in _merged_gpus(tuple(gpus.values()), sample.gpus)}
    return Peaks(
        resident_bytes=_most(*(one.resident_bytes for one in samples.samples)),
        group_bytes=_most(*(one.group_bytes for one in samples.samples)),
        largest_process_bytes=largest_process_bytes,
        gpus=tuple(
            GpuPeak(
                index=index,
                used_bytes=gpu.used_bytes,
                total_bytes=totals.get(index),
                run_bytes=gpu.run_bytes,
            )
            for index, gpu in gpus.items()
        ),
    )
