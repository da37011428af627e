"""What `envprobe run` leaves behind, and that no secret is in it."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.running.commands import RUN, SECONDS, python, run

FILES = {
    *("log.txt", "facts.txt", "run.json", "samples.json", "command.json", "inventory.json"),
    *("doctor.json", "diagnosis.json", "report.html"),
}


def test_a_failed_run_leaves_everything(tmp_path: Path) -> None:
    script = (
        "import time; print('step 1'); x = bytearray(90_000_000); time.sleep(0.9); "
        "raise ValueError('no')"
    )
    done = run(python(script), "--bundle", str(tmp_path / "deep" / "bundle"))
    assert done.returncode == 1
    folder = tmp_path / "deep" / "bundle"
    assert {file.name for file in folder.iterdir()} == FILES
    assert folder.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in folder.parent.iterdir()] == ["bundle"]
    log = (folder / "log.txt").read_text()
    assert "step 1\n" in log
    assert "ValueError: no" in log
    command = json.loads((folder / "command.json").read_bytes())
    assert command["argv"] == python(script)
    assert command["exit_code"] == 1
    assert json.loads((folder / "samples.json").read_bytes())["samples"]
    page = (folder / "report.html").read_text()
    assert "<svg" in page
    assert "http" not in page.partition("<body>")[0]


def test_a_run_that_ends_well_leaves_it_too(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    done = run(["echo", "hi"], "--bundle", str(tmp_path / "bundle"))
    assert (done.returncode, done.stdout) == (0, b"hi\n")
    assert {file.name for file in (tmp_path / "bundle").iterdir()} == FILES
    told = json.loads((tmp_path / "bundle" / "diagnosis.json").read_bytes())
    assert told["cause"] == "benign"


def test_a_folder_that_the_run_filled_is_not_touched(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    done = run(["sh", "-c", f"mkdir {bundle}; echo mine > {bundle}/x"], "--bundle", str(bundle))
    assert done.returncode == 0
    assert (bundle / "x").read_text() == "mine\n"
    other = [folder for folder in tmp_path.iterdir() if folder != bundle]
    assert len(other) == 1
    assert str(other[0]) in done.stderr.decode()


def test_a_long_log_is_cut_in_its_middle(tmp_path: Path) -> None:
    script = "for i in range(1_200_000): print(f'line {i:07d} xxxxxxxxxxxxxxxxxxxx')"
    done = run(python(script), "--bundle", str(tmp_path / "b"))
    assert done.returncode == 0
    log = (tmp_path / "b" / "log.txt").read_bytes()
    assert len(log) < 21 * 2**20
    assert log.startswith(b"line 0000000 ")
    assert log.endswith(b"line 1199999 xxxxxxxxxxxxxxxxxxxx\n")
    lines = log.split(b"\n")
    odd = [line for line in lines if line and not line.startswith(b"line ")]
    assert len(odd) == 1
    assert b"bytes are left out here" in odd[0]
    assert all(len(line) == 33 for line in lines if line and line not in odd)


SECRETS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"),
    min_size=8,
    max_size=40,
).filter(lambda text: len(text.strip()) >= 8 and len(set(text)) > 4 and "*" not in text)
PRINTS = """
import os, sys, json
secret, other = os.environ[sys.argv[1]], sys.argv[3]
sys.stdout.reconfigure(errors='surrogateescape'); sys.stderr.reconfigure(errors='surrogateescape')
print('plain', secret, other); print('as json', json.dumps({'x': secret, 'y': other}))
print('as repr', repr(secret), [other]); print(f'{secret}{other}{secret}')
print(f'Namespace(key={secret!r})', file=sys.stderr)
raise RuntimeError(secret + ' and ' + other)
"""


@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    secret=SECRETS,
    other=SECRETS.filter(lambda text: not text.startswith("-")),
    name=st.sampled_from(["HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "MY_AUTH", "COOKIE"]),
    option=st.sampled_from(["--password", "--api-key", "--auth_token"]),
)
def test_a_planted_secret_is_in_no_file(secret: str, other: str, name: str, option: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        extra = ["--html", f"{folder}/page.html", "--json", f"{folder}/run.json"]
        done = subprocess.run(
            [*RUN, "--bundle", str(bundle), *extra, "--", *python(PRINTS), name, option, other],
            env={**os.environ, name: secret, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        files = [file for file in Path(folder).rglob("*") if file.is_file()]
        assert len(files) == len(FILES) + 2
        for file in files:
            text = file.read_text(encoding="utf-8", errors="surrogateescape")
            for planted in (secret, other):
                for spelling in (planted, json.dumps(planted)[1:-1], html.escape(planted)):
                    assert spelling not in text, f"{file.name} holds it"
        report = done.stderr.decode(errors="surrogateescape").partition("envprobe: ended")[2]
        assert report
        assert secret not in report
        assert other not in report


def test_a_bundle_is_made_by_the_library_as_well(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom envprobe.running.run_command import run_command\n"
        "done = run_command([sys.executable, '-c', 'raise SystemExit(3)'], bundle=sys.argv[1])\n"
        "print(done.exit_code, done.bundle)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "b")], capture_output=True, check=True
    )
    assert done.stdout.decode() == f"3 {(tmp_path / 'b').resolve()}\n"
    assert {file.name for file in (tmp_path / "b").iterdir()} == FILES - {"report.html"}
