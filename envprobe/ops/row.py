"""What a catalog row is: one op with its inputs, attributes, variants, dtypes and formulas.

Inputs are specs, not tensors, so that the catalog can be read without TensorFlow.
"""

from __future__ import annotations

from typing import Any

import msgspec

Shape = tuple[int, ...]


class InputSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One argument of the op, by its OpDef name.

    `dtype` is "T" (the cell's dtype) or a fixed dtype name. `values` names a generator of the
    worker (`worker/inputs.py`), `low` and `high` bound it. `timed_shape` and `timed_high` replace
    `shape` and `high` when the cell is timed. A `constant` is captured by the traced function, as
    axes and sizes must be, instead of being fed. `count` > 1 makes a list of that many tensors.
    `literal` is the value itself.
    """

    dtype: str = "T"
    shape: Shape = ()
    timed_shape: Shape | None = None
    values: str = "normal"
    low: float | None = None
    high: float | None = None
    timed_high: float | None = None
    constant: bool = False
    count: int = 1
    literal: Any = None


class Variant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named choice of attributes and shapes; what it does not name comes from the row."""

    attrs: dict[str, Any] = {}
    inputs: dict[str, InputSpec] = {}
    dtypes: tuple[str, ...] | None = None
    no_kernel: tuple[str, ...] | None = None
    unimplemented: tuple[str, ...] | None = None
    gradient: tuple[str, ...] | None = None
    reference: str | None = None
    preset: str = "standard"
    timed: tuple[str, ...] | None = None
    flops: str | None = None
    tolerance: float | None = None
    precision: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One op of the catalog. The key of its TOML table is the OpDef name (or a composite's).

    dtypes         those expected to work on a CPU, proven by execution in the tests
    no_kernel      those the definition allows but no CPU kernel exists for
    unimplemented  those whose CPU kernel exists and refuses
                   (every other dtype is expected to be `invalid_dtype`)
    probe          the dtypes that the `standard` preset asks about, beside `dtypes`
    gradient       the inputs whose gradient is taken; empty: no gradient cells
    reference      how the right numbers are found: "float64" (the same op in float64 on the CPU),
                   "nhwc" / "ndhwc" (the same through the channels-last layout), "float32",
                   "numpy" (a function of `worker/references.py`), "property" (a check there, for
                   random ops), "runs" (nothing to compare: finite outputs are enough)
    tolerance      multiple of the dtype's tolerance
    precision      a dtype that the op computes or answers in whatever the cell's dtype is; the
                   larger of the two tolerances holds
    nonfinite      NaN or infinity are right answers
    tensor_cores   float32 may be computed as tf32 on GPUs of compute capability 8.0 and newer
    devices        device types on which the op makes sense at all
    preset         the smallest preset that holds the row
    timed          dtypes that are timed; empty: never
    flops, bytes   formulas over the shapes of inputs and outputs (`ops/formula.py`); bytes
                   default to all inputs read once and all outputs written once
    least_devices  how many devices of one type it takes; asked for only where there are as many
    composite      a probe of `worker/composites/` instead of a raw op
    covers         the ops that a composite executes in the cell's dtype, or in one of their own
                   (`"AddN variant"`)
    quirk          why the row departs from what one would expect
    """

    family: str
    inputs: dict[str, InputSpec] = {}
    attrs: dict[str, Any] = {}
    dtypes: tuple[str, ...] = ()
    no_kernel: tuple[str, ...] = ()
    unimplemented: tuple[str, ...] = ()
    probe: tuple[str, ...] = ("float16", "bfloat16", "float32", "float64")
    gradient: tuple[str, ...] = ()
    reference: str = "float64"
    tolerance: float = 1.0
    precision: str | None = None
    nonfinite: bool = False
    tensor_cores: bool = False
    devices: tuple[str, ...] = ("CPU", "GPU", "TPU")
    preset: str = "standard"
    timed: tuple[str, ...] = ()
    flops: str | None = None
    bytes: str | None = None
    composite: str | None = None
    covers: tuple[str, ...] = ()
    least_devices: int = 1
    variants: dict[str, Variant] = {}
    quirk: str | None = None
