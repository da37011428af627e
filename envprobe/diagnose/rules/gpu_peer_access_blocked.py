"""The IOMMU refuses the direct writes of one GPU into another."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG719",
    name="gpu-peer-access-blocked",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"DMAR: \[DMA (?:Read|Write)[^\]]*\] Request device \[?(?P<bus>[0-9a-f:.]+)\]?"),
        Pattern(r"AMD-Vi: (?:Event logged \[)?IO_PAGE_FAULT device=(?P<bus>\S+)"),
        Pattern(
            r"IOMMU.{0,40}(?:blocks|interferes with|incompatible with) (?:P2P|peer)",
            anchors=(" blocks P", " blocks p", "interferes with ", "incompatible with "),
        ),
    ),
    seen="the IOMMU refused a transfer[ of the device {bus}]",
    why="GPUs write directly into each other's memory (P2P). With the IOMMU or PCIe ACS "
    "turned on such writes are sent through the root complex and can be refused: the "
    "all-reduce then waits for ever, with the GPUs at 100 %.",
    fix="Turn the IOMMU (VT-d, AMD-Vi) or ACS off in the BIOS, or start the kernel with "
    "iommu=pt or iommu=off. To go around it: NCCL_P2P_DISABLE=1, or "
    "MirroredStrategy(cross_device_ops=tf.distribute.ReductionToOneDevice()).",
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html#pc"
    "i-access-control-services-acs",
    hits=(
        "[ 9123.456789] DMAR: DRHD: handling fault status reg 2\n[ 9123.456799] DMAR: "
        "[DMA Write] Request device [41:00.0] fault addr c0ffee000 [fault reason 05] PTE "
        "Write access is not set",
    ),
    misses=("[    0.512345] DMAR: IOMMU enabled",),
)
