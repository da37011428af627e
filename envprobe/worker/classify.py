"""From what TensorFlow raised to a status and one readable line."""

from __future__ import annotations

import re

MAX_REASON = 300

# After one of these the CUDA context of the process is lost: whatever is asked next fails, too
# (sticky errors in the CUDA driver API's description of CUresult).
POISON = re.compile(
    r"CUDA_ERROR_(ILLEGAL_ADDRESS|LAUNCH_FAILED|LAUNCH_TIMEOUT|MISALIGNED_ADDRESS|ASSERT"
    r"|ILLEGAL_INSTRUCTION|HARDWARE_STACK_ERROR|INVALID_ADDRESS_SPACE|INVALID_PC|ECC_UNCORRECTABLE)"
    r"|an illegal memory access was encountered|unspecified launch failure"
)

# Texts as TensorFlow 2.13 to 2.21 words them; the first match decides.
PATTERNS: list[tuple[str, str]] = [
    ("crashed", POISON.pattern),
    (
        "out_of_memory",
        r"OOM when allocating|[Oo]ut of memory|failed to allocate|RESOURCE_EXHAUSTED"
        r"|_STATUS_ALLOC_FAILED",
    ),
    # A library that is missing or does not start says nothing of the kernel.
    ("failed", r"DNN library is not found|DNN library initialization failed"),
    ("unimplemented", r"_STATUS_NOT_SUPPORTED|_STATUS_ARCH_MISMATCH"),
    ("invalid_dtype", r"is not in the list of allowed values|not in list of allowed values"),
    (
        "invalid_dtype",
        r"does not match type .* of argument|Cannot convert .* to EagerTensor of dtype"
        r"|was expected to be a .* tensor but is a|Tensor conversion requested dtype"
        r"|do(es)? not match expected type|Expected DataType for argument",
    ),
    (
        "no_kernel",
        r"Could not find device for node|No registered '.*' OpKernel|no supported kernel"
        r"|No OpKernel was registered|Cannot assign a device for operation"
        r"|[Dd]etected unsupported operations",
    ),
    ("unimplemented", r"gradient registry has no entry|No gradient defined for operation"),
    (
        "unimplemented",
        r"not implemented|[Uu]nimplemented|UNIMPLEMENTED|only supports? |do(es)? not (yet )?support"
        r"|not (yet )?supported|[Uu]nsupported",
    ),
]
BY_TYPE = {
    "ResourceExhaustedError": "out_of_memory",
    "MemoryError": "out_of_memory",
    "NotApplicable": "untested",
    "UnimplementedError": "unimplemented",
    "NotImplementedError": "unimplemented",
    "UnknownDtypeError": "invalid_dtype",
    "NothingRanError": "untested",
}
# Those of our own, and those that mean one thing whatever they say.
BY_NAME = (
    *("ResourceExhaustedError", "MemoryError"),
    *("NotApplicable", "UnknownDtypeError", "NothingRanError"),
)
# First lines that say nothing; the cause stands below them.
EMPTY = re.compile(
    r"^(Graph execution error:|Detected at node .*|File \".*|\[\[.*|Stack trace.*|)$"
)
# Where the node was traced, as TensorFlow 2.13 tells it before the message itself.
TRACED_AT = re.compile(
    r"Detected at node .* defined at \(most recent call last\):.*?\nNode: .*?\n", re.S
)
NOISE = re.compile(r"\{\{(function_)?node [^}]*\}\}( = )?\s*|\[Op:[^\]]*\]|\sname:\s*$")


def classify(error: BaseException) -> tuple[str, str]:
    """The status that an exception stands for, and its reason in at most 300 characters."""
    name, text = type(error).__name__, str(error)
    return _status(name, text), _reason(name, text)


def _status(name: str, text: str) -> str:
    if name in BY_NAME:
        return BY_TYPE[name]
    for status, pattern in PATTERNS:
        if re.search(pattern, text):
            return status
    return BY_TYPE.get(name, "failed")


def _reason(name: str, text: str) -> str:
    text = TRACED_AT.sub("", text)
    lines = [NOISE.sub("", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not EMPTY.match(line)]
    line = lines[0] if lines else "no message"
    line = re.split(r"\t?; NodeDef:|\s*;\s*NodeDef", line)[0]
    shown = (
        line
        if name in ("NotApplicable", "UnknownDtypeError", "NothingRanError")
        else name + ": " + line
    )
    return shown if len(shown) <= MAX_REASON else shown[: MAX_REASON - 1] + "…"
