"""TensorFlow's binding of its own number types to NumPy fails at import."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG614",
    name="numpy-types-not-bound",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Unable to convert function return value to a Python type!"),
        Pattern(r"Cannot interpret '<attribute 'dtype' of 'numpy\.generic' objects>' as a data"),
        Pattern(
            r"module 'numpy' has no attribute '(?P<missing>dtypes|exceptions|strings|"
            r"bool_|_core|vecdot|trapezoid|matrix_transpose|__array_api_version__)'"
        ),
        Pattern(r"No module named '?numpy\.(?P<missing>exceptions|dtypes|typing|strings)'?"),
        Pattern(r"np\.array\(\) got an unexpected keyword argument '(?P<missing>like)'"),
        Pattern(r"cannot import name '?(?P<missing>TF_bfloat16_type|_pywrap_bfloat16)'?"),
        Pattern(r"type object 'numpy\.\w+' has no attribute '(?P<missing>__class_getitem__)'"),
        Pattern(r"type 'numpy\.\w+' is not subscriptable"),
        Pattern(
            r"TypeError: data type '?(?P<missing>float8_\w+|bfloat16|int4|uint4)'? not underst"
        ),
    ),
    yields_to=("numpy-two-loads-older-module", "numpy-binary-size-differs"),
    seen="TensorFlow and the installed NumPy do not fit[: {missing} is missing].",
    why="TensorFlow registers its number types (bfloat16, float8) with NumPy while it is "
    "imported. That fails where NumPy is older than the one TensorFlow, JAX or ml_dtypes was "
    "compiled for, or newer than they know.",
    fix="Install the NumPy that this TensorFlow asks for: pip install 'numpy>=1.23.5,<2' for "
    "2.13 to 2.17, 'numpy>=1.26' for newer ones; pip check names the bounds. Then restart Python.",
    candidates=(
        Candidate(
            cause=Cause.ABI_MISMATCH, check="pip list shows ml-dtypes or jax too old or new."
        ),
    ),
    source="tensorflow/python/framework/dtypes.py",
    hits=(
        'Traceback (most recent call last):\n  File "/srv/py/lib/python3.9/site-packages/tensorflow'
        '/python/framework/dtypes.py", line 34, in <module>\n    _np_bfloat16 = _pywrap_bfloat16.'
        "TF_bfloat16_type()\nTypeError: Unable to convert function return value to a Python type! "
        "The signature was\n\t() -> handle\n",
        "AttributeError: module 'numpy' has no attribute 'dtypes'\n",
    ),
    misses=("TypeError: data type 'category' not understood\n",),
)
