"""From the catalog to the cells of a device: the real catalog, and rows made by hand."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from envprobe.matrix.cell import CellKey
from envprobe.matrix.matrix import Device
from envprobe.ops.catalog import load_catalog, variant_of
from envprobe.ops.row import InputSpec, Row, Variant
from envprobe.ops.tolerance import tolerance_of
from envprobe.probe.plan import PACKED, Probe, plan, question
from envprobe.probe.selection import PRESETS, Selection
from envprobe.terms import DTYPES

CATALOG = load_catalog()
CPU = Device(name="CPU:0", device_type="CPU")
PLAIN = Row(
    family="x",
    inputs={"a": InputSpec(shape=(2, 3), timed_shape=(200, 300)), "n": InputSpec(dtype="int32")},
    attrs={"T": "T", "alpha": 0.5},
    dtypes=("float32", "int32"),
    probe=("float16", "float32"),
    gradient=("a",),
    timed=("float32",),
    tolerance=2.0,
)


def gpu(compute_capability: str | None = "9.0", name: str = "GPU:0") -> Device:
    return Device(name=name, device_type="GPU", compute_capability=compute_capability)


def keys(probes: list[Probe]) -> set[CellKey]:
    return {probe.key for probe in probes}


def planned(row: Row, selection: Selection | None = None, device: Device = CPU) -> list[Probe]:
    return plan({"Op": row}, selection or Selection(), device)


@pytest.mark.parametrize("device", [CPU, gpu(), Device(name="NPU:0", device_type="NPU")])
def test_presets_nest(device: Device) -> None:
    quick, standard, full = (
        keys(plan(CATALOG, Selection(preset=preset), device, of_its_type=2)) for preset in PRESETS
    )
    assert quick < standard < full
    assert {key.op for key in quick} < {key.op for key in standard} <= {key.op for key in full}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("device", [CPU, gpu()])
def test_every_key_is_unique_and_names_what_exists(preset: str, device: Device) -> None:
    probes = plan(CATALOG, Selection(preset=preset), device, of_its_type=2)
    (most, times), *_ = Counter(probe.key for probe in probes).most_common(1)
    assert times == 1, most
    for probe in probes:
        assert probe.row is CATALOG[probe.key.op]
        assert variant_of(probe.key.op, probe.row, probe.key.variant) is not None
        assert probe.key.dtype in DTYPES
        assert probe.key.device == device.name


def test_standard_asks_enough_of_a_cpu_and_quick_little() -> None:
    standard = plan(CATALOG, Selection(), CPU)
    assert len(standard) >= 1500
    assert len({probe.key.op for probe in standard}) >= 170
    assert len(plan(CATALOG, Selection(preset="quick"), CPU)) < len(standard) / 3


def test_xla_is_never_asked_about_packed_dtypes() -> None:
    selection = Selection(preset="full", ops=("*",))
    xla = [p for p in plan(CATALOG, selection, CPU) if p.key.mode == "xla"]
    assert xla
    for probe in xla:  # neither as the cell's dtype, nor as what a cast turns it into
        cell = question(probe, CPU, "CPU:0", timed=False)
        named = {cell["dtype"], *(spec["dtype"] for spec in cell["inputs"].values())}
        named |= {value for value in cell["attrs"].values() if isinstance(value, str)}
        assert not named & set(PACKED), probe.key
    eager = {key.dtype for key in keys(plan(CATALOG, selection, CPU)) if key.mode == "eager"}
    assert eager == set(DTYPES)
    only_packed = Selection(dtypes=("int4",), modes=("xla",))
    assert planned(PLAIN, only_packed) == []


def test_timed_is_only_what_the_row_says() -> None:
    timed = {
        (p.key.dtype, p.key.direction, p.key.mode)
        for p in planned(PLAIN, Selection(preset="full"))
        if p.timed
    }
    assert timed == {
        ("float32", direction, mode)
        for direction in ("forward", "gradient")
        for mode in ("graph", "xla")
    }
    assert not any(p.timed for p in planned(PLAIN, Selection(timing=False)))
    for probe in plan(CATALOG, Selection(preset="full"), gpu(), of_its_type=2):
        variant = variant_of(probe.key.op, probe.row, probe.key.variant)
        dtypes = probe.row.timed if variant.timed is None else variant.timed
        assert not probe.timed or probe.key.dtype in dtypes


def test_a_variant_replaces_what_it_names() -> None:
    odd = Variant(dtypes=("float64",), gradient=(), timed=("float64",))
    row = msgspec.structs.replace(PLAIN, probe=(), variants={"plain": Variant(), "odd": odd})
    probes = planned(row)
    assert {(p.key.dtype, p.key.direction) for p in probes if p.key.variant == "odd"} == {
        ("float64", "forward")
    }
    assert {p.key.dtype for p in probes if p.key.variant == "odd" and p.timed} == {"float64"}
    assert {p.key.dtype for p in probes if p.key.variant == "plain" and p.timed} == {"float32"}


def test_no_gradient_is_asked_of_what_has_none() -> None:
    with_gradient = {
        p.key.dtype
        for p in planned(PLAIN, Selection(preset="full"))
        if p.key.direction == "gradient"
    }
    whole = ("int", "uint", "bool", "string")
    assert with_gradient == {dtype for dtype in DTYPES if not dtype.startswith(whole)}
    still = msgspec.structs.replace(PLAIN, gradient=())
    assert {p.key.direction for p in planned(still)} == {"forward"}


def test_narrowing() -> None:
    selection = Selection(preset="quick", ops=("Conv2D", "Mat*"), dtypes=("float64",))
    probes = plan(CATALOG, selection, CPU)
    assert {p.key.dtype for p in probes} == {"float64"}
    ops = {p.key.op for p in probes}
    assert {"Conv2D", "MatMul"} <= ops
    assert all(op == "Conv2D" or op.startswith("Mat") for op in ops)
    graph = plan(CATALOG, Selection(ops=("MatMul",), modes=("graph",)), CPU)
    assert {p.key.mode for p in graph} == {"graph"}


def test_an_op_is_asked_for_where_it_makes_sense() -> None:
    cpu_only = msgspec.structs.replace(PLAIN, devices=("CPU",))
    assert planned(cpu_only)
    assert not planned(cpu_only, device=gpu())
    npu = Device(name="NPU:0", device_type="NPU")
    assert not planned(cpu_only, device=npu)
    assert planned(PLAIN, device=npu)
    assert planned(msgspec.structs.replace(PLAIN, devices=("GPU",)), device=npu)


def test_what_takes_two_devices_is_asked_for_where_there_are_two() -> None:
    pair = {"Op": msgspec.structs.replace(PLAIN, least_devices=2)}
    assert plan(pair, Selection(), gpu()) == []
    assert plan(pair, Selection(), gpu(), of_its_type=2) != []


def test_composites_come_first_and_what_shares_a_reference_stands_together() -> None:
    probes = plan(CATALOG, Selection(), CPU)
    composite = [probe.row.composite is not None for probe in probes]
    assert composite == sorted(composite, reverse=True)
    subjects = [(probe.key.op, probe.key.variant) for probe in probes]
    changes = sum(one != other for one, other in pairwise(subjects))
    assert changes == len(set(subjects)) - 1


def the_question(
    row: Row, device: Device = CPU, dtype: str = "float32", *, timed: bool = False
) -> dict[str, object]:
    key = CellKey("Op", "default", dtype, device.name, "gradient", "graph")
    return question(Probe(key=key, row=row, timed=timed), device, "GPU:0", timed=timed)


def test_the_question_is_that_of_the_protocol() -> None:
    cell = the_question(PLAIN, gpu(name="GPU:3"))
    assert cell["op"] == "Op"
    assert cell["device"] == "GPU:0"  # the name inside the worker
    assert (cell["direction"], cell["mode"], cell["dtype"]) == ("gradient", "graph", "float32")
    assert cell["attrs"] == {"T": "float32", "alpha": 0.5}
    assert cell["gradient"] == ("a",)
    assert cell["tolerance"] == pytest.approx(2 * tolerance_of("float32"))
    assert msgspec.json.decode(msgspec.json.encode(cell)) == {
        **cell,
        "gradient": ["a"],
        "fixed": ["alpha"],
    }


def test_the_timed_question_has_the_timed_shapes() -> None:
    def shapes(timed: bool) -> dict[str, list[int]]:
        inputs = the_question(PLAIN, timed=timed)["inputs"]
        assert isinstance(inputs, dict)
        return {name: spec["shape"] for name, spec in inputs.items()}

    assert shapes(timed=False) == {"a": [2, 3], "n": []}
    assert shapes(timed=True) == {"a": [200, 300], "n": []}


@pytest.mark.parametrize(
    ("capability", "dtype", "tensor_cores", "as_dtype"),
    [
        ("8.0", "float32", True, "float16"),
        ("9.0", "float32", True, "float16"),
        ("10.0", "float32", True, "float16"),
        ("12.1", "float32", True, "float16"),
        ("7.5", "float32", True, "float32"),
        (None, "float32", True, "float32"),
        ("9.0", "float32", False, "float32"),
        ("9.0", "float64", True, "float64"),
        ("9.0", "bfloat16", True, "bfloat16"),
    ],
)
def test_tf32_has_the_tolerance_of_its_mantissa(
    capability: str | None, dtype: str, tensor_cores: bool, as_dtype: str
) -> None:
    row = msgspec.structs.replace(PLAIN, tensor_cores=tensor_cores)
    cell = the_question(row, gpu(capability), dtype)
    assert cell["tolerance"] == pytest.approx(2 * tolerance_of(as_dtype))


def test_a_cpu_computes_float32_in_float32() -> None:
    row = msgspec.structs.replace(PLAIN, tensor_cores=True)
    assert the_question(row)["tolerance"] == pytest.approx(2 * tolerance_of("float32"))


def test_every_cell_of_the_catalog_can_be_put_as_a_question() -> None:
    for device in (CPU, gpu()):
        for probe in plan(CATALOG, Selection(preset="full", modes=("graph",)), device):
            cell = question(probe, device, device.name, timed=probe.timed)
            assert cell["tolerance"] > 0
            msgspec.json.encode(cell)
