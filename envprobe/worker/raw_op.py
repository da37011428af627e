"""From a catalog row to a subject: the op of `tf.raw_ops` with its inputs as tensors."""

from __future__ import annotations

import inspect
from typing import Any, Callable

import numpy as np

from .inputs import make
from .layout import to_channels_last
from .references import PROPERTIES, REFERENCES
from .subject import NotApplicable, Subject

Cell = dict[str, Any]
BLOCK = 65_521  # a prime, so that no row of an input equals the next
# Generators whose values do not depend on where they stand.
ELEMENTWISE = (
    *("normal", "uniform", "positive", "unit", "nonzero"),
    *("distinct", "fractional", "bool", "index"),
)


class UnknownDtypeError(TypeError):
    """This release of TensorFlow does not know the dtype at all."""


def build(cell: Cell) -> Subject:
    """The op of `cell` on its device; call it inside the device's scope."""
    import tensorflow as tf

    function = getattr(tf.raw_ops, cell["op"], None)
    if function is None:
        raise NotApplicable("TensorFlow {} has no op {}".format(tf.version.VERSION, cell["op"]))
    arguments = _Arguments(tf, cell)
    return Subject(
        call=arguments.bind(function),
        inputs=arguments.tensors,
        names=arguments.names,
        watched=arguments.positions(cell["gradient"]),
        variables=arguments.variables,
        reference=_reference(cell),
        check=_property(cell),
        compared=cell["reference"] != "runs",
    )


