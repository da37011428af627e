"""Findings of a real step: what it raised, what it left behind, which batches break it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from envprobe.check.failures.explain import finding_of_failure
from envprobe.check.proof import Proof
from envprobe.check.result import CheckFinding
from envprobe.check.run.not_finite import line_told, not_finite
from envprobe.check.run.run_errors import run_error
from envprobe.models.dry_run import DryRun, EdgeRun
from envprobe.models.failure import TraceFailure, short
from envprobe.terms import Cause, Severity, Verdict

_DTYPE = re.compile(r"\b(?:T|dtype|Tparams)=DT_(\w+)")
# What TensorFlow says at length, in short.
_NO_KERNEL = re.compile(r"No OpKernel was registered to support Op '(\w+)' used by.*", re.DOTALL)
_NOT_IN_XLA = re.compile(r"Detected unsupported operations .* on (\w+): (\w+).*", re.DOTALL)
_CLUTTER = re.compile(r"'?\{\{node [^}]*\}\}'?|\n?tf2xla conversion failed.*|, node name: \S+")
_DTYPES = {"HALF": "float16", "FLOAT": "float32", "DOUBLE": "float64"}


def proof_of(run: DryRun) -> Proof:
    """What the run says of the model on this machine."""
    findings = findings_of_run(run)
    return Proof(_verdict(run), findings, tuple(_notes(run)))


def findings_of_run(run: DryRun) -> tuple[CheckFinding, ...]:
    """What the dry run found; none after a step that ran and left finite numbers.

    What an unusual batch breaks is a warning: the step itself ran.
    """
    if run.failure is not None:
        return (_failed(run.failure, run),)
    if run.non_finite is not None:
        return (not_finite(run.non_finite, "CHK502", Severity.ERROR, jit=run.jit),)
    return tuple(_of_edges(run))


def ran_well(run: DryRun) -> bool:
    """Whether the step ran, and all that it left is finite."""
    return run.failure is None and run.non_finite is None


def _verdict(run: DryRun) -> Verdict | None:
    if ran_well(run):
        return Verdict.SUPPORTED
    if run.failure is not None and run.failure.refused:
        return None
    return Verdict.UNKNOWN if _timed_out(run) else Verdict.UNSUPPORTED


def _timed_out(run: DryRun) -> bool:
    lost = run.failure is not None and run.failure.stage == "lost"
    return lost and run.failure is not None and run.failure.error_type == "TimedOut"


def _notes(run: DryRun) -> Iterator[str]:
    if ran_well(run):
        loss = f", loss {run.loss:.4g}" if run.loss is not None else ""
        where = f" on {run.device}" if run.device else ""
        more = f", and {len(run.edges)} further batches" if run.edges else ""
        yield f"dry run: one step ran{where}{loss}{more}"
    if run.edges_left:
        yield run.edges_left


def _failed(failure: TraceFailure, run: DryRun) -> CheckFinding:
    if failure.refused:
        return _refused(failure)
    if failure.stage == "lost":
        return _lost(failure)
    if failure.stage != "run":
        return finding_of_failure(failure, run.mode)
    known = run_error(failure, run.device)
    on_gpu = (run.device or "").startswith("GPU")
    dtype = _DTYPE.search(failure.message)
    return CheckFinding(
        code="CHK501",
        cause=known.cause,
        severity=Severity.ERROR,
        op=failure.op,
        dtype=_DTYPES.get(dtype.group(1), dtype.group(1).lower()) if dtype else None,
        layer=failure.layer,
        file=failure.file,
        line=failure.line,
        seen=f"{_where(failure)} failed when the step ran: {_said(failure)}",
        why=f"{known.why} {known.elsewhere}".strip() if not on_gpu else known.why,
        fix=known.fix,
    )


def _refused(failure: TraceFailure) -> CheckFinding:
    return CheckFinding(
        code="CHK506",
        cause=Cause.BENIGN,
        severity=Severity.WARNING,
        seen=f"The dry run could not be done: {short(failure.message)}",
        why="No step was run, so the verdict rests on the other evidence alone.",
    )


def _lost(failure: TraceFailure) -> CheckFinding:
    code, cause, why, fix = _LOST.get(failure.error_type, _LOST["ProcessDied"])
    open_ = failure.error_type == "TimedOut"
    return CheckFinding(
        code=code,
        cause=cause,
        severity=Severity.WARNING if open_ else Severity.ERROR,
        seen=f"The process that ran the step was lost: {failure.message}",
        why=why,
        fix=fix,
    )


_LOST = {
    "TimedOut": (
        "CHK503",
        Cause.HANG_TIMEOUT,
        "Building the model and one step of it did not end within the limit.",
        "Raise --limit if the model is that large; else look for a loop that never ends.",
    ),
    "OutOfMemory": (
        "CHK504",
        Cause.OOM_HOST,
        "The step needs more memory than this machine has free.",
        "Make the batch smaller.",
    ),
    "ProcessDied": (
        "CHK505",
        Cause.GRAPH_EXECUTION_GENERIC,
        "A kernel, or native code that the model calls, ended the whole process; training would "
        "end in the same way.",
        None,
    ),
}


def _said(failure: TraceFailure) -> str:
    """The message in short; nodes by nothing but the op, which is named already."""
    text = _NO_KERNEL.sub(r"no kernel of \1 is registered for this dtype", failure.message)
    text = _NOT_IN_XLA.sub(r"XLA (\1) has no kernel of \2", text)
    return short(_CLUTTER.sub("", text)).rstrip(" .:") + "."


def _where(failure: TraceFailure) -> str:
    layer = f"layer {failure.layer!r}" if failure.layer else None
    if failure.part == "loss":
        layer = f"loss {failure.part_name!r}"
    kind = f" ({failure.layer_class})" if failure.layer and failure.part != "loss" else ""
    place = line_told(failure.file, failure.line, failure.function)
    holder = f"{layer}{kind}" if layer else None
    op = failure.op
    if op and failure.part == "gradient":
        op += f" in the gradient of {failure.gradient_of}" if failure.gradient_of else " (gradient)"
    told = ", ".join(filter(None, [op, holder, place]))
    return told or "An op"


def _of_edges(run: DryRun) -> list[CheckFinding]:
    """One warning for each fault, with all the batches that show it."""
    batches: dict[CheckFinding, list[str]] = {}
    for edge in run.edges:
        found = _of_edge(edge, run)
        if found is not None:
            batches.setdefault(found, []).append(edge.edge)
    return [
        msgspec.structs.replace(found, seen=f"{_batches(edges)}: {found.seen}")
        for found, edges in batches.items()
    ]


def _of_edge(edge: EdgeRun, run: DryRun) -> CheckFinding | None:
    if edge.failure is not None:
        found = _failed(edge.failure, run)
        found = msgspec.structs.replace(found, code="CHK507", severity=Severity.WARNING)
        return _of_last_batch(found) if edge.edge.startswith("a last batch") else found
    if edge.non_finite is not None:
        return not_finite(edge.non_finite, "CHK508", Severity.WARNING, jit=run.jit)
    return None


def _of_last_batch(found: CheckFinding) -> CheckFinding:
    return msgspec.structs.replace(found, why=_LAST_BATCH, fix=_LAST_BATCH_FIX)


_LAST_BATCH = (
    "Where the batch does not divide the samples, the last batch of an epoch is smaller, and the "
    "step is traced with a batch of unknown size. This code takes the size for fixed."
)
_LAST_BATCH_FIX = (
    "Read the size where the step runs, with tf.shape(x)[0], or leave the last batch out with "
    "dataset.batch(n, drop_remainder=True)."
)


def _batches(edges: list[str]) -> str:
    return "The step ran, but not " + ", nor ".join(f"with {edge}" for edge in edges)
