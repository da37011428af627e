"""The folder that a run leaves: everything that is needed to look at it elsewhere."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from envprobe.errors import UsageError


class Bundle:
    """A folder that appears as a whole, or not at all.

    It is made beside its place before the run starts, so that a place that cannot be written to
    is told before hours of work, not after. Only this user may look into it.
    """

    def __init__(self, place: Path) -> None:
        self.place = _checked(place)
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            name = tempfile.mkdtemp(
                prefix=f".{self.place.name[:100]}.", suffix=".tmp", dir=self.place.parent
            )
        except OSError as error:
            raise UsageError(f"cannot write the bundle {place}: {error.strerror}") from error
        self._temporary = Path(name)

    def finish(self, files: Mapping[str, bytes]) -> Path:
        """Write the files and put the folder into its place; where it has landed.

        Raises OSError where that cannot be done.
        """
        for name, data in files.items():
            with (self._temporary / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        place = self.place
        try:
            self._move(place)
        except OSError:
            # The run itself has written there, or something else has.
            place = place.with_name(f"{place.name}-{secrets.token_hex(3)}")
            self._move(place)
        return place

    def discard(self) -> None:
        """Leave nothing behind; after `finish` nothing is left to discard."""
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _move(self, place: Path) -> None:
        if os.name == "nt":
            with contextlib.suppress(FileNotFoundError):
                place.rmdir()
        self._temporary.rename(place)


def _checked(place: Path) -> Path:
    """The place behind links; UsageError where something is in it."""
    try:
        place = place.resolve()
        if not place.exists():
            return place
        if not place.is_dir():
            raise UsageError(f"{place} is a file: --bundle takes a folder that is new or empty")
        if any(place.iterdir()):
            raise UsageError(f"the folder {place} is not empty: --bundle takes a new or empty one")
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot look at the bundle's place {place}: {error}") from error
    return place
