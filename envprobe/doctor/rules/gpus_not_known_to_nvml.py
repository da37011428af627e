"""TensorFlow lists more GPUs than NVML leads to expect."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._visible import expected_devices
from envprobe.inventory import TensorFlowDevice
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    report, expected = examination.inventory.tensorflow, expected_devices(examination)
    if report is None or expected is None:
        return
    listed = sum(device.device_type == "GPU" for device in report.devices)
    if listed > expected:
        yield Seen(
            seen=f"TensorFlow lists {listed} GPUs where NVML leads to expect {expected}",
        )


def _two_logical() -> Examination:
    gpus = tuple(TensorFlowDevice(name=f"GPU:{n}", device_type="GPU") for n in range(2))
    return changed(healthy_gpu(), "inventory.tensorflow.devices", gpus)


RULE = Rule(
    code="DOC131",
    name="gpus-not-known-to-nvml",
    severity=Severity.INFO,
    why="They are no NVIDIA GPUs, or they are logical devices on one of them: their numbers cannot "
    "be matched with NVML's.",
    fix=None,
    source="https://www.tensorflow.org/guide/gpu#using_a_single_gpu_on_a_multi-gpu_system",
    detect=_detect,
    hits=(_two_logical,),
    misses=(
        healthy_gpu,
        healthy_cpu,
        lambda: changed(_two_logical(), "inventory.nvml.state", "timed_out"),
    ),
)
