"""Samples of real processes, and of a faked driver in all its states."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.running.commands import python

WATCH = """
import json, subprocess, sys, time
import msgspec
from envprobe.running.watching import Watching
watching = Watching((), lambda number: None)
held = 'import time; x = bytearray(60_000_000); time.sleep(60)'
script = f'import subprocess, sys, time; subprocess.Popen([sys.executable, "-c", {held!r}]); {held}'
process = subprocess.Popen([sys.executable, '-c', script])
watching.begin(process.pid, time.monotonic())
time.sleep(2.6)
started = time.monotonic()
watching.end()
ended = time.monotonic() - started
samples = watching.samples()
subprocess.run(['pkill', '-P', str(process.pid)])
process.kill(); process.wait()
print(json.dumps([msgspec.to_builtins(samples), sorted(watching.pids), ended, watching.fault]))
"""
Run = Callable[..., bytes]


def watched(run_python: Run, **states: str) -> tuple[dict[str, Any], list[int], float, str | None]:
    samples, pids, seconds, fault = json.loads(run_python(WATCH, **states))
    return samples, pids, seconds, fault


def test_the_whole_tree_is_counted(run_python: Run) -> None:
    samples, pids, seconds, fault = watched(run_python)
    assert fault is None
    assert len(pids) == 2
    last = samples["samples"][-1]
    assert last["processes"] == 2
    assert 120_000_000 < last["resident_bytes"] < 250_000_000
    assert 0 < last["available_bytes"] < samples["total_bytes"]
    assert 4 <= len(samples["samples"]) <= 7
    assert seconds < 0.5


def test_gpus_are_sampled(run_python: Run) -> None:
    samples, _, _, _ = watched(run_python)
    assert [gpu["index"] for gpu in samples["gpus"]] == [0, 1]
    assert all(gpu["total_bytes"] > 0 for gpu in samples["gpus"])
    gpu = samples["samples"][-1]["gpus"][0]
    assert gpu["used_bytes"] > 0
    assert "gpus" not in samples["unknown"]


def test_a_driver_that_hangs_costs_the_gpus_only(run_python: Run) -> None:
    for call in ("InitWithFlags", "GetMemoryInfo"):
        samples, pids, seconds, fault = watched(run_python, FAKE_NVML_HANG=call)
        assert len(samples["samples"]) >= 4
        assert samples["unknown"]["gpus"] == "NVML has not answered"
        assert (len(pids), fault) == (2, None)
        assert seconds < 1


def test_a_driver_that_refuses_says_why(run_python: Run) -> None:
    samples, _, _, _ = watched(run_python, FAKE_NVML_INIT="18")
    assert "mismatch" in samples["unknown"]["gpus"]
    assert samples["samples"]


def test_modules_of_the_runs_folder_are_not_imported(tmp_path: Any) -> None:
    for name in ("psutil", "msgspec", "select", "json", "threading", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('wrong module')")
    script = "import time; time.sleep(1.2); raise SystemExit(3)"
    argv = [sys.executable, "-P", "-c", "from envprobe.cli import main; main()"]
    if sys.version_info < (3, 11):
        argv = [sys.executable, "-I", "-c", "from envprobe.cli import main; main()"]
    done = subprocess.run(
        [*argv, "run", "--json", "run.json", "--", sys.executable, "-I", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    told = json.loads((tmp_path / "run.json").read_bytes())
    assert told["samples"]["samples"], told["samples"]
    assert python("x")[0] == sys.executable
