"""The output of a command under `envprobe run`: all of it, at once, and nothing else."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import time
from pathlib import Path

from tests.running.commands import RUN, SECONDS, python, run


def test_output_passes_through_byte_by_byte_and_nothing_is_added() -> None:
    script = (
        "import os; os.write(1, bytes(range(256)) * 50); os.write(2, b'err\\r\\xff\\x00'); "
        "os.write(1, b'no newline at the end')"
    )
    done = run(python(script))
    assert done.stdout == bytes(range(256)) * 50 + b"no newline at the end"
    assert done.stderr == b"err\r\xff\x00"
    assert done.returncode == 0


def test_fifty_megabytes_arrive_whole(tmp_path: Path) -> None:
    script = (
        "import sys, random; r = random.Random(1); block = r.randbytes(2**20);"
        "[sys.stdout.buffer.write(block) for _ in range(50)]; sys.exit(0)"
    )
    with (tmp_path / "out").open("wb") as file:
        done = subprocess.run([*RUN, "--", *python(script)], stdout=file, timeout=120, check=False)
    alone = subprocess.run(python(script), capture_output=True, check=True).stdout
    assert done.returncode == 0
    written = (tmp_path / "out").read_bytes()
    assert hashlib.sha256(written).digest() == hashlib.sha256(alone).digest()


def test_progress_bars_come_at_once() -> None:
    script = (
        "import sys, time\n"
        "for i in range(3):\n"
        "    sys.stderr.write(f'\\r{i}/3'); sys.stderr.flush(); time.sleep(0.7)\n"
    )
    with subprocess.Popen(
        [*RUN, "--", *python(script)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stderr is not None
        came = []
        while data := process.stderr.read(100):
            came.append((time.monotonic(), data))
    assert [data for _, data in came] == [b"\r0/3", b"\r1/3", b"\r2/3"]
    assert came[1][0] - came[0][0] > 0.4


def test_both_outputs_keep_their_order_where_they_have_one_target(tmp_path: Path) -> None:
    script = "import os\nfor i in range(2000): os.write(1 + i % 2, b'%d\\n' % i)"
    with (tmp_path / "both").open("wb") as file:
        subprocess.run(
            [*RUN, "--", *python(script)], stdout=file, stderr=subprocess.STDOUT, check=True
        )
    assert (tmp_path / "both").read_text().split() == [str(i) for i in range(2000)]


def test_a_reader_that_goes_ends_the_command_as_it_would_alone() -> None:
    with subprocess.Popen(
        [*RUN, "--", "yes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait(SECONDS) == 128 + signal.SIGPIPE
        assert process.stderr.read() == b"", "that is no failure"


def test_it_ends_with_the_command_though_a_daemon_keeps_the_output_open(tmp_path: Path) -> None:
    script = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid(); time.sleep(3); print('daemon', flush=True); time.sleep(0.3)\n"
        f"    open({str(tmp_path / 'alive')!r}, 'w').close(); os._exit(0)\n"
        "print('started', flush=True)"
    )
    started = time.monotonic()
    with (tmp_path / "out").open("wb") as file:
        done = subprocess.run([*RUN, "--", *python(script)], stdout=file, timeout=60, check=False)
    assert done.returncode == 0
    assert time.monotonic() - started < 2.5
    assert (tmp_path / "out").read_text() == "started\n"
    deadline = time.monotonic() + 20
    while not (tmp_path / "alive").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert (tmp_path / "alive").exists(), "the daemon must live on"
    assert (tmp_path / "out").read_text() == "started\ndaemon\n", "and its output arrives"


def test_a_slow_reader_gets_everything() -> None:
    with subprocess.Popen(
        [*RUN, "--", "head", "-c", "4000000", "/dev/zero"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        time.sleep(1.5)
        assert len(process.stdout.read()) == 4_000_000
    assert process.returncode == 0


def test_a_traceback_is_explained_and_leaves_stdout_alone() -> None:
    script = (
        "import sys; print('step 1'); "
        "sys.stderr.write('tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM "
        "when allocating tensor with shape[64,8,256,256] and type float on /job:localhost/replica:0"
        "/task:0/device:GPU:0 by allocator GPU_0_bfc\\n'); sys.exit(1)"
    )
    done = run(python(script))
    assert done.stdout == b"step 1\n"
    assert b"Cause: oom-gpu" in done.stderr
    assert done.returncode == 1


def test_a_program_that_complains_of_its_reader_has_not_failed() -> None:
    script = "while True: print('x' * 1000)"
    with subprocess.Popen(
        [*RUN, "--", *python(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode == 1
    assert b"BrokenPipeError" in told
    assert b"Cause" not in told
