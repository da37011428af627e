"""TensorFlow that does not start: real messages and real faults, each told by its cause, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.doctor.examination import Examination
from envprobe.doctor.examine import examine
from envprobe.doctor.examples import changed
from envprobe.doctor.judge import judge
from envprobe.doctor.result import DoctorResult
from envprobe.doctor.rules._start import failing
from envprobe.terms import Finding, Severity

SITE = "/venv/lib/python3.11/site-packages"

# The last line of an import, and what was printed before it, as they were really seen.
TOLD = [
    (
        "TypeError: Unable to convert function return value to a Python type! The signature was "
        "() -> handle",
        ["AttributeError: _ARRAY_API not found"],
        "DOC605",
    ),
    (
        "ImportError: numpy.core.umath failed to import",
        [f'  File "{SITE}/ml_dtypes/__init__.py", line 32, in <module>'],
        "DOC605",
    ),
    (
        "VersionError: Detected mismatched Protobuf Gencode/Runtime major versions when loading "
        "tensorflow/core/framework/attr_value.proto: gencode 6.31.1 runtime 5.29.5.",
        [],
        "DOC606",
    ),
    (
        "ImportError: cannot import name 'builder' from 'google.protobuf.internal' "
        f"({SITE}/google/protobuf/internal/__init__.py)",
        [],
        "DOC606",
    ),
    ("TypeError: Descriptors cannot not be created directly.", [], "DOC606"),
    (
        "ImportError: /lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.38' not found (required by "
        f"{SITE}/tensorflow/libtensorflow_cc.so.2)",
        [],
        "DOC607",
    ),
    (
        "ImportError: /opt/conda/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required "
        f"by {SITE}/tensorflow/libtensorflow_framework.so.2)",
        [],
        "DOC608",
    ),
    (
        "ImportError: libtensorflow_framework.so.2: cannot open shared object file: No such file "
        "or directory",
        [],
        "DOC609",
    ),
    (
        f"ImportError: {SITE}/tensorflow/python/platform/../../libtensorflow_framework.so.2: file "
        "too short",
        [],
        "DOC611",
    ),
    ("ImportError: libtensorflow_framework.so.2: wrong ELF class: ELFCLASS32", [], "DOC611"),
    ("ModuleNotFoundError: No module named 'tensorflow.core'", [], "DOC602"),
    (
        "ImportError: cannot import name 'pywrap_tensorflow' from partially initialized module "
        f"'tensorflow.python' ({SITE}/tensorflow/python/__init__.py)",
        [],
        "DOC602",
    ),
    ("ModuleNotFoundError: No module named 'wrapt'", [], "DOC619"),
    ("RuntimeError: something that nobody has seen before", [], "DOC620"),
    # Frames and what TensorFlow logs on its way are no reasons.
    (
        "ValueError: a new fault",
        [
            "    from google.protobuf import descriptor",
            "from google.protobuf import descriptor",
            "2023-01-01 10:00:00.1: W tensorflow/tsl/dso_loader.cc:67] Could not load dynamic "
            "library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object "
            "file: No such file or directory",
        ],
        "DOC620",
    ),
]


def errors(examination: Examination) -> list[Finding]:
    """What is graver than a warning."""
    return [f for f in judge(examination) if f.severity is Severity.ERROR]


@pytest.mark.parametrize(("reason", "printed", "code"), TOLD)
def test_a_real_message_is_told_once_and_by_its_cause(
    reason: str, printed: list[str], code: str
) -> None:
    assert [f.code for f in errors(failing(reason, *printed))] == [code]


@given(
    kind=st.sampled_from(("raised", "crashed", "timed_out", "out_of_memory", "garbage")),
    reason=st.text(min_size=1),
    printed=st.lists(st.text(), max_size=3),
    signal=st.sampled_from((None, "SIGILL", "SIGSEGV", "SIGBUS", "SIGABRT")),
)
def test_no_failed_start_goes_untold(
    kind: str, reason: str, printed: list[str], signal: str | None
) -> None:
    signal = signal if kind == "crashed" else None
    examination = failing(reason, *printed, kind=kind, signal=signal)
    assert [f for f in errors(examination) if f.code.startswith("DOC6")]


def test_a_cpu_without_avx_is_the_only_reason_of_an_illegal_instruction() -> None:
    died = failing("SIGILL", kind="crashed", signal="SIGILL")
    assert [f.code for f in errors(died)] == ["DOC603"]
    assert [f.code for f in errors(changed(died, "inventory.cpu.isa", ("sse4_2",)))] == ["DOC301"]


def test_an_emulator_is_the_reason_of_an_illegal_instruction() -> None:
    died = failing("SIGILL", kind="crashed", signal="SIGILL")
    emulated = changed(died, "inventory.cpu.architecture", "aarch64")
    assert [f.code for f in errors(emulated)] == ["DOC336"]


def test_a_file_in_the_working_folder_is_not_blamed_for_what_it_did_not_do() -> None:
    failed = failing("AttributeError: module 'numpy' has no attribute 'complex_'")
    beside = changed(failed, "inventory.settings.shadowing_modules", ("/project/numpy.py",))
    assert [f.code for f in errors(beside)] == ["DOC620"]


# ---- real faults -----------------------------------------------------------------------------


def copied(python: str, folder: Path) -> Path:
    """A TensorFlow whose files are links into that of `python`, to be damaged at will."""
    ask = (
        "import importlib.util as u; print(u.find_spec('tensorflow').submodule_search_locations[0])"
    )
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    package = folder / "damaged" / "tensorflow"
    package.parent.mkdir()
    subprocess.run(["cp", "-rs", done.stdout.strip(), package], check=True)
    return package


def examined(python: str, first: Path, monkeypatch: pytest.MonkeyPatch) -> DoctorResult:
    """The examination of that interpreter, with a folder before all its own."""
    monkeypatch.setenv("PYTHONPATH", str(first))
    return examine(python=python)


def start_codes(result: DoctorResult) -> set[str]:
    """The findings on TensorFlow's start."""
    return {f.code for f in result.findings if f.code.startswith("DOC6")}


