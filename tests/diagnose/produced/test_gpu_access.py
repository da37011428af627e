"""Failures to reach a device, made on purpose: their logs must be read for what they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.terms import Cause

MARK = "=== "
# Each function fails in its own way; their tracebacks are printed one by one behind their names.
PROGRAM = """
import traceback
import tensorflow as tf

CPUS = tf.config.list_physical_devices("CPU")
GPUS = tf.config.list_physical_devices("GPU")
two = [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()]
tf.config.set_logical_device_configuration(CPUS[0], two)
tf.config.set_soft_device_placement(False)
ONES = tf.ones((2, 2))


def eager_on_absent_gpu():
    with tf.device("/device:GPU:1"):
        tf.matmul(ONES, ONES)


def function_on_absent_gpu():
    @tf.function
    def product():
        with tf.device("/device:GPU:0"):
            return tf.matmul(ONES, ONES)

    product()


def session_on_absent_gpu():
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        with tf.device("/device:GPU:0"):
            product = tf.matmul(tf.ones((2, 2)), tf.ones((2, 2)), name="tower/product")
        session.run(product)


def strategy_on_absent_gpus():
    strategy = tf.distribute.MirroredStrategy(["GPU:0", "GPU:1"])
    with strategy.scope():
        tf.Variable(1.0)


def unknown_job():
    with tf.device("/job:worker/task:3/device:CPU:0"):
        tf.add(ONES, ONES)


def pytorch_name():
    with tf.device("/cuda:0"):
        tf.add(ONES, ONES)


def visible_too_late():
    tf.config.set_visible_devices([], "CPU")


def logical_too_late():
    tf.config.set_logical_device_configuration(CPUS[0], two[:1])


def unrecognized_gpu():
    gpu = tf.config.PhysicalDevice("/physical_device:GPU:3", "GPU")
    tf.config.set_visible_devices([gpu], "GPU")


def growth_of_cpu():
    tf.config.experimental.set_memory_growth(CPUS[0], True)


def first_of_no_gpus():
    gpus = tf.config.list_physical_devices("GPU")
    tf.config.experimental.set_memory_growth(gpus[0], True)


def third_of_no_gpus():
    gpus = tf.config.list_physical_devices("GPU")
    tf.config.set_visible_devices(gpus[3], "GPU")


def assertion_of_a_gpu():
    assert len(GPUS) > 0, "Not enough GPU hardware devices available"


def copied_to_absent_gpu():
    ONES.gpu()


def cuda_library_absent():
    import ctypes

    ctypes.CDLL("libcusolver.so.9.9")


for failing in list(globals().values()):
    if callable(failing) and getattr(failing, "__module__", "") == "__main__":
        print("=== " + failing.__name__)
        try:
            failing()
        except BaseException:
            print(traceback.format_exc())
"""
EXPECTED = {
    "eager_on_absent_gpu": (Cause.INVALID_DEVICE_PLACEMENT, {}),
    "function_on_absent_gpu": (Cause.INVALID_DEVICE_PLACEMENT, {"device": "/device:GPU:0"}),
    "session_on_absent_gpu": (
        Cause.INVALID_DEVICE_PLACEMENT,
        {"device": "/device:GPU:0", "op": "tower/product"},
    ),
    "strategy_on_absent_gpus": (Cause.INVALID_DEVICE_PLACEMENT, {}),
    "unknown_job": (Cause.INVALID_DEVICE_PLACEMENT, {}),
    "pytorch_name": (Cause.INVALID_DEVICE_PLACEMENT, {"device": "cuda"}),
    "visible_too_late": (Cause.DEVICE_ORDINAL, {"what": "Visible"}),
    "logical_too_late": (Cause.DEVICE_ORDINAL, {"what": "Virtual"}),
    "unrecognized_gpu": (Cause.DEVICE_ORDINAL, {"device": "/physical_device:GPU:3"}),
    "third_of_no_gpus": (Cause.DEVICE_ORDINAL, {}),
    "copied_to_absent_gpu": (Cause.INVALID_DEVICE_PLACEMENT, {"device": "GPU:0"}),
    "cuda_library_absent": (Cause.GPU_LIBS_MISSING, {"library": "libcusolver.so.9.9"}),
}
# The log alone cannot tell why there is no GPU.
AMONG_THE_FIRST = ("first_of_no_gpus", "assertion_of_a_gpu")


@pytest.fixture(scope="module")
def logs(tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _logs(tensorflow_python, tmp_path_factory.mktemp("job") / "run.py")


@pytest.fixture(scope="module")
def old_logs(
    old_tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    return _logs(old_tensorflow_python, tmp_path_factory.mktemp("job") / "run.py")


def _logs(python: str, program: Path) -> dict[str, str]:
    """What each failure printed, by its name; no GPU is to be seen, whatever the machine has."""
    program.write_text(PROGRAM)
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [python, str(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )
    parts = done.stdout.split(MARK)[1:]
    assert parts, done.stderr[-2000:]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_device_that_cannot_be_had_is_named(logs: dict[str, str], name: str) -> None:
    _holds(logs[name], name)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_words_of_an_older_release_are_known(old_logs: dict[str, str], name: str) -> None:
    _holds(old_logs[name], name)


def _holds(log: str, name: str) -> None:
    cause, fields = EXPECTED[name]
    diagnosis = diagnose_text(log)
    assert diagnosis.cause is cause, log
    assert fields.items() <= diagnosis.findings[0].fields.items()


@pytest.mark.parametrize("name", AMONG_THE_FIRST)
def test_a_gpu_that_is_demanded_and_absent_leaves_candidates(
    logs: dict[str, str], name: str
) -> None:
    diagnosis = diagnose_text(logs[name])
    first = {one.cause for one in diagnosis.candidates[:3]}
    assert {Cause.GPU_LIBS_MISSING, Cause.GPU_DRIVER_MISSING} <= first


def test_the_driver_is_missed_where_its_library_is_not_found() -> None:
    done = subprocess.run(
        ["python3", "-c", "import ctypes; ctypes.CDLL('libcuda.so.1')"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        pytest.skip("this machine has the driver's library")
    assert diagnose_text(done.stderr).cause is Cause.GPU_DRIVER_MISSING


def test_a_function_that_the_driver_lacks_means_an_old_driver(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    source, library = tmp_path / "plugin.c", tmp_path / "libplugin.so"
    source.write_text("int cuGraphNewest_v9(void); int run(void) { return cuGraphNewest_v9(); }\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    done = subprocess.run(
        ["python3", "-c", f"import ctypes, os; ctypes.CDLL({str(library)!r}, os.RTLD_NOW)"],
        capture_output=True,
        text=True,
        check=False,
    )
    diagnosis = diagnose_text(done.stderr)
    assert diagnosis.cause is Cause.DRIVER_TOO_OLD
    assert diagnosis.findings[0].fields["function"] == "cuGraphNewest_v9"


def test_a_shell_without_nvidia_smi_has_no_driver(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", "nvidia-smi"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )
    assert diagnose_text(done.stderr).cause is Cause.GPU_DRIVER_MISSING
