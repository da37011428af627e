"""The script of fixes: a shell can read it, and it does nothing that reaches far."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu
from envprobe.doctor.fix_script import fix_script
from envprobe.doctor.judge import all_rules
from envprobe.doctor.result import DoctorResult
from envprobe.doctor.target import forecast_of, requested
from envprobe.terms import Finding, Severity


def result_of(*findings: Finding, examination: Examination | None = None) -> DoctorResult:
    return DoctorResult(
        findings=findings,
        inventory=(examination or healthy_cpu()).inventory,
        asked_tensorflow=False,
        rules=1,
    )


def finding(command: str | None, **fields: str) -> Finding:
    texts = {"seen": "it", "why": "so.", "fix": "Mend it.", **fields}
    return Finding(code="DOC999", name="a-fault", severity=Severity.ERROR, command=command, **texts)


def is_shell(script: str) -> bool:
    done = subprocess.run(["sh", "-n"], input=script, text=True, timeout=30, check=False)
    return done.returncode == 0


def commands(script: str) -> list[str]:
    return [line for line in script.splitlines() if line and not line.startswith("#")]


def test_a_command_stands_below_its_finding() -> None:
    script = fix_script(result_of(finding("/venv/bin/python -m pip install 'numpy<2'")))
    assert script.startswith("#!/bin/sh\n")
    assert commands(script) == ["set -eu", "/venv/bin/python -m pip install 'numpy<2'"]
    assert "# DOC999 a-fault (error)\n# seen: it\n# fix: Mend it.\n" in script


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("sudo apt-get install nvidia-driver-570", "administrator"),
        ("true && sudo reboot", "administrator"),
        ("export TF_ENABLE_ONEDNN_OPTS=0", "your shell"),
        ("unset LD_LIBRARY_PATH", "your shell"),
        ("ulimit -n 4096", "your shell"),
        ("docker run --gpus all IMAGE", "where this was started"),
        ("/usr/bin/docker run --gpus all IMAGE", "where this was started"),
        ("conda install -c conda-forge cudnn", "more than TensorFlow"),
        ("rm -rf /venv/lib/tensorflow", "takes files away"),
        ("python -m pip install <THE WHEEL>", "a gap"),
        ("export XLA_FLAGS=--xla_gpu_cuda_data_dir=FOLDER", "a gap"),
        ("wsl.exe --update", "Windows"),
        ("python3 -m pip install --break-system-packages keras", "belongs to the system"),
    ],
)
def test_what_reaches_far_is_a_comment_with_its_reason(command: str, reason: str) -> None:
    script = fix_script(result_of(finding(command)))
    assert commands(script) == ["set -eu"]
    assert f"# {command}\n" in script
    assert reason in script
    assert is_shell(script)


def test_what_is_no_fault_is_left_to_the_reader() -> None:
    remark = finding("python -m pip uninstall -y nvidia-cublas-cu11")
    script = fix_script(result_of(msgspec.structs.replace(remark, severity=Severity.INFO)))
    assert "# left to you, since it may be meant so: nothing fails for it:" in script
    assert "# python -m pip uninstall" in script


def test_a_path_through_such_a_name_is_none() -> None:
    command = "/opt/conda/bin/python -m pip install --upgrade numpy"
    assert commands(fix_script(result_of(finding(command)))) == ["set -eu", command]


def test_no_text_becomes_a_command() -> None:
    nasty = finding(None, seen="one\nrm -rf /\r\n$(reboot) `x` 'y\n", fix="a\n\tb")
    script = fix_script(result_of(nasty))
    assert commands(script) == ["set -eu"]
    assert is_shell(script)


def test_a_command_is_given_once() -> None:
    script = fix_script(result_of(finding("pip check"), finding("pip check")))
    assert commands(script) == ["set -eu", "pip check"]


def test_without_findings_it_says_so() -> None:
    script = fix_script(result_of())
    assert commands(script) == ["set -eu"]
    assert "Nothing was found" in script


def test_a_forecast_is_installed_first() -> None:
    forecast, _ = forecast_of(healthy_cpu(), requested("tensorflow-cpu==2.18.1"))
    result = DoctorResult(
        findings=(),
        inventory=healthy_cpu().inventory,
        asked_tensorflow=False,
        forecast=forecast,
        rules=1,
    )
    script = fix_script(result)
    assert commands(script)[1] == forecast.command
    assert is_shell(script)


def test_what_every_rule_offers_is_a_script(tmp_path: Path) -> None:
    found = [f for rule in all_rules() for hit in rule.hits for f in rule.findings(hit())]
    script = fix_script(result_of(*found, examination=healthy_gpu()))
    assert is_shell(script)
    assert not any(line.startswith(("sudo", "rm ")) for line in commands(script))
