"""The batch that a step takes, as specs: as the user wrote it, of real data, or the model's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .failure import RefusedError

Answer = dict[str, Any]
DEFAULT_BATCH = 32  # Keras' own


def element_specs(tf: Any, inputs: list[Answer], targets: list[Answer]) -> Any:
    """The specs of one batch as `fit` hands it to the step, for arrays of these specs."""
    _require_one_length(inputs + targets)
    x, y = _packed(tf, inputs), _packed(tf, targets)
    return _tupled(*_fitted(tf, x, y))


def specs_of_data(tf: Any, made: Any, question: Answer) -> Any:
    """The specs of the one real batch that a user's data function gives.

    A dataset or a generator is taken as it is; arrays are passed on as `fit` passes arrays on. The
    ranges of whole numbers in the batch are noted in the question, as if they had been told.
    """
    if isinstance(made, tf.data.Dataset):
        return made.element_spec
    lazily = isinstance(made, Iterator)
    batch = next(made, None) if lazily else made
    if batch is None:
        raise RefusedError("the data function yields nothing: expected one batch (x, y)")
    batch = tuple(batch) if isinstance(batch, list) else batch
    try:
        specs = tf.nest.map_structure(_spec_of_value(tf), batch)
    except Exception as error:
        told = " ".join(str(error).split())[:200]
        raise RefusedError(
            f"the data function gave a {type(batch).__name__} that is no batch of arrays: {told}"
        ) from error
    x, y = (*batch, None)[:2] if isinstance(batch, tuple) else (batch, None)
    question["inputs_seen"], question["targets_seen"] = _ranges(tf, x), _ranges(tf, y)
    if lazily or not isinstance(specs, tuple) or len(specs) > 2:
        return specs
    x, y = (*specs, None)[:2]
    return _tupled(*_fitted(tf, x, y))


def _ranges(tf: Any, arrays: Any) -> list[Answer]:
    """Name (none) and range of each array, in the order in which they are fed."""
    return [] if arrays is None else [_range(np.asarray(one)) for one in tf.nest.flatten(arrays)]


def _range(array: Any) -> Answer:
    if array.dtype.kind not in "iu" or not array.size:
        return {"name": None}
    return {"name": None, "low": int(array.min()), "high": int(array.max()) + 1}


def specs_from_model(model: Any, batch: int | None) -> list[Answer]:
    """What a built model says that it takes; raises RefusedError where it does not say."""
    found = _described_all(model, "inputs", batch)
    if not found:
        raise RefusedError(
            "the model does not say what it takes: give --input, such as 'float32[8,224,224,3]'"
        )
    named = isinstance(getattr(model, "_inputs_struct", None), dict)
    return [{**spec, "name": spec["name"] if named else None} for spec in found]


def targets_from_model(model: Any, batch: int | None) -> list[Answer]:
    """Targets that fit the model's outputs and its loss, where the user gave none."""
    found = [{**one, "name": None} for one in _described_all(model, "outputs", batch)]
    loss = getattr(model, "loss", None)
    told = str(getattr(loss, "name", None) or getattr(loss, "__name__", None) or loss).lower()
    if "sparse" in told:
        return [{**spec, "dtype": "int32", "shape": spec["shape"][:-1]} for spec in found]
    return [{**spec, "dtype": "float32"} for spec in found]


def plain_specs(tf: Any, data: Any) -> list[Answer]:
    """The specs as plain values, in the order in which they are fed."""
    return [
        {
            "name": spec.name,
            "dtype": spec.dtype.name,
            "shape": None if spec.shape.rank is None else spec.shape.as_list(),
        }
        for spec in tf.nest.flatten(data)
        if isinstance(spec, tf.TensorSpec)
    ]


def _described_all(model: Any, name: str, batch: int | None) -> list[Answer]:
    try:
        tensors = list(getattr(model, name) or [])
    except (AttributeError, ValueError, TypeError):  # a model that is not built says nothing
        return []
    return [_described(tensor, batch or DEFAULT_BATCH) for tensor in tensors]


def _described(tensor: Any, batch: int) -> Answer:
    shape = [None if size is None else int(size) for size in tensor.shape]
    if shape and shape[0] is None:
        shape[0] = batch
    dtype = getattr(tensor.dtype, "name", None) or str(tensor.dtype)
    return {"name": str(tensor.name).split(":")[0], "dtype": dtype, "shape": shape}


def _require_one_length(specs: list[Answer]) -> None:
    """Keras refuses arrays of several lengths before it takes a step; so do we, in its words."""
    lengths = {spec["shape"][0] for spec in specs if spec["shape"]} - {None}
    if len(lengths) > 1:
        told = ", ".join(f"{spec['dtype']}{spec['shape']}" for spec in specs)
        raise ValueError(
            f"Data cardinality is ambiguous: the first dimension, the batch, differs: {told}"
        )


def _packed(tf: Any, specs: list[Answer]) -> Any:
    made = [
        tf.TensorSpec(spec["shape"], tf.as_dtype(spec["dtype"]), name=spec["name"] or None)
        for spec in specs
    ]
    if not made:
        return None
    if all(spec["name"] for spec in specs):
        return {spec["name"]: one for spec, one in zip(specs, made)}
    return made[0] if len(made) == 1 else tuple(made)


def _tupled(x: Any, y: Any) -> Any:
    """As Keras packs x and y: no tuple around a lone x that is none itself."""
    if y is not None:
        return (x, y)
    return (x,) if isinstance(x, tuple) else x


def _fitted(tf: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """The same specs in the dtypes in which `fit` passes arrays on (float64 becomes floatx)."""
    floatx = tf.as_dtype(tf.keras.backend.floatx())

    def fitted(spec: Any) -> Any:
        dtype = floatx if spec.dtype.is_floating else spec.dtype
        return tf.TensorSpec(spec.shape, dtype, name=spec.name)

    return tf.nest.map_structure(fitted, x), (
        None if y is None else tf.nest.map_structure(fitted, y)
    )


def _spec_of_value(tf: Any) -> Any:
    def spec(value: Any) -> Any:
        tensor = value if hasattr(value, "dtype") else tf.convert_to_tensor(value)
        return tf.TensorSpec(tensor.shape, tf.as_dtype(tensor.dtype))

    return spec
