"""Captured machines: what doctor finds wrong with each is what its name says, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.judge import judge
from envprobe.inventory import take_inventory
from envprobe.terms import Finding, Severity

MACHINES = Path(__file__).parents[1] / "captures" / "machines"


def findings(root: Path) -> tuple[Finding, ...]:
    """The captured host with healthy software: a capture is of the system's files alone.

    Whether its TensorFlow is a CUDA build is not known: a GPU may be wanted.
    """
    captured = Examination(inventory=take_inventory(root=root, environ={}))
    healthy = healthy_cpu().inventory
    examination = changed(captured, "inventory.software", healthy.software)
    examination = changed(examination, "inventory.software.build", None)
    platform = f"linux-{captured.inventory.cpu.architecture}"
    return judge(changed(examination, "inventory.software.python.platform", platform))


@pytest.mark.parametrize("root", sorted(MACHINES.iterdir()), ids=lambda root: root.name)
def test_what_is_wrong_is_what_the_name_says(root: Path) -> None:
    parts = [part.partition("=") for part in root.name.split(",")]
    expected = {value for key, _, value in parts if key == "finding"}
    grave = {f.code for f in findings(root) if f.severity is not Severity.INFO}
    assert grave == expected


def one(start: str, code: str) -> Finding:
    root = next(r for r in MACHINES.iterdir() if r.name.startswith(start))
    return next(f for f in findings(root) if f.code == code)


def test_a_container_without_its_gpu_is_told_once_and_names_it() -> None:
    found = one("container=kubernetes", "DOC144")
    assert found.severity is Severity.ERROR
    assert "0000:00:04.0" in found.seen
    assert "nvidia.com/gpu" in str(found.fix)


def test_wsl_without_libraries_says_where_they_come_from() -> None:
    found = one("container=none,vm=hyperv,wsl=wsl2", "DOC101")
    assert found.severity is Severity.INFO
    assert "/usr/lib/wsl/lib" in str(found.fix)
