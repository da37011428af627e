"""Which devices TensorFlow opened."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="gpu-created",
        patterns=(
            Pattern(
                r"Created (?:TensorFlow )?device \(?/\S*device:GPU:(?P<index>[0-9]+)\)? with "
                r"(?P<memory_megabytes>[0-9]+) MB memory.*?(?:name: (?P<gpu>[^,]+), )?"
                r"pci bus id: (?P<bus>[0-9a-fA-F:.]+)"
                r"(?:, compute capability: (?P<capability>[0-9.]+))?"
            ),
            Pattern(r"Creating TensorFlow device \(.*name: (?P<gpu>[^,]+), pci bus id"),
        ),
    ),
    Signal(
        name="gpu-listed",
        patterns=(
            Pattern(r"PhysicalDevice\(name='/physical_device:GPU:"),
            Pattern(r"Adding visible gpu devices: [0-9]"),
        ),
    ),
    Signal(
        name="gpu-list-empty",
        patterns=(
            Pattern(r"Num GPUs Available: +0$"),
            Pattern(r"Skipping registering GPU devices"),
        ),
    ),
)
