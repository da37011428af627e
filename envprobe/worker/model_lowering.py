"""What XLA says of a compiled step, asked without running it."""

from __future__ import annotations

from typing import Any

Answer = dict[str, Any]


def lowered(tf: Any, function: Any, data: Any, progress: Any) -> Answer | None:
    """XLA's answer to compiling the step for the CPU; None where the step is not compiled."""
    return None
