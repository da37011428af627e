"""What no cell has measured is run now, on a real TensorFlow, and kept."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from envprobe.check.probed import probed, unmeasured
from envprobe.check.surroundings import Surroundings
from envprobe.check.target import Target
from envprobe.matrix import Device, read_matrix, write_matrix
from envprobe.models.fingerprint import probed_variant
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Status
from tests.check.asking import CPU, cell, conv, gpu, node
from tests.cli.checking import recorded

DENSE = node("MatMul", ("a", (2, 6)), ("b", (6, 3)))
CUBES = {
    "ksize": [1, 2, 2, 2, 1],
    "strides": [1, 2, 2, 2, 1],
    "padding": "VALID",
    "data_format": "NDHWC",
}
POOL3D = node("AvgPool3D", ("input", (2, 6, 6, 6, 2)), dtype="float64", attrs=CUBES)


def model(*requirements: Requirement, **fields: object) -> OpList:
    known: dict[str, object] = {"source": "net.py:build", "source_kind": "python_file"}
    return msgspec.convert({**known, "requirements": requirements, **fields}, OpList)


def of_recorded() -> Target:
    return CPU._replace(cells=recorded().cells)


def test_what_a_cell_speaks_for_is_not_asked_again() -> None:
    assert unmeasured(model(DENSE, conv()), of_recorded()) == []
    assert unmeasured(model(DENSE, conv()), CPU) == [DENSE, conv()]
    seen = cell("MatMul", probed_variant(DENSE))
    assert unmeasured(model(DENSE, conv()), CPU._replace(cells=(seen,))) == [conv()]


def test_a_convolution_unlike_the_measured_ones_is_open() -> None:
    """The recorded ones are padded by name; none was run that is padded by numbers."""
    padded = conv(attrs={"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 1, 1, 1, 0, 0]})
    assert unmeasured(model(conv(), padded), of_recorded()) == [padded]


def test_with_a_gpu_the_step_is_asked_as_xla_gets_it() -> None:
    asked = unmeasured(model(DENSE, jit_on_gpu=True), gpu())
    assert [one.compiled for one in asked] == [True]


def test_nothing_open_starts_nothing(tmp_path: Path) -> None:
    around = Surroundings(targets=(of_recorded(),))
    found = probed(model(DENSE, conv()), around, python="/no/such/python")
    assert found.targets == around.targets
    assert found.notes[0].startswith("0 kinds of node")


@pytest.mark.tensorflow
def test_what_was_run_is_known_and_kept(tmp_path: Path, tensorflow_python: str) -> None:
    file = tmp_path / "here.json"
    write_matrix(file, msgspec.structs.replace(recorded(), cells=()))
    told: list[str] = []
    oplist = model(DENSE, POOL3D)
    found = probed(
        oplist,
        Surroundings(targets=(CPU,), matrix=file, notes=("before",)),
        python=tensorflow_python,
        progress=lambda one: told.append(one.phase),
    )
    by_op = {one.op: one for one in found.targets[0].cells}
    assert by_op["MatMul"].status is Status.SUPPORTED
    assert by_op["MatMul"].variant == probed_variant(DENSE)
    assert by_op["AvgPool3D"].status is Status.NO_KERNEL
    assert {one.key for one in read_matrix(file).cells} == {one.key for one in by_op.values()}
    assert unmeasured(oplist, found.targets[0]) == []
    assert found.notes == ("before", f"2 kinds of node were run now (added to {file})")
    assert told


@pytest.mark.slow
@pytest.mark.tensorflow
def test_without_a_matrix_it_is_said_that_nothing_is_kept(tensorflow_python: str) -> None:
    """A CPU beside an accelerator gets what was run on the CPU, as the CPU itself does."""
    beside = Target(
        "this machine",
        Device(name="GPU:0", device_type="GPU"),
        cells=(cell("MatMul", "default", device="GPU:0"),),
        cpu=CPU,
    )
    around = Surroundings(targets=(beside, CPU))
    found = probed(model(DENSE), around, python=tensorflow_python)
    accelerator, cpu = found.targets
    assert [one.device for one in cpu.cells] == ["CPU:0"]
    assert accelerator.cpu == cpu
    assert accelerator.cells == beside.cells
    assert "not kept: this machine has no matrix yet" in found.notes[-1]
