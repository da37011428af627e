"""How TensorFlow reads environment variables, for the rules on them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.examination import Examination

# tensorflow/core/util/env_var.cc, `ReadBoolFromEnvVar`; anything else keeps the default.
BOOLEANS = {"0": False, "false": False, "1": True, "true": True}
ENV_VAR_SOURCE = (
    "https://github.com/tensorflow/tensorflow/blob/master/third_party/xla/xla/tsl/util/env_var.cc"
)
VARIABLES_OF_CUDA = (
    "https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html"
)


def switch(examination: Examination, name: str) -> bool | None:
    """The variable as TensorFlow reads booleans; None where it is not set, or is none."""
    return BOOLEANS.get(examination.environ.get(name, "").strip().lower())


def shown(examination: Examination, name: str) -> str:
    """`NAME=value`, as it is set."""
    return f"{name}={examination.environ.get(name, '')}"


def number(examination: Examination, name: str) -> int | None:
    """The variable as a whole number; None where it is not set, or is none."""
    text = examination.environ.get(name, "").strip()
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


def flags(examination: Examination, name: str) -> Iterator[tuple[str, str]]:
    """(flag, value) of a variable like XLA_FLAGS; a flag without a value has `true`."""
    for word in examination.environ.get(name, "").split():
        if word.startswith("-"):
            flag, equals, value = word.lstrip("-").partition("=")
            yield flag, value if equals else "true"
