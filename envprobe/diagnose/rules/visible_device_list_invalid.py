"""visible_device_list, or the list of virtual devices, does not fit the GPUs that are there."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.diagnose.rules._gpu_access import HIDDEN, NO_DRIVER
from envprobe.terms import Cause

RULE = Rule(
    code="LOG152",
    name="visible-device-list-invalid",
    cause=Cause.DEVICE_ORDINAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"'visible_device_list' listed an invalid (?:GPU|Device|device) id '(?P<index>[^']*)' "
            r"but visible device count is (?P<count>[0-9]+)"
        ),
        Pattern(r"Could not parse entry in 'visible_device_list': '(?P<index>[^']*)'"),
        Pattern(r"visible_device_list contained a duplicate entry: (?P<index>\S+)"),
        Pattern(r"number of GPUs in visible_device_list doesn't match the number of elements"),
        Pattern(r"Not enough GPUs to create virtual devices\. num_gpus_to_use: (?P<asked>[0-9]+)"),
        Pattern(r"Unrecognized device: PhysicalDevice\(name='(?P<device>[^']+)'"),
        Pattern(
            r"gpu_options\.visible_device_list\(\)\.empty\(\) \|\| valid_platform_device_ids",
            anchors=("valid_platform_device_ids == visible_gpu_order",),
        ),
        Pattern(r"nvidia-container-cli: device error: (?P<index>[^:]+): unknown device"),
    ),
    yields_to=("gpu-driver-missing", "driver-library-mismatch", "gpu-libs-missing"),
    seen="The list of visible devices names one that is not there[: {index}][: {device}][; there "
    "are {count}].",
    why="The entries are indices into what CUDA_VISIBLE_DEVICES leaves over, counted from 0; with "
    "one visible GPU only 0 is valid, whatever its index in nvidia-smi.",
    fix="Use 0 (or leave the list empty) where CUDA_VISIBLE_DEVICES already chooses the GPU. With "
    "Horovod pass str(hvd.local_rank()) only when all GPUs of the node are visible to every "
    "process. Compare with `nvidia-smi -L`.",
    candidates=(NO_DRIVER, HIDDEN),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: 'visible_device_list' "
        "listed an invalid GPU id '2' but visible device count is 1\n",
        "ValueError: Unrecognized device: PhysicalDevice(name='/physical_device:GPU:5', "
        "device_type='GPU')\n",
        "docker: Error response from daemon: stderr: nvidia-container-cli: device error: 4: "
        "unknown device: unknown\n",
    ),
    misses=("InvalidArgumentError: Could not parse example input, value: 'x'\n",),
)
