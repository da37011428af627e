"""How much of the training steps of real models the catalog measures; prints it, judges it.

    python scripts/measure_coverage.py                    from the recorded traces and the catalog
    python scripts/measure_coverage.py --trace            trace all steps anew and record them first
    python scripts/measure_coverage.py --trace --group layers --python PATH

Ends with 1 when a share is under what is demanded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from envprobe.matrix.matrix import Device
from envprobe.ops.catalog import load_catalog
from envprobe.ops.coverage import (
    PLUMBING,
    Pair,
    Recording,
    Share,
    TracedStep,
    covered_pairs,
    decode_recording,
    encode_recording,
    pairs_of,
    share_of,
)
from envprobe.ops.expectation import claimed_status
from envprobe.probe.plan import plan
from envprobe.probe.selection import Selection
from envprobe.terms import Status

ROOT = Path(__file__).resolve().parent.parent
RECORDING = ROOT / "kernels_matrix" / "coverage" / "tensorflow-2.21.0.jsonl"
GROUPS = ("applications", "layers", "losses", "models", "optimizers")
PRESETS = ("standard", "full")
DEMANDED_OF_OCCURRENCES, DEMANDED_OF_PAIRS = 0.99, 0.97
JUDGED = "full"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the coverage; the exit status says whether it is what is demanded."""
    options = _parsed(arguments)
    if options.trace:
        traced = trace(options.python, options.group or GROUPS)
        RECORDING.parent.mkdir(exist_ok=True)
        RECORDING.write_bytes(encode_recording(_merged(traced)))
    recording = decode_recording(RECORDING.read_bytes())
    covered = {preset: measured_pairs(preset) for preset in PRESETS}
    print("\n".join(report(recording, covered)))
    pairs = pairs_of(recording.steps, load_catalog(), recording.inputs)
    return 0 if is_enough(share_of(pairs, covered[JUDGED])) else 1


def is_enough(share: Share) -> bool:
    """Whether a share is what is demanded."""
    of_occurrences = share.of_occurrences >= DEMANDED_OF_OCCURRENCES
    return of_occurrences and share.of_pairs >= DEMANDED_OF_PAIRS


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trace", action="store_true", help="trace the steps anew first")
    parser.add_argument("--python", default=sys.executable, help="an interpreter with TensorFlow")
    parser.add_argument("--group", action="append", choices=GROUPS, help="trace this group only")
    return parser.parse_args(arguments)


def measured_pairs(preset: str) -> frozenset[Pair]:
    """The pairs that a scan of a CPU with this preset has a cell for."""
    catalog = load_catalog()
    cells = {
        (probe.key.op, probe.key.dtype)
        for probe in plan(
            catalog, Selection(preset=preset), Device(name="CPU:0", device_type="CPU")
        )
        if _is_defined(probe.key.op, probe.key.variant, probe.key.dtype)
    }
    return covered_pairs(cells, catalog)


def _is_defined(op: str, variant: str, dtype: str) -> bool:
    claimed = claimed_status(load_catalog()[op], op, variant, dtype)
    return claimed is not Status.INVALID_DTYPE


def trace(python: str, groups: Iterable[str], names: Sequence[str] = ()) -> Recording:
    """The steps of these groups, or those with these names, traced in another interpreter."""
    steps: list[TracedStep] = []
    head: dict[str, Any] = {}
    inputs: dict[str, dict[str, str]] = {}
    exempt: dict[str, dict[str, str]] = {}
    for group in groups:
        *lines, head = _trace_group(python, group, names)
        steps += [TracedStep(**line) for line in lines]
        inputs.update(head["inputs"])
        exempt[group] = head["exempt"]
    return Recording(
        tensorflow=head["tensorflow"],
        keras=head["keras"],
        inputs=inputs,
        exempt=exempt,
        steps=tuple(steps),
    )


