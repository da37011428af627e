"""TensorFlow lists fewer GPUs than CUDA should show, and no other rule says why."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._visible import expected_devices
from envprobe.inventory import TensorFlowDevice
from envprobe.terms import Severity

# Each is a reason why TensorFlow skips a GPU: where one of them holds, it is told there.
CAUSES = (
    "DOC143",
    "DOC146",
    "DOC148",
    "DOC149",
    "DOC153",
    "DOC205",
    "DOC210",
    "DOC250",
    "DOC254",
    "DOC264",
    "DOC286",
    "DOC288",
    "DOC621",
)

SOME = (
    "TensorFlow computes on the others alone. Its log says why: a compute capability that the "
    "build lacks, or fewer than 8 multiprocessors beside a larger GPU (a card for the display; "
    "TF_MIN_GPU_MULTIPROCESSOR_COUNT lowers that number)."
)


def _detect(examination: Examination) -> Iterator[Seen]:
    report, expected = examination.inventory.tensorflow, expected_devices(examination)
    if report is None or expected is None:
        return
    listed = sum(device.device_type == "GPU" for device in report.devices)
    if listed >= expected or told_by(examination, *CAUSES):
        return
    numbered = [gpu for gpu in examination.gpus if gpu.cuda_index is not None]
    missing = [gpu for gpu in numbered if (gpu.cuda_index or 0) >= listed]
    names = ", ".join(f"GPU {gpu.nvml_index} ({gpu.name or 'model unknown'})" for gpu in missing)
    yield Seen(
        severity=Severity.WARNING if listed else None,
        why=SOME if listed else None,
        seen=f"CUDA should show {expected} GPUs, TensorFlow lists {listed}"
        + (f": without {names}" if names else ""),
        command=_read_log(examination),
    )


def _read_log(examination: Examination) -> str:
    python = examination.inventory.software.python.executable or "python"
    words = [python, "-c", "import tensorflow as tf; tf.config.list_physical_devices('GPU')"]
    return f"TF_CPP_MIN_LOG_LEVEL=0 {shlex.join(words)}"


def _cpu_only(examination: Examination) -> Examination:
    cpu = (TensorFlowDevice(name="CPU:0", device_type="CPU"),)
    return changed(examination, "inventory.tensorflow.devices", cpu)


RULE = Rule(
    code="DOC130",
    name="gpu-not-listed-by-tensorflow",
    severity=Severity.ERROR,
    why="TensorFlow runs on the CPU. It says why in its log: a library that does not open, a "
    "driver too old for the build, a compute capability that the build lacks.",
    fix="Read what TensorFlow says when it looks for GPUs.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/common_runtime/"
    "gpu/gpu_device.cc",
    detect=_detect,
    hits=(lambda: _cpu_only(healthy_gpu()),),
    misses=(
        healthy_gpu,
        lambda: with_environ(_cpu_only(healthy_gpu()), CUDA_VISIBLE_DEVICES="-1"),
        lambda: changed(_cpu_only(healthy_gpu()), "inventory.nvml.state", "timed_out"),
        lambda: changed(_cpu_only(healthy_gpu()), "inventory.software.build.is_cuda_build", False),
    ),
)
