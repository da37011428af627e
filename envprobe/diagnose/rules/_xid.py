"""What NVIDIA's Xid numbers in the kernel log mean.

Source: https://docs.nvidia.com/deploy/xid-errors/analyzing-xid-catalog.html (Ampere and newer),
and the listing in https://docs.nvidia.com/deploy/xid-errors/index.html for older GPUs.
"""

from __future__ import annotations

from typing import NamedTuple

from envprobe.terms import Cause

HARDWARE, SOFTWARE = Cause.GPU_HARDWARE_FAULT, Cause.CUDA_RUNTIME_FAULT


class Xid(NamedTuple):
    """What a number means, and what lies behind it as a rule."""

    meaning: str
    cause: Cause
    certain: bool  # whether that is its only cause in the table


XIDS = {
    8: Xid("the GPU stopped processing", SOFTWARE, False),
    11: Xid("invalid or corrupted push buffer stream", SOFTWARE, False),
    13: Xid("graphics engine exception: a kernel accessed what it must not", SOFTWARE, False),
    25: Xid("invalid or illegal push buffer stream", SOFTWARE, False),
    31: Xid("GPU memory page fault: an illegal address in a kernel", SOFTWARE, False),
    32: Xid("invalid or corrupted push buffer stream: bus or driver", HARDWARE, False),
    37: Xid("driver firmware error", SOFTWARE, False),
    38: Xid("driver firmware error", SOFTWARE, False),
    39: Xid("copy engine exception", SOFTWARE, False),
    40: Xid("copy engine exception", SOFTWARE, False),
    41: Xid("copy engine exception", SOFTWARE, False),
    43: Xid("the GPU stopped processing after a fault of the program", SOFTWARE, True),
    44: Xid("graphics engine fault during a context switch", SOFTWARE, False),
    45: Xid("preemptive cleanup after an earlier error or a killed program", SOFTWARE, True),
    46: Xid("the GPU stopped processing and must be reset", HARDWARE, False),
    48: Xid("double bit ECC error in GPU memory", HARDWARE, True),
    54: Xid("the GPU's auxiliary power is not connected", HARDWARE, True),
    61: Xid("internal microcontroller breakpoint", HARDWARE, False),
    62: Xid("internal microcontroller halt", HARDWARE, False),
    63: Xid("a page of GPU memory is retired or a row remapped", HARDWARE, True),
    64: Xid("retiring a page or remapping a row of GPU memory failed", HARDWARE, True),
    66: Xid("illegal access by the driver", SOFTWARE, False),
    67: Xid("illegal access by the driver", SOFTWARE, False),
    68: Xid("video processor exception", SOFTWARE, False),
    69: Xid("graphics engine class error", SOFTWARE, False),
    74: Xid("NVLink error", HARDWARE, True),
    79: Xid("the GPU has fallen off the bus", HARDWARE, True),
    80: Xid("corrupted data sent to the GPU", HARDWARE, False),
    92: Xid("high rate of single bit ECC errors", HARDWARE, True),
    93: Xid("the GPU's InfoROM has been written too often", HARDWARE, False),
    94: Xid("contained ECC error: this program's memory was hit", HARDWARE, True),
    95: Xid("uncontained ECC error: the GPU must be reset", HARDWARE, True),
    109: Xid("context switch timeout", SOFTWARE, False),
    110: Xid("security fault: the GPU must be reset", HARDWARE, False),
    119: Xid("the GPU's system processor (GSP) did not answer", HARDWARE, False),
    120: Xid("error on the GPU's system processor (GSP)", HARDWARE, False),
    121: Xid("corrected error on the chip-to-chip link", HARDWARE, False),
    122: Xid("power controller (SPI) read failure", HARDWARE, True),
    123: Xid("power controller (SPI) write failure", HARDWARE, False),
    136: Xid("training of an NVLink failed", HARDWARE, False),
    137: Xid("an illegal access over NVLink", SOFTWARE, False),
    140: Xid("unrecovered ECC error: the GPU must be reset", HARDWARE, True),
    143: Xid("GPU initialisation failed", HARDWARE, True),
    **dict.fromkeys(range(144, 151), Xid("NVLink error", HARDWARE, False)),
    154: Xid("the GPU must be recovered: reset or reboot", HARDWARE, False),
    155: Xid("NVLink error", HARDWARE, False),
    156: Xid("a part of the GPU was retired", HARDWARE, False),
    157: Xid("retiring a part of the GPU failed", HARDWARE, False),
    158: Xid("fatal timeout of the GPU", HARDWARE, False),
    167: Xid("fatal timeout on the PCIe bus", HARDWARE, False),
    171: Xid("uncorrectable error in GPU memory (details of Xid 48)", HARDWARE, True),
    172: Xid("uncorrectable error in GPU memory (details of Xid 48)", HARDWARE, True),
}
