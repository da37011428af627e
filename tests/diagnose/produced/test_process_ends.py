"""Processes that end for real: an illegal instruction, a signal, a cuDNN of two versions."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.result import DiagnosisFinding

# ud2, the instruction that no CPU has, in memory that may be executed.
UD2 = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes([0x0F, 0x0B, 0xC3]) if {x86} else bytes(4))
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
"""
NEEDS_NEWER = (
    "extern int of_another_version(void); int cudnnCreate(void) { return of_another_version(); }"
)


def root_of(text: str) -> DiagnosisFinding:
    return next(one for one in diagnose_text(text).findings if one.role == "root")


def illegal(*options: str) -> list[str]:
    x86 = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout
    return [sys.executable, *options, "-c", UD2.format(x86=x86.strip() in ("x86_64", "i686"))]


def test_an_illegal_instruction_with_a_fault_handler() -> None:
    done = subprocess.run(
        illegal("-X", "faulthandler"), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == -signal.SIGILL
    root = root_of(done.stderr)
    assert (root.name, root.cause.value) == ("cpu-illegal-instruction", "cpu-instruction-missing")


def test_an_illegal_instruction_as_the_shell_tells_it() -> None:
    script = '"$0" -c "$1"; echo "exit code $?"'
    argv = ["bash", "-c", script, sys.executable, illegal()[-1]]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert "exit code 132" in done.stdout
    assert root_of(done.stdout).cause.value == "cpu-instruction-missing"
    assert root_of(done.stderr).cause.value == "cpu-instruction-missing"


def test_a_process_that_was_told_to_end() -> None:
    script = (
        '"$0" -c "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"; echo "exit code $?"'
    )
    argv = ["bash", "-c", script, sys.executable]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert root_of(done.stdout).name == "job-stopped-from-outside"


def test_a_part_of_cudnn_of_another_version(tmp_path: Path) -> None:
    compiler = next((found for c in ("cc", "gcc", "clang") if (found := shutil.which(c))), None)
    if compiler is None:
        pytest.skip("no C compiler (cc, gcc, clang)")
    library = tmp_path / "libcudnn_cnn_infer.so.8"
    build = [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", str(library)]
    subprocess.run(build, input=NEEDS_NEWER, text=True, check=True)
    opens = f"import ctypes, os; ctypes.CDLL({str(library)!r}, mode=os.RTLD_NOW)"
    done = subprocess.run(
        [sys.executable, "-c", opens], capture_output=True, text=True, timeout=30, check=False
    )
    root = root_of(done.stderr)
    assert (root.name, root.cause.value) == ("cudnn-libraries-mixed", "cudnn-version-mismatch")
    assert root.fields["library"] == "libcudnn_cnn_infer.so.8"
