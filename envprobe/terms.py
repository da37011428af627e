"""The nouns of envprobe, as enums and frozen structs; every other room speaks in them."""

from __future__ import annotations

from enum import Enum
from typing import Literal, get_args

import msgspec

Direction = Literal["forward", "gradient"]
Mode = Literal["eager", "graph", "xla"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
MODES: tuple[Mode, ...] = get_args(Mode)

FLOAT_DTYPES = ("float16", "bfloat16", "float32", "float64")
DTYPES = (
    *FLOAT_DTYPES,
    "float8_e4m3fn",
    "float8_e5m2",
    "int4",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint4",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
    "complex64",
    "complex128",
    "string",
)


class Status(str, Enum):
    """What became of one cell. Only `supported` is good news; `untested` is no news."""

    SUPPORTED = "supported"
    NO_KERNEL = "no_kernel"  # TensorFlow has no kernel for this op, device and dtype
    INVALID_DTYPE = "invalid_dtype"  # the op's own definition does not allow this dtype
    UNIMPLEMENTED = "unimplemented"  # a kernel exists and says that it cannot do this
    WRONG_RESULT = "wrong_result"  # it ran; the numbers are not those of the reference
    FELL_BACK = "fell_back"  # it ran, on another device than the one asked for
    OUT_OF_MEMORY = "out_of_memory"
    FAILED = "failed"  # it raised something else
    CRASHED = "crashed"  # it took the worker process down
    TIMED_OUT = "timed_out"
    UNTESTED = "untested"


class Severity(str, Enum):
    """How much a finding matters; `error` alone turns the exit code to 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found to be wrong or worth knowing.

    `code` never changes its meaning (`DOC103`), `name` states the fault
    (`nvml-driver-mismatch`), `seen` is the evidence, `why` says why it matters and `fix` what
    to do, None where nothing can be done. `command` is the fix as shell commands, None where it
    takes more than a shell; `source` is where the fact behind it is published.
    """

    code: str
    name: str
    severity: Severity
    seen: str
    why: str
    fix: str | None = None
    command: str | None = None
    source: str | None = None
