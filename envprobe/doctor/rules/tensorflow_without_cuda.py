"""There is an NVIDIA GPU, and the installed TensorFlow was built without CUDA."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install, then, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import (
    at_least,
    machine_of,
    requirement,
    system_of,
    with_its_cuda,
)
from envprobe.doctor.rules._visible import visibility
from envprobe.terms import Severity

PLATFORM = "inventory.software.python.platform"


def _detect(examination: Examination) -> Iterator[Seen]:
    build = examination.inventory.software.build
    # Who hides every GPU wants none.
    wanted = examination.gpus and visibility(examination).targets != ()
    if (
        wanted
        and _could_have_cuda(examination)
        and build is not None
        and build.is_cuda_build is False
    ):
        kind = "a ROCm (AMD) build" if build.is_rocm_build else "a CPU build"
        yield Seen(
            seen=f"there is an NVIDIA GPU and the installed TensorFlow is {kind}",
            command=_command(examination),
        )


def _could_have_cuda(examination: Examination) -> bool:
    """Where no wheel has CUDA, the rules windows-without-gpu and arm-wheel-without-cuda tell it."""
    if system_of(examination) == "Windows":
        return not at_least(examination, "2.11")
    return machine_of(examination) != "aarch64"


def _command(examination: Examination) -> str | None:
    installed = examination.inventory.software.tensorflow
    if not installed or system_of(examination) != "Linux":
        return None
    version = examination.tensorflow
    if version is None or version.local:
        return None
    wanted = with_its_cuda(examination) or requirement(str(version), cuda=True)
    names = [one.name for one in installed]
    return then(uninstall(examination, *names), install(examination, wanted))


def _cpu_build() -> Examination:
    software = healthy_cpu().inventory.software
    with_build = changed(healthy_gpu(), "inventory.software.build", software.build)
    return changed(with_build, "inventory.software.tensorflow", software.tensorflow)


RULE = Rule(
    code="DOC205",
    name="tensorflow-without-cuda",
    severity=Severity.ERROR,
    why="It will never list the GPU, and runs on the CPU.",
    fix="Uninstall it and install tensorflow[and-cuda].",
    source="https://www.tensorflow.org/install/pip",
    detect=_detect,
    hits=(
        _cpu_build,
        lambda: changed(_cpu_build(), "inventory.software.build.is_rocm_build", True),
    ),
    misses=(
        healthy_cpu,
        healthy_gpu,
        lambda: changed(_cpu_build(), "inventory.software.build.is_cuda_build", None),
        lambda: with_environ(_cpu_build(), CUDA_VISIBLE_DEVICES="-1"),
        lambda: changed(_cpu_build(), PLATFORM, "linux-aarch64"),
        lambda: changed(_cpu_build(), PLATFORM, "win-amd64"),
    ),
)
