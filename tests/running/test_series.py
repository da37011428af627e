"""A curve stays short and keeps its peaks and its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from envprobe.running.sample import GpuUse, Sample, Samples, merged, peaks_of
from envprobe.running.series import Series


def _sample(second: int, resident: int) -> Sample:
    gpu = GpuUse(index=0, used_bytes=resident * 2, free_bytes=1000 - resident, run_bytes=None)
    return Sample(
        seconds=float(second),
        processes=1,
        resident_bytes=resident,
        available_bytes=1000 - resident,
        gpus=(gpu,),
    )


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=400), st.integers(2, 40))
def test_a_long_curve_is_short_and_loses_no_peak(values: list[int], most: int) -> None:
    series = Series(most)
    for second, value in enumerate(values):
        series.add(_sample(second, value))
    kept = series.samples()
    assert len(kept) <= most
    assert max(one.resident_bytes for one in kept) == max(values)
    assert min(one.available_bytes or 0 for one in kept) == 1000 - max(values)
    assert kept[-1].seconds == len(values) - 1
    assert [one.seconds for one in kept] == sorted({one.seconds for one in kept})
    peaks = peaks_of(Samples(period_seconds=0.5, samples=kept))
    assert peaks.gpus[0].used_bytes == 2 * max(values)


def test_a_gpu_that_answers_only_once_is_kept() -> None:
    bare = Sample(seconds=1.0, processes=1, resident_bytes=5)
    assert merged(_sample(0, 7), bare).gpus == _sample(0, 7).gpus
    assert merged(bare, _sample(2, 7)).available_bytes == 993
    assert peaks_of(Samples(period_seconds=0.5)).resident_bytes is None
