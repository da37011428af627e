"""What a scan finds out about itself: TensorFlow that does not start, workers that keep dying."""

from __future__ import annotations

from envprobe.probe.lane import LaneFailed
from envprobe.terms import Finding, Severity


def tensorflow_does_not_start(failed: LaneFailed) -> Finding:
    """No worker could import TensorFlow; nothing can be measured."""
    missing = "No module named 'tensorflow'" in failed.reason
    return Finding(
        code="SCN101",
        name="tensorflow-missing" if missing else "tensorflow-does-not-start",
        severity=Severity.ERROR,
        seen=failed.reason,
        why="No kernel can be run, so nothing is known of what this machine supports.",
        fix=(
            'Install it, e.g. `pip install "envprobe[cpu]"` or `"envprobe[gpu]"`, or name the '
            "interpreter that has it: `envprobe scan --python PATH`."
            if missing
            else "Run `python -c 'import tensorflow'` with the same interpreter to see it all."
        ),
    )


def workers_keep_dying(failed: LaneFailed) -> Finding:
    """One worker after another died; the rest of the device's cells stays untested."""
    return Finding(
        code="SCN102",
        name="workers-keep-dying",
        severity=Severity.ERROR,
        seen=str(failed),
        why="The remaining cells of its devices could not be asked and stay untested.",
        fix="Mend what the reason names, then continue with `envprobe scan --resume`.",
    )
