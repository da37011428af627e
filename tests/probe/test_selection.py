"""Presets, what narrows them, and names that do not exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import UsageError
from envprobe.ops.catalog import load_catalog
from envprobe.ops.row import Row, Variant
from envprobe.probe.selection import PRESETS, QUICK_DTYPES, Selection
from envprobe.terms import DIRECTIONS, DTYPES, MODES

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(preset="qiuck"), r"unknown preset 'qiuck': did you mean quick\?"),
        (Selection(ops=("Conv2d",)), r"unknown op 'Conv2d': did you mean Conv2D"),
        (Selection(ops=("MatMul", "matmul")), r"unknown op 'matmul': did you mean MatMul"),
        (Selection(ops=("Zzz*",)), r"unknown op 'Zzz\*': known: "),
        (Selection(dtypes=("fp16", "float23")), r"unknown dtype 'fp16': "),
        (Selection(dtypes=("Float32",)), r"unknown dtype 'Float32': did you mean float32"),
        (Selection(dtypes=("bfloat",)), r"unknown dtype 'bfloat': did you mean bfloat16"),
        (Selection(modes=("grap",)), r"unknown mode 'grap': did you mean graph\?"),
    ],
    ids=str,
)
def test_unknown_names_are_refused_with_the_nearest(selection: Selection, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        selection.checked(CATALOG)


def test_what_exists_is_itself() -> None:
    selection = Selection(preset="full", ops=("Conv*", "MatMul"), dtypes=("int8",), modes=("xla",))
    assert selection.checked(CATALOG) is selection
    assert Selection().checked(CATALOG) == Selection(preset="standard")


def test_the_record_of_what_narrowed() -> None:
    assert Selection().narrowed == {}
    assert Selection(ops=("A",), timing=False).narrowed == {"ops": ["A"], "timing": ["off"]}
    narrowed = Selection(devices=("GPU",), dtypes=("int8",), modes=("xla",)).narrowed
    assert narrowed == {"devices": ["GPU"], "dtypes": ["int8"], "modes": ["xla"]}


LISTED = ("CPU:0", "CPU:1", "GPU:0", "GPU:1", "GPU:10")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((), LISTED),
        (("GPU",), ("GPU:0", "GPU:1", "GPU:10")),
        (("gpu:1",), ("GPU:1",)),
        (("GPU:1", "cpu"), ("CPU:0", "CPU:1", "GPU:1")),
        (("CPU:0", "CPU:0", "CPU"), ("CPU:0", "CPU:1")),
    ],
)
def test_devices_by_name_or_type_in_tensorflows_order(
    wanted: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert Selection(devices=wanted).devices_of(LISTED) == found


@pytest.mark.parametrize("wanted", ["GPU:2", "TPU", "CPU:", "", "G"])
def test_a_device_that_is_not_listed_is_refused_with_those_that_are(wanted: str) -> None:
    with pytest.raises(UsageError, match=r"no device .* it lists CPU:0, CPU:1, GPU:0"):
        Selection(devices=("CPU", wanted)).devices_of(LISTED)


def test_a_named_op_is_asked_for_whatever_the_preset() -> None:
    rare = Row(family="x", preset="full")
    assert not Selection(preset="quick").holds_row("Rare", rare)
    assert Selection(preset="quick", ops=("Ra*",)).holds_row("Rare", rare)
    assert not Selection(preset="full", ops=("Common",)).holds_row("Rare", rare)


def test_the_variants_of_a_preset() -> None:
    plain, odd = Variant(preset="quick"), Variant(preset="full")
    row = Row(family="x", preset="quick", variants={"plain": plain, "odd": odd})
    assert Selection(preset="quick").holds_variant(row, plain)
    assert not Selection(preset="standard").holds_variant(row, odd)
    assert Selection(preset="full").holds_variant(row, odd)
    # A row that is asked for has at least those of its own preset.
    rare = Row(family="x", preset="full", variants={"plain": plain, "odd": odd})
    assert Selection(preset="quick", ops=("Rare",)).holds_variant(rare, odd)
    assert Selection(preset="quick").holds_variant(Row(family="x"), Variant())


def test_the_dtypes_of_a_preset() -> None:
    working, probed = ("float32", "float64", "int8"), ("bfloat16", "float32")
    assert Selection(preset="quick").dtypes_of(working, probed) == ("bfloat16", "float32")
    standard = Selection(preset="standard").dtypes_of(working, probed)
    assert standard == ("bfloat16", "float32", "float64", "int8")
    assert Selection(preset="full").dtypes_of(working, probed) == DTYPES
    assert Selection(preset="full").dtypes_of(working, probed, composite=True) == standard
    assert Selection(dtypes=("uint8",)).dtypes_of(working, probed) == ("uint8",)
    # Quick leaves no op out: one of strings is asked about in strings.
    assert Selection(preset="quick").dtypes_of(("string",), ()) == ("string",)


@given(st.sets(st.sampled_from(DTYPES)), st.sets(st.sampled_from(DTYPES)))
def test_dtypes_nest(working: set[str], probed: set[str]) -> None:
    quick, standard, full = (
        Selection(preset=preset).dtypes_of(working, probed) for preset in PRESETS
    )
    assert set(quick) <= set(standard) <= set(full)
    assert bool(quick) == bool(working | probed)
    if {*working, *probed} & set(QUICK_DTYPES):
        assert set(quick) <= set(QUICK_DTYPES)


def test_the_modes_of_a_preset() -> None:
    assert Selection(preset="quick").modes_of() == ("eager", "graph")
    assert Selection(preset="full").modes_of() == MODES
    assert Selection(preset="quick", modes=("xla", "eager")).modes_of() == ("eager", "xla")


def test_what_is_timed() -> None:
    def timed(selection: Selection) -> set[tuple[str, str]]:
        return {(d, m) for d in DIRECTIONS for m in MODES if selection.times(d, m)}

    assert timed(Selection(preset="quick")) == {("forward", "graph"), ("forward", "xla")}
    everything_compiled = {(d, m) for d in DIRECTIONS for m in ("graph", "xla")}
    assert timed(Selection(preset="standard")) == everything_compiled
    assert timed(Selection(preset="full", timing=False)) == set()
