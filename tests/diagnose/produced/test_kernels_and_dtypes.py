"""Failures made for real: missing kernels, refused precision, XLA, dtypes, ops and gradients."""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text

SCRIPT = Path(__file__).with_name("failing_kernels_and_dtypes.py")
MARK = "@@@ "
EXPECTED = {
    "half_kernel_missing": (
        "unsupported-precision",
        {"op": "Cholesky", "dtype": "float16", "registered": "CPU"},
    ),
    "half_outside_definition": (
        "unsupported-precision",
        {"op": "MatrixInverse", "dtype": "bfloat16", "allowed": "float32"},
    ),
    "half_outside_definition_in_graph": (
        "unsupported-precision",
        {"parameter": "input", "dtype": "bfloat16", "allowed": "float32"},
    ),
    "layout_without_kernel": (
        "unimplemented-cpu-format",
        {"op": "DepthToSpace", "format": "NCHW", "device": "CPU"},
    ),
    "bool_outside_definition": ("dtype-mismatch", {"op": "Dilation2D", "dtype": "bool"}),
    "gpu_only_op": ("no-kernel-for-device-dtype", {"op": "CudnnRNN"}),
    "kernel_missing_for_dtype": ("unsupported-precision", {"op": "Betainc", "dtype": "float16"}),
    "xla_without_op": ("xla-unsupported-op", {"op": "AsString", "device": "CPU"}),
    "xla_without_python_function": ("xla-unsupported-op", {"op": "EagerPyFunc"}),
    "xla_without_table": ("xla-unsupported-op", {"op": "LookupTableFindV2"}),
    "xla_without_size": ("xla-unsupported-op", {"node": "accumulator"}),
    "two_dtypes_at_once": (
        "dtype-mismatch",
        {"op": "Mul", "dtype": "float32", "wanted": "float16"},
    ),
    "two_dtypes_in_graph": ("dtype-mismatch", {"op": "ConcatV2", "dtypes": "float16, float32"}),
    "two_dtypes_in_layer": (
        "dtype-mismatch",
        {"op": "Mul", "dtype": "float32", "wanted": "float16"},
    ),
    "conversion_to_other_dtype": ("dtype-mismatch", {"dtype": "int32", "wanted": "float32"}),
    "index_of_floats": ("dtype-mismatch", {"parameter": "indices", "dtype": "float32"}),
    "array_of_lists": ("dtype-mismatch", {"type": "list"}),
    "data_of_strange_type": ("dtype-mismatch", {"x": "object"}),
    "text_in_graph": ("dtype-mismatch", {"wanted": "float32"}),
    "dtype_changes_in_loop": ("dtype-mismatch", {"variable": "x", "dtype": "float16"}),
    "function_gives_float64": ("dtype-mismatch", {"dtype": "float64", "wanted": "float32"}),
    "generator_gives_text": ("dtype-mismatch", {"wanted": "float32"}),
    "op_of_a_missing_library": ("custom-op-not-registered", {"op": "Cxs"}),
    "gradient_not_defined": ("no-gradient", {"op": "Bincount"}),
    "no_gradients": ("no-gradient", {}),
    "placeholder_without_value": (
        "graph-execution-generic",
        {"node": "images", "dtype": "float", "shape": "[2]"},
    ),
}


@functools.cache
def _logs(python: str) -> dict[str, str]:
    """What the failures print, by name."""
    quiet = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "1"}
    run = subprocess.run(
        [python, str(SCRIPT)],
        env=os.environ | quiet,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=True,
    )
    parts = [part.partition("\n") for part in run.stdout.split(MARK)[1:]]
    return {name: log for name, _, log in parts}


def _check(log: str, name: str) -> None:
    cause, fields = EXPECTED[name]
    diagnosis = diagnose_text(log)
    assert diagnosis.cause.value == cause, log[-3000:]
    root = next(one for one in diagnosis.findings if one.role == "root")
    for field, value in fields.items():
        assert value in str(root.fields.get(field)), (field, root.fields)


@pytest.mark.parametrize("name", EXPECTED)
def test_failures_of_the_newest_tensorflow(tensorflow_python: str, name: str) -> None:
    _check(_logs(tensorflow_python)[name], name)


@pytest.mark.parametrize("name", EXPECTED)
def test_failures_of_an_older_tensorflow(old_tensorflow_python: str, name: str) -> None:
    _check(_logs(old_tensorflow_python)[name], name)
