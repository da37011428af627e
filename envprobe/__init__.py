"""envprobe: will this model's TensorFlow kernels really run on this machine?

`envprobe.scan()` measures the machine's support matrix, the same that `envprobe scan` prints;
`envprobe.doctor()` says what is wrong with the machine, as `envprobe doctor` does;
`envprobe.diagnose()` says why a run failed, from its log;
`envprobe.check()` says whether a model's training step runs here or on a cluster;
`envprobe.merge()` makes a cluster of many machines' matrices, `envprobe.diff()` compares two.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from envprobe.version import __version__

if TYPE_CHECKING:
    from envprobe import check, diagnose
    from envprobe.cluster.diff import diff
    from envprobe.cluster.merge import merge
    from envprobe.doctor.examine import examine as doctor
    from envprobe.scanning.scan import scan

__all__ = ["__version__", "check", "diagnose", "diff", "doctor", "merge", "scan"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `envprobe --help` starts without the measuring code.
    if name == "scan":
        from envprobe.scanning.scan import scan

        return scan
    if name == "merge":
        from envprobe.cluster.merge import merge

        return merge
    if name == "diff":
        from envprobe.cluster.diff import diff

        return diff
    if name in {"check", "diagnose", "doctor"}:  # packages that can be called, see there
        return import_module(f"envprobe.{name}")
    raise AttributeError(f"module 'envprobe' has no attribute {name!r}")
