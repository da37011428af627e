"""What a model's loss is called."""

from __future__ import annotations

from typing import Any


def loss_name(model: Any) -> str | None:
    """The loss as the user would write it."""
    loss = getattr(model, "loss", None)
    if loss is None or isinstance(loss, str):
        return loss
    if isinstance(loss, (list, tuple)):
        return ", ".join(str(_named(one)) for one in loss)
    if isinstance(loss, dict):
        return ", ".join(f"{name}={_named(one)}" for name, one in loss.items())
    return _named(loss)


def _named(loss: Any) -> str:
    if isinstance(loss, str):
        return loss
    return str(
        getattr(loss, "__name__", None) or getattr(loss, "name", None) or type(loss).__name__
    )
