"""Every table keeps to its schema, stands in canonical form, and says where each row is from."""

from __future__ import annotations

import csv
import io
import re
from importlib import resources
from typing import Any

import msgspec
import pytest
from packaging.version import Version

from envprobe.facts.table import reasons

FACTS = resources.files("kernels_matrix") / "facts"
SCHEMA: dict[str, Any] = msgspec.toml.decode((FACTS / "schema.toml").read_bytes())
PATTERNS: dict[str, str] = SCHEMA.pop("patterns")
TABLES = sorted(SCHEMA)
# What a row may never say: where it was found on somebody's machine, or how work is organised.
PRIVATE = re.compile(r"stored copy|own run|/tmp/|/work/|/home/|file://|pypi\.org|\bexp/")


def text_of(table: str) -> str:
    return (FACTS / f"{table}.csv").read_text(encoding="utf-8")


def rows_of(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(table).splitlines()))


def order_of(cell: str, kind: str) -> Any:
    if kind == "version":
        return Version(cell)
    if kind == "requirement":
        name, _, version = cell.partition("==")
        return name, Version(version)
    return cell


def key_of(table: str, row: dict[str, str]) -> tuple[Any, ...]:
    kinds = zip(SCHEMA[table]["key"], SCHEMA[table]["order"], strict=True)
    return tuple(order_of(row[column], kind) for column, kind in kinds)


def canonical(table: str, text: str) -> str:
    """The same rows, sorted by their key, quoted only where it is needed, one `\\n` a row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, SCHEMA[table]["columns"], lineterminator="\n")
    writer.writeheader()
    rows = list(csv.DictReader(text.splitlines()))
    writer.writerows(sorted(rows, key=lambda row: key_of(table, dict(row))))
    return out.getvalue()


def faults_of(cell: str, rule: dict[str, Any]) -> str | None:
    if not cell:
        return None if "empty" in rule else "may not be empty"
    values = cell.split(" ") if rule.get("list") else [cell]
    for value in values:
        if "one_of" in rule and value not in rule["one_of"]:
            return f"{value!r} is none of {rule['one_of']}"
        if "is" in rule and not re.fullmatch(PATTERNS[rule["is"]], value):
            return f"{value!r} is no {rule['is']}"
    return None if len(values) == len(set(values)) else "a value stands twice"


def test_every_table_has_a_schema() -> None:
    files = {file.name.removesuffix(".csv") for file in FACTS.iterdir() if ".csv" in file.name}
    assert files == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_cell_is_what_its_column_allows(table: str) -> None:
    columns = SCHEMA[table]["columns"]
    for number, row in enumerate(rows_of(table), start=2):
        assert list(row) == list(columns)
        for column, rule in columns.items():
            fault = faults_of(row[column], rule)
            assert fault is None, f"{table}.csv, line {number}, {column}: {fault}"


@pytest.mark.parametrize("table", TABLES)
def test_the_file_is_in_canonical_form(table: str) -> None:
    assert text_of(table) == canonical(table, text_of(table))


@pytest.mark.parametrize("table", TABLES)
def test_no_two_rows_share_a_key(table: str) -> None:
    keys = [key_of(table, row) for row in rows_of(table)]
    assert keys
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("table", [t for t in TABLES if "why_empty" in SCHEMA[t]["columns"]])
def test_each_hole_has_its_reason_and_each_reason_its_hole(table: str) -> None:
    columns = SCHEMA[table]["columns"]
    explained = {name for name, rule in columns.items() if rule.get("empty") == "explained"}
    for row in rows_of(table):
        named = reasons(row["why_empty"])
        holes = {name for name in columns if not row[name]}
        assert explained & holes <= named.keys() <= holes, row


@pytest.mark.parametrize("table", TABLES)
def test_nothing_private_is_told(table: str) -> None:
    assert not PRIVATE.findall(text_of(table))


def test_the_checks_see_what_is_wrong() -> None:
    rule = {"is": "capability", "list": True}
    assert faults_of("8.0 8.6", rule) is None
    assert faults_of("8.6 8.6", rule) == "a value stands twice"
    assert faults_of("8.0  8.6", rule) == "'' is no capability"
    assert faults_of("sm_80", rule) == "'sm_80' is no capability"
    assert faults_of("", rule) == "may not be empty"
    assert faults_of("maybe", {"one_of": ["yes", "no"]}) == "'maybe' is none of ['yes', 'no']"


def test_canonical_form_sorts_versions_as_numbers() -> None:
    header = ",".join(SCHEMA["cuda_drivers"]["columns"])
    lines = [header, '"10.2.89",440.33,441.22,,,primary,,,x', "9.2.88,396.26,397.44,,,primary,,,x"]
    expected = [header, "9.2.88,396.26,397.44,,,primary,,,x", "10.2.89,440.33,441.22,,,primary,,,x"]
    assert canonical("cuda_drivers", "\n".join(lines)) == "\n".join(expected) + "\n"
