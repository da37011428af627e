"""The other devices of a cell's type."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import NotApplicable


def peers(cell: dict[str, Any]) -> list[str]:
    """All devices of the cell's type, its own first; NotApplicable where it stands alone."""
    own = str(cell["device"])
    kind = own.split(":", maxsplit=1)[0]
    listed = [device.name.split("device:")[-1] for device in tf.config.list_logical_devices(kind)]
    others = [name for name in listed if name != own]
    if not others:
        raise NotApplicable(f"needs two devices of type {kind}, there is one")
    return [own, *others]