def test_a_library_that_was_taken_away(
    old_tensorflow_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = copied(old_tensorflow_python, tmp_path)
    (package / "libtensorflow_framework.so.2").unlink()
    result = examined(old_tensorflow_python, package.parent, monkeypatch)
    assert start_codes(result) == {"DOC609"}


def test_a_library_that_is_only_a_pointer(
    old_tensorflow_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = copied(old_tensorflow_python, tmp_path) / "libtensorflow_framework.so.2"
    library.unlink()
    library.write_text("version https://git-lfs.github.com/spec/v1\n")
    result = examined(old_tensorflow_python, library.parent.parent, monkeypatch)
    assert start_codes(result) == {"DOC611"}


def test_a_library_that_was_cut_off(
    old_tensorflow_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = copied(old_tensorflow_python, tmp_path) / "libtensorflow_framework.so.2"
    with library.open("rb") as file:
        beginning = file.read(100_000)
    library.unlink()
    library.write_bytes(beginning)
    result = examined(old_tensorflow_python, library.parent.parent, monkeypatch)
    (found,) = [f for f in result.findings if f.code.startswith("DOC6")]
    assert found.code == "DOC604"
    assert "SIGBUS" in found.seen
    assert "cut off" in found.why


def test_a_part_that_is_missing(
    old_tensorflow_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = copied(old_tensorflow_python, tmp_path)
    shutil.rmtree(package / "core")
    result = examined(old_tensorflow_python, package.parent, monkeypatch)
    assert start_codes(result) == {"DOC602"}


def test_a_file_of_the_users_own_in_the_way(
    old_tensorflow_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inspect.py").write_text("x = 1\n")
    result = examined(old_tensorflow_python, tmp_path, monkeypatch)
    (found,) = [f for f in result.findings if f.code.startswith("DOC6")]
    assert (found.code, found.severity) == ("DOC610", Severity.ERROR)
    assert str(tmp_path / "inspect.py") in found.seen


def python_with(folder: Path, source: str | None) -> str:
    """An interpreter whose only package is a folder `tensorflow`, with that `__init__.py`."""
    package = folder / "packages" / "tensorflow"
    package.mkdir(parents=True)
    if source is not None:
        (package / "__init__.py").write_text(source)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={package.parent} exec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    return str(python)


def test_an_empty_folder_is_a_leftover(tmp_path: Path) -> None:
    result = examine(python=python_with(tmp_path, None))
    assert start_codes(result) == {"DOC602"}


@pytest.mark.parametrize(
    ("library", "version", "code"),
    [("libm.so.6", "GLIBC_2.99", "DOC607"), ("libstdc++.so.6", "GLIBCXX_3.4.99", "DOC608")],
)
def test_a_system_library_that_is_too_old(
    tmp_path: Path, library: str, version: str, code: str
) -> None:
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler for ELF here")
    needs = tmp_path / "needs.so"
    versions = tmp_path / "versions"
    versions.write_text(f"{version} {{ global: newer; }};\n")
    (tmp_path / "newer.c").write_text("void newer(void) {}\n")
    (tmp_path / "needs.c").write_text("void newer(void);\nvoid go(void) { newer(); }\n")
    shared = [compiler, "-shared", "-fPIC", "-o"]
    named = [f"-Wl,--version-script={versions}", f"-Wl,-soname,{library}"]
    stub = tmp_path / "stub.so"
    subprocess.run([*shared, stub, tmp_path / "newer.c", *named], check=True)
    subprocess.run([*shared, needs, tmp_path / "needs.c", stub], check=True)
    (tmp_path / "p").mkdir()
    python = python_with(tmp_path / "p", f"import ctypes; ctypes.CDLL({str(needs)!r})\n")
    result = examine(python=python)
    (found,) = [f for f in result.findings if f.code.startswith("DOC6")]
    assert found.code == code
    assert str(needs) in found.seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fixture", "requirement", "code", "command"),
    [
        ("old_tensorflow_python", "numpy>=2,<2.3", "DOC605", "numpy"),
        ("old_tensorflow_python", "protobuf<3.20", "DOC606", "protobuf"),
    ],
)
def test_a_package_that_does_not_fit(
    fixture: str,
    requirement: str,
    code: str,
    command: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    python = request.getfixturevalue(fixture)
    pip = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    if subprocess.run([*pip, requirement], check=False).returncode:
        pytest.skip(f"{requirement} cannot be installed here")
    result = examined(python, tmp_path, monkeypatch)
    (found,) = [f for f in result.findings if f.code.startswith("DOC6")]
    assert found.code == code
    assert command in str(found.command)
