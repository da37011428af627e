"""The container was given the driver's libraries without those for computing."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import (
    TOOLKIT_GUIDE,
    container,
    driver_libraries,
    gpu_nodes,
    inside,
)
from envprobe.terms import Severity

VARIABLE = "NVIDIA_DRIVER_CAPABILITIES"


def _detect(examination: Examination) -> Iterator[Seen]:
    value = examination.environ.get(VARIABLE)
    if not value or container(examination) is None or not gpu_nodes(examination):
        return
    told = {word.strip() for word in value.split(",")}
    known = examination.inventory.software.libraries is not None
    if known and not told & {"all", "compute"} and not driver_libraries(examination):
        yield Seen(seen=f"{VARIABLE}={value!r}, and no libcuda.so.1 in the container")


def _only(value: str, libraries: tuple[object, ...] = ()) -> Examination:
    one = with_environ(inside(healthy_gpu()), NVIDIA_DRIVER_CAPABILITIES=value)
    return changed(one, "inventory.software.libraries", libraries)


RULE = Rule(
    code="DOC146",
    name="container-without-compute-capability",
    severity=Severity.ERROR,
    why="The runtime mounts only the libraries that the variable names: nvidia-smi may work, and "
    "libcuda.so.1 is not there, so TensorFlow runs on the CPU.",
    fix="Start the container with -e NVIDIA_DRIVER_CAPABILITIES=compute,utility.",
    source=TOOLKIT_GUIDE,
    detect=_detect,
    hits=(lambda: _only("utility"), lambda: _only("graphics,display")),
    misses=(
        lambda: _only("compute,utility"),
        lambda: _only("all"),
        lambda: with_environ(inside(healthy_gpu()), NVIDIA_DRIVER_CAPABILITIES="utility"),
    ),
)
