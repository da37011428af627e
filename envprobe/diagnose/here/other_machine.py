"""Whether a log is of this machine, by what both tell of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from packaging.version import InvalidVersion, Version

from envprobe.diagnose.here.machine import gpus_here, platform_of
from envprobe.diagnose.result import Here, Surroundings
from envprobe.inventory import Inventory

# What an answer rests on.
# given     a matrix that the user named
# scan      this machine's last scan
# hardware  this machine's devices, driver and memory
# software  the packages that are installed here
Ground = Literal["given", "scan", "hardware", "software"]
# The marks of WSL are found in logs of other small kernels too: it counts as the Linux that it is.
SAME = {"wsl": "linux"}


NOT_TOLD = "the log does not tell of which Python and TensorFlow it is"


class Differences(NamedTuple):
    """In what the log is of another machine, and in what of other software, as clauses.

    `compared` tells whether the log names a Python or TensorFlow at all.
    """

    machine: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    compared: bool = True

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.machine, *self.software)

    @property
    def note(self) -> str | None:
        """The one sentence for the reader."""
        if not self.every:
            return None
        whose = "this machine" if self.machine else "the software installed here"
        return f"The log is not of {whose}: {'; '.join(self.every)}."


def differences(log: Surroundings, inventory: Inventory | None) -> Differences:
    """Where both are known and not the same."""
    if inventory is None:
        return Differences()
    return Differences(
        machine=tuple(_machine(log, inventory)),
        software=tuple(_software(log, inventory)),
        compared=bool(log.tensorflow or log.python),
    )


def _machine(log: Surroundings, inventory: Inventory) -> Iterator[str]:
    there = SAME.get(log.platform or "", log.platform)
    here = platform_of(inventory)
    if there and here and there != here:
        yield f"it is of {there}, here is {here}"
    gpus = gpus_here(inventory)
    if not log.gpus or gpus is None or any(gpu.name is None for gpu in gpus):
        return
    missing = [one for one in log.gpus if model(one) not in {model(gpu.name) for gpu in gpus}]
    if missing:
        names = ", ".join(sorted({gpu.name or "" for gpu in gpus})) or "no NVIDIA GPU"
        yield f"it names {', '.join(missing)}, here is {names}"


def model(name: str | None) -> str:
    """Drivers before 470 say `Tesla T4`, newer ones with the maker's name in front."""
    return (name or "").lower().removeprefix("nvidia ").strip()


def _software(log: Surroundings, inventory: Inventory) -> Iterator[str]:
    software = inventory.software
    installed = software.tensorflow[0].version if software.tensorflow else None
    if log.tensorflow and software.tensorflow == ():
        yield f"it is of TensorFlow {log.tensorflow}, here is none"
    elif log.tensorflow and installed and _release(log.tensorflow) != _release(installed):
        yield f"it is of TensorFlow {log.tensorflow}, here is {installed}"
    python = software.python.version
    if log.python and python and _release(log.python)[:2] != _release(python)[:2]:
        yield f"it is of Python {log.python}, here is {python}"


def _release(text: str) -> tuple[int | str, ...]:
    try:
        return Version(text).release
    except InvalidVersion:
        return (text,)


def settled(here: Here, ground: Ground, found: Differences) -> Here:
    """The answer, or `unknown` with the reason where it is of another machine than the log.

    Another machine's state proves nothing of the log's; that it lacks the same kernel does.
    """
    if ground == "given" or here.answer == "unknown":
        return here
    against = _against(here, ground, found)
    if against is None:
        return here
    return Here(answer="unknown", told=f"{against}, so this proves nothing: {here.told}")


def _against(here: Here, ground: Ground, found: Differences) -> str | None:
    """Why the answer need not hold for the log."""
    if here.answer == "contradicted":
        clauses = found.every
    else:
        clauses = {"scan": (), "hardware": found.machine}.get(ground, found.every)
    if clauses:
        return f"the log is not of here ({clauses[0]})"
    # This may be another environment than the one that trains: envprobe can live in its own.
    several = ground == "software" and here.answer == "contradicted" and not found.compared
    return NOT_TOLD if several else None
