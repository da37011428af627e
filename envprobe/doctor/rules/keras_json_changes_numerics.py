"""A forgotten keras.json changes the numbers or the layout of every model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

USUAL = {"floatx": "float32", "epsilon": 1e-07, "image_data_format": "channels_last"}


def _detect(examination: Examination) -> Iterator[Seen]:
    settings = examination.inventory.settings
    if settings.keras_json_path is None:
        return
    unusual = {
        name: settings.keras_json[name]
        for name, usual in USUAL.items()
        if settings.keras_json.get(name, usual) != usual
    }
    if unusual:
        told = ", ".join(f"{name} = {value}" for name, value in unusual.items())
        yield Seen(
            seen=f"{settings.keras_json_path}: {told}",
            severity=Severity.WARNING if "floatx" in unusual else None,
        )


def _with(**entries: Any) -> Examination:
    one = changed(healthy_cpu(), "inventory.settings.keras_json_path", "/home/me/.keras/keras.json")
    return changed(one, "inventory.settings.keras_json", entries)


RULE = Rule(
    code="DOC515",
    name="keras-json-changes-numerics",
    severity=Severity.INFO,
    why="Keras reads it at every import, whatever the program says later: floatx is the type of "
    "all weights, epsilon stands in optimizers and normalizations, and channels_first fails in "
    "convolutions for which a CPU has no such kernel.",
    fix="Delete the file or the entry; set it in the program that needs it (keras.config).",
    source="https://keras.io/api/utils/config_utils/",
    detect=_detect,
    hits=(
        lambda: _with(floatx="float16"),
        lambda: _with(floatx="float32", image_data_format="channels_first"),
    ),
    misses=(healthy_cpu, lambda: _with(**USUAL, backend="tensorflow")),
)
