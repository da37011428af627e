"""The cluster's scheduler has no GPU for the job."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG129",
    name="gpu-not-granted-by-scheduler",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Insufficient (?:nvidia|amd)\.com/(?:gpu|mig-\S+)"),
        Pattern(r"requested number of devices unavailable for (?:nvidia|amd)\.com/"),
        Pattern(r"Invalid generic resource \(gres\) specification"),
        Pattern(r"Unable to determine GPU devices for job"),
        Pattern(
            r"gres/gpu.{0,60}(?:unavailable|count (?:too low|underflow)|not configured)",
            anchors=("gres/gpu",),
        ),
    ),
    seen="The scheduler cannot give the job the GPUs that it asks for.",
    why="No node offers what was asked: all GPUs are taken, the device plugin (or gres.conf) does "
    "not run or lists none because the node's driver is down, or the resource's name or "
    "number is wrong.",
    fix="Kubernetes: `kubectl describe node | grep -A8 Allocatable` must show nvidia.com/gpu; if "
    "it shows 0, look at the device plugin's log and at nvidia-smi on the node. Slurm: "
    "`scontrol show node | grep Gres` and ask for what stands there (--gres=gpu:N). Else wait "
    "for free GPUs or ask for fewer.",
    candidates=(
        Candidate(cause=Cause.DEVICE_ORDINAL, check="the job asks for more GPUs than any node has"),
    ),
    source="https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/",
    hits=(
        "Warning  FailedScheduling  14s  default-scheduler  0/6 nodes are available: 6 "
        "Insufficient nvidia.com/gpu. preemption: 0/6 nodes are available\n",
    ),
    misses=("0/6 nodes are available: 6 Insufficient memory.\n",),
)
