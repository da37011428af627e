"""The whole examination: the machine, TensorFlow in a worker, all rules."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from envprobe.doctor.examination import Examination
from envprobe.doctor.forecast import Forecast
from envprobe.doctor.judge import all_rules, judge
from envprobe.doctor.result import DoctorResult
from envprobe.errors import UsageError
from envprobe.inventory import Inventory, take_inventory, with_tensorflow
from envprobe.probe.interpreter import interpreter

if TYPE_CHECKING:
    from envprobe.doctor.target import Wanted

OLDEST_PYTHON = (3, 9)  # whose syntax the worker is written in
THIS_MACHINE = Path("/")


def examine(
    *,
    python: str | None = None,
    tensorflow: bool = True,
    target: str | None = None,
    root: Path = THIS_MACHINE,
) -> DoctorResult:
    """What is wrong with this machine for TensorFlow, why it matters, and what mends it.

    `python` examines another interpreter's environment, in which nothing is installed.
    `tensorflow=False` starts none: the answer takes half a second. `target`
    (`"tensorflow==2.18.1"`) gives a forecast for that release instead, and starts none either.
    `root` is where the system's files lie; another one than `/` is a recorded machine.

    Raises UsageError where `python` is no interpreter that answers and where `target` is no known
    release. TensorFlow that is missing, raises, crashes or hangs is a finding.
    """
    wanted = _requested(target)
    chosen = interpreter(python)
    # The rules are imported while the machine is asked, which is mostly waiting.
    loading = threading.Thread(target=all_rules, name="envprobe-rules", daemon=True)
    loading.start()
    inventory = _inventory(python and chosen, root)
    asks = tensorflow and wanted is None and root == THIS_MACHINE
    examination = _started(chosen, inventory) if asks else _not_started(inventory)
    loading.join()
    if wanted is None:
        return _result(examination, examination, asked=asks)
    from envprobe.doctor.target import forecast_of

    forecast, changed = forecast_of(examination, wanted)
    return _result(examination, changed, asked=False, forecast=forecast)


def _requested(target: str | None) -> Wanted | None:
    if target is None:
        return None
    from envprobe.doctor.target import requested

    return requested(target)


def _inventory(python: str | None, root: Path) -> Inventory:
    # The variables of this process are none of a recorded machine's.
    environ = os.environ if root == THIS_MACHINE else {}
    inventory = take_inventory(root=root, environ=environ, python=python)
    told = inventory.software.python
    if python is not None and told.version is None:
        why = told.unknown.get("version", "it does not say which Python it is")
        raise UsageError(f"{python} does not answer as a Python interpreter: {why}")
    return inventory


def _started(interpreter: str, inventory: Inventory) -> Examination:
    if _too_old(inventory):
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return _not_started(inventory, f": that takes Python {oldest} or newer")
    from envprobe.doctor.start import start_tensorflow  # not needed for the short answer

    start = start_tensorflow(interpreter, inventory)
    if start.failure is not None:
        inventory = _without_report(inventory, f"TensorFlow does not start: {start.failure.reason}")
    elif start.hello is not None:
        inventory = with_tensorflow(inventory, start.hello)
    return Examination(inventory=inventory, start_failure=start.failure, openings=start.openings)


def _not_started(inventory: Inventory, because: str = "") -> Examination:
    return Examination(inventory=_without_report(inventory, f"TensorFlow was not started{because}"))


def _without_report(inventory: Inventory, why: str) -> Inventory:
    unknown = {**inventory.unknown, "tensorflow": why}
    return msgspec.structs.replace(inventory, unknown=unknown)


def _too_old(inventory: Inventory) -> bool:
    version = inventory.software.python.version or ""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return bool(numbers) and numbers < OLDEST_PYTHON


def _result(
    real: Examination, judged: Examination, *, asked: bool, forecast: Forecast | None = None
) -> DoctorResult:
    return DoctorResult(
        findings=judge(judged),
        inventory=real.inventory,
        start_failure=real.start_failure,
        openings=real.openings,
        asked_tensorflow=asked,
        forecast=forecast,
        rules=len(all_rules()),
    )
