"""Doctor's report: the verdict, the findings with all they have, what was left unanswered."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import msgspec
import pytest
from rich.console import Console

from envprobe.cli._exits import code_of_doctor
from envprobe.doctor.examination import Examination, StartFailure
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, with_tensorflow_version
from envprobe.doctor.judge import all_rules, judge
from envprobe.doctor.result import DoctorResult, encode_result
from envprobe.doctor.rule import Rule
from envprobe.inventory.guard import Answer
from envprobe.inventory.nvml import NvmlAnswer
from envprobe.inventory.take import MachineAnswers, build_inventory
from envprobe.report.doctor.examination import print_doctor
from envprobe.report.doctor.verdict import consequence
from envprobe.terms import Finding, Severity

COMMAND = "/venv/bin/python -m pip install 'a-package-with-a-long-name==1.2.3' another==4.5.6 x==7"
FAULT = Finding(
    code="DOC999",
    name="a-fault",
    severity=Severity.ERROR,
    seen="a [b] c",
    why="It matters.",
    fix="Mend it.",
    command=COMMAND,
    source="https://example.org/" + "long/" * 20,
)


def result_of(examination: Examination, *findings: Finding, asked: bool = True) -> DoctorResult:
    return DoctorResult(
        findings=findings or judge(examination),
        inventory=examination.inventory,
        start_failure=examination.start_failure,
        openings=examination.openings,
        asked_tensorflow=asked,
        rules=7,
    )


def printed(result: DoctorResult, width: int = 80) -> str:
    file = io.StringIO()
    print_doctor(result, Console(file=file, width=width, highlight=False))
    return file.getvalue()


def failed(kind: str) -> Examination:
    silent = changed(healthy_gpu(), "inventory.tensorflow", None)
    failure = msgspec.convert({"kind": kind, "reason": "so it was"}, StartFailure)
    return msgspec.structs.replace(silent, start_failure=failure)


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        (healthy_gpu(), "TensorFlow runs on GPU:0 (NVIDIA A100-SXM4-40GB)"),
        (healthy_cpu(), "TensorFlow runs on the CPU; there is no NVIDIA GPU"),
        (
            changed(healthy_gpu(), "inventory.tensorflow", healthy_cpu().inventory.tensorflow),
            "TensorFlow will run on the CPU, though there is an NVIDIA GPU",
        ),
        (failed("missing"), "TensorFlow is not installed"),
        (failed("crashed"), "TensorFlow does not start"),
        (changed(healthy_cpu(), "inventory.tensorflow", None), "TensorFlow was not started"),
    ],
)
def test_the_verdict_tells_what_becomes_of_tensorflow(machine: Examination, said: str) -> None:
    result = result_of(machine)
    assert consequence(result) == said
    assert printed(result, 200).splitlines()[0].endswith(said)


def test_the_verdict_counts() -> None:
    mild = msgspec.structs.replace(FAULT, severity=Severity.WARNING)
    text = printed(result_of(healthy_cpu(), FAULT, FAULT, mild), 200)
    assert text.startswith("2 errors, 1 warning: TensorFlow runs on the CPU")


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_finding_is_told_whole_and_its_command_and_address_unbroken(width: int) -> None:
    text = printed(result_of(healthy_cpu(), FAULT), width)
    for part in ("seen: a [b] c", "why: It matters.", "fix: Mend it.", COMMAND, FAULT.source):
        assert part is not None
        assert part in text


def test_a_healthy_machine_says_what_was_looked_at() -> None:
    text = printed(result_of(healthy_gpu()))
    assert text.startswith("no errors, no warnings: ")
    assert "7 rules looked at the files, NVML and a running TensorFlow." in text
    assert "Nothing that they ask was left unanswered." in text
    assert "NVIDIA A100-SXM4-40GB" in text


def test_what_could_not_be_told_is_told_with_its_reason() -> None:
    machine = changed(healthy_cpu(), "inventory.host.libc", None)
    machine = changed(machine, "inventory.host.unknown", {"libc": "it does not say"})
    text = printed(result_of(with_tensorflow_version(machine, "2.20.0+nv25.2")), 200)
    assert "the C library: it does not say" in text
    assert "what this TensorFlow was made for: 2.20.0+nv25.2 is a vendor's build" in text


def test_a_start_that_failed_is_among_what_could_not_be_told() -> None:
    machine = changed(failed("garbage"), "inventory.unknown", {"tensorflow": "TensorFlow lied"})
    mild = msgspec.structs.replace(FAULT, severity=Severity.INFO)
    unsaid = "what TensorFlow says of itself: TensorFlow lied"
    assert unsaid in printed(result_of(machine, mild), 200)
    assert unsaid not in printed(result_of(machine, FAULT), 200), "the finding has said it"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_example_of_every_rule_can_be_shown_and_read_back(rule: Rule) -> None:
    for hit in rule.hits:
        result = result_of(hit())
        text = printed(result, 60)
        assert f"{rule.code} {rule.name}" in text
        again = msgspec.json.decode(encode_result(result), type=DoctorResult)
        assert again.findings == result.findings


def test_a_machine_that_told_nothing_is_reported_all_the_same() -> None:
    names = [field.name for field in dataclasses.fields(MachineAnswers)]
    silent: dict[str, Any] = dict.fromkeys(names, Answer(reason="it hung"))
    silent["nvml"] = NvmlAnswer()
    answers = MachineAnswers(**silent)
    result = result_of(Examination(inventory=build_inventory(answers, {})))
    text = printed(result, 200)
    assert "the operating system: it hung" in text
    assert "the installed packages: " in text
    assert code_of_doctor(result) != 0
