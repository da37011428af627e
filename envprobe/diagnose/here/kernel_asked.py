"""Which kernel a finding is about: op, dtype, device types, layout."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from envprobe.diagnose.result import DiagnosisFinding, Surroundings
from envprobe.diagnose.rules._dtypes import dtype_name
from envprobe.terms import Cause

# Causes where a kernel is there and refuses; for the others it is not there.
REFUSALS = (Cause.UNIMPLEMENTED_CPU_FORMAT, Cause.UNIMPLEMENTED_ON_DEVICE)
DEVICE_TYPES = ("CPU", "GPU")  # those that matrices and registries know
DEVICE = re.compile(r"(?:^|[^A-Z])(CPU|GPU|TPU)(?:[^A-Z]|$)", re.IGNORECASE)
SHORT = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32", "fp64": "float64"}
# A kernel's class, as its messages name it: `Conv2DCustomBackpropFilterOp`, `AvgPoolingOp`.
CLASS = (("Custom", ""), ("PoolingGradOp", "PoolGrad"), ("PoolingOp", "Pool"), ("Op", ""))


class KernelAsked(NamedTuple):
    """What is to be looked up.

    dtype         None where the log does not tell it
    device_types  it has no kernel on any of them
    layout        `nchw` or `ncdhw`, where that is what is refused
    xla           whether XLA was to compile it
    refused       whether a kernel is there and refuses
    """

    op: str
    dtype: str | None
    device_types: tuple[str, ...]
    layout: str | None = None
    xla: bool = False
    refused: bool = False

    def __str__(self) -> str:
        """`Conv2D bfloat16 on the GPU`."""
        parts = [self.op, self.dtype, f"as {self.layout.upper()}" if self.layout else None]
        place = f"on the {' and the '.join(self.device_types)}"
        return " ".join([*filter(None, parts), f"{place} by XLA" if self.xla else place])


def kernel_asked(
    finding: DiagnosisFinding, log: Surroundings, ops: Collection[str]
) -> KernelAsked | str:
    """The question, or why there is none. `ops` are those that are known."""
    op = _op(str(finding.fields.get("op", "")), ops)
    if op is None:
        return "the log names no op of TensorFlow's"
    devices = _device_types(finding, log)
    if not set(devices) <= set(DEVICE_TYPES):
        return f"envprobe knows no kernels of the {' and the '.join(devices)}"
    dtype = str(finding.fields.get("dtype", "")).strip()
    layout = str(finding.fields.get("format", "")).lower()
    return KernelAsked(
        op=op,
        dtype=_dtype(dtype) if dtype else None,
        device_types=devices,
        layout=layout if layout in ("nchw", "ncdhw") else None,
        xla=finding.cause is Cause.XLA_UNSUPPORTED_OP,
        refused=finding.cause in REFUSALS,
    )


def _op(text: str, ops: Collection[str]) -> str | None:
    """The first name that is an op, or the class of one's kernel."""
    for word in re.findall(r"\w+", text):
        if found := next((name for name in _readings(word) if name in ops), None):
            return found
    return None


def _readings(word: str) -> list[str]:
    names = [word]
    for end, instead in CLASS:
        shorter = [name.replace("Custom", "") for name in names] if end == "Custom" else []
        shorter += [n.removesuffix(end) + instead for n in names if n.endswith(end)]
        names += [name for name in shorter if name not in names]
    return names


def _dtype(text: str) -> str:
    name = dtype_name(text)
    return SHORT.get(name, name)


def _device_types(finding: DiagnosisFinding, log: Surroundings) -> tuple[str, ...]:
    """The device type that is told; else all that the process had."""
    for name in ("device", "devices"):
        told = DEVICE.findall(str(finding.fields.get(name, "")).replace("_", " "))
        if told:
            return tuple(dict.fromkeys(one.upper() for one in told))
    return ("GPU",) if log.gpus else DEVICE_TYPES
