"""TensorFlow has neither machine code for the GPU nor PTX that its driver can compile."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_gpu, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import requirement
from envprobe.doctor.rules._gpu_code import ShownGpus, code_for, newest_release_for, shown_gpus
from envprobe.facts.cuda_capabilities import ptx_isa_suffices
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown
from envprobe.inventory.fatbins import GpuCode
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpus in shown_gpus(examination):
        code = code_for(examination, gpus.capability)
        if isinstance(code, Unknown) or not (code.unusable and code.stuck_targets):
            continue
        release = newest_release_for(examination, gpus.capability)
        whole = code.unusable + code.compiled_by_driver + code.native
        yield Seen(
            seen=f"{gpus.who}: {code.unusable} of {whole} kernel files of TensorFlow "
            f"{code.release} have no machine code for it and PTX only for "
            f"{', '.join(code.stuck_targets)}",
            fix=f"Install TensorFlow {release}, whose PTX the driver can compile for it"
            f"{_limit(release, gpus)}, or a build with machine code for it (NVIDIA's container)."
            if release
            else "Use a build with machine code for it (NVIDIA's container).",
            command=install(examination, requirement(release, cuda=True)) if release else None,
        )


def _limit(version: str, gpus: ShownGpus) -> str:
    release = tensorflow_release(version)
    isa = None if isinstance(release, Unknown) else release.xla_ptx_isa
    if isa is None or ptx_isa_suffices(isa, gpus.capability) is not False:
        return ""
    return " (with XLA off, jit_compile=False, which cannot write code for it)"


def _build_of_ones_own() -> Examination:
    code = GpuCode(sass=("sm_80",), ptx=("sm_90a",), ptx_isa=("8.5",), count=7)
    machine = with_gpu(healthy_gpu(), "NVIDIA B200", "10.0")
    return changed(machine, "inventory.software.gpu_code", (code,))


RULE = Rule(
    code="DOC257",
    name="gpu-without-usable-code",
    severity=Severity.ERROR,
    why="PTX of an architecture-specific target such as sm_90a is not forward compatible. The GPU "
    "is listed, and the first such op fails with CUDA_ERROR_INVALID_PTX, then "
    "CUDA_ERROR_INVALID_HANDLE.",
    fix="Install a release with code for this GPU.",
    source="https://docs.nvidia.com/cuda/parallel-thread-execution/#ptx-module-directives-target",
    detect=_detect,
    hits=(
        lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 5090", "12.0"),
        lambda: with_gpu(with_release(healthy_gpu(), "2.16.2"), "NVIDIA B200", "10.0"),
        _build_of_ones_own,
    ),
    misses=(
        lambda: with_gpu(with_release(healthy_gpu(), "2.21.0"), "NVIDIA GeForce RTX 5090", "12.0"),
        lambda: with_gpu(healthy_gpu(), "NVIDIA H100 80GB HBM3", "9.0"),
        lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce GTX 980", "5.2"),
    ),
)
