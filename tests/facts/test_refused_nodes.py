"""What the table says of the CPU's kernels is what they do, where oneDNN is off."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from envprobe.facts.kernel_refusals import refusals_of

SCRIPT = Path(__file__).with_name("refused_nodes.py")


def executed(python: str) -> dict[str, str | None]:
    done = subprocess.run([python, SCRIPT], capture_output=True, timeout=300, check=True)
    return msgspec.json.decode(done.stdout, type=dict[str, str | None])


def test_the_newest_tensorflow_refuses_what_the_table_says(tensorflow_python: str) -> None:
    assert_as_told(executed(tensorflow_python))


def test_an_old_tensorflow_refuses_it_too(old_tensorflow_python: str) -> None:
    assert_as_told(executed(old_tensorflow_python))


def assert_as_told(answers: dict[str, str | None]) -> None:
    assert len(answers) > 40
    for name, error in answers.items():
        op, trait, _ = name.split()
        (row,) = [row for row in refusals_of("CPU", op) if row.trait == trait]
        if row.refused_by == "onednn":
            assert error is None, name
        else:
            assert error is not None, name
            assert alike(row.message, error), (name, row.message, error)


def alike(told: str, error: str) -> bool:
    """Whether the message is the error's; the table leaves out the numbers of one case."""
    words = [word for word in told.split() if not any(c.isdigit() for c in word)]
    return sum(word in error for word in words) >= 0.7 * len(words)
