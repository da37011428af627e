"""How long `envprobe diagnose` takes for a large log, and how much memory."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

BATCH_LINES = 20_000


def print_speed(console: Console, size: int) -> None:
    """A table: each kind of log, its seconds and the command's peak memory."""
    table = Table("log", "MB", "seconds", "MB/s", "peak MB", "cause", title="one core")
    for name in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.log"
            _write(path, name, size)
            seconds, peak, cause = _diagnosed(path)
        speed = size / 1e6 / seconds
        cells = [f"{size / 1e6:.0f}", f"{seconds:.2f}", f"{speed:.0f}", f"{peak:.0f}", cause]
        table.add_row(name, *cells)
    console.print(table)


def _write(path: Path, name: str, size: int) -> None:
    batch = "".join(KINDS[name]()).encode()
    with path.open("wb") as file:
        while file.tell() < size - len(END):
            file.write(batch)
        file.write(END)


def _diagnosed(path: Path) -> tuple[float, float, str]:
    command = [sys.executable, "-c", CHILD, str(path)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    found = re.match(r"(\d+) (\S+)", done.stdout)
    assert found, done.stdout  # noqa: S101
    return seconds, int(found[1]) / 1024, found[2]


CHILD = """
import resource, sys
from envprobe.diagnose.diagnose import diagnose
cause = diagnose(sys.argv[1]).cause.value
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, cause)
"""


def _keras() -> Iterator[str]:
    for step in range(BATCH_LINES):
        loss = f"0.{step * 7919 % 9973}"
        yield f"{step % 1875}/1875 ━━━━━━━━━━━━━━━━━━━━ 2s 2ms/step - loss: {loss}\n"


def _allocator() -> Iterator[str]:
    head = "2026-03-01 10:00:00.{:06d}: I tensorflow/core/common_runtime/bfc_allocator.cc:1083] "
    for step in range(BATCH_LINES):
        yield f"{head.format(step)}InUse at 7f{step * 7919:x} of size {step * 256} next {step}\n"


def _noise() -> Iterator[str]:
    for step in range(BATCH_LINES):
        yield (
            f"I0000 00:00:17232327{step % 60:02d}.061207 {step * 7919} "
            "cuda_executor.cc:1015] successful NUMA node read from SysFS had negative value (-1), "
            "but there must be at least one NUMA node, so returning NUMA node zero.\n"
        )


def _errors() -> Iterator[str]:
    for step in range(BATCH_LINES // 4):
        shape = f"{step * 7919 % 1024},{step}"
        yield (
            "W tensorflow/core/framework/op_kernel.cc:1839] OP_REQUIRES failed at matmul_op.cc:1 : "
            f"RESOURCE_EXHAUSTED: OOM when allocating tensor with shape[{shape}] and type float on "
            "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n"
            "Traceback (most recent call last):\n"
            f'  File "/home/someone/train.py", line {step}, in <module>\n'
            "ValueError: something else\n"
        )


def _one_line() -> Iterator[str]:
    for step in range(BATCH_LINES):
        yield f"step={step} loss=0.{step * 7919 % 9973} some words of a program; "


KINDS = {
    "progress of Keras": _keras,
    "allocator's dump": _allocator,
    "harmless lines": _noise,
    "one error over and over": _errors,
    "a single line": _one_line,
}
END = (
    b"\nTraceback (most recent call last):\n"
    b'  File "train.py", line 9, in <module>\n'
    b"tensorflow.python.framework.errors_impl.ResourceExhaustedError: {{function_node "
    b"__wrapped__Conv2D_device_/job:localhost/replica:0/task:0/device:GPU:0}} OOM when allocating "
    b"tensor with shape[64,128,256,256] and type float on /job:localhost/replica:0/task:0/"
    b"device:GPU:0 by allocator GPU_0_bfc [Op:Conv2D]\n"
)
