"""The GPU is older than every target that TensorFlow was compiled for."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_gpu, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import requirement
from envprobe.doctor.rules._gpu_code import code_for, newest_release_for, shown_gpus
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity

BESIDE_OTHERS = "TensorFlow ignores it and computes on the other GPUs."


def _detect(examination: Examination) -> Iterator[Seen]:
    every = shown_gpus(examination)
    codes = [code_for(examination, gpus.capability) for gpus in every]
    others = any(not isinstance(code, Unknown) and code.kind != "none" for code in codes)
    for gpus in every:
        code = code_for(examination, gpus.capability)
        if isinstance(code, Unknown) or code.kind != "none" or code.stuck_targets:
            continue
        release = newest_release_for(examination, gpus.capability)
        yield Seen(
            severity=Severity.INFO if others else None,
            why=BESIDE_OTHERS if others else None,
            seen=f"{gpus.who}: none of the {code.unusable} kernel files of TensorFlow "
            f"{code.release} has code for it",
            fix=f"Install TensorFlow {release}, the newest with code for this GPU."
            if release
            else "No release for this Python has code for it: use an older Python with an older "
            "TensorFlow, or another GPU.",
            command=install(examination, requirement(release, cuda=True)) if release else None,
        )


RULE = Rule(
    code="DOC254",
    name="gpu-too-old-for-build",
    severity=Severity.ERROR,
    why="TensorFlow ignores it (Ignoring visible gpu device … The minimum required Cuda capability "
    "is …) and trains on the CPU.",
    fix="Install an older TensorFlow.",
    source="kernels_matrix/facts/tensorflow_fatbins.csv",
    detect=_detect,
    hits=(
        lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce GTX 980", "5.2"),
        lambda: with_gpu(with_release(healthy_gpu(), "2.15.1"), "Tesla K80", "3.7"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_gpu(with_release(healthy_gpu(), "2.16.2"), "NVIDIA GeForce GTX 980", "5.2"),
        lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 5090", "12.0"),
    ),
)
