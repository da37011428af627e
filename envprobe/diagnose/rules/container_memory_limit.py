"""A container or a cluster's node ended the program for using more memory than it may."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.terms import Cause

RULE = Rule(
    code="LOG233",
    name="container-memory-limit",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"\bOOMKilled(?:[^\"':=]|$)"),
        Pattern(r"\bOOMKilled[\"']?[:=] ?(?i:true)"),
        Pattern(
            r"low on resource: memory\.?(?:.*?Container (?P<container>\S+) was using "
            r"(?P<in_use>[0-9]+[KMG]?i?))?"
        ),
        Pattern(r"Memory cgroup out of memory"),
        Pattern(
            r"running beyond (?:the )?'?(?:physical|virtual)'? memory limits?"
            r"(?:.*?(?P<in_use>[0-9.]+ ?[KMGT]?B) of (?P<limit>[0-9.]+ ?[KMGT]?B))?"
        ),
        Pattern(
            r"killed by YARN for exceeding (?:physical )?memory limits"
            r"(?:.*?(?P<in_use>[0-9.]+ ?[KMGT]?B) of (?P<limit>[0-9.]+ ?[KMGT]?B))?"
        ),
        Pattern(r"ran out-of-memory and exited with a non-zero status of (?P<status>[0-9]+)"),
        Pattern(
            r"(?:[Ww]orkers?|[Tt]asks?|[Aa]ctors?|process) (?:\(tasks / actors\) )?"
            r"(?:was |were )?killed due to (?:the node running low on memory|memory pressure)",
            anchors=("killed due to ",),
        ),
        Pattern(r"Memory (?:quota|limit) exceeded.{0,60}(?:kill|terminat)"),
        Pattern(r"Memory limit of (?P<limit>[0-9.]+ ?[KMG]?i?B) exceeded"),
        Pattern(r"Error R15 \(Memory quota vastly exceeded\)"),
        Pattern(r"OutOfMemoryError: (?:Please use an instance|Container killed)"),
        Pattern(
            r"[Ww]orker (?:exceeded|ran out of) .{0,20}memory.{0,40}(?:[Rr]estarting|[Kk]illed)",
            anchors=("orker exceeded", "orker ran out of"),
        ),
    ),
    seen="The container's memory limit was reached[ (limit {limit})][ with {in_use} in use]"
    "[ by {container}], and the program was ended.",
    why="A container may use only as much memory as it was given; the kernel ends it at once when "
    "it asks for more, even where the computer has memory left.",
    fix="Raise the container's limit (docker run --memory, resources.limits.memory in Kubernetes, "
    "Docker Desktop's settings, .wslconfig), or need less. " + LESS_ON_HOST,
    source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    hits=(
        "    State:          Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n",
        "Warning  Evicted  3m  kubelet  The node was low on resource: memory. Container trainer "
        "was using 31457280Ki, which exceeds its request of 0.",
        "Container killed by YARN for exceeding memory limits. 12.3 GB of 12 GB physical memory "
        "used. Consider boosting spark.yarn.executor.memoryOverhead.",
    ),
    misses=(
        '        "OOMKilled": false,',
        "pod ran to completion; memory limit 16Gi, peak 9.1Gi",
    ),
)
