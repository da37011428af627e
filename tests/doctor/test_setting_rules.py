"""Rules on environment variables: that TensorFlow itself reads, or no longer reads, those names."""

from __future__ import annotations

import json
import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.judge import judge
from envprobe.doctor.rules import float32_narrowed_on_cpu, half_precision_sums
from envprobe.doctor.rules.switch_not_understood import OF_ALL_OPS
from envprobe.doctor.rules.variable_without_effect import GONE
from envprobe.inventory.onednn import SWITCH
from envprobe.terms import Severity

LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")
READ = (
    SWITCH,
    OF_ALL_OPS,
    half_precision_sums.ON_CPU,
    float32_narrowed_on_cpu.VARIABLES[1],
    "TF_XLA_FLAGS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def find_tensorflow(python: str) -> tuple[Path, Version]:
    ask = (
        "import importlib.util as u, json, importlib.metadata as m\n"
        "f = u.find_spec('tensorflow').submodule_search_locations[0]\n"
        "names = m.packages_distributions().get('tensorflow', ['tensorflow'])\n"
        "print(json.dumps([f, m.version(names[0])]))"
    )
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    folder, version = json.loads(done.stdout)
    return Path(folder), Version(version)


def names_in(folder: Path, names: tuple[str, ...]) -> set[str]:
    """Those of the names that stand in TensorFlow's libraries as whole strings."""
    found = set()
    for library in LIBRARIES:
        with (folder / library).open("rb") as file:
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            found |= {name for name in names if text.find(f"{name}\0".encode()) >= 0}
    return found


def test_what_the_rules_speak_of_is_read_by_tensorflow(tensorflow_python: str) -> None:
    folder, _ = find_tensorflow(tensorflow_python)
    assert names_in(folder, READ) == set(READ)


def test_what_is_said_to_be_gone_is_gone(tensorflow_python: str) -> None:
    folder, version = find_tensorflow(tensorflow_python)
    gone = tuple(name for name, (release, _) in GONE.items() if version >= Version(release))
    assert gone
    assert names_in(folder, gone) == set()


def test_a_switch_that_is_not_understood_ends_the_process(tensorflow_python: str) -> None:
    source = "import tensorflow as tf; tf.random.uniform((2,))"
    done = subprocess.run(
        [tensorflow_python, "-c", source],
        env={**os.environ, OF_ALL_OPS: "yes", "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode < 0
    assert b"Failed to parse the env-var" in done.stderr
    told = judge(with_environ(healthy_cpu(), TF_DETERMINISTIC_OPS="yes"))
    assert [f.code for f in told if f.severity is Severity.ERROR] == ["DOC531"]


@pytest.mark.parametrize(
    "variables",
    [
        {"TF_CPP_MIN_LOG_LEVEL": "0"},
        {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "TF_GPU_ALLOCATOR": "cuda_malloc_async"},
        {"OMP_NUM_THREADS": "8", "TF_NUM_INTRAOP_THREADS": "8"},
        {"XLA_FLAGS": "--xla_gpu_cuda_data_dir=/usr/local/cuda --xla_dump_to=/tmp/x"},
        {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "0"},
        {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"},
        {"TF_TRT_ALLOW_ENGINE_NATIVE_SEGMENT_EXECUTION": "1", "NCCL_DEBUG": "INFO"},
    ],
)
def test_usual_settings_are_no_fault(variables: dict[str, str]) -> None:
    found = judge(with_environ(healthy_gpu(), **variables))
    assert [f for f in found if f.severity is not Severity.INFO] == []


def test_an_object_that_cannot_be_preloaded_is_passed_over(tmp_path: Path) -> None:
    """What the rule says of the loader: it complains, and the program runs."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", "print(1)"],
        env={**os.environ, "LD_PRELOAD": str(tmp_path / "gone.so")},
        capture_output=True,
        check=False,
        text=True,
    )
    if not sys.platform.startswith("linux"):
        pytest.skip("LD_PRELOAD is the Linux loader's")
    assert done.stdout.strip() == "1"
    assert "cannot be preloaded" in done.stderr
