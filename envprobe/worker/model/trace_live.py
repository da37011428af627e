"""One step of a model that lives in this process: traced as `trace_model` traces, and not run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .data import specs_of_data
from .progress import Progress, answered
from .trace_model import trace_keras

Answer = dict[str, Any]


def trace_live(model: Any, question: Answer, data: Any) -> Answer:
    """What `trace_model` answers; `data` is a batch, its specs, or None to take those asked.

    The model keeps its weights, and the process the settings that tracing changes.
    """
    import tensorflow as tf

    def traced(tf: Any, progress: Progress) -> Answer:
        progress.stage = "data"
        specs = data if data is None or _is_specs(tf, data) else specs_of_data(tf, data, question)
        return trace_keras(tf, progress, model, specs)

    with _settings_kept(tf):
        return answered(Progress(question), traced)


def _is_specs(tf: Any, data: Any) -> bool:
    return all(isinstance(one, tf.TypeSpec) for one in tf.nest.flatten(data))


@contextlib.contextmanager
def _settings_kept(tf: Any) -> Iterator[None]:
    placement = tf.config.get_soft_device_placement()
    filtering = tf.debugging.is_traceback_filtering_enabled()
    keras = getattr(tf.keras, "config", None)
    of_keras = keras.is_traceback_filtering_enabled() if keras else filtering
    try:
        yield
    finally:
        tf.config.set_soft_device_placement(placement)
        if filtering:
            tf.debugging.enable_traceback_filtering()
        if keras and of_keras:
            keras.enable_traceback_filtering()
