"""The container runtime cannot give the container a GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import ON_WSL, OTHER_VERSIONS
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    text = sighting.line.text
    warned = "GPU functionality will not be available" in text or "nv files" in text
    if warned or "driver was not detected" in text.lower():
        return Reading(kind=Kind.BENIGN if log.has("gpu-created") else Kind.DEGRADED)
    return Reading()


RULE = Rule(
    code="LOG126",
    name="container-without-gpu",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"could not select device driver \"(?P<driver>[^\"]*)\" with capabilities"),
        Pattern(r"could not select device driver .{0,40}with capabilities"),
        Pattern(r"[Uu]nknown (?:or invalid )?runtime(?: name| specified):? \"?nvidia"),
        Pattern(r"nvidia-container-(?:cli|runtime|toolkit).*: executable file not found"),
        Pattern(
            r"nvidia-container-cli: initialization error: (?:load library failed|nvml error: "
            r"driver not loaded|libnvidia)"
        ),
        Pattern(r"nvidia-container-cli: ldcache error"),
        Pattern(r"nvidia-container-cli: container error: cgroup subsystem devices not found"),
        Pattern(
            r"nvidia-container-cli: (?:detection error|permission error|mount error: "
            r"(?:open|stat) failed)"
        ),
        Pattern(
            r"nvidia-container-cli: (?:initialization|container|detection|privilege|load "
            r"library) error: ",
            anchors=("nvidia-container-cli: ",),
        ),
        Pattern(r"unknown flag: --gpus"),
        Pattern(r"unresolvable CDI devices"),
        Pattern(r"no known GPU vendor found"),
        Pattern(r"The NVIDIA Driver was not detected"),
        Pattern(r"Could not find any nv files on this host"),
    ),
    yields_to=(
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "device-ordinal",
        "no-cuda-device",
        "driver-state-unusable",
        "driver-module-not-loaded",
    ),
    seen='The container gets no GPU[: the runtime has no device driver "{driver}"].',
    why="Docker, containerd and Singularity hand the host's driver into the container with the "
    "help of nvidia-container-toolkit. It is not installed, not configured for this runtime, "
    "or finds no working driver on the host.",
    fix="First nvidia-smi on the host: it must list the GPU. Then install "
    "nvidia-container-toolkit, run `sudo nvidia-ctk runtime configure --runtime=docker && "
    "sudo systemctl restart docker`, and test `docker run --rm --gpus all ubuntu nvidia-smi`. "
    "Singularity and Apptainer: --nv on a node with a GPU.",
    candidates=(ON_WSL, OTHER_VERSIONS),
    read=_read,
    source="https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html",
    hits=(
        'docker: Error response from daemon: could not select device driver "" with capabilities: '
        "[[gpu]].\n"
        "ERRO[0000] error waiting for container: context canceled\n",
        "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: "
        "cannot open shared object file: no such file or directory: unknown\n",
        "WARNING: The NVIDIA Driver was not detected.  GPU functionality will not be available.\n"
        "   Use the NVIDIA Container Toolkit to start this container with GPU support\n",
    ),
    misses=(
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.3, please "
        "update your driver to a newer version, or use an earlier cuda container: unknown\n",
        "nvidia-container-cli: initialization error: WSL environment detected but no adapters "
        "were found\n",
    ),
)
