"""NCCL failed, and the message does not say at what."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._collectives import NAMED, OTHER_RANK, SOURCES
from envprobe.terms import Cause

RULE = Rule(
    code="LOG706",
    name="nccl-failed",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"NCCL: (?P<error>unhandled (?:system|cuda|CUDA) error|internal error[^.\"]{0,60}|"
            r"remote (?:process|error)[^.\"]{0,60})",
            anchors=("NCCL: unhandled", "NCCL: internal error", "NCCL: remote "),
        ),
        Pattern(
            r"NCCL operation (?P<call>nccl\w+).{0,200} failed: (?P<error>[^.;]+)",
        ),
        Pattern(
            r"(?P<call>nccl[A-Z]\w+)(?:\([^)]*\))?\S* failed[:=] ?(?P<error>.+)",
            anchors=(" failed:", " failed="),
        ),
        Pattern(
            r"(?P<error>nccl(?:SystemError|UnhandledCudaError|InternalError|RemoteError|Invali"
            r"dUsage))",
            anchors=(
                "ncclSystemError",
                "ncclUnhandledCudaError",
                "ncclInternalError",
                "ncclRemoteError",
                "ncclInvalidUsage",
            ),
        ),
        Pattern(r"NCCL [Ee]rror[: ]+(?P<error>.{3,80})", anchors=("NCCL error", "NCCL Error")),
        Pattern(
            r"(?P<error>unhandled (?:system|cuda) error)",
            anchors=("unhandled system error", "unhandled cuda error"),
        ),
        Pattern(r"(?P<error>remote process exited or there was a network error)"),
        Pattern(r"NCCL communication aborted: (?P<error>.{3,80})"),
        Pattern(
            r"NCCL WARN (?P<error>(?:Error ?: |Internal error|Message truncated|Failed to CUDA |"
            r"Failed to malloc|Failed to bind NVLink|No transport found|Could not find |"
            r"Bootstrap Root : |Attempt to use communicator|Comm \S+ is in abort state).*)",
            anchors=("NCCL WARN ",),
        ),
        Pattern(r"OP_REQUIRES failed at nccl_ops\.cc"),
    ),
    seen="NCCL failed[ in {call}][: {error}][ ({node})]",
    why="The GPUs could not exchange their data. `unhandled system error` mostly means "
    "shared memory (/dev/shm of a container), limits or the network; `unhandled cuda "
    "error` a full GPU or a driver that is too old. NCCL itself knows it and tells it "
    "when asked.",
    fix="Run again with NCCL_DEBUG=WARN: the first `NCCL WARN` line names the cause. In a "
    "container raise /dev/shm first (docker run --shm-size=1g). To go on without "
    "NCCL: tf.distribute.MirroredStrategy(cross_device_ops=tf.distribute.HierarchicalC"
    "opyAllReduce()).",
    yields_to=(*NAMED, *SOURCES),
    candidates=(
        Candidate(
            cause=Cause.OOM_GPU, check="Was the memory of one of the GPUs full (nvidia-smi)?"
        ),
        OTHER_RANK,
    ),
    source="tensorflow/core/nccl/nccl_manager.cc",
    hits=(
        "InternalError: 2 root error(s) found.\n  (0) Internal:  NCCL: unhandled cuda error. Set "
        "NCCL_DEBUG=WARN for detail.\n\t [[node update_0/NcclAllReduce (defined at main.py:5) ]]",
        "XlaRuntimeError: INTERNAL: NCCL operation ncclGroupEnd() failed: unhandled "
        "system error (run with NCCL_DEBUG=INFO for details). Last NCCL warning(error) "
        "log entry (may be unrelated) ''.",
        "2023-10-11 12:13:14.1: W tensorflow/core/framework/op_kernel.cc:1651] OP_REQUIRES failed "
        "at nccl_create.cc:112 : Internal: unhandled system error",
    ),
    misses=(
        "h1:5:5 [0] NCCL INFO Launch mode Parallel",
        "INFO:tensorflow:Collective all_reduce tensors: 6 all_reduces, num_devices = 2, "
        "group_size = 2, implementation = CommunicationImplementation.NCCL, num_packs = 1",
    ),
)
