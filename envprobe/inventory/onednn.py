"""Whether TensorFlow will use oneDNN: its own rule, told before it is imported.

Source: tensorflow/core/util/port.cc, `IsMklEnabled` and `DefaultOneDnnPolicy`.
"""

from __future__ import annotations

from collections.abc import Mapping

# Any one of them turns oneDNN on by default on Linux.
DECIDING_ISA = frozenset(
    ("avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16")
)
NEOVERSE_V1 = ("0x41", "0xd40")
SWITCH = "TF_ENABLE_ONEDNN_OPTS"
VALUES = {"0": False, "false": False, "1": True, "true": True}


def onednn_expected(
    isa: tuple[str, ...] | None, arm_core: tuple[str, str], environ: Mapping[str, str]
) -> bool | None:
    """True or False as TensorFlow on Linux decides it; None where the ISA is unknown.

    A value of the switch that TensorFlow does not know keeps the default.
    """
    switched = VALUES.get(environ.get(SWITCH, "").strip().lower())
    if switched is not None:
        return switched
    if isa is None:
        return None
    return bool(DECIDING_ISA.intersection(isa)) or arm_core == NEOVERSE_V1
