"""NumPy 2's rule on copies meets a package that does not know it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG615",
    name="numpy-copy-refused",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Unable to avoid copy while creating an array as requested"),
        Pattern(r"__array__\(\) got an unexpected keyword argument '(?P<argument>copy)'"),
        Pattern(
            r"ValueError: .*[Pp]ython integer (?P<value>-?[0-9]+) out of bounds for u?int[0-9]+"
        ),
        Pattern(r"OverflowError: Python integer (?P<value>-?[0-9]+) out of bounds for u?int[0-9]+"),
    ),
    seen="NumPy 2 refuses what NumPy 1 allowed[: the argument {argument}][: the value {value}].",
    why="NumPy 2 no longer copies where copy=False was asked, hands `copy` to __array__, and "
    "refuses numbers that a dtype cannot hold. Code written for NumPy 1 breaks on that.",
    fix="pip install 'numpy<2', or upgrade the package that makes the call. In your own code use "
    "np.asarray(x) instead of np.array(x, copy=False), and a dtype that holds the number.",
    candidates=(
        Candidate(cause=Cause.DTYPE_MISMATCH, check="The number is wrong for the dtype you chose."),
    ),
    source="numpy.org/doc/stable/numpy_2_0_migration_guide.html",
    hits=(
        "ValueError: Unable to avoid copy while creating an array as requested.\nIf using "
        "`np.array(obj, copy=False)` replace it with `np.asarray(obj)`\n",
        "TypeError: __array__() got an unexpected keyword argument 'copy'\n",
    ),
    misses=("DeprecationWarning: __array__ implementation doesn't accept a copy keyword\n",),
)
