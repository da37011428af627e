"""What a forecast for another release of TensorFlow says."""

from __future__ import annotations

import msgspec


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as the release needs it.

    here    what is there now; None: nothing, or it cannot be told
    blocks  whether the release cannot be installed before somebody changes it; the rest is
            changed by the installation itself
    """

    name: str
    here: str | None
    needs: str
    blocks: bool = False


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What the release of the request would meet here.

    requirement  as pip takes it
    command      that installs it
    tried        what became of installations of the same release elsewhere, one line each
    """

    requirement: str
    release: str
    changes: tuple[Change, ...]
    command: str
    tried: tuple[str, ...] = ()
