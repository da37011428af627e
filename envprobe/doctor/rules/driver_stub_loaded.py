"""The loader takes the toolkit's stub for the driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import driver_libraries, with_driver_library
from envprobe.doctor.rules._nvml_states import shows_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = driver_libraries(examination)
    # Without a GPU it is there to link with (images that build).
    if not shows_gpu(examination):
        return
    if found and "stubs" in PurePosixPath(found[0].path).parts:
        where = f", by {found[0].source}"
        yield Seen(seen=f"libcuda.so.1 is {found[0].path}{where}")


RULE = Rule(
    code="DOC148",
    name="driver-stub-loaded",
    severity=Severity.ERROR,
    why="The folder stubs is there to link programs where no driver is installed. At run time the "
    "stub answers every call with an error (CUDA_ERROR_STUB_LIBRARY), and TensorFlow runs on the "
    "CPU.",
    fix="Take the folder stubs out of LD_LIBRARY_PATH and /etc/ld.so.conf.d, and delete a link "
    "libcuda.so.1 in it.",
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    detect=_detect,
    hits=(
        lambda: with_driver_library(
            healthy_gpu(), "/usr/local/cuda/lib64/stubs/libcuda.so.1", None
        ),
    ),
    misses=(healthy_gpu,),
)
