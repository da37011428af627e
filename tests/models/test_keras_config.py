"""Which configs of Keras would run somebody's code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from envprobe.errors import FileFormatError
from envprobe.models.keras_config import require_harmless
from envprobe.models.unsafe import UnsafeModelError


def model(*layers: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "module": "keras",
            "class_name": "Sequential",
            "config": {"name": "net", "layers": list(layers)},
            "registered_name": None,
            "compile_config": {"optimizer": "adam"},
        }
    ).encode()


def layer(class_name: str, module: str = "keras.layers", **more: Any) -> dict[str, Any]:
    registered = more.pop("registered_name", None)
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": class_name.lower(), **more},
        "registered_name": registered,
    }


@pytest.mark.parametrize(
    "config",
    [
        model(layer("Dense", units=4, activation="relu")),
        model(layer("Activation", "keras.src.layers.activations")),
        model(layer("Add", "keras.src.ops.numpy")),
        # Keras 2 names no modules.
        json.dumps({"class_name": "Dense", "config": {"name": "d"}}).encode(),
        model({**layer("Rescaling"), "registered_name": "keras_hub>Rescaling"}),
    ],
)
def test_keras_own_classes_are_harmless(config: bytes) -> None:
    require_harmless("m.keras", config)


@pytest.mark.parametrize(
    ("bad", "seen"),
    [
        (layer("Lambda"), "layer 'lambda' is a Lambda layer"),
        (layer("Dense", activation={"class_name": "__lambda__", "config": {}}), "layer 'dense'"),
        (layer("Own", "my.package"), "layer 'own' is my.package.Own"),
        (layer("system", "os"), "is os.system"),
        (layer("get_file", "keras.utils"), "is keras.utils.get_file"),
        (layer("eval", "builtins"), "is builtins.eval"),
        (layer("models.load_model"), "is keras.layers.models.load_model"),
        (layer("x", "keras_evil"), "is keras_evil.x"),
        (layer("Own", registered_name="mine>Own"), "the custom object mine>Own"),
        (layer("TimeDistributed", layer=layer("Lambda")), "layer 'lambda' is a Lambda layer"),
    ],
)
def test_foreign_code_is_refused_with_its_layer(bad: dict[str, Any], seen: str) -> None:
    with pytest.raises(UnsafeModelError, match=seen) as raised:
        require_harmless("m.keras", model(layer("Dense"), bad))
    assert "--trust" in str(raised.value)


def test_a_config_that_is_none() -> None:
    with pytest.raises(FileFormatError, match="is not JSON"):
        require_harmless("m.keras", b"{")
    with pytest.raises(FileFormatError, match="is not JSON"):
        require_harmless("m.keras", b"[" * 100_000)
