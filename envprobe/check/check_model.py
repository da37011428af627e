"""The whole check of a model that is named: trace the step, hold it against its targets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from envprobe.check.check_oplist import check_oplist
from envprobe.check.no_oplist import result_of_failure, result_of_unreadable
from envprobe.check.proof import Proof
from envprobe.check.result import CheckResult
from envprobe.check.surroundings import Surroundings, surroundings_of
from envprobe.errors import FileFormatError, UsageError
from envprobe.models.failure import ModelFailedError
from envprobe.models.oplist import OpList
from envprobe.models.request import TraceRequest, request_of
from envprobe.ops.catalog import load_catalog
from envprobe.probe.progress import Progress
from envprobe.probe.trace import LIMIT_SECONDS, oplist_of
from envprobe.terms import Verdict

Tell = Callable[[Progress], None]


def check_model(  # noqa: PLR0913 - the options of the command, all of them named
    model: str,
    *,
    matrix: Sequence[Path] = (),
    probe: bool = False,
    dry_run: bool = False,
    mode: str | None = None,
    inputs: Sequence[str] = (),
    targets: Sequence[str] = (),
    data: str | None = None,
    loss: str | None = None,
    optimizer: str | None = None,
    precision: str | None = None,
    batch: int | None = None,
    jit: bool = False,
    trust: bool = False,
    python: str | None = None,
    limit_seconds: float = LIMIT_SECONDS,
    progress: Tell | None = None,
) -> CheckResult:
    """Whether one step of the model runs on this machine, or on those of the matrices.

    The options are those of `envprobe check`. A model that fails and a file that is unsafe or
    cannot be read are results. Raises UsageError for contradictory options, FileFormatError for a
    matrix that cannot be read, NothingProbedError where TensorFlow does not start.
    """
    try:
        request = request_of(
            model, mode=mode, inputs=inputs, targets=targets, data=data, loss=loss,
            optimizer=optimizer, precision=precision, batch=batch, jit=jit, trust=trust,
        )  # fmt: skip
    except FileFormatError as error:
        return result_of_unreadable(model, error)
    _require_runnable(request, dry_run=dry_run)
    asked = _Asked(
        request, tuple(matrix), probe, dry_run, python, limit_seconds, progress or (lambda _: None)
    )
    return asked.check()


class _Asked(NamedTuple):
    """What is to be done, and with what."""

    request: TraceRequest
    matrix: tuple[Path, ...]
    probe: bool
    dry_run: bool
    python: str | None
    limit_seconds: float
    tell: Tell

    def check(self) -> CheckResult:
        """Surroundings that were given are read first: a slip in a path shows at once."""
        if self.matrix and not self.request.target.kind.startswith("oplist"):
            self._require_here(self._surroundings(None))
        self.tell(Progress(phase="tracing"))
        # Read while the step is traced, or its file is hashed.
        reading = threading.Thread(target=load_catalog, name="envprobe-catalog", daemon=True)
        reading.start()
        try:
            oplist = oplist_of(self.request, python=self.python, limit_seconds=self.limit_seconds)
        except ModelFailedError as failed:
            return self._of_failure(failed)
        except FileFormatError as error:
            return result_of_unreadable(self.request.source, error)
        around = self._surroundings(oplist)
        reading.join()
        self._require_here(around)
        if self.probe:
            from envprobe.check.probed import probed

            around = probed(oplist, around, python=self.python, progress=self.tell)
        return check_oplist(oplist, around, self._step() if self.dry_run else None)

    def _of_failure(self, failed: ModelFailedError) -> CheckResult:
        # What most checks do not need is loaded where it is: a second check is to be quick.
        from envprobe.check.failures.explain import finding_of_failure, verdict_of_failure

        failure = failed.failure
        verdict = verdict_of_failure(failure)
        # What could not be traced may still run, as a model that runs eagerly does.
        proof = self._step() if self.dry_run and verdict is Verdict.UNKNOWN else None
        finding = finding_of_failure(failure, self.request.mode)
        around = surroundings_of(self.matrix, failure.tensorflow, self.python)
        return result_of_failure(self.request, failure, verdict, finding, around, proof)

    def _surroundings(self, oplist: OpList | None) -> Surroundings:
        if oplist is None:
            return surroundings_of(self.matrix, None, self.python)
        return surroundings_of(self.matrix, oplist.tensorflow, self.python, oplist.ops)

    def _require_here(self, around: Surroundings) -> None:
        for option, given in (("--probe", self.probe), ("--dry-run", self.dry_run)):
            if given and not around.is_here:
                raise UsageError(
                    f"{option} runs on this machine, and --matrix speaks of "
                    f"{around.targets[0].name}: give this machine's own matrix, or none"
                )

    def _step(self) -> Proof:
        from envprobe.check.run.ran import proof_of
        from envprobe.probe.dry_run import dry_run

        self.tell(Progress(phase="stepping"))
        run = dry_run(self.request, python=self.python, limit_seconds=self.limit_seconds)
        return proof_of(run)


def _require_runnable(request: TraceRequest, *, dry_run: bool) -> None:
    if dry_run and request.target.kind.startswith("oplist"):
        raise UsageError(f"{request.source} is an op list, which has no step to run: give a model")
