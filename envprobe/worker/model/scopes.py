"""Which layer and which part of a step a node belongs to, by the scopes in its name."""

from __future__ import annotations

import contextlib
import re
from typing import Any

_NUMBERED = re.compile(r"_\d+$")  # how TensorFlow makes a second scope of a name unique
_GRADIENT = ("gradient_tape", "gradients")
_LOSS = ("compile_loss",)


class Scopes:
    """The layers of a model by the names that its nodes' scopes bear."""

    def __init__(self, model: Any) -> None:
        self.layers: dict[str, Any] = dict(_layers(model))
        # Keras 3 opens a scope to build a layer and a second one, a numbered one, to call it:
        # what `dense_1` holds is of `dense`, and that of a layer `dense_1` is in `dense_1_1`.
        self._always_numbered = hasattr(model, "_open_name_scope")
        self._optimizer = str(getattr(getattr(model, "optimizer", None), "name", "") or "")

    def of(self, node: str) -> tuple[str | None, str | None]:
        """Direction and innermost layer, each None where the name does not tell."""
        parts = node.split("/")[:-1]
        return self._direction(parts), self._layer(parts)

    def _direction(self, parts: list[str]) -> str | None:
        if parts and _NUMBERED.sub("", parts[0]) in _GRADIENT:
            return "gradient"
        if self._optimizer and any(_matches(part, self._optimizer) for part in parts):
            return "optimizer"
        if parts and _NUMBERED.sub("", parts[0]) in _LOSS:
            return "loss"
        return None

    def _layer(self, parts: list[str]) -> str | None:
        for part in reversed(parts):
            stem = _NUMBERED.sub("", part)
            for name in (stem, part) if self._always_numbered else (part, stem):
                if name in self.layers:
                    return name
        return None


def _matches(part: str, name: str) -> bool:
    return part == name or _NUMBERED.sub("", part) == name


def _layers(model: Any) -> list[tuple[str, Any]]:
    """Every layer inside the model, at any depth, but not the model itself."""
    if model is None:
        return []
    found = []
    with contextlib.suppress(Exception):  # a model of the user's may refuse to be listed
        listed = getattr(model, "_flatten_layers", None)
        layers = listed(include_self=False, recursive=True) if listed else model.submodules
        found = [(str(layer.name), layer) for layer in layers if hasattr(layer, "name")]
    return found
