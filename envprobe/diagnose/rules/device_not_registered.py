"""An op is placed on a device that TensorFlow did not register."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import HIDDEN, NO_DRIVER, NO_LIBRARIES, ON_WINDOWS
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

OP = r"(?:operation|node) ['\"]?(?P<op>[^\s:'\"]+)['\"]?"
GPU_OF = r"(?i)(?:device:|/)gpu:([0-9*]+)"
CPU_BUILD = Candidate(
    cause=Cause.INVALID_DEVICE_PLACEMENT,
    check="tf.test.is_built_with_cuda() is False, or the code was written for another machine",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    device = sighting.fields.get("device", "")
    if "{" in device or "%" in device or "no supported kernel" in sighting.line.text:
        return None
    there = _available(sighting)
    asked = compiled(GPU_OF).search(device)
    if asked is None:
        return Reading()
    others = (NO_LIBRARIES, NO_DRIVER, HIDDEN, ON_WINDOWS)
    if "XLA_GPU:" in there and not _gpus(there):
        return Reading(cause=Cause.GPU_LIBS_MISSING, candidates=(NO_DRIVER, CPU_BUILD))
    if _gpus(there) and asked[1] not in _gpus(there) and asked[1] != "*":
        fields: dict[str, str | int | float] = {"gpus": len(_gpus(there))}
        return Reading(cause=Cause.DEVICE_ORDINAL, fields=fields, candidates=(HIDDEN, CPU_BUILD))
    return Reading(candidates=others)


def _available(sighting: Sighting) -> str:
    told = sighting.fields.get("available", "")
    return told or sighting.line.text.partition("available device")[2]


def _gpus(devices: str) -> set[str]:
    """The indices of the GPUs in a list of devices."""
    plain = devices.replace("XLA_GPU", "XLA").lower()
    return {found.split(":")[1] for found in compiled(r"gpu:[0-9]+").findall(plain)}


RULE = Rule(
    code="LOG155",
    name="device-not-registered",
    cause=Cause.INVALID_DEVICE_PLACEMENT,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            rf"Cannot assign a device (?:for|to) {OP}.*explicitly assigned to (?P<device>/[^\s,]+)"
            r"(?: but available devices are \[ ?(?P<available>[^\]]*)\])?"
        ),
        Pattern(
            rf"Cannot assign a device (?:for|to) {OP}.*Could not satisfy explicit device "
            r"specification '(?P<device>/[^']+)' because no (?:registered devices?|devices) "
            r"matching that specification are registered(?: in this process)?(?:; available "
            r"devices: (?P<available>.*))?",
            anchors=("Cannot assign a device ",),
        ),
        Pattern(
            r"Could not satisfy explicit device specification '(?P<device>/[^']+)' because no "
            r"(?:registered )?devices matching that specification"
        ),
        Pattern(
            r"Could not satisfy device specification '(?P<device>/[^']+)'\..*All available devices "
            r"\[(?P<available>[^\]]*)\]"
        ),
        Pattern(r"Unable to find any devices for spec (?P<device>/\S+)"),
        Pattern(
            r"(?P<device>(?:/job:\S*)?(?:[A-Z_]*[CGT]PU|[cg]pu):[0-9]+) unknown device\.?",
            anchors=("unknown device",),
        ),
        Pattern(
            r"Error: Device (?P<device>/\S*[CGT]PU:[0-9]+) not found in "
            r"\[(?P<available>'/[^\]]*)\]",
            anchors=(" not found in ['/",),
        ),
        Pattern(r"Error: (?P<device>TPU)s not found in the cluster"),
        Pattern(r"Error: Could not find any (?P<device>TPU) devices"),
        Pattern(r"requested device appears to be a GPU, but CUDA is not enabled"),
        Pattern(
            r"[Cc]reating a partition for (?P<device>/\S+) which doesn't exist in the list of "
            r"available devices\. Available devices: (?P<available>.*)"
        ),
        Pattern(
            r"(?:Error|INVALID_ARGUMENT): Device '?(?P<device>/?\S*(?:[CGT]PU|gpu):[0-9]+)'? (?:is "
            r")?not (?:found|available|registered)",
            anchors=(" not found", " not available", " not registered"),
        ),
        Pattern(
            r"device (?P<device>/?\S*(?:GPU|gpu|TPU):[0-9]+)'? is not (?:registered|available|a "
            r"valid device)",
            anchors=("is not registered", "is not available", "is not a valid device"),
        ),
    ),
    yields_to=(
        "gpu-libs-missing",
        "gpu-driver-missing",
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "windows-native-gpu-dropped",
        "no-kernel-for-device-dtype",
        "device-ordinal",
    ),
    seen="A device is named that TensorFlow did not register[: {device}][, for {op}][; there are "
    "{available}].",
    why="The code, the loaded graph or the distribution strategy fixes the device by name, and "
    "soft placement is off. TensorFlow registered no device of that name here: no GPU is "
    "usable, the index is too high, or the job and task are not of this cluster. Where only "
    "XLA_GPU devices are listed, the CUDA libraries are missing.",
    fix="Remove the tf.device around it or give a device that is there; "
    "tf.config.set_soft_device_placement(True) (TF 1: allow_soft_placement=True) lets "
    "TensorFlow choose; load graphs with clear_devices=True. If a GPU should be there, look "
    "into TensorFlow's first lines for the reason (TF_CPP_MIN_LOG_LEVEL=0) and whether the "
    "CPU build is installed.",
    candidates=(NO_LIBRARIES, NO_DRIVER, HIDDEN),
    read=_read,
    source="tensorflow/core/common_runtime/placer.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Cannot assign a device for "
        "operation tower/dense/MatMul: node tower/dense/MatMul (defined at run.py:4)  was "
        "explicitly assigned to /device:GPU:0 but available devices are [ "
        "/job:localhost/replica:0/task:0/device:CPU:0 ]. Make sure the device specification "
        "refers to a valid device.\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Could not satisfy device "
        "specification '/job:localhost/replica:0/task:0/device:TPU:0'. enable_soft_placement=0. "
        "Supported device types [CPU]. All available devices "
        "[/job:localhost/replica:0/task:0/device:CPU:0].\n",
        "RuntimeError: /job:localhost/replica:0/task:0/device:GPU:0 unknown device.\n",
        "Creating a partition for /device:CPU:2 which doesn't exist in the list of available "
        "devices. Available devices: /device:CPU:0,/device:GPU:0\n",
        "ValueError: Device /replica:0/task:0/device:CPU:0 not found in "
        "['/replica:0/task:0/device:GPU:0'] (current device )\n",
    ),
    misses=(
        "InvalidArgumentError: Cannot assign a device to node 'conv/SpaceToBatch': Could not "
        "satisfy explicit device specification '/device:GPU:0' because no supported kernel for "
        "GPU devices is available\n",
        '    raise ValueError("Could not satisfy explicit device specification '
        "'{}'\".format(spec))\n",
    ),
)
