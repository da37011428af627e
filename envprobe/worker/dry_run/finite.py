"""Whether what a step left behind is finite: its loss, its outputs, the weights it changed."""

from __future__ import annotations

from typing import Any

Answer = dict[str, Any]
_MOST_NAMES = 4


def is_finite(array: Any) -> bool:
    """Whether every number is; what holds no numbers is."""
    import numpy as np

    values = np.asarray(array)
    if values.dtype.kind == "c":
        return bool(np.isfinite(values).all())
    if values.dtype.kind not in "fV":
        return True
    try:
        return bool(np.isfinite(values.astype("float64")).all())
    except (TypeError, ValueError):
        return True


def losses_left(history: Answer) -> list[str]:
    """The names of the losses that `fit` reports as NaN or infinite; metrics are none."""
    return [
        name
        for name, values in history.items()
        if name.endswith("loss") and not all(map(is_finite, values))
    ]


def weights_left(model: Any) -> list[str]:
    """The trainable weights that are not finite."""
    return [_path(weight) for weight in model.trainable_variables if not is_finite(_number(weight))]


def outputs_left(tf: Any, outputs: Any) -> list[str]:
    """Which of the outputs are not finite, by their position."""
    flat = [one for one in tf.nest.flatten(outputs) if hasattr(one, "dtype")]
    return [f"output {at}" for at, one in enumerate(flat) if not _output_is_finite(one)]


def non_finite(**left: list[str]) -> Answer | None:
    """The answer's `non_finite`, from the names of what is not finite; None where all is."""
    what = [name for name, names in left.items() if names]
    if not what:
        return None
    return {"what": what, "names": [name for one in left.values() for name in one][:_MOST_NAMES]}


def _output_is_finite(output: Any) -> bool:
    values = getattr(output, "flat_values", None)  # a ragged tensor's
    values = output if values is None else values
    values = values.numpy() if hasattr(values, "numpy") else values
    return is_finite(values)


def _number(weight: Any) -> Any:
    value = getattr(weight, "value", weight)
    value = value() if callable(value) else value
    return value.numpy() if hasattr(value, "numpy") else value


def _path(weight: Any) -> str:
    return str(getattr(weight, "path", None) or weight.name)
