"""A CUDA library outside of the wheels is older than the CUDA that TensorFlow was built with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_library, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import library_shadowed, loaded_library_not_installed_one
from envprobe.doctor.rules._build import computes_on_gpu, cuda_of_build, with_its_cuda
from envprobe.doctor.rules._libraries import used_libraries
from envprobe.facts.cuda_drivers import driver_version
from envprobe.terms import Severity

# Their versions are numbered as CUDA is; those of cuFFT and others are not.
NUMBERED_AS_CUDA = ("cudart", "cublas")


def _detect(examination: Examination) -> Iterator[Seen]:
    cuda = cuda_of_build(examination)
    if cuda is None or not computes_on_gpu(examination):
        return
    others = (library_shadowed.RULE, loaded_library_not_installed_one.RULE)
    if any(True for rule in others for _ in rule.findings(examination)):
        return  # a library that stands before the right one is told there
    for name in NUMBERED_AS_CUDA:
        for library in used_libraries(examination, name):
            version = library.version or ""
            # and-cuda-pin-violated looks at the wheels
            if library.distribution or not re.fullmatch(r"\d+(\.\d+)+", version):
                continue
            have, want = driver_version(version)[:2], driver_version(cuda)[:2]
            if have[0] == want[0] and have < want:
                yield Seen(
                    seen=f"{library.path} is of CUDA {have[0]}.{have[1]}; TensorFlow "
                    f"{examination.tensorflow} was built with {cuda}",
                    command=_command(examination),
                )


def _command(examination: Examination) -> str | None:
    wanted = with_its_cuda(examination)
    if wanted is None:
        return None
    return install(examination, wanted)


def _of_toolkit(version: str) -> Examination:
    path = f"/usr/local/cuda/lib64/libcudart.so.{version}"
    return with_library(
        without_start(healthy_gpu()),
        "cudart",
        path=path,
        version=version,
        distribution=None,
        source="ld.so.cache",
    )


RULE = Rule(
    code="DOC290",
    name="cuda-library-older-than-build",
    severity=Severity.WARNING,
    why="Libraries of one CUDA major have the same names, so it is opened; what was added since is "
    "missing in it (undefined symbol), and its faults that were mended since are back.",
    fix="Install CUDA's libraries as wheels beside TensorFlow, or the CUDA that it was built with.",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
    detect=_detect,
    hits=(lambda: _of_toolkit("12.2.140"),),
    misses=(healthy_gpu, lambda: _of_toolkit("12.8.57"), lambda: _of_toolkit("11.8.89")),
)