def _trace_group(python: str, group: str, names: Sequence[str]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "steps.jsonl"
        command = [python, "-m", "scripts.coverage", group, str(output), *names]
        # Its progress is not what this program prints.
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
        return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def _merged(traced: Recording) -> Recording:
    """What was traced now, and of the recording the groups that were not."""
    groups = {step.group for step in traced.steps}
    if groups == set(GROUPS) or not RECORDING.exists():
        return traced
    old = decode_recording(RECORDING.read_bytes())
    kept = [step for step in old.steps if step.group not in groups]
    return Recording(
        tensorflow=traced.tensorflow,
        keras=traced.keras,
        inputs={**old.inputs, **traced.inputs},
        exempt={**old.exempt, **traced.exempt},
        steps=(*kept, *traced.steps),
    )


def report(recording: Recording, covered: Mapping[str, frozenset[Pair]]) -> list[str]:
    """The lines of the table, what is not covered, and what could not be traced."""
    catalog, inputs = load_catalog(), recording.inputs
    lines = [f"TensorFlow {recording.tensorflow}, Keras {recording.keras}", *_header(covered)]
    for group in (*sorted({step.group for step in recording.steps}), "all"):
        steps = [step for step in recording.steps if group in (step.group, "all")]
        lines.append(_row(group, len(steps), pairs_of(steps, catalog, inputs), covered))
    pairs, users = pairs_of(recording.steps, catalog, inputs), _users(recording)
    for preset, held in covered.items():
        missing = {p: n for p, n in pairs.items() if p not in held and p[0] not in PLUMBING}
        lines += _uncovered(preset, missing, users)
    return [*lines, *_failures(recording)]


def _header(covered: Mapping[str, frozenset[Pair]]) -> list[str]:
    """Columns: nodes and pairs of a group, and the share of both that each preset covers."""
    presets = "".join(f"{preset + ': nodes':>17} {'pairs':>7}" for preset in covered)
    return [f"{'group':<13} {'steps':>5} {'plumbing':>9} {'nodes':>9} {'pairs':>6} {presets}"]


def _row(
    group: str, steps: int, pairs: Counter[Pair], covered: Mapping[str, frozenset[Pair]]
) -> str:
    plumbing = sum(count for pair, count in pairs.items() if pair[0] in PLUMBING)
    shares: list[Share] = [share_of(pairs, held) for held in covered.values()]
    columns = "".join(f"{s.of_occurrences:>16.2%} {s.of_pairs:>8.2%}" for s in shares)
    counted = f"{shares[0].occurrences:>9} {shares[0].pairs:>6}"
    return f"{group:<13} {steps:>5} {plumbing:>9} {counted} {columns}"


def _uncovered(
    preset: str, missing: Mapping[Pair, int], users: Mapping[Pair, Sequence[str]]
) -> list[str]:
    """A line for each pair that is not covered, the most frequent first."""
    lines = [f"Not covered by preset {preset}:" if missing else f"Preset {preset} covers all."]
    for pair, count in sorted(missing.items(), key=lambda item: (-item[1], item[0])):
        names = users[pair]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        lines.append(f"  {count:>7} {pair[0]} {pair[1]}: {', '.join(names[:3])}{more}")
    return lines


def _users(recording: Recording) -> dict[Pair, list[str]]:
    """By pair the names of the steps that have it."""
    found: dict[Pair, set[str]] = {}
    for step in recording.steps:
        for pair in pairs_of([step], load_catalog(), recording.inputs):
            found.setdefault(pair, set()).add(step.name)
    return {pair: sorted(names) for pair, names in found.items()}


def _failures(recording: Recording) -> list[str]:
    failed = [step for step in recording.steps if step.error]
    lines = [f"Not traced: {len(failed)} of {len(recording.steps)} steps"]
    return lines + [f"  {step.name}, {step.precision}: {step.error}" for step in failed]


if __name__ == "__main__":
    sys.exit(main())
