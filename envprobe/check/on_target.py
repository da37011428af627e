"""An op list held against one target."""

from __future__ import annotations

from collections.abc import Sequence

from envprobe.check.advice import advice_of
from envprobe.check.as_run_there import as_run_there
from envprobe.check.judging.judge import judge
from envprobe.check.kernels.kernel_findings import kernel_findings
from envprobe.check.lowering import findings_of_lowering
from envprobe.check.result import CheckFinding, TargetResult
from envprobe.check.target import Target
from envprobe.check.values import findings_of_values
from envprobe.check.verdict import target_result
from envprobe.models.oplist import OpList


def result_on(oplist: OpList, target: Target, further: Sequence[CheckFinding] = ()) -> TargetResult:
    """The verdict there with its findings; `further` are those of a run on that target."""
    there = as_run_there(oplist, target)
    judgements = judge(there, target)
    kernels = kernel_findings(there, target, judgements)
    of_the_step = (
        *further,
        *findings_of_lowering(there, target),
        *_not_met(findings_of_values(there, target), further),
        *advice_of(there),
    )
    return target_result(there, target, judgements, kernels, of_the_step)


def _not_met(foreseen: Sequence[CheckFinding], met: Sequence[CheckFinding]) -> list[CheckFinding]:
    """Without those that the run met at the same node, and tells more of."""
    known = {(one.cause, one.op, one.layer) for one in met if one.op is not None}
    return [one for one in foreseen if (one.cause, one.op, one.layer) not in known]
