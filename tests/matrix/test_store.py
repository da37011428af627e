"""What is written is read back; what is broken is refused in one clear line."""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from envprobe.errors import FileFormatError, UsageError
from envprobe.matrix import (
    Cell,
    Device,
    Environment,
    Matrix,
    ScanRecord,
    TimingConditions,
    encode_matrix,
    read_matrix,
    write_matrix,
)
from envprobe.terms import DIRECTIONS, MODES, Finding, Severity, Status

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(0, 1e18)
COUNT = st.integers(0, 2**60)
JSON = st.recursive(
    st.none() | st.booleans() | COUNT | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SHAPES = st.dictionaries(TEXT, st.lists(COUNT, max_size=4), max_size=3)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


CONDITIONS = st.builds(
    TimingConditions,
    cpu_load=maybe(POSITIVE),
    sm_clock_hertz=maybe(POSITIVE),
    throttle_reasons=maybe(st.lists(TEXT, max_size=2).map(tuple)),
    temperature_celsius=maybe(NUMBER),
    gpu_other_processes=maybe(COUNT),
)
CELLS = st.builds(
    Cell,
    op=TEXT,
    variant=TEXT,
    dtype=TEXT,
    device=TEXT,
    direction=st.sampled_from(DIRECTIONS),
    mode=st.sampled_from(MODES),
    status=st.sampled_from(Status),
    reason=maybe(TEXT),
    attrs=st.dictionaries(TEXT, JSON, max_size=3),
    shapes=SHAPES,
    max_relative_error=maybe(POSITIVE),
    seconds_median=maybe(POSITIVE),
    seconds_iqr=maybe(POSITIVE),
    samples=maybe(COUNT),
    unstable=maybe(st.booleans()),
    flops_per_second=maybe(POSITIVE),
    bytes_per_second=maybe(POSITIVE),
    peak_bytes=maybe(COUNT),
    timed_shapes=maybe(SHAPES),
    conditions=maybe(CONDITIONS),
)
ENVIRONMENTS = st.builds(
    Environment,
    devices=st.lists(TEXT, max_size=2).map(tuple),
    machine=TEXT,
    cpu_isa=st.lists(TEXT, max_size=2).map(tuple),
    onednn=maybe(st.booleans()),
    python=TEXT,
    tensorflow=maybe(TEXT),
    tensorflow_build=st.dictionaries(TEXT, JSON, max_size=3),
    driver=maybe(TEXT),
    cuda=maybe(TEXT),
    cudnn=maybe(TEXT),
    packages=st.dictionaries(TEXT, TEXT, max_size=3),
    variables=st.dictionaries(TEXT, TEXT, max_size=3),
)
DEVICES = st.builds(
    Device,
    name=TEXT,
    device_type=TEXT,
    model=maybe(TEXT),
    cuda_index=maybe(COUNT),
    memory_bytes=maybe(COUNT),
    peak_flops_per_second=st.dictionaries(TEXT, POSITIVE, max_size=2),
    peak_bytes_per_second=maybe(POSITIVE),
)
FINDINGS = st.builds(
    Finding,
    code=TEXT,
    name=TEXT,
    severity=st.sampled_from(Severity),
    seen=TEXT,
    why=TEXT,
    fix=maybe(TEXT),
)
SCANS = st.builds(
    ScanRecord,
    preset=TEXT,
    narrowed=st.dictionaries(TEXT, st.lists(TEXT, max_size=2), max_size=2),
    started=TEXT,
    seconds=POSITIVE,
    support_seconds=POSITIVE,
    timing_seconds=POSITIVE,
    workers=COUNT,
    restarts=COUNT,
    resumed=COUNT,
    planned=COUNT,
    complete=st.booleans(),
    envprobe=TEXT,
    host=TEXT,
)
MATRICES = st.builds(
    Matrix,
    environment=ENVIRONMENTS,
    environment_digest=TEXT,
    devices=st.lists(DEVICES, max_size=2).map(tuple),
    inventory=st.dictionaries(TEXT, JSON, max_size=3),
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    cells=st.lists(CELLS, max_size=4, unique_by=lambda cell: cell.key).map(tuple),
    scan=SCANS,
)


def cell(op: str = "MatMul", **changes: Any) -> Cell:
    return Cell(
        op=op,
        variant="",
        dtype="float32",
        device="CPU:0",
        direction="forward",
        mode="eager",
        status=changes.pop("status", Status.SUPPORTED),
        **changes,
    )


MATRIX = Matrix(
    environment=Environment(
        devices=("CPU:0 CPU AMD EPYC",),
        machine="x86_64",
        cpu_isa=("avx2",),
        onednn=None,
        python="3.11",
        tensorflow=None,
        tensorflow_build={},
        driver=None,
        cuda=None,
        cudnn=None,
        packages={},
        variables={},
    ),
    environment_digest="0123456789ab",
    devices=(Device(name="CPU:0", device_type="CPU"),),
    inventory={"host": {"kernel": "6.1"}},
    findings=(),
    cells=(cell("Add"), cell("MatMul", reason="line\nbreak"), cell("Relu")),
    scan=ScanRecord(
        preset="quick",
        started="2025-01-01T00:00:00Z",
        seconds=1.0,
        support_seconds=0.5,
        timing_seconds=0.5,
        workers=2,
        restarts=0,
        resumed=0,
        planned=3,
        complete=True,
        envprobe="0.1.0",
        host="node1",
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(matrix=MATRICES)
def test_what_is_written_is_read_back(matrix: Matrix, tmp_path: Path) -> None:
    path = tmp_path / "matrix.json"
    write_matrix(path, matrix)
    assert read_matrix(path) == matrix
    assert [one.name for one in tmp_path.iterdir()] == ["matrix.json"]


@given(matrix=MATRICES)
def test_the_file_is_the_structs_json(matrix: Matrix) -> None:
    assert json.loads(encode_matrix(matrix)) == json.loads(msgspec.json.encode(matrix))


def test_one_cell_a_line_and_one_changed_line_a_changed_cell() -> None:
    before = encode_matrix(MATRIX).decode().splitlines()
    changed = (*MATRIX.cells[:2], cell("Relu", status=Status.CRASHED, reason="SIGSEGV"))
    after = encode_matrix(msgspec.structs.replace(MATRIX, cells=changed)).decode().splitlines()
    assert len(before) == len(after)
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        "    " + msgspec.json.encode(changed[2]).decode()
    ]
    assert before[:3] == ["{", '  "kind": "matrix",', '  "format_version": 1,']


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_nan_gets_in(value: float, tmp_path: Path) -> None:
    path = tmp_path / "matrix.json"
    odd = cell(max_relative_error=value, attrs={"deep": [value]})
    write_matrix(path, msgspec.structs.replace(MATRIX, cells=(odd,)))
    assert "NaN" not in path.read_text()
    assert "Infinity" not in path.read_text()
    assert read_matrix(path).cells[0].max_relative_error is None


def test_what_nobody_could_read_is_not_written(tmp_path: Path) -> None:
    scan = msgspec.structs.replace(MATRIX.scan, seconds=math.nan)
    with pytest.raises(msgspec.ValidationError, match=r"scan\.seconds"):
        write_matrix(tmp_path / "m.json", msgspec.structs.replace(MATRIX, scan=scan))
    assert list(tmp_path.iterdir()) == []


def refusal(path: Path) -> str:
    with pytest.raises(FileFormatError) as caught:
        read_matrix(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


GOOD = encode_matrix(MATRIX)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (GOOD[: len(GOOD) // 2], "is cut short"),
        (GOOD.rstrip()[:-1], "is cut short"),
        (b"\x00\xff\xfe", "is not JSON"),
        (b"PK\x03\x04 a zip", "is not JSON"),
        (b"<html></html>", "is not JSON"),
        (b'{"kind": "\xff\xfe"}', "is not JSON"),
        (GOOD.replace(b'"cells"', b"cells", 1), "is not JSON"),
        (b'{"kind":' + b"[" * 100_000 + b"}", "is not JSON"),
        (GOOD + b"junk", "is not JSON"),
        (b"[1, 2]", "not a matrix file"),
        (b"3", "not a matrix file"),
        (b"{}", "of no kind"),
        (GOOD.replace(b'"matrix"', b'"oplist"', 1), "kind 'oplist'"),
        (GOOD.replace(b": 1,", b": 2,", 1), "newer envprobe"),
        (GOOD.replace(b": 1,", b': "1",', 1), "no valid format_version"),
        (GOOD.replace(b": 1,", b": true,", 1), "no valid format_version"),
        (GOOD.replace(b": 1,", b": 0,", 1), "no valid format_version"),
        (GOOD.replace(b'"supported"', b'"splendid"', 1), "$.cells[0].status"),
        (GOOD.replace(b'"seconds": 1.0', b'"seconds": null', 1), "$.scan.seconds"),
        (GOOD.replace(b'"Add"', b'"Relu"', 1), "two cells"),
    ],
)
def test_a_broken_file_is_refused(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "matrix.json"
    path.write_bytes(data)
    assert told in refusal(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.json")
    assert "directory" in refusal(tmp_path).lower()


@given(cut=st.integers(1, len(GOOD) - 2))
def test_every_cut_is_refused(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.json"  # one file for all examples
    path.write_bytes(GOOD[:cut])
    assert "is cut short" in refusal(path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """The disk fills up in the middle: a limit on the size of files, in a process of its own."""
    path = tmp_path / "matrix.json"
    write_matrix(path, MATRIX)
    many = tuple(cell(f"Op{number}") for number in range(2000))
    (tmp_path / "in").mkdir()
    write_matrix(tmp_path / "in" / "big.json", msgspec.structs.replace(MATRIX, cells=many))
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from envprobe.errors import UsageError\n"
        "from envprobe.matrix import read_matrix, write_matrix\n"
        "try:\n write_matrix(Path(sys.argv[2]), read_matrix(Path(sys.argv[1])))\n"
        "except UsageError as error:\n sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "in" / "big.json"), str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)),
    )
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert read_matrix(path) == MATRIX
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in", "matrix.json"]


def test_a_target_that_cannot_be_written_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_matrix(tmp_path / "file" / "matrix.json", MATRIX)
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        write_matrix(tmp_path / "folder", MATRIX)
    assert list((tmp_path / "folder").iterdir()) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes into read-only folders")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UsageError, match="Permission denied"):
            write_matrix(tmp_path / "matrix.json", MATRIX)
    finally:
        tmp_path.chmod(0o700)


def test_missing_folders_are_made_and_links_are_followed(tmp_path: Path) -> None:
    real = tmp_path / "a" / "b" / "matrix.json"
    link = tmp_path / "link.json"
    link.symlink_to(real)
    write_matrix(link, MATRIX)
    assert link.is_symlink()
    assert read_matrix(real) == MATRIX
