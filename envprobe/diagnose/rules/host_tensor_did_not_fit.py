"""A tensor did not fit into the computer's own memory."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import dtype_name
from envprobe.diagnose.rules._memory import LESS_ON_HOST, on_host
from envprobe.diagnose.rules._pool import host_ran_out, pool_of
from envprobe.diagnose.rules._sizes import ABSURD_BYTES, SIZE, amount, bytes_of, tensor_bytes
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

OLD_DEVICE = r"_device ?= ?['\"][^'\"]*?/(?:device:)?(?i:cpu):[0-9]+"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields = sighting.fields
    if not _of_host(sighting, log) or "not a failure" in sighting.text[:600]:
        return None
    told = pool_of(log, sighting).fields()
    asked = tensor_bytes(fields.get("shape"), fields.get("dtype")) or bytes_of(fields.get("asked"))
    if asked:
        told |= {"asked": amount(asked), "asked_bytes": asked}
        if asked > ABSURD_BYTES:
            told["absurd"] = amount(asked)
    if "host" in fields.get("allocator", ""):
        told["pinned"] = fields["allocator"]
    if "dtype" in fields:
        told["dtype"] = dtype_name(fields["dtype"])
    return Reading(fields=told)


def _of_host(sighting: Sighting, log: Log) -> bool:
    if "device" in sighting.fields or "allocator" in sighting.fields:
        return on_host(sighting)
    old = compiled(OLD_DEVICE).search(sighting.after[:3000])
    return bool(old) or ("asked" in sighting.fields and host_ran_out(log, sighting))


RULE = Rule(
    code="LOG230",
    name="host-tensor-did-not-fit",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"OOM when allocating (?:temporary )?tensor (?:with|of) shape ?\[(?P<shape>[0-9, ]*)\]"
            r"(?: and type (?P<dtype>\w+))?(?: on (?:\S*device:|"
            r"\S*/)(?P<device>[A-Za-z_]+:[0-9]+))?"
            r"(?: by allocator (?P<allocator>\S+))?"
        ),
        Pattern(
            r"\bAllocator \((?P<allocator>[^)]+)\) ran out of memory trying to allocate "
            rf"(?P<asked>{SIZE})"
        ),
        Pattern(rf"[Oo]ut of memory while trying to allocate (?P<asked>{SIZE})"),
        Pattern(rf"Out of memory allocating (?P<asked>{SIZE}) ?bytes"),
    ),
    seen="The computer's memory (not the GPU's) had no room[ for {asked}][: a tensor with the "
    "shape "
    "({shape})][ and the type {dtype}][, made by {op}][ in the node {node}][ in the layer {layer}]"
    "[; allocator {allocator}].",
    why="The tensor was to be made on the CPU. Data given as one array, an embedding or one-hot "
    "matrix of full width, and buffers of the input pipeline live there.[ {in_use} of {limit} were "
    "in use.][ {absurd} cannot be meant: look for a wrong shape.]",
    fix=LESS_ON_HOST
    + " If the shape is larger than you expect, look for a dense matrix that could "
    "be sparse, or a batch that holds everything.[ {pinned} holds the data on their way "
    "to the GPU: TF_GPU_HOST_MEM_LIMIT_IN_MB is its limit.]",
    source="tensorflow/core/framework/op_kernel.cc",
    read=_read,
    hits=(
        "2021-02-03 04:05:06.7: W tensorflow/core/framework/op_kernel.cc:1763] OP_REQUIRES failed "
        "at mkl_conv_ops.cc:1241 : Resource exhausted: OOM when allocating tensor with "
        "shape[800,96,512,512] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by "
        "allocator mklcpu",
        "2017-08-09 10:11:12.1: W tensorflow/core/common_runtime/bfc_allocator.cc:273] Allocator "
        "(cuda_host_bfc) ran out of memory trying to allocate 3.73GiB.  Current allocation summary "
        "follows.",
    ),
    misses=(
        "OOM when allocating tensor with shape[800,96,512,512] and type float on /job:localhost/"
        "replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc",
        "W tensorflow/core/framework/cpu_allocator_impl.cc:82] Allocation of 737280000 exceeds 10% "
        "of free system memory.",
    ),
)
