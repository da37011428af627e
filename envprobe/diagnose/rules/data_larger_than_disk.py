"""What is to be stored is larger than the room that the disk or the container has."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG252",
    name="data-larger-than-disk",
    cause=Cause.DISK_FULL,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Not enough disk space\. Needed: (?P<asked>[0-9A-Z][^(]*?)(?: \(|$)"),
        Pattern(
            r"low on resource: ephemeral-storage\.?(?:.*?Container (?P<container>\S+) was using "
            r"(?P<asked>[0-9]+\w*))?"
        ),
        Pattern(
            r"(?:exceeds|exceeded) (?:the |its )?(?:local |total )?(?:limit of )?ephemeral[- "
            r"](?:local )?storage"
        ),
        Pattern(
            r"[Uu]sage of (?:EmptyDir|ephemeral).{0,60}exceeds the (?:total )?limit",
            anchors=("xceeds the total limit", "xceeds the limit"),
        ),
        Pattern(r"tried to use more disk space than is available"),
        Pattern(r"(?:Your )?[Dd]isk is almost full", anchors=("isk is almost full",)),
        Pattern(
            r"(?i)\bnot enough (?:free )?(?:disk space|space (?:left )?on (?:the "
            r")?(?:disk|drive|device))",
            anchors=("ot enough", "OT ENOUGH"),
        ),
        Pattern(r"(?i)\binsufficient (?:free )?disk space", anchors=("nsufficient", "NSUFFICIENT")),
    ),
    seen="The data are larger than the room for them[: {asked} are needed][ by {container}].",
    why="Preparing a data set needs room for the download, the unpacked files and the result at "
    "the same time; containers and notebooks have small disks.",
    fix="Give a directory on a larger disk (tfds.load(..., data_dir=...), a mounted volume), "
    "delete "
    "the downloads afterwards, or stream the data (try_gcs=True, split slices).",
    source="https://www.tensorflow.org/datasets/api_docs/python/tfds/core/DatasetBuilder",
    yields_to=("disk-full",),
    hits=(
        "OSError: Not enough disk space. Needed: 156.41 GiB (download: 144.02 GiB, generated: "
        "12.39 GiB)",
        "Warning  Evicted  kubelet  The node was low on resource: ephemeral-storage. Container "
        "trainer was using 41234567Ki, which exceeds its request of 0.",
    ),
    misses=(
        "Downloading and preparing dataset 162.17 MiB (download: 162.17 MiB, generated: Unknown",
    ),
)
