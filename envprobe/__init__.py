"""envprobe: will this model's TensorFlow kernels really run on this machine?

`envprobe.scan()` measures the machine's support matrix, the same that `envprobe scan` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from envprobe.version import __version__

if TYPE_CHECKING:
    from envprobe.scanning.scan import scan

__all__ = ["__version__", "scan"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `envprobe --help` starts without the measuring code.
    if name == "scan":
        from envprobe.scanning.scan import scan

        return scan
    raise AttributeError(f"module 'envprobe' has no attribute {name!r}")
