"""Names of dtypes as TensorFlow's messages spell them."""

from __future__ import annotations

ALIASES = {
    "half": "float16",
    "float": "float32",
    "double": "float64",
    "bf16": "bfloat16",
    "f16": "float16",
    "fp16": "float16",
}
# What people ask for to be faster, and what a kernel for float32 may lack.
LOW_PRECISION = ("float16", "bfloat16", "float8_e5m2", "float8_e4m3fn")
# One dtype in a message: `float32`, `tf.float32`, `half`, `DT_HALF`, `<dtype: 'float32'>`.
DTYPE = (
    r"(?:<dtype: ')?(?:tf\.)?(?:DT_)?(?P<{}>(?i:u?q?int[0-9]+|b?float[0-9]*(?:_e[0-9a-z]+)?|half|"
    r"double|complex[0-9]+|string|bool|resource|variant))(?:'>)?"
)


def named(field: str) -> str:
    """The expression for a dtype, with its group's name."""
    return DTYPE.replace("{}", field, 1)


def dtype_name(text: str) -> str:
    """`float16` for `half`, `DT_HALF` and `tf.float16`."""
    plain = text.lower().removeprefix("tf.").removeprefix("dt_")
    return ALIASES.get(plain, plain)


def is_low_precision(dtype: str) -> bool:
    """Whether it is a floating point dtype of 16 or 8 bits."""
    return dtype in LOW_PRECISION


def with_dtype_names(fields: dict[str, str]) -> dict[str, str]:
    """A sighting's fields with the dtypes in one spelling: what was met, and what is wanted."""
    names = {key: dtype_name(fields[key]) for key in ("dtype", "wanted") if key in fields}
    return fields | names
