"""Arm's names: the features that matter, and cores by implementer and part number."""

from __future__ import annotations

# As /proc/cpuinfo spells them (linux/Documentation/arch/arm64/elf_hwcaps.rst).
ARM_ISA = (
    "asimd",
    "asimdhp",
    "asimddp",
    "asimdfhm",
    "fphp",
    "bf16",
    "i8mm",
    "fcma",
    "sve",
    "sve2",
    "svebf16",
    "svei8mm",
    "sme",
    "sme2",
)

# (implementer, part) -> (vendor, core), from util-linux, sys-utils/lscpu-arm.c.
ARM_CORES: dict[tuple[str, str], tuple[str, str]] = {
    ("0x41", "0xd03"): ("Arm", "Cortex-A53"),
    ("0x41", "0xd07"): ("Arm", "Cortex-A57"),
    ("0x41", "0xd08"): ("Arm", "Cortex-A72"),
    ("0x41", "0xd0b"): ("Arm", "Cortex-A76"),
    ("0x41", "0xd0c"): ("Arm", "Neoverse-N1"),
    ("0x41", "0xd40"): ("Arm", "Neoverse-V1"),
    ("0x41", "0xd42"): ("Arm", "Cortex-A78AE"),
    ("0x41", "0xd49"): ("Arm", "Neoverse-N2"),
    ("0x41", "0xd4f"): ("Arm", "Neoverse-V2"),
    ("0x41", "0xd84"): ("Arm", "Neoverse-V3"),
    ("0x41", "0xd8e"): ("Arm", "Neoverse-N3"),
    ("0x46", "0x001"): ("Fujitsu", "A64FX"),
    ("0x48", "0xd01"): ("HiSilicon", "TaiShan-v110"),
    ("0x4e", "0x004"): ("NVIDIA", "Carmel"),
    ("0xc0", "0xac3"): ("Ampere", "Ampere-1"),
    ("0xc0", "0xac4"): ("Ampere", "Ampere-1a"),
}
