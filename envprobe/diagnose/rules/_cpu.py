"""What a CPU says it can do."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log

NEEDED = "AVX"


def named_cpu(log: Log) -> dict[str, str]:
    """`cpu`, the model that /proc/cpuinfo or lscpu names in the log."""
    name = log.field("cpu-model", "cpu")
    return {"cpu": name.strip()} if name else {}


def cpu_without_avx(log: Log) -> bool:
    """Whether a list of CPU features stands in the log, and AVX is not in it."""
    lists = [one.fields["flags"].lower().split() for one in log.all("cpu-flags")]
    return bool(lists) and not any("avx" in flags or "avx1.0" in flags for flags in lists)
