"""Custom ops that are loaded before are in the registry, and in its record."""

from __future__ import annotations

from pathlib import Path

import pytest

import envprobe
from envprobe.errors import NothingProbedError, UsageError
from envprobe.matrix.store import read_matrix
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.registry import registrations_of
from envprobe.registrations import Attribute, Kernel, Registrations
from envprobe.registrations.lookup import find_kernel
from envprobe.registrations.record import record_of, registrations_from_record

pytestmark = pytest.mark.tensorflow
OP = "EnvprobeSame"


@pytest.fixture
def found(installed_with_custom_op: Registrations) -> Registrations:
    return installed_with_custom_op


def test_its_definition_is_read(found: Registrations) -> None:
    definition = found.ops[OP]
    assert definition.attrs == {
        "T": Attribute(type="type", allowed=("float16", "float32", "float64", "int32")),
        "strength": Attribute(type="int", default=3, minimum=2),
    }
    assert [argument.name for argument in definition.inputs] == ["x"]
    assert not definition.stateful
    assert OP not in found.gradients


def test_its_kernels_are_read(found: Registrations) -> None:
    assert found.kernels_of(OP) == (
        Kernel(device_type="CPU", constraints={"T": ("float32",)}, host_memory=("x",), priority=2),
        Kernel(device_type="CPU", constraints={"T": ("float32",)}),
        Kernel(device_type="CPU", constraints={"T": ("float64",)}, label="exact"),
        Kernel(device_type="DEFAULT", constraints={"T": ("int32",)}, host_memory=("x", "y")),
    )
    kernel = find_kernel(found, OP, "CPU", {"T": "float32"})
    assert kernel is not None
    assert kernel.priority == 2
    assert find_kernel(found, OP, "CPU", {"T": "float64"}) is None


def test_nothing_else_is_changed_by_it(found: Registrations, installed: Registrations) -> None:
    assert found.ops.keys() - installed.ops.keys() == {OP}
    assert found.kernels.keys() - installed.kernels.keys() == {OP}
    assert all(found.kernels[op] == installed.kernels[op] for op in installed.kernels)
    assert found.digest != installed.digest


def test_the_record_of_a_scan_tells_it(found: Registrations, custom_op: str) -> None:
    record = record_of(found, libraries=(custom_op,))
    assert record.libraries == (custom_op,)
    assert record.changes is not None
    assert record.changes.ops[OP] == found.ops[OP]
    assert record.changes.kernels[OP].keys() == {"CPU", "DEFAULT"}
    again = registrations_from_record(record)
    assert again is not None
    assert again.digest == found.digest == record.digest
    assert again.kernels_of(OP) == found.kernels_of(OP)


def test_a_library_that_cannot_be_loaded_is_told(tensorflow_python: str) -> None:
    command = [tensorflow_python, str(WORKER_FOLDER)]
    with pytest.raises(NothingProbedError, match=r"/nowhere/ops\.so"):
        registrations_of(command, libraries=["/nowhere/ops.so"])


def test_a_scan_keeps_it_with_the_matrix(
    tensorflow_python: str, custom_op: str, tmp_path: Path
) -> None:
    result = envprobe.scan(
        ops=["Abs"],
        dtypes=["float32"],
        modes=["eager"],
        timing=False,
        python=tensorflow_python,
        libraries=[Path(custom_op)],
        output=tmp_path / "m.json",
        workers=1,
    )
    record = read_matrix(tmp_path / "m.json").registrations
    assert record is not None
    assert record.libraries == (custom_op,)
    assert record.changes is not None
    assert OP in record.changes.ops
    assert {cell.registered for cell in result.matrix.cells} == {True}


def test_a_library_that_is_none_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--load-library takes a library of custom ops"):
        envprobe.scan(libraries=[tmp_path / "nowhere.so"], output=tmp_path / "m.json")
