"""The truth of the cases: what really becomes of one step of each model."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
LINES = (CASES / "cases.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("line", LINES, ids=[json.loads(line)["id"] for line in LINES])
def test_a_case_ends_as_its_file_says(line: str, tensorflow_python: str) -> None:
    done = subprocess.run(
        [tensorflow_python, str(CASES / "take_step.py")],
        input=line,
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["truth"] == json.loads(line)["truth"], told
