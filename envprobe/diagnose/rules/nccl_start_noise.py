"""NCCL tells which networks and plug-ins it did not find, and uses another."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG748",
    name="nccl-start-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"Failed to open libibverbs\.so"),
        Pattern(r"NET/Plugin ?: (?:No plugin found|Could not find)"),
        Pattern(r"Plugin load returned [0-9]+ : libnccl-net"),
        Pattern(r"NCCL INFO No network plugin found"),
        Pattern(r"Unable to load libnccl-net\.so"),
        Pattern(r"NET/IB ?: No device found"),
        Pattern(r"call to devices\(\) returned 0 devices"),
        Pattern(r"libibverbs: Warning: couldn't (?:load driver|stat|open config)"),
    ),
    seen="NCCL found no plug-in or no InfiniBand card, and goes on with what there is",
    why="NCCL looks for faster networks when it starts. On one computer, and on hosts with "
    "Ethernet only, there is none: it uses NVLink, PCIe, shared memory or sockets.",
    fix=None,
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html",
    hits=(
        "node3:51:77 [0] misc/ibvwrap.cc:63 NCCL WARN Failed to open libibverbs.so[.1]\n"
        "node3:51:77 [0] NCCL INFO Using network Socket\nNCCL version 2.8.3+cuda11.0",
        "node3:51:77 [0] NCCL INFO NET/Plugin : No plugin found (libnccl-net.so), using internal "
        "implementation",
    ),
    misses=("node3:51:77 [0] misc/ibvwrap.cc:133 NCCL WARN Call to ibv_create_qp failed",),
)
