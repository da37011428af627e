"""The image demands a newer driver than the host has."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    # The greeting of NVIDIA's images goes on; the container runtime does not.
    greeting = "This container was built for" in sighting.line.text
    if not greeting:
        return Reading()
    works = log.has("gpu-created", "gpu-listed")
    return Reading(kind=Kind.BENIGN if works else Kind.SYMPTOM)


RULE = Rule(
    code="LOG132",
    name="container-needs-newer-driver",
    cause=Cause.DRIVER_TOO_OLD,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"requirement error: (?:unsatisfied condition: |invalid expression\S* "
            r"?)(?P<needed>[a-z]+ ?[>=<]+ ?[0-9.]+)"
        ),
        Pattern(r"unsatisfied condition: (?P<needed>(?:cuda|driver|brand) ?[>=<]+ ?[0-9.]+)"),
        # Told of the alternative for data centres, where the first condition has failed as well.
        Pattern(r"unsatisfied condition: (?P<needed>brand ?= ?[a-z]+)"),
        Pattern(
            r"built for NVIDIA Driver Release (?P<needed>[0-9.]+) or later, but\s+version "
            r"(?P<driver>[0-9.]+) was detected"
        ),
        Pattern(
            r"This container was built for NVIDIA Driver Release (?P<needed>[0-9.]+)",
            after=(r"compatibility mode is UNAVAILABLE",),
        ),
        Pattern(r"please update your driver to a newer version, or use an earlier cuda container"),
    ),
    seen="The container needs a newer driver[: {needed}][, the host has {driver}].",
    why="An image of a newer CUDA states which driver it needs, and the host's is older.",
    fix="Update the host's NVIDIA driver, or take an image of an older CUDA (nvidia-smi shows the "
    "newest one that the driver serves). NVIDIA_DISABLE_REQUIRE=1 skips the test and not the "
    "need.",
    read=_read,
    source="https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",
    hits=(
        "docker: Error response from daemon: OCI runtime create failed: error running hook: exit "
        "status 1, stderr: nvidia-container-cli: requirement error: unsatisfied condition: "
        "cuda>=12.2, please update your driver to a newer version, or use an earlier cuda "
        "container: unknown.\n",
        "ERROR: This container was built for NVIDIA Driver Release 535.54 or later, but\n"
        "       version 470.82.01 was detected and compatibility mode is UNAVAILABLE.\n",
    ),
    misses=(
        "NOTE: CUDA Forward Compatibility mode ENABLED.\n"
        "  Using CUDA 12.2 driver version 535.54.03 with kernel driver version 525.105.17.\n",
    ),
)
