"""The recorded disagreements of registry and execution."""

from __future__ import annotations

import json

import pytest

from envprobe.matrix.disagreement import CONTRADICTING
from envprobe.matrix.known_disagreements import (
    Disagreements,
    disagreements_folder,
    encode_disagreements,
    file_name,
    known_disagreements,
)
from envprobe.ops.catalog import load_catalog, variants_of
from envprobe.terms import DTYPES, Status

FILES = sorted(file.name for file in disagreements_folder().iterdir() if ".json" in file.name)


def read(name: str) -> Disagreements:
    release, device_type = name.removeprefix("tensorflow-").removesuffix(".json").rsplit("-", 1)
    found = known_disagreements(release, device_type.upper())
    assert found is not None
    return found


def test_the_newest_and_the_oldest_release_are_recorded_on_the_cpu() -> None:
    assert {"tensorflow-2.13.1-cpu.json", "tensorflow-2.21.0-cpu.json"} <= set(FILES)
    assert known_disagreements("1.0.0", "CPU") is None


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_canonical_and_named_after_its_content(name: str) -> None:
    found, text = read(name), (disagreements_folder() / name).read_bytes()
    assert encode_disagreements(found) == text
    assert file_name(found.tensorflow, found.device_type) == name
    assert json.loads(text)["kind"] == "disagreements"


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_a_disagreement_about_a_row_of_the_catalog(name: str) -> None:
    catalog = load_catalog()
    for row in read(name).rows:
        assert row.status in (CONTRADICTING if row.registered else (Status.SUPPORTED,))
        assert row.variant in variants_of(catalog[row.op])
        assert set(row.dtypes) <= set(DTYPES)
        assert row.reason or not row.registered


def test_channels_first_convolution_in_float16_is_among_them() -> None:
    rows = read("tensorflow-2.21.0-cpu.json").rows
    assert any(
        (row.op, row.variant, row.direction, row.mode, row.status)
        == ("Conv2D", "nchw", "forward", "eager", Status.UNIMPLEMENTED)
        and "float16" in row.dtypes
        for row in rows
    )
