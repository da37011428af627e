"""A variable names a file or folder that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.inventory.settings import MissingPath
from envprobe.terms import Severity

WHY = {
    "XLA_FLAGS": "XLA looks for libdevice and ptxas there, or for its flags, and fails when it "
    "compiles (jit_compile; Keras 3 does by default): libdevice not found at ./libdevice.10.bc.",
    "LD_PRELOAD": "Every program prints that the object cannot be preloaded, and runs without it: "
    "an allocator or a tracer that you count on is not there.",
}


def _detect(examination: Examination) -> Iterator[Seen]:
    for missing in examination.inventory.settings.missing_paths:
        name = missing.variable
        whole = examination.environ.get(name, "").strip() == missing.path
        yield Seen(
            seen=f"{shown(examination, name)}: {missing.path} is not there",
            severity=Severity.WARNING if name in WHY else Severity.INFO,
            why=WHY.get(name),
            command=unset_variable(name) if whole else None,
        )


def _missing(variable: str, value: str, path: str) -> Examination:
    one = with_environ(healthy_gpu(), **{variable: value})
    paths = (MissingPath(variable=variable, path=path),)
    return changed(one, "inventory.settings.missing_paths", paths)


RULE = Rule(
    code="DOC510",
    name="named-path-missing",
    severity=Severity.WARNING,
    why="Programs look for the CUDA toolkit there (XLA for libdevice and ptxas) and go on to other "
    "places: what they find is not what the variable promises.",
    fix="Correct the path, or unset the variable.",
    source="https://openxla.org/xla/flags_guidance",
    detect=_detect,
    hits=(
        lambda: _missing(
            "XLA_FLAGS", "--xla_gpu_cuda_data_dir=/usr/local/cuda-9", "/usr/local/cuda-9"
        ),
        lambda: _missing("LD_PRELOAD", "/usr/lib/libtcmalloc.so.4", "/usr/lib/libtcmalloc.so.4"),
        lambda: _missing("CUDA_HOME", "/usr/local/cuda-11", "/usr/local/cuda-11"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), XLA_FLAGS="--xla_gpu_cuda_data_dir=/usr/local/cuda"),
    ),
)
