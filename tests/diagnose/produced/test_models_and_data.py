"""Failures made for real: shapes, labels, symbols, variables, checkpoints, numbers and data."""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text

SCRIPT = Path(__file__).with_name("failing_models_and_data.py")
MARK = "@@@ "
EXPECTED: dict[str, tuple[str, dict[str, str]]] = {
    "features_missing": ("shape-mismatch", {"found": "(None, 3)", "expected": "4"}),
    "axis_missing": ("shape-mismatch", {"found": "ndim=2", "expected": "ndim=3"}),
    "sum_of_two_sizes": ("shape-mismatch", {"op": "AddV2"}),
    "product_of_two_sizes_in_graph": ("shape-mismatch", {"first": "4", "second": "5"}),
    "matrices_of_two_sizes": ("shape-mismatch", {"first": "[2,3]", "second": "[4,5]"}),
    "reshape_to_more": ("shape-mismatch", {"values": "5", "wanted": "6"}),
    "array_to_more": ("shape-mismatch", {"values": "5", "shape": "(2,3)"}),
    "concatenation_of_two_sizes": ("shape-mismatch", {"first": "[2,3]", "second": "[3,3]"}),
    "branches_of_two_sizes": ("shape-mismatch", {}),
    "image_too_small": ("shape-mismatch", {}),
    "channels_differ": ("shape-mismatch", {"channels": "4", "kernel_channels": "3"}),
    "fewer_labels_than_samples": ("shape-mismatch", {}),
    "elements_of_two_shapes": ("shape-mismatch", {"first": "[2]", "second": "[3]"}),
    "fed_to_placeholder": ("shape-mismatch", {"found": "(2, 4)"}),
    "class_numbers_for_one_hot": ("label-loss-mismatch", {}),
    "one_hot_for_class_numbers": ("label-loss-mismatch", {}),
    "label_beyond_classes": ("label-loss-mismatch", {"label": "3", "classes": "3"}),
    "targets_too_narrow": ("label-loss-mismatch", {}),
    "targets_larger_than_images": ("label-loss-mismatch", {}),
    "words_as_labels": ("label-loss-mismatch", {"dtype": "float"}),
    "class_beyond_one_hot": ("label-loss-mismatch", {"label": "5", "classes": "3"}),
    "word_beyond_table": (
        "embedding-index-out-of-range",
        {"index": "5", "rows": "5", "node": "word_embedding"},
    ),
    "row_beyond_table": ("embedding-index-out-of-range", {"index": "7", "rows": "5"}),
    "index_beyond_tensor": ("graph-execution-generic", {"index": "4", "rows": "3"}),
    "slice_beyond_tensor": ("graph-execution-generic", {"index": "5", "axis": "0"}),
    "scatter_beyond_tensor": ("graph-execution-generic", {"index": "9"}),
    "matrix_without_inverse": ("graph-execution-generic", {}),
    "numpy_of_symbol": ("custom-op-not-symbolic", {}),
    "numpy_in_loss": ("custom-op-not-symbolic", {}),
    "loop_over_symbol": ("custom-op-not-symbolic", {}),
    "value_of_symbol": ("custom-op-not-symbolic", {"attribute": "numpy"}),
    "symbol_out_of_scope": ("custom-op-not-symbolic", {}),
    "part_of_tensor_set": ("custom-op-not-symbolic", {}),
    "variable_in_function": ("variable-creation-in-tf-function", {}),
    "optimizer_in_function": ("variable-creation-in-tf-function", {}),
    "weights_of_other_layers": ("checkpoint-mismatch", {}),
    "weights_of_other_size": ("checkpoint-mismatch", {}),
    "variable_of_other_size": ("checkpoint-mismatch", {"saved": "(2,)", "expected": "(3,)"}),
    "variable_not_in_checkpoint": ("checkpoint-mismatch", {"key": "b"}),
    "tensor_checked": ("nan-inf", {"value": "NaN"}),
    "loss_nan": ("nan-inf", {"value": "nan"}),
    "file_missing": ("data-pipeline", {"file": "none.png"}),
    "labels_missing": ("data-pipeline", {"file": "labels.csv"}),
    "weights_missing": ("data-pipeline", {"file": "none.weights.h5"}),
    "record_changed": ("data-pipeline", {"place": "12"}),
    "record_cut_off": ("data-pipeline", {"place": "0"}),
    "feature_missing": ("data-pipeline", {}),
    "no_image": ("data-pipeline", {}),
    "image_cut_off": ("data-pipeline", {}),
    "generator_of_other_shape": ("data-pipeline", {"found": "(3,)", "expected": "(2,)"}),
    "function_of_data_raises": ("data-pipeline", {"error": "KeyError"}),
    "iterator_at_its_end": ("data-pipeline", {}),
    "input_too_short": ("data-pipeline", {}),
    "address_unreachable": ("data-pipeline", {"url": "127.0.0.1"}),
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
