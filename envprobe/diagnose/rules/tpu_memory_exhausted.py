"""A program needs more of a TPU's memory than the core has."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SIZE = r"[0-9.]+[KMGT]?B?"
LARGEST = (
    r"(?s)\b1\. Size: (?P<largest>[0-9.]+[KMGT]?).{0,600}?Shape: "
    r"(?P<dtype>[a-z]+[0-9a-z]*)\[(?P<shape>[0-9,]*)\]"
)
PADDED = r"Extra memory due to padding: (?P<padding>[0-9.]+[KMGT]?)"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    found = compiled(LARGEST).search(sighting.after)
    told: dict[str, str | int | float] = dict(found.groupdict()) if found else {}
    padded = compiled(PADDED).search(sighting.after)
    return Reading(fields=told | ({"padding": padded["padding"]} if padded else {}))


RULE = Rule(
    code="LOG209",
    name="tpu-memory-exhausted",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            rf"Ran out of memory in memory space (?P<space>\w+)[.:]?.*?Used (?P<used>{SIZE}) of "
            rf"(?P<limit>{SIZE}).*?Exceeded \w+ capacity by (?P<excess>{SIZE})\b"
        ),
        Pattern(r"Ran out of memory in memory space (?P<space>\w+)"),
        Pattern(
            rf"Attempting to (?:allocate|reserve) (?P<asked>{SIZE})(?: at the bottom of memory)?\. "
            rf"That was not possible\. There are (?P<free>{SIZE}) free"
        ),
        Pattern(rf"Error allocating device buffer: .*(?:allocate|reserve) (?P<asked>{SIZE})\b"),
    ),
    seen="The TPU's memory ran out[ ({space})][: the program uses {used} of {limit}][, {excess} "
    "too much][: {asked} were asked for, {free} were free][. The largest buffer has {largest}: "
    "shape ({shape}), {dtype}][, of which {padding} are padding].",
    why="Each TPU core has a fixed amount of fast memory for weights, optimizer state and the "
    "activations of its part of the batch. Sizes are rounded up to tiles of 8 by 128, so that "
    "small last dimensions can take many times their own size.",
    fix="Make the batch per core smaller, use bfloat16, and make the last dimensions of large "
    "tensors multiples of 128. Otherwise a TPU with more memory per core.",
    source="third_party/xla/xla/service/tpu_computation_placer.h",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: 9 root error(s) found.\n"
        "  (0) Resource exhausted: {{function_node __inference_train_function_4711}} Compilation "
        "failure: Ran out of memory in memory space hbm. Used 9.21G of 7.48G hbm. Exceeded hbm "
        "capacity by 1.73G.\n\nTotal hbm usage >= 9.73G:\n    reserved        530.00M\n\n  Largest "
        "program allocations in hbm:\n\n  1. Size: 2.00G\n     Operator: "
        'op_type="Conv2D" op_name="enc/conv"\n     Shape: bf16[64,512,512,3]{3,2,1,0:T(8,128)}\n'
        "     Unpadded size: 96.00M\n     Extra memory due to padding: 1.91G (21.3x expansion)\n",
        "RESOURCE_EXHAUSTED: Attempting to reserve 6.10G at the bottom of memory. That was not "
        "possible. There are 5.65G free, 0B reserved, and 5.65G reservable.",
    ),
    misses=("Finished initializing TPU system.", "INFO:tensorflow:*** Num TPU Cores: 8"),
)
