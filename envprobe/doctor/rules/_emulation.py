"""Whether another architecture's programs run here through an emulator."""

from __future__ import annotations

from envprobe.doctor.examination import Examination

ARCHITECTURES = ("x86_64", "aarch64")


def is_emulated(examination: Examination) -> bool:
    """Whether the interpreter was built for another architecture than /proc/cpuinfo shows."""
    platform = examination.inventory.software.python.platform or ""
    cpu = examination.inventory.cpu.architecture
    built_for = next((name for name in ARCHITECTURES if platform.endswith(name)), None)
    return built_for is not None and cpu in ARCHITECTURES and built_for != cpu
