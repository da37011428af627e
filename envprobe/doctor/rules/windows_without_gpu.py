"""TensorFlow for native Windows has no GPU support from 2.11 on."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_tensorflow_version, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import at_least, runs_cuda, system_of
from envprobe.doctor.rules._visible import visibility
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if system_of(examination) != "Windows" or runs_cuda(examination):
        return
    wanted = examination.gpus and visibility(examination).targets != ()
    if wanted and at_least(examination, "2.11"):
        names = ", ".join(sorted({gpu.name or "model unknown" for gpu in examination.gpus}))
        yield Seen(
            seen=f"TensorFlow {examination.tensorflow} on Windows "
            f"({examination.inventory.software.python.platform}), with {names}"
        )


def _on_windows(tensorflow: str) -> Examination:
    machine = without_start(with_tensorflow_version(healthy_gpu(), tensorflow))
    machine = changed(machine, "inventory.software.build.is_cuda_build", False)
    return changed(machine, "inventory.software.python.platform", "win-amd64")


RULE = Rule(
    code="DOC286",
    name="windows-without-gpu",
    severity=Severity.ERROR,
    why="The wheels hold no CUDA code: TensorFlow trains on the CPU and says nothing of it, "
    "whatever CUDA is installed.",
    fix="Use WSL2 (pip install 'tensorflow[and-cuda]' inside), or TensorFlow 2.10 with CUDA 11.2, "
    "cuDNN 8.1 and Python 3.7 to 3.10.",
    source="https://www.tensorflow.org/install/pip#windows-native",
    detect=_detect,
    hits=(lambda: _on_windows("2.20.0"),),
    misses=(healthy_gpu, lambda: _on_windows("2.10.1")),
)
