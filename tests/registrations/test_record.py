"""A registry is told by its changes on a known release, and comes back whole."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.registrations import (
    Attribute,
    Gradient,
    GradientNodes,
    Kernel,
    OpDefinition,
    Registrations,
    known_releases,
    read_release,
)
from envprobe.registrations.answer import registrations_from_answer
from envprobe.registrations.gradient import GradientNode
from envprobe.registrations.record import (
    RegistryRecord,
    apply_changes,
    changes_from,
    record_of,
    registrations_from_record,
)

OPS = ("Add", "Mul", "Sub")
DTYPES = ("float16", "float32", "int32")
DEFINITIONS = st.builds(
    OpDefinition,
    attrs=st.fixed_dictionaries(
        {"T": st.builds(Attribute, type=st.just("type"), allowed=st.sampled_from([None, DTYPES]))}
    ),
    stateful=st.booleans(),
    deprecated=st.sampled_from([None, "since GraphDef version 9: use Add"]),
)
ROWS = st.builds(
    lambda device_type, label, priority, host, values: {
        "device_type": device_type,
        "label": label,
        "priority": priority,
        "host_memory": host,
        "constraints": ["T"],
        "values": [[[value]] for value in values],
    },
    st.sampled_from(["CPU", "GPU", "DEFAULT"]),
    st.sampled_from(["", "exact"]),
    st.integers(0, 2),
    st.sampled_from([[], ["x"]]),
    st.sets(st.sampled_from(DTYPES), min_size=1),
)
USES = GradientNodes(dtypes=("float32",), nodes=(GradientNode("Mul", {"T": "*"}),))
GRADIENTS = st.one_of(
    st.just(Gradient(differentiable=False)),
    st.just(Gradient(differentiable=True, uses=(USES,))),
    st.just(Gradient(differentiable=True, unknown="ValueError: no")),
)


@st.composite
def registries(
    draw: st.DrawFn, gradients: st.SearchStrategy[Gradient] = GRADIENTS
) -> Registrations:
    """Small registries, made of answers as a worker gives them, each in its canonical form."""
    ops = draw(st.dictionaries(st.sampled_from(OPS), DEFINITIONS))
    with_kernels = st.sampled_from(sorted(ops)) if ops else st.nothing()
    answer = {
        "xla": draw(st.sampled_from([None, "RuntimeError: no XLA"])),
        "ops": msgspec.to_builtins(ops),
        "kernels": draw(st.dictionaries(with_kernels, st.lists(ROWS, min_size=1, max_size=4))),
        "gradients": msgspec.to_builtins(draw(st.dictionaries(with_kernels, gradients))),
    }
    version = draw(st.sampled_from(["2.13.1", "2.21.0"]))
    build = {"is_cuda_build": draw(st.booleans())}
    tensorflow = {"version": version, "git_version": f"v{version}", "build_info": build}
    return registrations_from_answer(tensorflow, answer)


def through_changes(base: Registrations, own: Registrations) -> Registrations:
    """What is left of `own` when only its changes on `base` are kept, as JSON."""
    record = RegistryRecord(
        tensorflow=own.tensorflow,
        digest=own.digest,
        base=base.tensorflow,
        base_digest=base.digest,
        changes=changes_from(base, own),
    )
    kept = msgspec.json.decode(msgspec.json.encode(record), type=RegistryRecord)
    assert kept == record
    return apply_changes(base, kept)


def untraced(gradient: Gradient) -> Gradient:
    return Gradient(differentiable=gradient.differentiable)


def as_scanned(own: Registrations) -> Registrations:
    """As a scan finds it, which does not trace the gradients."""
    gradients = {op: untraced(gradient) for op, gradient in own.gradients.items()}
    return msgspec.structs.replace(own, gradients=gradients)


@given(registries(), registries())
def test_a_registry_comes_back_whole(base: Registrations, own: Registrations) -> None:
    again = through_changes(base, own)
    assert again.digest == own.digest
    replace = msgspec.structs.replace
    assert replace(again, gradients={}) == replace(own, gradients={})
    traced = {op: gradient for op, gradient in own.gradients.items() if gradient.uses}
    assert {op: again.gradients[op] for op in traced} == traced
    assert list(again.ops) == sorted(again.ops)
    assert list(again.kernels) == sorted(again.kernels)


@given(registries(), registries())
def test_what_is_known_of_gradients_is_kept(base: Registrations, own: Registrations) -> None:
    """What a scan did not trace is known from the base, where that has the same gradients."""
    again = through_changes(base, as_scanned(own))
    assert again.gradients.keys() == own.gradients.keys()
    for op, gradient in again.gradients.items():
        known = base.gradients.get(op)
        same = known is not None and known.differentiable == own.gradients[op].differentiable
        assert gradient == (known if same else untraced(own.gradients[op]))


@given(registries())
def test_nothing_changes_nothing(own: Registrations) -> None:
    changes = changes_from(own, own)
    assert (changes.ops, changes.kernels, changes.gradients) == ({}, {}, {})
    assert changes_from(own, as_scanned(own)).gradients == {}


REAL = [*itertools.permutations(("2.13.1", "2.17.1", "2.21.0"), 2)]


@pytest.mark.parametrize(("base", "own"), REAL)
def test_a_release_comes_back_from_any_other(base: str, own: str) -> None:
    found = as_scanned(read_release(own))
    again = through_changes(read_release(base), found)
    assert again.digest == found.digest
    assert (again.ops, again.kernels) == (found.ops, found.kernels)
    assert (again.tensorflow, again.git_version, again.build) == (
        *(found.tensorflow, found.git_version),
        found.build,
    )


@pytest.mark.parametrize("release", known_releases())
def test_the_record_of_a_known_release_has_no_changes(release: str) -> None:
    found = as_scanned(read_release(release))
    record = record_of(found, libraries=("/opt/ops.so",))
    assert (record.base, record.digest) == (release, found.digest)
    assert record.base_digest == record.digest
    assert record.changes is None
    assert record.libraries == ("/opt/ops.so",)
    assert registrations_from_record(record) == read_release(release)


def test_another_version_with_the_same_registry_has_no_changes() -> None:
    candidate = msgspec.structs.replace(read_release("2.21.0"), tensorflow="2.21.0-rc1")
    record = record_of(candidate)
    assert (record.tensorflow, record.base, record.changes) == ("2.21.0-rc1", "2.21.0", None)


def test_a_nightly_is_told_by_its_changes() -> None:
    base = read_release("2.21.0")
    more = Kernel(device_type="CPU", constraints={"T": ("float8_e5m2",)})
    kernels = {op: rows for op, rows in base.kernels.items() if op != "Acos"}
    nightly = msgspec.structs.replace(
        as_scanned(base),
        tensorflow="2.22.0-dev20260101",
        git_version="v1.12.1-1",
        kernels={**kernels, "MatMul": (more, *base.kernels["MatMul"])},
    )
    record = record_of(nightly)
    assert record.base == "2.21.0"
    assert record.changes is not None
    assert record.changes.ops == {}
    assert record.changes.gradients == {}
    assert record.changes.kernels.keys() == {"Acos", "MatMul"}
    assert set(record.changes.kernels["Acos"].values()) == {None}
    assert record.changes.kernels["MatMul"].keys() == {"CPU"}
    again = registrations_from_record(record)
    assert again is not None
    assert again.digest == nightly.digest
    assert again.tensorflow == "2.22.0-dev20260101"
    assert again.gradients == base.gradients


def test_a_record_of_another_base_cannot_be_read() -> None:
    record = record_of(read_release("2.21.0"))
    gone = msgspec.structs.replace(record, base="2.12.0")
    changed = msgspec.structs.replace(record, base_digest="0" * 12)
    assert registrations_from_record(gone) is None
    assert registrations_from_record(changed) is None


def test_a_build_that_calls_itself_anything_is_told_by_the_newest_release() -> None:
    record = record_of(msgspec.structs.replace(read_release("2.21.0"), tensorflow="custom"))
    assert (record.tensorflow, record.base, record.changes) == ("custom", "2.21.0", None)


@pytest.mark.tensorflow
def test_the_installed_build_comes_back(installed: Registrations) -> None:
    found = as_scanned(installed)
    record = record_of(found)
    again = registrations_from_record(record)
    assert again is not None
    assert again.digest == found.digest
    assert (again.ops, again.kernels) == (found.ops, found.kernels)
    assert again.gradients.keys() == found.gradients.keys()
    # A matrix is a file of a few megabytes; the registry must not double it.
    assert len(msgspec.json.encode(record)) < 100_000
