"""The recorded traces are whole, and the catalog measures what they hold."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from envprobe.ops.catalog import load_catalog
from envprobe.ops.coverage import (
    Recording,
    Share,
    TracedStep,
    decode_recording,
    pairs_of,
    share_of,
)

ROOT = Path(__file__).parents[2]
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def _loaded() -> ModuleType:
    path = ROOT / "scripts" / "measure_coverage.py"
    spec = importlib.util.spec_from_file_location("measure_coverage", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


measure = _loaded()
NAMES = """
import importlib, json, keras, tensorflow
groups = {g: importlib.import_module("scripts.coverage." + g) for g in GROUPS}
names = {g: m.names() for g, m in groups.items() if hasattr(m, "names")}
print(json.dumps([tensorflow.version.VERSION, keras.__version__, names]))
"""


@pytest.fixture(scope="module")
def recording() -> Recording:
    return decode_recording(measure.RECORDING.read_bytes())


@pytest.fixture(scope="module")
def same_tensorflow(tensorflow_python: str, recording: Recording) -> dict[str, list[str]]:
    """The classes by group under the releases of the recording; skipped under any other."""
    asked = subprocess.run(
        [tensorflow_python, "-c", f"GROUPS = {measure.GROUPS}\n{NAMES}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    tensorflow, keras, names = json.loads(asked.stdout.splitlines()[-1])
    if (tensorflow, keras) != (recording.tensorflow, recording.keras):
        pytest.skip(f"recorded with TensorFlow {recording.tensorflow}, Keras {recording.keras}")
    found: dict[str, list[str]] = names
    return found


def test_the_catalog_measures_what_is_demanded(recording: Recording) -> None:
    pairs = pairs_of(recording.steps, load_catalog(), recording.inputs)
    full = share_of(pairs, measure.measured_pairs("full"))
    assert full.of_occurrences >= 0.99
    assert full.of_pairs >= 0.97
    # What everybody scans covers nearly every node, too; its rare ops are left to `full`.
    standard = share_of(pairs, measure.measured_pairs("standard"))
    assert standard.of_occurrences >= 0.99
    assert standard.of_pairs >= 0.85


def test_the_program_prints_the_table_and_is_content(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure.main([]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("TensorFlow 2.")
    assert [line.split()[0] for line in printed[2:8]] == [*measure.GROUPS, "all"]


@pytest.mark.parametrize(
    ("nodes", "pairs", "enough"), [(990, 97, True), (989, 97, False), (990, 96, False)]
)
def test_less_than_demanded_is_not_enough(nodes: int, pairs: int, enough: bool) -> None:
    share = Share(occurrences=1000, occurrences_covered=nodes, pairs=100, pairs_covered=pairs)
    assert measure.is_enough(share) is enough


def test_what_nothing_measures_is_listed_with_its_users(recording: Recording) -> None:
    printed = measure.report(recording, {"none": frozenset()})
    line = next(line for line in printed if " MaxPool3D float32: " in line)
    assert "MaxPooling3D" in line


def test_the_recording_is_canonical_and_small(recording: Recording) -> None:
    content = measure.RECORDING.read_bytes()
    assert measure.encode_recording(recording) == content
    assert len(content) <= 800_000


def test_each_step_is_recorded_under_each_precision(recording: Recording) -> None:
    steps = [(step.group, step.name, step.precision) for step in recording.steps]
    names = {step[:2] for step in steps}
    assert sorted(steps) == sorted((*name, p) for name in names for p in PRECISIONS)
    assert len({name for group, name in names if group == "applications"}) == 40
    assert {group for group, _ in names} == set(measure.GROUPS)


def test_a_step_has_nodes_or_says_why_not(recording: Recording) -> None:
    for step in recording.steps:
        assert bool(step.nodes) is (step.error is None), step.name
    failed = [step for step in recording.steps if step.error]
    # Some layers of Keras do not work under mixed precision; none may fail in float32.
    assert {step.precision for step in failed} <= {"mixed_float16", "mixed_bfloat16"}
    assert len(failed) <= 8


@pytest.mark.tensorflow
def test_every_class_is_traced_or_exempt_with_a_reason(
    same_tensorflow: dict[str, list[str]], recording: Recording
) -> None:
    for group, names in same_tensorflow.items():
        traced = {step.name for step in recording.steps if step.group == group}
        exempt = recording.exempt[group]
        assert set(names) - traced == set(exempt), group
        assert all(exempt.values())


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("layers", ["Dense", "AveragePooling3D", "LSTM", "CutMix", "TextVectorization"]),
        ("models", ["gan", "transformer encoder"]),
        ("optimizers", ["Adam accumulated"]),
    ],
)
def test_tracing_again_finds_the_recorded_nodes(
    same_tensorflow: dict[str, list[str]],
    tensorflow_python: str,
    recording: Recording,
    group: str,
    names: list[str],
) -> None:
    traced = measure.trace(tensorflow_python, [group], names)
    recorded = [s for s in recording.steps if s.group == group and s.name in names]
    assert by_key(traced.steps) == by_key(recorded)


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("group", measure.GROUPS)
def test_tracing_everything_again_finds_the_recording(
    same_tensorflow: dict[str, list[str]],
    tensorflow_python: str,
    recording: Recording,
    group: str,
) -> None:
    traced = measure.trace(tensorflow_python, [group])
    recorded = [step for step in recording.steps if step.group == group]
    assert by_key(traced.steps) == by_key(recorded)


def by_key(steps: list[TracedStep]) -> dict[tuple[str, str], tuple[bool, dict[str, int]]]:
    return {(s.name, s.precision): (s.error is None, s.nodes) for s in steps}
