"""`envprobe merge` as a user meets it: every case is a real process without TensorFlow in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from envprobe.matrix import read_matrix, write_matrix

RECORDED = Path(str(resources.files("kernels_matrix"))) / "recorded"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the matrices of five nodes: the recorded one under other names."""
    folder = tmp_path_factory.mktemp("nodes")
    matrix = read_matrix(min(RECORDED.glob("*.json")))
    matrix = msgspec.structs.replace(matrix, cells=matrix.cells[:400])
    for number in range(1, 6):
        scan = msgspec.structs.replace(matrix.scan, host=f"node{number:02d}")
        write_matrix(folder / f"{number}.json", msgspec.structs.replace(matrix, scan=scan))
    return folder


def ask(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "merge", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **env},
    )


def test_a_folder_becomes_a_cluster_file(nodes: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "cluster.json"
    done = ask(nodes, "-o", output)
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 nodes in 1 profile, from 5 files" in done.stdout
    assert f"Saved: {output}" in done.stdout
    document = json.loads(output.read_text())
    assert (document["kind"], document["format_version"]) == ("cluster", 1)
    again = ask(output, nodes, "--json")
    assert again.stdout == output.read_text()
    assert again.stderr == ""


def test_what_cannot_be_read_is_a_line_each(nodes: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes((nodes / "1.json").read_bytes()[:1000])
    done = ask(nodes, cut, tmp_path / "gone.json")
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("envprobe: ") for line in lines)
    assert "2 of 7 could not be read" in lines[-1]
    output = tmp_path / "cluster.json"
    strict = ask(nodes, cut, "--strict", "-o", output)
    assert (strict.returncode, strict.stdout) == (2, "")
    assert not output.exists()


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        ([], "PATH"),
        (["no-such.json"], "no-such.json"),
        (["."], "nothing to merge"),
        (["1.json", "-o", "1.json/below.json"], "cannot write"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    nodes: Path, tmp_path: Path, arguments: list[str], seen: str
) -> None:
    (tmp_path / "1.json").write_bytes((nodes / "1.json").read_bytes())
    (tmp_path / "empty").mkdir()
    done = ask(*[str(tmp_path / "empty") if word == "." else str(tmp_path / word)
                 if ".json" in word else word for word in arguments])  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert all(line.startswith("envprobe: ") for line in done.stderr.splitlines())
    assert seen in done.stderr


@pytest.mark.parametrize("columns", ["80", "200"])
def test_the_report_fits_an_ascii_pipe(nodes: Path, columns: str) -> None:
    done = ask(nodes, PYTHONIOENCODING="ascii", COLUMNS=columns, NO_COLOR="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= int(columns)


def test_a_reader_that_has_gone_is_no_fault(nodes: Path) -> None:
    command = f"set -o pipefail; '{sys.executable}' -m envprobe.cli merge '{nodes}' --json | true"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
