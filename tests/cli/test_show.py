from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SHOW = """
import sys, msgspec
from pathlib import Path
from envprobe.cli._show import show_scan
from envprobe.matrix.matrix import Matrix
from envprobe.scanning.result import ScanResult
environment = dict(devices=[], machine="x86_64", cpu_isa=[], onednn=None, python="3.11",
    tensorflow=None, tensorflow_build={}, driver=None, cuda=None, cudnn=None, packages={},
    variables={})
scan = dict(preset="quick", started="", seconds=0, support_seconds=0, timing_seconds=0, workers=1,
    restarts=0, resumed=0, planned=1, complete=True, envprobe="0", host="töpfchen")
cell = dict(op="MatMul", variant="default", dtype="float32", device="CPU:0", direction="forward",
    mode="eager", status="supported")
device = dict(name="CPU:0", device_type="CPU", model="漢 [bold]CPU[/bold]")
matrix = msgspec.convert(dict(kind="matrix", environment=environment, environment_digest="d",
    devices=[device], inventory={}, findings=[], cells=[cell], scan=scan), Matrix)
show_scan(ScanResult(matrix=matrix, path=Path("m.json"), notes=("a note",)),
          as_json=sys.argv[1] == "json")
"""


def show(form: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", SHOW, form],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, **env},
    )


def test_json_is_exactly_one_document_and_notes_go_to_stderr() -> None:
    done = show("json")
    assert json.loads(done.stdout)["cells"][0]["op"] == "MatMul"
    assert done.stderr == b"envprobe: a note\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_the_report_can_be_shown_in_any_encoding(encoding: str) -> None:
    done = show("text", PYTHONIOENCODING=encoding)
    text = done.stdout.decode(encoding)
    assert "[bold]CPU[/bold]" in text
    assert ("✓ 1 supported" if encoding == "utf-8" else "Y 1 supported") in text
    assert "Note: a note" in text
    assert done.stderr == b""


def test_the_width_of_a_pipe_is_80_columns_or_columns() -> None:
    lengths = [
        max(map(len, show("text", COLUMNS=columns).stdout.decode().splitlines()))
        for columns in ("", "60")
    ]
    assert lengths[0] <= 80
    assert lengths[1] <= 60
