"""Keras is told to compute with another framework than TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable, unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_environ, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

VARIABLE = "KERAS_BACKEND"


def _detect(examination: Examination) -> Iterator[Seen]:
    keras, settings = examination.package("keras"), examination.inventory.settings
    if keras is None or keras.major < 3:
        return  # Keras 2 has TensorFlow alone
    told = examination.environ.get(VARIABLE)
    if told:
        if told != "tensorflow":
            yield Seen(seen=f"{VARIABLE}={told}", command=unset_variable(VARIABLE))
        return
    stored = settings.keras_json.get("backend", "tensorflow")
    if stored != "tensorflow":
        yield Seen(
            seen=f'{settings.keras_json_path} has "backend": {stored!r}',
            command=set_variable(VARIABLE, "tensorflow"),
        )


def _stored(backend: str) -> Examination:
    return changed(healthy_gpu(), "inventory.settings.keras_json", {"backend": backend})


RULE = Rule(
    code="DOC514",
    name="keras-backend-not-tensorflow",
    severity=Severity.WARNING,
    why="Keras 3, and tf.keras with it, computes with that framework: its GPU support and its "
    "kernels count, not TensorFlow's, and TensorFlow's own layers and tf.data steps that meet its "
    "tensors fail.",
    fix="Unset the variable, or write tensorflow into keras.json, unless it is meant.",
    source="https://keras.io/getting_started/#configuring-your-backend",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), KERAS_BACKEND="torch"),
        lambda: changed(_stored("jax"), "inventory.settings.keras_json_path", "/root/keras.json"),
    ),
    misses=(
        healthy_gpu,
        lambda: _stored("tensorflow"),
        lambda: with_environ(_stored("jax"), KERAS_BACKEND="tensorflow"),
        lambda: with_package(with_environ(healthy_gpu(), KERAS_BACKEND="torch"), "keras", "2.15.0"),
    ),
)
