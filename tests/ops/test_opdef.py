"""The catalog against TensorFlow's own op definitions."""

from __future__ import annotations

import json
import subprocess

import pytest

from envprobe.ops.catalog import load_catalog, variants_of

pytestmark = pytest.mark.tensorflow

ASK = """
import json, sys
from tensorflow.python.framework import op_def_registry
found = {}
for op in json.load(sys.stdin):
    definition = op_def_registry.get(op)
    if definition is not None:
        found[op] = {
            "inputs": [argument.name for argument in definition.input_arg],
            "lists": [a.name for a in definition.input_arg if a.number_attr or a.type_list_attr],
            "attrs": [attribute.name for attribute in definition.attr],
        }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def definitions(tensorflow_python: str) -> dict[str, dict[str, list[str]]]:
    ops = [op for op, row in load_catalog().items() if row.composite is None]
    asked = subprocess.run(
        [tensorflow_python, "-c", ASK],
        input=json.dumps(ops),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, dict[str, list[str]]] = json.loads(asked.stdout)
    return found


def test_every_op_exists(definitions: dict[str, dict[str, list[str]]]) -> None:
    raw = {op for op, row in load_catalog().items() if row.composite is None}
    assert raw - set(definitions) == set()


def test_inputs_and_attributes_are_those_of_the_definition(
    definitions: dict[str, dict[str, list[str]]],
) -> None:
    wrong = []
    for op, definition in definitions.items():
        row = load_catalog()[op]
        for name, variant in variants_of(row).items():
            inputs = {**row.inputs, **variant.inputs}
            attrs = {**row.attrs, **variant.attrs}
            if set(inputs) != set(definition["inputs"]):
                wrong.append(f"{op}/{name}: inputs {sorted(inputs)}, not {definition['inputs']}")
            if not set(attrs) <= set(definition["attrs"]):
                wrong.append(f"{op}/{name}: attrs {sorted(attrs)}, not {definition['attrs']}")
            wrong += [
                f"{op}/{name}: {argument} is a list"
                for argument, spec in inputs.items()
                if (argument in definition["lists"]) != (spec.count > 1)
            ]
    assert wrong == []
