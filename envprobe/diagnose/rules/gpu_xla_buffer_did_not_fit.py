"""A program compiled by XLA needed more memory than was free."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._memory import IN_PIECES, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.diagnose.rules._pool import host_ran_out, pool_of
from envprobe.diagnose.rules._sizes import SIZE, amount, bytes_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# XLA's list of what the program holds, the largest buffer first.
LARGEST = (
    r"(?s)Buffer 1:\s+Size: (?P<largest>[0-9.]+[KMGT]?i?B)\s+(?:Operator: (?P<operator>.*?)\n)?"
    r".*?[Ss]hape: (?P<dtype>[a-z]+[0-9a-z]*)\[(?P<shape>[0-9,]*)\]"
)
OPERATOR = r"op_name=\"(?P<name>[^\"]+)\""
TOTAL = r"total allocation: +(?P<total>[0-9.]+[KMGT]?i?B)"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if host_ran_out(log, sighting) or _on_cpu(sighting):
        return None
    told: dict[str, str | int | float] = pool_of(log, sighting).fields()
    asked = bytes_of(sighting.fields.get("asked"))
    if asked:
        told |= {"asked": amount(asked), "asked_bytes": asked}
    total = compiled(TOTAL).search(sighting.after)
    if total:
        told["program"] = total["total"]
    return Reading(fields=told | _largest(sighting.after))


def _on_cpu(sighting: Sighting) -> bool:
    near = sighting.text[:2000]
    return "device:CPU" in near and "device:GPU" not in near


def _largest(text: str) -> dict[str, str | int | float]:
    found = compiled(LARGEST).search(text)
    if not found:
        return {}
    told = {name: found[name] for name in ("largest", "shape", "dtype")}
    operator = compiled(OPERATOR).search(found["operator"] or "")
    return told | ({"op": operator["name"]} if operator else {})


RULE = Rule(
    code="LOG204",
    name="gpu-xla-buffer-did-not-fit",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(rf"[Oo]ut of memory while trying to allocate (?P<asked>{SIZE})"),
        Pattern(rf"Out of memory allocating (?P<asked>{SIZE}) ?bytes"),
        Pattern(
            rf"Failed to allocate request for (?P<asked>{SIZE}) \([0-9]+B\) on device ordinal "
            r"(?P<device>[0-9]+)"
        ),
        Pattern(
            r"Allocating (?P<asked>[0-9]+) bytes exceeds the memory limit of (?P<own>[0-9]+) bytes"
        ),
        Pattern(rf"Failed to allocate (?P<asked>{SIZE}) ?bytes? on device"),
    ),
    seen="A program compiled by XLA asked for {asked} and did not get it[ on the device {device}]"
    "[; {in_use} of {limit} were in use][. Its largest buffer has {largest}: shape ({shape}), "
    "{dtype}].",
    why="XLA plans the memory of a whole compiled function and asks for it in large pieces, "
    "temporary results included.[ This program needs {program} in total.]",
    fix=LESS_AT_ONCE + " Compile less at once (jit_compile=False), as XLA keeps more results than "
    "single operations do. Check with nvidia-smi that nothing else holds memory.",
    yields_to=("oom-gpu-other-process", "oom-gpu-fragmentation", "gpu-tensor-did-not-fit"),
    candidates=(OTHER_PROCESS, IN_PIECES),
    source="third_party/xla/xla/service/gpu/buffer_allocations.cc",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: Graph execution error:\n\n"
        "Out of memory while trying to allocate 8589934592 bytes.\nBufferAssignment OOM "
        "Debugging.\nBufferAssignment stats:\n             parameter allocation:  512.50MiB\n"
        "                 total allocation:   9.25GiB\nPeak buffers:\n\tBuffer 1:\n\t\tSize: "
        '8.00GiB\n\t\tOperator: op_type="MatMul" op_name="dense_3/MatMul" source_file="train.py" '
        "source_line=12\n\t\tXLA Label: fusion\n\t\tShape: f32[32768,65536]\n",
        "2024-01-01 01:01:01.1: W tensorflow/core/framework/op_kernel.cc:1839] OP_REQUIRES failed "
        "at xla_ops.cc:574 : RESOURCE_EXHAUSTED: Out of memory allocating 4294967296 bytes.",
        "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Failed to allocate request for "
        "2.00GiB (2147483648B) on device ordinal 0",
    ),
    misses=(
        "W external/local_xla/xla/service/hlo_rematerialization.cc:2941] Can't reduce memory use "
        "below 12.00GiB (12884901888 bytes) by rematerialization; only reduced to 13.10GiB",
    ),
)
