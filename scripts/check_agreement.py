"""How often `check` agrees with the measured truth of a folder of cases.

The folder holds `cases.jsonl` and the models that it names. A case's `truth` is `runs` or `fails`,
`knowable` says from what it can be told (`spec`: the model, the specs and the machine).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from envprobe.check.check_model import check_model
from envprobe.check.result import CheckFinding, CheckResult
from envprobe.errors import EnvprobeError
from envprobe.terms import Severity, Verdict

Case = dict[str, Any]
_RUNS = (Verdict.SUPPORTED, Verdict.PARTIAL)


class Scored(NamedTuple):
    """One case beside what was said of it."""

    case: Case
    verdict: Verdict | None
    finding: CheckFinding | None
    error: str | None = None

    @property
    def right(self) -> bool:
        """Whether the verdict is the truth."""
        wanted = _RUNS if self.case["truth"] == "runs" else (Verdict.UNSUPPORTED,)
        return self.verdict in wanted

    @property
    def false_green(self) -> bool:
        """Whether a failing case was called good."""
        return self.case["truth"] == "fails" and self.verdict in _RUNS

    @property
    def right_cause(self) -> bool:
        """Whether the first error names the cause, or one that is as good."""
        accepted = (self.case["cause"], *self.case.get("cause_alt", ()))
        return self.finding is not None and self.finding.cause.value in accepted

    @property
    def right_culprit(self) -> bool:
        """Whether the first error names the culprit by one of its names."""
        if self.finding is None:
            return False
        told = (self.finding.layer, self.finding.op, self.finding.seen)
        text = " ".join(filter(None, told)).lower()
        return any(token.lower() in text for token in self.case.get("culprit_any", ()))


def read_cases(folder: Path) -> list[Case]:
    """The cases of a folder, in the order of its file."""
    lines = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def score(
    folder: Path, cases: Iterable[Case], *, python: str | None, **options: Any
) -> list[Scored]:
    """Every case checked, two at a time; `options` are those of `check_model`."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda case: _scored(folder, case, python, options), cases))


def _scored(folder: Path, case: Case, python: str | None, options: dict[str, Any]) -> Scored:
    try:
        result = check_model(str(folder / case["model"]), python=python, **_asked(case), **options)
    except EnvprobeError as error:
        return Scored(case, None, None, str(error))
    return Scored(case, result.verdict, first_error(result))


def first_error(result: CheckResult) -> CheckFinding | None:
    """The finding that the verdict rests on."""
    errors = (one for one in result.findings if one.severity is Severity.ERROR)
    return next(errors, None)


def _asked(case: Case) -> dict[str, Any]:
    ranges = case.get("value_ranges") or {}
    training = case["mode"] == "train"
    return {
        "mode": case["mode"],
        "inputs": specs(case["input"], case.get("input_names"), ranges.get("input")),
        "targets": specs(case["target"], case.get("target_names"), ranges.get("target"))
        if training
        else (),
        "loss": case.get("loss"),
        "optimizer": case.get("optimizer"),
        "precision": case["precision"],
        "jit": case["jit"],
    }


def specs(
    texts: Sequence[str], names: Sequence[str] | None, ranges: Sequence[Any] | None
) -> list[str]:
    """The case's specs as `--input` and `--target` take them."""
    found = []
    for at, text in enumerate(texts):
        name = f"{names[at]}=" if names else ""
        values = ranges[at] if ranges else None
        found.append(name + text + (f"@{values[0]}:{values[1]}" if values else ""))
    return found


class Agreement(NamedTuple):
    """The numbers of one group of cases."""

    cases: int
    right: int
    unknown: int
    false_green: int
    failing: int
    right_cause: int
    right_culprit: int


def agreement(scored: Sequence[Scored]) -> Agreement:
    """How many of these were right."""
    failing = [one for one in scored if one.case["truth"] == "fails"]
    return Agreement(
        cases=len(scored),
        right=sum(one.right for one in scored),
        unknown=sum(one.verdict in (Verdict.UNKNOWN, None) for one in scored),
        false_green=sum(one.false_green for one in scored),
        failing=len(failing),
        right_cause=sum(one.right_cause for one in failing),
        right_culprit=sum(one.right_culprit for one in failing),
    )


def wrong(scored: Sequence[Scored]) -> Iterable[str]:
    """A line for each case whose verdict, cause or culprit is not the truth."""
    for one in scored:
        fails = one.case["truth"] == "fails"
        if one.right and not (fails and not (one.right_cause and one.right_culprit)):
            continue
        told = one.finding.seen if one.finding else one.error
        cause = one.finding.cause.value if one.finding else None
        yield (
            f"{one.case['knowable']} {one.case['id']}: {one.case['truth']} {one.case['cause']},"
            f" told {one.verdict and one.verdict.value} {cause}: {told}"
        )
