"""Releases are found by their version, and what is no release is said to be none."""

from __future__ import annotations

import json
import subprocess

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from envprobe.facts.tensorflow_releases import (
    PACKAGES,
    TensorFlowRelease,
    bound_on,
    tensorflow_release,
    tensorflow_releases,
)
from envprobe.facts.unknown import Unknown


def release(version: str) -> TensorFlowRelease:
    found = tensorflow_release(version)
    assert isinstance(found, TensorFlowRelease)
    return found


@pytest.mark.parametrize(
    ("version", "cuda", "cudnn"),
    [
        ("2.0.0", "10.0", "7.4"),
        ("2.3.1", "10.1", "7.6"),
        ("2.4.0", "11.0", "8.0"),
        ("2.10.0", "11.2", "8.1"),
        ("2.13.1", "11.8", "8.6"),
        ("2.14.1", "11.8", "8.7"),
        ("2.15.0", "12.2", "8.9"),
        ("2.17.1", "12.3", "8.9"),
        ("2.18.1", "12.5", "9.3"),
        ("2.21.0", "12.5", "9.3"),
    ],
)
def test_what_a_release_was_built_for(version: str, cuda: str, cudnn: str) -> None:
    assert (release(version).cuda, release(version).cudnn) == (cuda, cudnn)


def test_the_build_agrees_with_the_documentation() -> None:
    for one in tensorflow_releases():
        if one.cuda and one.cuda_of_build and not one.notes:
            assert one.cuda_of_build.startswith(one.cuda)
        if one.cudnn and one.cudnn_major_of_build:
            assert one.cudnn.split(".")[0] == one.cudnn_major_of_build


def test_a_candidate_that_nobody_documents_has_holes_with_reasons() -> None:
    candidate = release("2.22.0rc0")
    assert candidate.cuda is None
    assert "documentation" in candidate.unknown["cuda"]
    assert candidate.keras_distribution == "keras-nightly"


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("2.22.0.dev20260309", "a nightly; the nearest release before it is 2.21.0"),
        ("2.17.0+nv25.2", "a vendor's build of its own; the nearest release before it is 2.17.0"),
        ("2.13.9", "not among the known releases; the nearest release before it is 2.13.1"),
        ("1.15.5", "older than 2.0"),
        ("9.0.0", "the nearest release before it is 2.22.0rc0"),
        ("git-2a4f", "is not a version"),
        ("", "is not a version"),
    ],
)
def test_what_is_no_release_is_unknown(version: str, reason: str) -> None:
    found = tensorflow_release(version)
    assert isinstance(found, Unknown)
    assert reason in found.reason


def test_versions_are_compared_not_spellings() -> None:
    assert release("2.22.0-rc0") == release("2.22.0rc0")
    assert release("2.15.0.post1") != release("2.15.0")


@pytest.mark.parametrize(
    ("version", "package", "python", "bound"),
    [
        ("2.16.1", "numpy", "3.11", ">=1.23.5,<2.0.0"),
        ("2.16.1", "numpy", "3.12", ">=1.26.0,<2.0.0"),
        ("2.18.1", "numpy", "3.12", ">=1.26.0,<2.1.0"),
        ("2.13.1", "typing-extensions", "3.11", ">=3.6.6,<4.6.0"),
        ("2.13.1", "ml-dtypes", "3.11", None),
        ("2.21.0", "tensorboard", "3.12", None),
        ("2.21.0", "protobuf", "3.12", ">=6.31.1,<8.0.0"),
        ("2.21.0", "no-such-package", "3.12", None),
    ],
)
def test_bounds(version: str, package: str, python: str, bound: str | None) -> None:
    assert bound_on(release(version), package, python) == bound


@pytest.mark.parametrize("one", tensorflow_releases(), ids=lambda one: str(one.version))
def test_every_bound_can_be_read_under_every_python_of_the_release(one: TensorFlowRelease) -> None:
    for python in one.pythons["linux_x86_64"]:
        for package in PACKAGES:
            bound = bound_on(one, package, python)
            assert bound is None or list(SpecifierSet(bound))


def test_platforms() -> None:
    assert release("2.16.2").pythons["macos_x86_64"][-1] == "3.12"
    assert release("2.17.0").pythons["macos_x86_64"] == ()
    assert release("2.21.0").pythons["linux_x86_64"] == ("3.10", "3.11", "3.12", "3.13")
    assert release("2.15.1").stub_platforms == ("linux_aarch64", "windows")
    assert [one.version for one in tensorflow_releases() if one.windows_gpu][-1] == "2.10.1"
    assert {one.glibc for one in tensorflow_releases()} == {"2.12", "2.17", "2.27"}


REQUIREMENTS = """
import importlib.metadata as m, json
found = [d for d in ("tensorflow", "tensorflow-cpu") if list(m.distributions(name=d))]
print(json.dumps([m.version(found[0]), m.requires(found[0])]))
"""


@pytest.mark.parametrize("interpreter", ["tensorflow_python", "old_tensorflow_python"])
def test_the_bounds_are_those_of_the_wheel(
    interpreter: str, request: pytest.FixtureRequest
) -> None:
    python = request.getfixturevalue(interpreter)
    answer = subprocess.run([python, "-c", REQUIREMENTS], check=True, capture_output=True)
    version, texts = json.loads(answer.stdout)
    one = tensorflow_release(version)
    if isinstance(one, Unknown):
        pytest.skip(one.reason)
    asked = [Requirement(text) for text in texts]
    for wanted in (r for r in asked if r.name.replace("-", "_") in PACKAGES and not r.marker):
        assert wanted.specifier == SpecifierSet(bound_on(one, wanted.name, "3.11") or "==0")