class _Arguments:
    """The inputs of one op: tensors that are fed, constants that are captured, resources."""

    def __init__(self, tf: Any, cell: Cell) -> None:
        self.tf = tf
        self.attrs = cell["attrs"]
        self.timed = bool(cell.get("timed"))
        # With nothing fed, a graph would be computed once and for all when it is optimized.
        fed = any(not spec["constant"] for spec in cell["inputs"].values())
        self.capturing = fed or cell["mode"] != "graph"
        self.tensors: list[Any] = []
        self.names: list[str] = []
        self.variables: list[Any] = []
        self._fed: dict[str, Any] = {}  # name -> position, or a list of positions
        self._captured: dict[str, Any] = {}
        self._kept: list[Any] = []  # resources die with their Python object
        for name, spec in cell["inputs"].items():
            self._add(name, spec, arrays_of(cell, name))

    def _add(self, name: str, spec: Cell, arrays: list[Any]) -> None:
        if spec["values"] == "variable":
            self._captured[name] = self._variable(arrays[0], spec)
        elif spec["values"] == "table":
            self._captured[name] = self._table(spec)
        elif spec["constant"] and self.capturing:
            self._captured[name] = _constant(self.tf, arrays, spec)
        else:
            many = spec["count"] > 1
            names = [f"{name}:{i}" if many else name for i in range(spec["count"])]
            positions = [self._feed(*fed, spec) for fed in zip(names, arrays)]
            self._fed[name] = positions if many else positions[0]

    def _feed(self, name: str, array: Any, spec: Cell) -> int:
        self.names.append(name)
        array = rounded(self.tf, array, spec["dtype"])
        repeated = is_repeated(self.timed, spec)
        fed = _repeated(self.tf, array, spec["shape"]) if repeated else self.tf.constant(array)
        self.tensors.append(fed)
        return len(self.tensors) - 1

    def _variable(self, array: Any, spec: Cell) -> Any:
        variable = self.tf.Variable(tensor(self.tf, array, spec["dtype"]))
        self.variables.append(variable)
        return lambda: variable.handle

    def _table(self, spec: Cell) -> Any:
        told = spec["literal"]
        dtypes = told.get("dtypes", {})
        keys, values = (
            self.tf.constant(told[part], dtypes.get(part)) for part in ("keys", "values")
        )
        table = self.tf.lookup.experimental.MutableHashTable(keys.dtype, values.dtype, values[0])
        table.insert(keys, values)
        self._kept.append(table)
        return lambda: table.resource_handle

    def bind(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The op as a function of its fed tensors alone."""
        renamed = _python_names(function, [*listed({**self._fed, **self._captured}), *self.attrs])

        def call(*tensors: Any) -> Any:
            arguments = {
                name: [tensors[i] for i in at] if isinstance(at, list) else tensors[at]
                for name, at in self._fed.items()
            }
            # Made inside the function, so that tracing sees constants, as it would of axes.
            arguments.update({name: value() for name, value in self._captured.items()})
            arguments = {**listed(arguments), **self.attrs}
            return function(**{renamed[name]: arguments[name] for name in arguments})

        return call

    def positions(self, names: list[str]) -> list[int]:
        """Indexes into `tensors` of the inputs with these names."""
        found: list[int] = []
        for name in names:
            at = self._fed[name]
            found.extend(at if isinstance(at, list) else [at])
        return found


def listed(arguments: Cell) -> Cell:
    """The arguments with the elements of a list (`values:0`, `values:1`, …) as that list."""
    found: Cell = {}
    order = sorted(arguments, key=lambda name: int(name.partition(":")[2] or 0))
    for name in order:
        base, colon, _ = name.partition(":")
        if colon:
            found.setdefault(base, []).append(arguments[name])
        else:
            found[name] = arguments[name]
    return found


def _repeated(tf: Any, block: Any, shape: list[int]) -> Any:
    """The block again and again, in memory that TensorFlow itself allotted.

    A large numpy array would be used where it lies, often on huge pages, which real tensors have
    not; they are read faster.
    """
    size = int(np.prod(shape, dtype=np.int64))
    with tf.device("/device:CPU:0"):
        whole = tf.tile(tf.constant(block), [-(-size // block.size)])[:size]
        whole = tf.reshape(whole, shape)
    return tf.identity(whole)


def _python_names(function: Callable[..., Any], names: list[str]) -> dict[str, str]:
    """Arguments of the op's definition under the names that `tf.raw_ops` gives them.

    A few are renamed there (`reduction_indices` to `axis`); they are those left over on both
    sides.
    """
    parameters = list(inspect.signature(function).parameters)
    strange = [name for name in names if name not in parameters]
    free = [name for name in parameters if name not in names and name != "name"]
    return {**{name: name for name in names}, **dict(zip(strange, free))}


def _constant(tf: Any, arrays: list[Any], spec: Cell) -> Callable[[], Any]:
    if spec["count"] > 1:
        return lambda: [tensor(tf, array, spec["dtype"]) for array in arrays]
    return lambda: tensor(tf, arrays[0], spec["dtype"])


def tensor(tf: Any, array: Any, dtype: str) -> Any:
    """The array as a tensor of this dtype."""
    return tf.constant(rounded(tf, array, dtype))


def rounded(tf: Any, array: Any, dtype: str) -> Any:
    """The array in the numpy type of a TensorFlow dtype."""
    if dtype == "string":
        return array
    try:
        return np.asarray(array).astype(tf.dtypes.as_dtype(dtype).as_numpy_dtype)
    except TypeError as error:
        raise UnknownDtypeError(f"TensorFlow {tf.version.VERSION} does not know {dtype}") from error


def arrays_of(cell: Cell, name: str) -> list[Any]:
    """The data of one input in full precision: the same for every dtype, mode and device.

    When `cell["lifted_from"]` names a dtype, values are rounded to it first, so that a float64
    reference sees exactly the numbers that the narrow kernel saw.
    """
    spec = cell["inputs"][name]
    seed = "/".join((cell["op"], cell["variant"], name))
    lifted_from: str | None = cell.get("lifted_from", {}).get(name)
    seen = dict(spec, dtype=lifted_from or spec["dtype"])  # ints and floats get other values
    if is_repeated(bool(cell.get("timed")), spec):
        seen["shape"] = [BLOCK]
    arrays = [make(seen, f"{seed}/{index}") for index in range(spec["count"])]
    if lifted_from:
        import tensorflow as tf

        arrays = [_lift(rounded(tf, array, lifted_from), spec["dtype"]) for array in arrays]
    if cell.get("channels_last"):
        arrays = [to_channels_last(array, cell, name) for array in arrays]
    return arrays


def is_repeated(timed: bool, spec: Cell) -> bool:
    """Whether a large input is one block of random values again and again.

    Only where numbers are not looked at: hundreds of megabytes of random numbers would take
    longer to make than to be measured with.
    """
    size = int(np.prod(spec["shape"], dtype=np.int64))
    return timed and spec["values"] in ELEMENTWISE and spec["literal"] is None and size > BLOCK


def _lift(array: Any, dtype: str) -> Any:
    return array.astype(np.complex128 if dtype.startswith("complex") else np.float64)


def _reference(cell: Cell) -> list[Any] | None:
    if cell["reference"] != "numpy" or cell["direction"] == "gradient" or cell.get("timed"):
        return None
    import tensorflow as tf

    inputs: dict[str, Any] = {}
    for name, spec in cell["inputs"].items():
        arrays = [_as_numpy(rounded(tf, array, spec["dtype"])) for array in arrays_of(cell, name)]
        inputs[name] = arrays if spec["count"] > 1 else arrays[0]
    return REFERENCES[cell["op"]](inputs, cell["attrs"])


def _as_numpy(array: Any) -> Any:
    """Narrow floats as float64: numpy references are computed in full precision."""
    if array.dtype.kind in "biuOSU" and not array.dtype.name.startswith(("int4", "uint4")):
        return array
    if array.dtype.kind == "c":
        return array.astype(np.complex128)
    return array.astype(np.int64 if "int4" in array.dtype.name else np.float64)


def _property(cell: Cell) -> Callable[[list[Any]], str | None] | None:
    if cell["reference"] != "property" or cell["direction"] == "gradient" or cell.get("timed"):
        return None
    inputs = {name: arrays_of(cell, name)[0] for name in cell["inputs"]}
    return lambda outputs: PROPERTIES[cell["op"]](outputs, inputs, cell["attrs"])
