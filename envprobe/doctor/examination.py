"""What doctor's rules look at: the machine, and what became of starting TensorFlow on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
from packaging.version import InvalidVersion, Version

from envprobe.inventory import Gpu, Inventory

StartFailureKind = Literal["missing", "raised", "crashed", "timed_out", "out_of_memory", "garbage"]


class StartFailure(msgspec.Struct, frozen=True, kw_only=True):
    """TensorFlow was imported in a worker and did not come up.

    missing        there is no module `tensorflow`
    raised         the import raised; `reason` is the exception
    crashed        the process ended; `signal` is what by (`SIGILL`), where it was a signal
    timed_out      no answer within the limit
    out_of_memory  killed for its memory
    garbage        what came back was no answer
    """

    kind: StartFailureKind
    reason: str
    signal: str | None = None
    stderr_lines: tuple[str, ...] = ()


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """One machine and one Python environment on it, as far as they could be asked.

    `inventory.tensorflow` is what TensorFlow said of itself, None when it was not asked or did
    not start; `start_failure` says why it did not. `openings` are the shared libraries that
    TensorFlow opens on a GPU, by soname, each with the loader's error or None where it opened;
    the whole is None where that was not tried.
    """

    inventory: Inventory
    start_failure: StartFailure | None = None
    openings: dict[str, str | None] | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables that matter, as they were set."""
        return self.inventory.environ

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        """The NVIDIA GPUs that NVML lists."""
        return self.inventory.nvml.gpus

    @property
    def tensorflow(self) -> Version | None:
        """The version that runs, or, where none was started, the one that is installed."""
        report, installed = self.inventory.tensorflow, self.inventory.software.tensorflow
        told = report.version if report else None
        return _version(told or (installed[0].version if installed else None))

    @property
    def python(self) -> Version | None:
        """The version of the examined interpreter."""
        return _version(self.inventory.software.python.version)

    def package(self, name: str) -> Version | None:
        """The version of an installed distribution; None where it is not there, or unreadable.

        Only distributions with a role (`envprobe/inventory/distributions.py`) are known. Of
        several with that name, the one that an import finds first.
        """
        path = self.inventory.software.python.path or ()
        found = [one for one in self.inventory.software.packages or () if one.name == name]
        places = {folder: place for place, folder in reversed([*enumerate(path)])}
        found.sort(key=lambda one: places.get(one.folder, len(path)))
        return _version(found[0].version if found else None)


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None
