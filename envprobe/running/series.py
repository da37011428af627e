"""A memory curve that stays short, however long a run takes."""

from __future__ import annotations

from envprobe.running.sample import Sample, merged

MOST_SAMPLES = 2000


class Series:
    """Samples in their order; when there are too many, neighbours become one.

    The last one always stays as it came: how a run ended is what it is looked at for.
    """

    def __init__(self, most: int = MOST_SAMPLES) -> None:
        self._most = most
        self._samples: list[Sample] = []
        self._open: Sample | None = None  # of `_each` samples, those that have come
        self._in_open = 0
        self._each = 1

    @property
    def each(self) -> int:
        """How many moments one sample stands for."""
        return self._each

    def add(self, sample: Sample) -> None:
        """Take in the next moment."""
        self._open = merged(self._open, sample) if self._open else sample
        self._in_open += 1
        if self._in_open < self._each:
            return
        self._samples.append(self._open)
        self._open, self._in_open = None, 0
        if len(self._samples) >= self._most:
            self._halve()

    def samples(self) -> tuple[Sample, ...]:
        """Everything up to now."""
        return (*self._samples, *([self._open] if self._open else []))

    def _halve(self) -> None:
        pairs = zip(self._samples[::2], self._samples[1::2], strict=False)
        odd = self._samples[-1:] if len(self._samples) % 2 else []
        self._samples = [merged(first, second) for first, second in pairs] + odd
        self._each *= 2
