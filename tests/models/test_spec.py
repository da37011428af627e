"""What `--input` and `--target` mean, and how each mistake is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import EnvprobeError, UsageError
from envprobe.models.spec import Spec, parse_spec, parse_specs, with_batch
from envprobe.terms import DTYPES

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
SIZES = st.one_of(st.none(), st.integers(0, 2**40))
NUMBERS = st.integers(-(2**31), 2**31).map(float) | st.floats(-1e6, 1e6)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    dtype = draw(st.sampled_from(DTYPES))
    low = high = None
    if dtype not in {"string", "bool"} and draw(st.booleans()):
        low, high = draw(
            st.tuples(NUMBERS, NUMBERS).map(sorted).filter(lambda pair: pair[0] < pair[1])
        )
    shape = tuple(draw(st.lists(SIZES, max_size=5)))
    name = draw(st.none() | NAMES)
    return Spec(dtype=dtype, shape=shape, name=name, low=low, high=high)


@given(specs())
def test_a_spec_reads_what_it_writes(spec: Spec) -> None:
    assert parse_spec(str(spec)) == spec


@given(st.text(max_size=40))
def test_any_text_is_a_spec_or_one_clear_line(text: str) -> None:
    told = ""
    try:
        parse_spec(text)
    except EnvprobeError as error:
        told = str(error).replace(repr(text), "")
    assert len(told.splitlines()) <= 1


def test_every_part_is_read() -> None:
    assert parse_spec(" ids=int32[?, 128]@0:30000 ") == Spec(
        dtype="int32", shape=(None, 128), name="ids", low=0.0, high=30000.0
    )
    assert parse_spec("float32[]") == Spec(dtype="float32", shape=())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "float32",
            "spec 'float32' is not understood: expected such as 'float32[8,224,224,3]', "
            "'ids=int32[?,128]@0:30000'",
        ),
        ("flaot32[8]", "unknown dtype 'flaot32': did you mean float32 or float64 or float16?"),
        (
            "float32[8,-1]",
            "spec 'float32[8,-1]': '-1' is no size: a whole number, or ? for unknown",
        ),
        ("float32[8,]", "spec 'float32[8,]': '' is no size: a whole number, or ? for unknown"),
        (
            "int32[8]@10:0",
            "spec 'int32[8]@10:0': '10:0' is no range: write low:high, the upper bound excluded, "
            "such as 0:10, or twice the same number for a constant",
        ),
        (
            "int32[8]@nan:1",
            "spec 'int32[8]@nan:1': 'nan:1' is no range: write low:high, the upper bound excluded, "
            "such as 0:10, or twice the same number for a constant",
        ),
        (
            "string[8]@0:1",
            "spec 'string[8]@0:1': string has no range of numbers: leave out '@…'",
        ),
        (
            "float32[" + "1," * 32 + "1]",
            f"spec 'float32[{'1,' * 32}1]' has 33 dimensions: at most 32",
        ),
    ],
)
def test_a_mistake_is_told_exactly(text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_spec(text)
    assert str(raised.value) == message


def test_names_are_given_to_all_or_none_and_once() -> None:
    with pytest.raises(UsageError, match="--input: some specs are named"):
        parse_specs(["a=float32[1]", "float32[1]"], "--input")
    with pytest.raises(UsageError, match="the name 'a' is given twice"):
        parse_specs(["a=float32[1]", "a=float32[1]"], "--input")


def test_the_batch_fills_the_first_unknown_size_only() -> None:
    (filled,) = with_batch([parse_spec("float32[?,?,3]")], 8)
    assert filled.shape == (8, None, 3)
    assert with_batch([filled], 8) == (filled,)
    with pytest.raises(UsageError, match="--batch 4 contradicts float32"):
        with_batch([filled], 4)
