"""Numbers as people read them; everywhere else envprobe keeps SI units."""

from __future__ import annotations

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL = ("", "k", "M", "G", "T", "P", "E")


def size(count_bytes: float | None) -> str:
    """`7.7 GiB`: memory, in powers of 1024."""
    if count_bytes is None:
        return "unknown"
    value, step = float(count_bytes), 0
    while abs(value) >= 1023.5 and step < len(_BINARY) - 1:
        value, step = value / 1024, step + 1
    return f"{value:.0f} B" if step == 0 else f"{_three_digits(value)} {_BINARY[step]}"


def rate(per_second: float | None, unit: str) -> str:
    """`1.23 TFLOP/s`, `45.6 GB/s`: rates, in powers of 1000."""
    if per_second is None:
        return "unknown"
    value, step = float(per_second), 0
    while abs(value) >= 999.5 and step < len(_DECIMAL) - 1:
        value, step = value / 1000, step + 1
    return f"{_three_digits(value)} {_DECIMAL[step]}{unit}/s"


def duration(seconds: float | None) -> str:
    """`1.23 ms`, `45.6 s`, `2 min 05 s`."""
    if seconds is None:
        return "unknown"
    if seconds >= 99.5:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest:02d} s"
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 0.9995:
            return f"{_three_digits(seconds * factor)} {unit}"
    return f"{_three_digits(seconds * 1e9)} ns"


def share(part: float) -> str:
    """`42 %`; a small share keeps a digit, as 0 % would say that nothing happened."""
    percent = part * 100
    return f"{percent:.1f} %" if percent < 9.95 else f"{percent:.0f} %"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 cell`, `1,234 cells`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _three_digits(value: float) -> str:
    if abs(value) >= 99.95 or abs(value) < 0.0005:
        return f"{value:.0f}"
    return f"{value:.3g}"
