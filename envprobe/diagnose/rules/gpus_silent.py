"""Several GPUs were to exchange their gradients, and the log ends there."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

# What may still be written while everything waits.
STILL_SET_UP = (
    r"^\s*$|all-reduces|all_reduces|Reduce to /|NCCL (?:INFO|version)|Epoch +1/|Loaded cuDNN|"
    r"opened dynamic library|TensorFloat-32|Compiled cluster"
)


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if log.has("failure") or log.went_on_after(sighting):
        return None
    still = compiled(STILL_SET_UP)
    return Reading() if all(still.search(line) for line in sighting.after.splitlines()) else None


RULE = Rule(
    code="LOG727",
    name="gpus-silent",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"all-reduces with algorithm = (?P<algorithm>nccl|hierarchical_copy)"),
        Pattern(r"NCCL INFO comm \S+ rank [0-9]+ nranks (?P<gpus>[0-9]+) .*Init COMPLETE"),
        Pattern(r"NCCL INFO Launch mode (?:Parallel|Group)"),
    ),
    seen="[{gpus} ]GPUs are set up for the all-reduce, and the log ends without any step",
    why="After this the GPUs send each other their gradients. Where nothing follows, they "
    "wait for data that does not arrive: direct transfers between GPUs that an IOMMU "
    "redirects, shared memory that is too small, or one replica that does not take "
    "part.",
    fix="Try NCCL_P2P_DISABLE=1, then NCCL_SHM_DISABLE=1, then "
    "MirroredStrategy(cross_device_ops=tf.distribute.ReductionToOneDevice()): the one "
    "with which it runs names the way that is broken. Turn the IOMMU and ACS off in "
    "the BIOS, give a container --shm-size=1g, and look into dmesg.",
    yields_to=("gpu-peer-access-blocked", "nccl-collective-failure", *SOURCES),
    candidates=(COLLECTIVE,),
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html",
    read=_read,
    hits=(
        "INFO:tensorflow:batch_all_reduce: 14 all-reduces with algorithm = nccl, num_packs = 1\n"
        "INFO:tensorflow:batch_all_reduce: 14 all-reduces with algorithm = nccl, num_packs = 1",
    ),
    misses=(
        "INFO:tensorflow:batch_all_reduce: 14 all-reduces with algorithm = nccl, num_packs = 1\n"
        "10/100 [==>...........] - ETA: 20s - loss: 0.61",
    ),
)
