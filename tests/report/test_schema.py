"""The shipped schemas are those of the structs."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from envprobe.report.schema import schemas


@pytest.mark.parametrize("kind", sorted(schemas()))
def test_the_shipped_schema_is_the_structs(kind: str) -> None:
    shipped = (resources.files("kernels_matrix") / "schema" / f"{kind}.json").read_text()
    assert json.loads(shipped) == schemas()[kind], "run scripts/make_schema.py"


def test_the_schema_names_the_cells_fields() -> None:
    cell = schemas()["matrix"]["$defs"]["Cell"]
    assert {"op", "status", "seconds_median", "unstable"} <= set(cell["properties"])
    assert "supported" in schemas()["matrix"]["$defs"]["Status"]["enum"]


def test_the_schema_of_ops_says_which_states_a_registration_may_have() -> None:
    registered = schemas()["ops"]["$defs"]["RegisteredOn"]
    states = registered["properties"]["state"]["enum"]
    assert {"registered", "host_memory", "no_kernel"} <= set(states)
