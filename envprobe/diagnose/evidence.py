"""What one process's log holds: all that rules and signals found, in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from packaging.version import InvalidVersion, Version

from envprobe.diagnose.sighting import Sighting

# One progress bar may reach a file behind the error that ended its run: they are two streams.
WENT_ON = 3


class Log:
    """The sightings of one rank of a job, for the conditions of rules.

    `progress` are the orders of some lines on which training went on (a step, an epoch), a few
    behind each sighting: an error with several of them behind it did not end the run.
    """

    def __init__(self, sightings: Sequence[Sighting], progress: Sequence[int] = ()) -> None:
        self._by_name: dict[str, list[Sighting]] = {}
        for sighting in sightings:
            self._by_name.setdefault(sighting.name, []).append(sighting)
        self._progress = progress

    def all(self, *names: str) -> list[Sighting]:
        """Every sighting of these rules or signals, in the log's order."""
        found = [one for name in names for one in self._by_name.get(name, ())]
        return sorted(found, key=lambda one: one.line.order)

    def has(self, *names: str, before: Sighting | None = None) -> bool:
        """Whether one of them was sighted, above that sighting where one is given."""
        return any(before is None or one.line.order < before.line.order for one in self.all(*names))

    def first(self, *names: str) -> Sighting | None:
        """The first sighting of any of them."""
        return next(iter(self.all(*names)), None)

    def field(self, signal: str, field: str) -> str | None:
        """That field of the first sighting that has it."""
        return next((s.fields[field] for s in self.all(signal) if field in s.fields), None)

    def went_on_after(self, sighting: Sighting) -> bool:
        """Whether training made progress below it, several steps at least."""
        return len(self._progress) - bisect_right(self._progress, sighting.line.order) >= WENT_ON

    def had_progress_before(self, sighting: Sighting) -> bool:
        """Whether training had made progress above it."""
        return bool(self._progress) and self._progress[0] < sighting.line.order

    @property
    def tensorflow(self) -> Version | None:
        """TensorFlow's version, where the log tells it."""
        return _version(self.field("tensorflow-version", "version"))

    @property
    def python(self) -> Version | None:
        """Python's version (`3.11`), where the log or a path in it tells it."""
        minor = self.field("python-version", "minor")  # `Python310\`, a folder on Windows
        return _version(self.field("python-version", "version") or (minor and f"3.{minor}"))

    @property
    def platform(self) -> str | None:
        """`windows`, `wsl`, `macos` or `linux`, as far as messages and paths tell it."""
        for name in ("wsl", "windows", "macos", "linux"):
            if self.has(name):
                return name
        return None


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None
