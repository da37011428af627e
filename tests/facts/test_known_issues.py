"""Issues hold where all their conditions hold, and nowhere else."""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from envprobe.facts.known_issues import (
    Conditions,
    KnownIssue,
    Situation,
    known_issues,
    known_issues_for,
)
from envprobe.facts.tensorflow_releases import tensorflow_releases

FILE = resources.files("kernels_matrix") / "facts" / "known_issues.json"
VERSIONED = ("tensorflow", "capability", "driver", "cudnn", "glibc")


def names(**situation: Any) -> set[str]:
    return {issue.name for issue in known_issues_for(Situation(**situation)) if not issue.when}


def test_the_file_is_in_canonical_form() -> None:
    ordered = sorted(known_issues(), key=lambda issue: issue.name)
    written = msgspec.json.format(msgspec.json.encode(ordered), indent=2)
    assert FILE.read_bytes() == written + b"\n"
    assert len({issue.name for issue in ordered}) == len(ordered)


@pytest.mark.parametrize("issue", known_issues(), ids=lambda issue: str(issue.name))
def test_every_issue_is_complete(issue: KnownIssue) -> None:
    assert issue.cause.endswith(".")
    assert issue.evidence
    assert issue.sources
    assert issue.remedy or issue.harmless
    specifiers = [getattr(issue.applies, name) for name in VERSIONED]
    for specifier in (*specifiers, *issue.applies.packages.values()):
        assert specifier is None or list(SpecifierSet(specifier))


@pytest.mark.parametrize("issue", known_issues(), ids=lambda issue: str(issue.name))
def test_every_issue_about_releases_is_about_some_release(issue: KnownIssue) -> None:
    wanted = issue.applies.tensorflow
    if wanted:
        versions = [release.version for release in tensorflow_releases()]
        assert list(SpecifierSet(wanted).filter(versions, prereleases=True))


def test_blackwell() -> None:
    assert "blackwell-invalid-ptx" in names(tensorflow="2.18.1", capability="12.0")
    assert "blackwell-invalid-ptx" not in names(tensorflow="2.21.0", capability="12.0")
    assert "blackwell-invalid-ptx" not in names(tensorflow="2.18.1", capability="9.0")
    assert "blackwell-invalid-ptx" not in names(tensorflow="2.15.1", capability="12.0")


def test_old_gpus() -> None:
    assert "gpu-too-old-2-17" in names(tensorflow="2.17.1", capability="5.2")
    assert "gpu-too-old-2-17" not in names(tensorflow="2.16.2", capability="5.2")
    assert "cudnn-without-volta" in names(cudnn="9.27.0.42", capability="7.0")
    assert "cudnn-without-volta" not in names(cudnn="9.10.2.21", capability="7.0")
    assert "driver-without-volta" in names(driver="590.44.01", capability="6.1")
    assert "driver-without-volta" not in names(driver="580.126.09", capability="6.1")


def test_python_packages() -> None:
    assert "numpy-2-binary" in names(tensorflow="2.17.1", packages={"NumPy": "2.0.2"})
    assert "numpy-2-binary" not in names(tensorflow="2.18.1", packages={"numpy": "2.0.2"})
    assert "typing-extensions-bound" in names(
        tensorflow="2.13.1", packages={"typing_extensions": "4.12.2"}
    )
    assert "wrapt-upper-bound" not in names(tensorflow="2.13.1", packages={"wrapt": "1.16.0"})


def test_platforms() -> None:
    assert "windows-without-gpu" in names(system="Windows", tensorflow="2.11.0")
    assert "windows-without-gpu" not in names(system="Linux", tensorflow="2.11.0")
    assert "macos-intel-ended" in names(system="Darwin", machine="x86_64", tensorflow="2.17.0")
    assert "glibc-too-old-2-21" in names(system="Linux", tensorflow="2.21.0", glibc="2.17")
    assert "glibc-too-old-2-21" not in names(system="Linux", tensorflow="2.21.0", glibc="2.27")


def test_missing_packages_are_missing_only_where_packages_are_known() -> None:
    known: dict[str, Any] = {"tensorflow": "2.18.1", "system": "Linux", "machine": "x86_64"}
    name = "and-cuda-not-installed"

    def found(**more: Any) -> set[str]:
        return {issue.name for issue in known_issues_for(Situation(**known, **more))}

    assert name in found(packages={"numpy": "2.0.2"})
    assert name not in found(packages={"nvidia_cudnn_cu12": "9.3.0.75"})
    assert name not in found()


@given(st.text(max_size=12))
def test_what_is_no_version_fits_nothing(text: str) -> None:
    found = names(tensorflow="not a version " + text, capability="?", driver=text + "!!")
    assert found == names()


def test_an_empty_situation_fits_only_what_asks_for_nothing() -> None:
    for issue in known_issues_for(Situation()):
        assert issue.applies == Conditions()
