"""What a scan finds out about itself: TensorFlow that does not start, workers that keep dying."""

from __future__ import annotations

from collections.abc import Sequence

from envprobe.doctor.examination import Examination
from envprobe.doctor.judge import judge
from envprobe.doctor.start import failure_of
from envprobe.inventory import Inventory
from envprobe.matrix.cell import Cell
from envprobe.probe.lane import LaneFailed
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.terms import Finding, Severity

CODES_OF_STARTS = ("DOC201", "DOC6")  # rules that say why TensorFlow does not start


def start_findings(inventory: Inventory, failed: LaneFailed) -> tuple[Finding, ...]:
    """What doctor knows of a machine whose TensorFlow did not start; the bare fact if no cause."""
    fault = failed.__cause__
    failure = failure_of(fault) if isinstance(fault, WorkerLost | WorkerRefused) else None
    found = judge(Examination(inventory=inventory, start_failure=failure))
    told = any(
        finding.severity is Severity.ERROR and finding.code.startswith(CODES_OF_STARTS)
        for finding in found
    )
    return found if told else (*found, tensorflow_does_not_start(failed))


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


def fails_at_timed_shapes(cells: Sequence[Cell]) -> Finding:
    """Cells that are supported, and lost their worker at the larger shapes of their timing."""
    names = [f"{cell.op} {cell.dtype} {cell.direction} on {cell.device}" for cell in cells]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return Finding(
        code="SCN103",
        name="fails-at-timed-shapes",
        severity=Severity.WARNING,
        seen=f"{', '.join(names[:5])}{more}: {cells[0].reason}",
        why="They gave the right numbers at small shapes, and not even an answer at real ones.",
        fix="Look at their reasons in the file; memory, or a kernel that fails for large inputs.",
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
