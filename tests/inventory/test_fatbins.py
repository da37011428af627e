"""GPU code read out of a library's fatbins: shared objects that are built here, and a real one."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.inventory.fatbins import (
    COMPRESSED_LZ4,
    COMPRESSED_ZSTD,
    GpuCode,
    ask_fatbins,
    parse_fatbins,
)

PTX, MACHINE_CODE = 1, 2
Build = Callable[..., Path]


def entry(kind: int, capability: int, payload: bytes = b"\0" * 64, flags: int = 0x11) -> bytes:
    """One entry as fatbinary writes it: a header of 64 bytes, then the payload."""
    minor, major = (5, 8) if kind == PTX else (7, 1)
    head = struct.pack("<HHIQ", kind, 0x101, 64, len(payload))
    head += struct.pack("<IIHHI", len(payload), 0, minor, major, capability)
    return head + struct.pack("<IIQQQ", 0, 0, flags, 0, 0) + payload


def text(target: str) -> bytes:
    return f"//\n.version 8.5\n.target {target}\n.address_size 64\n".encode().ljust(200, b" ")


def literals(raw: bytes) -> bytes:
    """An LZ4 block of one sequence without a match."""
    return (
        bytes([0xF0])
        + bytes([255] * ((len(raw) - 15) // 255))
        + bytes([(len(raw) - 15) % 255])
        + raw
    )


def fatbin(*entries: bytes) -> bytes:
    body = b"".join(entries)
    return struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(body)) + body


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Compiles a shared object with these bytes in its sections; gives the folder it lies in."""
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler is None:
        pytest.skip("no C compiler (cc, gcc, clang) to build a shared object")

    def made(nv_fatbin: bytes = b"", rodata: bytes = b"") -> Path:
        lines = ["int answer(void) { return 42; }"]
        for section, raw in ((".nv_fatbin", nv_fatbin), (".rodata", rodata)):
            name = section.strip(".")
            numbers = ",".join(map(str, raw or b"\0"))
            place = f'__attribute__((section("{section}")))' if section == ".nv_fatbin" else ""
            lines.append(f"{place} const unsigned char {name}_bytes[] = {{{numbers}}};")
        source = tmp_path / "library.c"
        source.write_text("\n".join(lines))
        library = tmp_path / "libtensorflow_cc.so.2"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        return tmp_path

    return made


def code(folder: Path) -> tuple[GpuCode, ...]:
    answer = ask_fatbins(folder)
    assert answer.value is not None, answer.reason
    return parse_fatbins(answer.value)


def test_both_sections_are_read_and_the_largest_group_comes_first(build: Build) -> None:
    nvcc = fatbin(entry(MACHINE_CODE, 80), entry(MACHINE_CODE, 90), entry(PTX, 90, text("sm_90")))
    mlir = fatbin(
        entry(MACHINE_CODE, 80), entry(PTX, 90, literals(text("sm_90a")), COMPRESSED_LZ4 | 0x11)
    )
    assert code(build(nvcc, b"text" + mlir * 3)) == (
        GpuCode(sass=("sm_80",), ptx=("sm_90a",), ptx_isa=("8.5",), count=3),
        GpuCode(sass=("sm_80", "sm_90"), ptx=("sm_90",), ptx_isa=("8.5",), count=1),
    )


def test_halves_of_relocatable_code_are_left_out(build: Build) -> None:
    halves = fatbin(entry(MACHINE_CODE, 80)) + fatbin(entry(PTX, 80, text("sm_80")))
    assert code(build(halves)) == ()


def test_a_text_that_is_packed_another_way_keeps_the_target_of_its_header(build: Build) -> None:
    packed = fatbin(entry(MACHINE_CODE, 80), entry(PTX, 90, b"?" * 64, COMPRESSED_ZSTD))
    assert [group.ptx for group in code(build(packed))] == [("sm_90",)]


def test_the_magic_number_alone_is_no_fatbin(build: Build) -> None:
    broken = struct.pack("<IHHQ", 0xBA55ED50, 1, 16, 1 << 60) + b"\0" * 64
    assert code(build(broken, fatbin(entry(MACHINE_CODE, 70), entry(PTX, 70, text("sm_70"))))) == (
        GpuCode(sass=("sm_70",), ptx=("sm_70",), ptx_isa=("8.5",), count=1),
    )


def test_the_time_is_bounded(build: Build) -> None:
    many = fatbin(entry(MACHINE_CODE, 80), entry(PTX, 80, text("sm_80"))) * 20
    answer = ask_fatbins(build(many), seconds=0)
    assert answer.value is None
    assert "not read within 0 s" in str(answer.reason)


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + b"\xff" * 100, b"no library at all" * 100]
)
def test_what_is_no_library_gives_a_reason(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "libtensorflow_cc.so.2").write_bytes(content)
    answer = ask_fatbins(tmp_path)
    assert answer.value is None
    assert "libtensorflow_cc.so.2" in str(answer.reason)


def test_a_missing_library_gives_a_reason(tmp_path: Path) -> None:
    assert "libtensorflow_cc.so.2" in str(ask_fatbins(tmp_path).reason)


def test_a_real_cuda_build_reads_as_it_states(tensorflow_python: str) -> None:
    script = (
        "import importlib.util, json, pathlib, runpy\n"
        "folder = pathlib.Path(importlib.util.find_spec('tensorflow').origin).parent\n"
        "info = runpy.run_path(str(folder / 'python/platform/build_info.py'))['build_info']\n"
        "print(json.dumps([str(folder), list(info.get('cuda_compute_capabilities') or [])]))"
    )
    told = subprocess.run([tensorflow_python, "-c", script], capture_output=True, check=True)
    folder, stated = json.loads(told.stdout)
    if not stated:
        pytest.skip("the TensorFlow of ENVPROBE_TEST_PYTHON is no CUDA build")
    groups = code(Path(folder))
    machine_code = {target for group in groups for target in group.sass}
    assert {target for target in stated if target.startswith("sm_")} <= machine_code
