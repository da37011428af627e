"""`envprobe diagnose` as a user meets it: every case is a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.cli._exits import ERROR_FOUND, FINE, NOTHING_PROBED, WRONG_USAGE

OOM = (
    "2026-01-01 10:00:00.000001: W tensorflow/core/framework/op_kernel.cc:1839] OP_REQUIRES failed "
    "at conv_ops.cc:698 : RESOURCE_EXHAUSTED: OOM when allocating tensor with shape[64,8,256,256] "
    "and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n"
    "Traceback (most recent call last):\n"
    '  File "train.py", line 12, in <module>\n'
    "    model.fit(x, y)\n"
    "tensorflow.python.framework.errors_impl.ResourceExhaustedError: Graph execution error:\n"
)
NOISE = (
    "2026-01-01 10:00:00.000001: I tensorflow/stream_executor/cuda/cuda_gpu_executor.cc:998] "
    "successful NUMA node read from SysFS had negative value (-1), but there must be at least one "
    "NUMA node, so returning NUMA node zero.\n"
)


def diagnose(
    *arguments: str, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "diagnose", *arguments],
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (["/nowhere/train.log"], "/nowhere/train.log"),
        (["{folder}"], "is a folder"),
        (["{binary}"], "is no text"),
        (["{notebook}"], "notebook"),
        (["--explain", "LOG000"], "LOG000"),
        (["--explain", "gpu-memory-ful"], "gpu-memory"),
        (["--matrix", "/nowhere/m.json", "{log}"], "/nowhere/m.json"),
        (["--matrix", "m.json", "--log-only", "{log}"], "not both"),
        (["--jsn", "{log}"], "--json"),
    ],
)
def test_wrong_usage_is_one_clear_line(arguments: list[str], seen: str, tmp_path: Path) -> None:
    (tmp_path / "x.h5").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "x.ipynb").write_text("{")
    (tmp_path / "x.log").write_text(OOM)
    places = {"folder": "", "binary": "x.h5", "notebook": "x.ipynb", "log": "x.log"}
    filled = {name: str(tmp_path / place) for name, place in places.items()}
    done = diagnose(*(one.format(**filled) for one in arguments))
    assert (done.returncode, done.stdout) == (WRONG_USAGE, b"")
    assert done.stderr.startswith(b"envprobe: ")
    assert done.stderr.count(b"\n") == 1
    assert seen in done.stderr.decode()


@pytest.mark.parametrize(
    ("log", "code", "cause"),
    [
        (OOM, ERROR_FOUND, "oom-gpu"),
        (NOISE, FINE, "benign"),
        ("MadeUpError: nobody knows this\n", NOTHING_PROBED, "unknown"),
        ("", NOTHING_PROBED, "unknown"),
        ("\n\n  \n", NOTHING_PROBED, "unknown"),
        ("\x00" * 5000, NOTHING_PROBED, "unknown"),
    ],
)
def test_the_exit_code_says_what_was_found(log: str, code: int, cause: str) -> None:
    done = diagnose("--log-only", "--json", stdin=log.encode())
    assert (done.returncode, done.stderr) == (code, b"")
    document = json.loads(done.stdout)
    assert (document["kind"], document["format_version"]) == ("diagnosis", 1)
    assert document["cause"] == cause
    assert (document["reason"] is None) == (cause != "unknown")


def test_the_document_of_a_finding() -> None:
    document = json.loads(diagnose("--log-only", "--json", stdin=OOM.encode()).stdout)
    root = document["findings"][0]
    assert (root["role"], root["cause"], root["severity"]) == ("root", "oom-gpu", "error")
    assert root["evidence"][0]["file"] == "-"
    assert root["evidence"][0]["line"] == 1
    assert "64,8,256,256" in json.dumps(root["fields"])
    assert all(root[key] for key in ("seen", "why", "fix"))
    assert {one["role"] for one in document["findings"]} <= {"root", "consequence", "benign"}


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_report_is_read_without_colours_or_width(columns: str) -> None:
    done = diagnose("--log-only", stdin=OOM.encode(), COLUMNS=columns)
    text = done.stdout.decode()
    assert text.startswith("Cause: oom-gpu")
    assert "train.py:12" in text
    assert "\x1b" not in text


def test_an_ascii_terminal() -> None:
    done = diagnose("--log-only", stdin=OOM.encode(), PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == ERROR_FOUND
    assert done.stdout.isascii()


def test_escape_sequences_are_never_echoed(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31mMadeUpError: \x1b[31mred\u202etxt\n"
    path = tmp_path / "x.log"
    path.write_text(evil)
    for arguments in ([], ["--json"]):
        done = diagnose("--log-only", *arguments, str(path))
        text = done.stdout.decode()
        assert not set(text) & {"\x1b", "\x07", "\x9b", "\u202e"}
        assert "\\u001b" not in text
        assert "MadeUpError" in text


def test_several_logs_name_the_process_that_failed_first(tmp_path: Path) -> None:
    paths = []
    for rank, second in (("0", "09"), ("1", "03"), ("2", "07")):
        path = tmp_path / f"rank{rank}.log"
        path.write_text(OOM.replace("10:00:00.", f"10:00:{second}."))
        paths.append(str(path))
    done = diagnose("--log-only", "--json", *paths)
    assert json.loads(done.stdout)["rank"] == paths[1]


def test_the_page_of_a_rule_by_code_and_by_name() -> None:
    document = json.loads(diagnose("--log-only", "--json", stdin=OOM.encode()).stdout)
    root = document["findings"][0]
    pages = {diagnose("--explain", key).stdout for key in (root["code"].lower(), root["name"])}
    (page,) = pages
    assert page.startswith(f"{root['code']} {root['name']}".encode())
    assert b"What mends it" in page


def test_a_reader_that_has_gone_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text(OOM)
    command = f"{sys.executable} -m envprobe.cli diagnose --log-only {path} | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (ERROR_FOUND, b"")


def test_a_log_named_twice_is_read_once(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text(OOM)
    done = diagnose("--json", "--log-only", str(log), str(log))
    assert [one["file"] for one in json.loads(done.stdout)["logs"]] == [str(log)]


def test_a_name_that_is_no_text_is_one_document(tmp_path: Path) -> None:
    log = os.fsencode(tmp_path) + b"/a\xff.log"
    try:
        with open(log, "w") as file:  # noqa: PTH123
            file.write(OOM)
    except OSError:
        pytest.skip("the file system takes text only")
    done = diagnose("--json", "--log-only", os.fsdecode(log))
    assert json.loads(done.stdout)["logs"][0]["file"].endswith("/a\\udcff.log")
