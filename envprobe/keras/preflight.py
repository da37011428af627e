"""A Keras callback that checks the training step before the first batch runs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from envprobe.check.result import CheckFinding, CheckResult
from envprobe.errors import EnvprobeError
from envprobe.keras.check_live import check_live
from envprobe.terms import Severity, Verdict


class PreflightError(EnvprobeError, RuntimeError):
    """The step will not run here; `result` is the whole check."""

    exit_code = 1

    def __init__(self, result: CheckResult) -> None:
        super().__init__("\n".join(["this training step will not run here", *_told(result)]))
        self.result = result


class Preflight(tf.keras.callbacks.Callback):  # type: ignore[misc, unused-ignore]
    """Checks the step that `fit` is about to run, with the batch's own dtypes and shapes.

    A step that is not supported raises PreflightError before the first batch, or with
    `only_warn=True` warns. Warnings of the check are repeated as Python warnings. `matrix` names
    matrix or cluster files to check against instead of this machine. `result` keeps what was found,
    None while nothing was checked. The step is traced once more for it: Python code in `train_step`
    or in layers runs once more, as it does whenever TensorFlow traces again.
    """

    def __init__(self, *, only_warn: bool = False, matrix: Sequence[str | Path] = ()) -> None:
        super().__init__()
        self.only_warn = only_warn
        self.matrix = tuple(matrix)
        self.result: CheckResult | None = None

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras passes it
        """Put the check before the first call of the model's train function."""
        model, function = self.model, self.model.train_function
        if function is None:
            warnings.warn("Preflight sees no train function: nothing was checked", stacklevel=2)
            return

        def checked(iterator: Any) -> Any:
            model.train_function = function
            self._check(iterator)
            return function(iterator)

        model.train_function = checked

    def _check(self, iterator: Any) -> None:
        specs = getattr(iterator, "element_spec", None)
        if specs is None:
            warnings.warn("Preflight cannot see the batch: nothing was checked", stacklevel=2)
            return
        self.result = check_live(self.model, data=specs, matrix=self.matrix)
        if self.result.verdict is Verdict.UNSUPPORTED and not self.only_warn:
            raise PreflightError(self.result)
        for line in _told(self.result):
            warnings.warn(line, stacklevel=2)


def _told(result: CheckResult) -> list[str]:
    """A line for each finding that somebody should read."""
    return [_line(finding) for finding in result.findings if finding.severity is not Severity.INFO]


def _line(finding: CheckFinding) -> str:
    fix = f" Fix: {finding.fix}" if finding.fix else ""
    return f"{finding.code} {finding.cause.value}: {finding.seen} {finding.why}{fix}"
