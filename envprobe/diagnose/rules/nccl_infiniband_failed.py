"""NCCL could not set up or use the InfiniBand network."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

PEER_GONE = Candidate(
    cause=Cause.HANG_TIMEOUT,
    check="Did a process on the other node end or hang before? Read its log.",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    if "completion" in sighting.fields:
        # The peer did not answer: the link, or a process that died.
        return Reading(kind=Kind.SYMPTOM, candidates=(PEER_GONE,))
    return Reading()


RULE = Rule(
    code="LOG701",
    name="nccl-infiniband-failed",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"NCCL WARN (?:Call to )?(?P<call>ibv_\w+)\(?\)? failed(?: with error (?P<error>.+))?"
        ),
        Pattern(
            r"NET/IB ?: Got completion (?:from peer (?P<peer>\S+) )?with (?:error|status)[ =]+"
            r"(?P<completion>[0-9]+)"
        ),
        Pattern(r"NET/IB ?: Unable to open device (?P<device>\S+)"),
        Pattern(r"NET/IB ?: (?P<error>.{0,60}[Aa]sync fatal event.{0,80})"),
        Pattern(r"NET/IB ?: (?P<error>collective mismatch error.{0,60})"),
        Pattern(r"NET/IB ?: (?P<error>.{0,80}incompatible (?:devices|with the local).{0,40})"),
        Pattern(r"NET/IB ?: (?P<error>(?:Fatal error|Got CQE with error|No IP interface found).*)"),
        Pattern(r"NCCL WARN Call to (?P<call>ibv_\w+)\(\) returned (?P<error>.+)"),
        Pattern(r"NET/OFI .{0,80}(?:failed|error)", anchors=("NET/OFI ",)),
    ),
    seen="NCCL's InfiniBand connection failed[ in {call}][: {error}][ with completion "
    "status {completion}][ from {peer}]",
    why="NCCL creates its queues on the InfiniBand card and pins memory for it. A limit "
    "on locked memory (ulimit -l, often low under Slurm and in containers), missing "
    "rights on /dev/infiniband, too many queues, or a bad link make that fail.",
    fix="Raise the limit on locked memory: `ulimit -l unlimited`, in Slurm "
    "PropagateResourceLimitsExcept=MEMLOCK and LimitMEMLOCK=infinity for slurmd, "
    "docker run --ulimit memlock=-1 --device /dev/infiniband. Test the link with "
    "ibv_devinfo and ib_write_bw. NCCL_IB_DISABLE=1 uses the ordinary network, "
    "NCCL_IB_HCA chooses the card.",
    yields_to=("nccl-shared-memory-full",),
    candidates=(PEER_GONE,),
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html",
    read=_read,
    hits=(
        "node12:3301:3420 [1] misc/ibvwrap.cc:262 NCCL WARN Call to ibv_reg_mr failed with error "
        "Operation not permitted\n2022-05-06 07:08:09.1: W tensorflow/core/framework/op_kernel.cc:"
        "1768] OP_REQUIRES failed at nccl_ops.cc:104 : INTERNAL: NCCL: unhandled system error. Set "
        "NCCL_DEBUG=WARN for detail.",
        "node1:9:30 [0] ibvwrap.c:130 NCCL WARN Call to ibv_create_qp failed",
        "n4:77:91 [2] external/nccl_archive/src/transport/net_ib.cc:651 NCCL WARN NET/IB : "
        "collective mismatch error local size 4096 remote 8192 addr 7f00 rkey 1a seq 3/3\n"
        "n4:77:91 [2] NCCL INFO external/nccl_archive/src/transport/net.cc:470 -> 3",
        "worker-1:55:90 [0] misc/ibvwrap.cc:262 NCCL WARN Call to ibv_reg_mr failed with error "
        "Cannot allocate memory",
    ),
    misses=("node1:9:30 [0] NCCL INFO NET/IB : No device found.",),
)
