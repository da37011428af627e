from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.tensorflow_build import build_entries, parse_build


def test_nothing_is_executed() -> None:
    text = "import os\nos.abort()\nbuild_info = {'cuda_version': '12.3', 'is_cuda_build': True}\n"
    build = parse_build("x", text)
    assert (build.cuda_version, build.is_cuda_build) == ("12.3", True)
    assert build.unknown["cudnn_version"] == "the build does not state it"


@pytest.mark.parametrize(
    "text", ["", "build_info = open('x')", "build_info = {", "build_info = f()", "x = 1"]
)
def test_what_is_no_table_of_literals(text: str) -> None:
    build = parse_build("x", text)
    assert build.is_cuda_build is None
    assert "build_info" in build.unknown["is_cuda_build"]


def test_a_file_that_is_missing() -> None:
    assert parse_build("x", None).unknown["cuda_version"] == "x cannot be read"


@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    parse_build("x", text)


@given(st.dictionaries(st.text(), st.text() | st.booleans() | st.lists(st.text())))
def test_entries_round_trip(entries: dict[str, object]) -> None:
    pairs = list(entries.items())
    assert build_entries(f"build_info = collections.OrderedDict({pairs!r})") == entries
