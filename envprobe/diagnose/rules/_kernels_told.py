"""A missing kernel as the fields of a finding."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rules._kernels import MissingKernel, refused, registered

Fields = dict[str, str | int | float]


def told(missing: MissingKernel, log: Log, *, dtype: str | None = None) -> Fields:
    """Op, node, dtype, device and what is registered, as far as the log tells them."""
    dtype = dtype or refused(missing)
    found = {
        "op": missing.op or missing.node or "An op",
        "node": missing.node,
        "dtype": dtype,
        "device": missing.device,
        "devices": ", ".join(missing.devices) or None,
        "registered": registered(missing),
        "runs": _runs(missing, dtype),
        "gpu": log.field("gpu-created", "gpu"),
        "capability": log.field("gpu-created", "capability"),
    }
    return {name: value for name, value in found.items() if value}


def _runs(missing: MissingKernel, dtype: str | None) -> str | None:
    """Where the op runs in this dtype, and on which devices in float32."""
    attribute = next((n for n, value in missing.attributes.items() if value == dtype), "T")
    parts = []
    for wanted in dict.fromkeys((dtype, "float32", "int32")):
        on = [
            kernel.device
            for kernel in missing.kernels or ()
            if wanted and attribute in kernel.allowed and kernel.takes(attribute, wanted)
        ]
        if on and wanted:
            parts.append(f"{wanted} on {' and '.join(dict.fromkeys(on))}")
    return "; ".join(parts) or None
