"""TensorFlow's XLA writes PTX too old to name this GPU as its target."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_gpu, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import release_of, runs_cuda
from envprobe.doctor.rules._gpu_code import is_official, shown_gpus
from envprobe.facts.cuda_capabilities import cuda_capability, ptx_isa_suffices
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    release = release_of(examination)
    if isinstance(release, Unknown) or release.xla_ptx_isa is None:
        return
    if not (runs_cuda(examination) and is_official(examination)):
        return
    for gpus in shown_gpus(examination):
        known = cuda_capability(gpus.capability)
        if (
            not isinstance(known, Unknown)
            and ptx_isa_suffices(release.xla_ptx_isa, gpus.capability) is False
        ):
            yield Seen(
                seen=f"{gpus.who} needs PTX {known.least_ptx_isa}; XLA in TensorFlow "
                f"{release.version} writes PTX {release.xla_ptx_isa}"
            )


RULE = Rule(
    code="DOC258",
    name="xla-cannot-target-gpu",
    severity=Severity.ERROR,
    why="Whatever compiles with XLA (jit_compile, which Keras 3 turns on by itself) aborts the "
    "whole process: LLVM ERROR: PTX version … does not support target ….",
    fix="Compile models with jit_compile=False and call tf.config.optimizer.set_jit(False), or use "
    "a build with CUDA 12.8 or newer (NVIDIA's container).",
    source="https://github.com/tensorflow/tensorflow/issues/111958",
    detect=_detect,
    hits=(
        lambda: with_gpu(with_release(healthy_gpu(), "2.21.0"), "NVIDIA GeForce RTX 5090", "12.0"),
        lambda: with_gpu(with_release(healthy_gpu(), "2.21.0"), "NVIDIA B200", "10.0"),
    ),
    misses=(
        lambda: with_gpu(with_release(healthy_gpu(), "2.21.0"), "NVIDIA H200", "9.0"),
        lambda: with_release(healthy_gpu(), "2.21.0"),
    ),
)
