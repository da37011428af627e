"""Matrix files, folders of them and cluster files as targets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
import pytest

from envprobe.check.target import Target
from envprobe.check.targets.given_targets import given_targets
from envprobe.cluster.merge import merge
from envprobe.errors import EnvprobeError, FileFormatError, UsageError
from envprobe.matrix import Cell, Device
from envprobe.registrations import read_release
from envprobe.registrations.record import record_of
from envprobe.terms import Status

MakeCell = Callable[..., Cell]
WriteScan = Callable[..., Path]
MakeGpu = Callable[..., Device]
RELEASE = "2.21.0"


def targets_of(
    paths: Sequence[Path], tensorflow: str | None, ops: Collection[str] | None = None
) -> tuple[Target, ...]:
    return given_targets(paths, tensorflow, ops).targets


def on_gpus(make_cell: MakeCell, *statuses: Status, op: str = "MatMul") -> list[Cell]:
    return [make_cell(op, device=f"GPU:{at}", status=status) for at, status in enumerate(statuses)]


def test_a_matrix_of_a_cpu_is_one_target(write_scan: WriteScan, make_cell: MakeCell) -> None:
    path = write_scan("tea", make_cell(), make_cell("Relu"))
    (target,) = targets_of([path], RELEASE)
    assert (target.name, target.nodes, target.device.name) == ("tea", ("tea",), "CPU:0")
    assert {cell.op for cell in target.cells} == {"MatMul", "Relu"}
    assert target.trains_here
    assert target.tensorflow == RELEASE
    assert target.cpu is None
    assert given_targets([path], RELEASE).cluster is None


def test_where_there_is_a_gpu_it_trains_and_has_the_cpu_beside_it(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: MakeGpu
) -> None:
    path = write_scan("tea", make_cell(), *on_gpus(make_cell, Status.SUPPORTED), gpus=(make_gpu(),))
    gpu, cpu = targets_of([path], RELEASE)
    assert (gpu.device.name, gpu.trains_here) == ("GPU:0", True)
    assert (cpu.device.name, cpu.trains_here) == ("CPU:0", False)
    assert gpu.cpu == cpu
    assert {cell.device for cell in gpu.cells} == {"GPU:0"}
    assert {cell.device for cell in cpu.cells} == {"CPU:0"}


def test_equal_gpus_are_one_target(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: MakeGpu
) -> None:
    cells = on_gpus(make_cell, *[Status.SUPPORTED] * 8)
    path = write_scan("tea", *cells, gpus=tuple(make_gpu(at) for at in range(8)))
    assert [one.device.name for one in targets_of([path], RELEASE)] == ["GPU:0", "CPU:0"]


def test_the_gpu_that_came_out_otherwise_is_a_target_too(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: MakeGpu
) -> None:
    cells = on_gpus(make_cell, Status.SUPPORTED, Status.SUPPORTED, Status.FAILED)
    path = write_scan("tea", *cells, gpus=tuple(make_gpu(at) for at in range(3)))
    gpus = [one for one in targets_of([path], RELEASE) if one.trains_here]
    assert [one.device.name for one in gpus] == ["GPU:0", "GPU:2"]
    assert gpus[1].cells[0].status is Status.FAILED


def test_a_cell_without_an_answer_makes_no_other_gpu(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: MakeGpu
) -> None:
    cells = on_gpus(make_cell, Status.SUPPORTED, Status.UNTESTED)
    path = write_scan("tea", *cells, gpus=(make_gpu(0), make_gpu(1)))
    assert [one.device.name for one in targets_of([path], RELEASE)] == ["GPU:0", "CPU:0"]


def test_of_equal_gpus_the_one_that_was_measured_speaks(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: MakeGpu
) -> None:
    path = write_scan("tea", make_cell(device="GPU:1"), gpus=(make_gpu(0), make_gpu(1)))
    gpu, _ = targets_of([path], RELEASE)
    assert gpu.device.name == "GPU:1"
    assert len(gpu.cells) == 1


def test_unlike_gpus_are_targets_each(write_scan: WriteScan, make_gpu: MakeGpu) -> None:
    path = write_scan("tea", gpus=(make_gpu(0), make_gpu(1, "Tesla T4")))
    models = [one.device.model for one in targets_of([path], RELEASE) if one.trains_here]
    assert models == ["NVIDIA A100-SXM4-40GB", "Tesla T4"]


def test_a_machine_whose_tensorflow_did_not_start_is_there_and_unknown(
    write_scan: WriteScan,
) -> None:
    path = write_scan("tea", devices=(), tensorflow=None, registrations_unknown="it hung")
    (target,) = targets_of([path], RELEASE)
    assert target.cells == ()
    assert target.registrations is None
    assert target.registrations_unknown == "it hung"
    assert target.trains_here


def test_machines_of_one_environment_share_a_target(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        write_scan(f"n{number}", make_cell())
    write_scan("odd", make_cell(), python="3.12")
    targets = targets_of([tmp_path / "scans"], RELEASE)
    assert [one.nodes for one in targets] == [("n1", "n2", "n3"), ("odd",)]
    assert [one.name == "odd" for one in targets] == [False, True]
    assert targets[0].environment is not None
    assert targets[0].environment.python == "3.11"


def test_of_a_folder_the_newest_scan_of_a_machine_counts(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    write_scan("n1", make_cell(status=Status.FAILED), name="a", day=2)
    write_scan("n1", make_cell(), name="b", day=9)
    (target,) = targets_of([tmp_path / "scans"], RELEASE)
    assert target.cells[0].status is Status.SUPPORTED


def test_two_environments_of_a_machine_that_are_named_are_both_told(
    write_scan: WriteScan, make_cell: MakeCell
) -> None:
    old = write_scan("n1", make_cell(), name="old", day=2, tensorflow="2.15.1")
    new = write_scan("n1", make_cell(), name="new", day=9)
    again = write_scan("n1", make_cell(), name="again", day=8)
    targets = targets_of([old, new, again], RELEASE)
    assert [one.tensorflow for one in targets] == ["2.21.0", "2.15.1"]


def test_a_cluster_file_gives_what_its_matrices_give(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: MakeGpu, tmp_path: Path
) -> None:
    for number in range(1, 5):
        status = Status.FAILED if number == 4 else Status.SUPPORTED
        cells = on_gpus(make_cell, status, status)
        gpus = (make_gpu(0), make_gpu(1))
        write_scan(f"n{number}", make_cell(), *cells, gpus=gpus)
    folder, file = tmp_path / "scans", tmp_path / "cluster.json"
    merge([folder], output=file)
    assert targets_of([file], RELEASE) == targets_of([folder], RELEASE)
    told = [(one.nodes, one.device.name, one.cells[0].status) for one in targets_of([file], None)]
    assert told == [
        (("n1", "n2", "n3"), "GPU:0", Status.SUPPORTED),
        (("n1", "n2", "n3"), "CPU:0", Status.SUPPORTED),
        (("n4",), "GPU:0", Status.FAILED),
        (("n4",), "CPU:0", Status.SUPPORTED),
    ]


def test_machines_that_differ_alike_share_a_target(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    for number in range(9):
        failing = {7: Status.FAILED, 8: Status.FAILED, 6: Status.UNTESTED}
        write_scan(f"n{number}", make_cell(status=failing.get(number, Status.SUPPORTED)))
    targets = targets_of([tmp_path / "scans"], RELEASE)
    assert [len(one.nodes) for one in targets] == [7, 2]
    assert targets[1].nodes == ("n7", "n8")
    assert targets[0].name == targets[1].name


def test_a_difference_in_ops_of_other_models_is_none(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    record = record_of(read_release(RELEASE))
    for number in range(3):
        status = Status.FAILED if number == 2 else Status.SUPPORTED
        cells = (
            make_cell("Relu", status=status),
            make_cell("MatMul"),
            make_cell("Conv2D", direction="gradient"),
        )
        write_scan(f"n{number}", *cells, registrations=record)
    folder = [tmp_path / "scans"]
    assert len(targets_of(folder, RELEASE, {"MatMul"})) == 1
    assert len(targets_of(folder, RELEASE, {"MatMul", "Relu"})) == 2
    assert len(targets_of(folder, RELEASE)) == 2


@pytest.mark.parametrize(
    ("op", "direction", "used", "apart"),
    [
        ("Relu", "gradient", "ReluGrad", True),
        ("Relu", "gradient", "Conv2D", False),
        ("Relu", "forward", "ReluGrad", False),
        ("adam_step", "forward", "ResourceApplyAdam", True),  # a composite measures many ops
    ],
)
def test_a_cell_speaks_of_what_it_runs(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path,
    op: str, direction: str, used: str, apart: bool,
) -> None:  # fmt: skip
    record = record_of(read_release(RELEASE))
    for number in range(3):
        status = Status.FAILED if number == 2 else Status.SUPPORTED
        cell = make_cell(op, direction=direction, status=status)
        write_scan(f"n{number}", cell, registrations=record)
    assert len(targets_of([tmp_path / "scans"], RELEASE, {used})) == 1 + apart


def test_files_folders_and_clusters_together(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    write_scan("n1", make_cell(), folder="one")
    write_scan("n2", make_cell(), folder="two")
    single = write_scan("n3", make_cell(), folder="three")
    merge([tmp_path / "one"], output=tmp_path / "cluster.json")
    given = given_targets([tmp_path / "cluster.json", tmp_path / "two", single], RELEASE)
    assert [one.nodes for one in given.targets] == [("n1", "n2", "n3")]
    assert given.cluster is not None


def test_profiles_of_one_release_share_its_registry(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    record = record_of(read_release(RELEASE))
    write_scan("n1", make_cell(), registrations=record)
    write_scan("n2", make_cell(), registrations=record, python="3.12")
    one, other = targets_of([tmp_path / "scans"], RELEASE)
    assert one.registrations is not None
    assert one.registrations is other.registrations


def test_without_a_record_the_registry_of_exactly_that_release_stands_in(
    write_scan: WriteScan, make_cell: MakeCell
) -> None:
    given = given_targets([write_scan("tea", make_cell())], RELEASE)
    assert given.targets[0].registrations is read_release(RELEASE)
    assert any("stands in" in note for note in given.notes)


@pytest.mark.parametrize("version", ["2.21.7", "my-own-build"])
def test_another_version_has_no_registry_and_says_why(
    write_scan: WriteScan, make_cell: MakeCell, version: str
) -> None:
    (target,) = targets_of([write_scan("tea", make_cell(), tensorflow=version)], RELEASE)
    assert target.registrations is None
    assert target.registrations_unknown is not None
    assert version in target.registrations_unknown


def test_another_release_than_that_of_the_trace_is_told(
    write_scan: WriteScan, make_cell: MakeCell
) -> None:
    path = write_scan("tea", make_cell(), tensorflow="2.15.1")
    assert any("2.15.1" in note and "2.21.0" in note for note in given_targets([path], RELEASE)[2])
    assert not any("2.21.0" in note for note in given_targets([path], "2.15.1").notes)


def test_a_recorded_matrix_has_a_name() -> None:
    (target,) = targets_of([Path("amd-epyc-tensorflow-2.21.0-27f10af57420")], RELEASE)
    assert target.device.model == "AMD EPYC"
    assert target.registrations is not None


def missing(folder: Path) -> None:
    del folder


def empty(folder: Path) -> None:
    folder.write_bytes(b"")


def empty_folder(folder: Path) -> None:
    folder.mkdir()


def without_matrices(folder: Path) -> None:
    folder.mkdir()
    (folder / "x.json").write_text('{"kind": "oplist", "format_version": 1}')


def of_another_kind(path: Path) -> None:
    path.write_text('{"kind": "oplist", "format_version": 1}')


def no_json(path: Path) -> None:
    path.write_text("hello")


@pytest.mark.parametrize(
    "bad", [missing, empty, empty_folder, without_matrices, of_another_kind, no_json]
)
@pytest.mark.parametrize("beside", [False, True])
def test_what_cannot_be_read_is_one_clear_line(
    tmp_path: Path, write_scan: WriteScan, make_cell: MakeCell,
    bad: Callable[[Path], None], beside: bool,
) -> None:  # fmt: skip
    path = tmp_path / "wrong"
    bad(path)
    given = [path, write_scan("fine", make_cell())] if beside else [path]
    if beside and bad is without_matrices:
        assert any("oplist" in note for note in given_targets(given, RELEASE).notes)
        return
    with pytest.raises(EnvprobeError) as caught:
        targets_of(given, RELEASE)
    assert caught.value.exit_code == 2
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["matrix", "cluster"])
@pytest.mark.parametrize("beside", [False, True])
def test_a_truncated_or_newer_file_is_refused(
    tmp_path: Path, write_scan: WriteScan, make_cell: MakeCell, kind: str, beside: bool
) -> None:
    path = write_scan("tea", make_cell(), make_cell("Relu"))
    if kind == "cluster":
        merge([path], output=tmp_path / "cluster.json")
        path = tmp_path / "cluster.json"
    others = [write_scan("fine", make_cell())] if beside else []
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileFormatError, match=r"cut short|truncated|not a valid|not JSON"):
        targets_of([path, *others], RELEASE)
    path.write_bytes(whole.replace(b'"format_version": 1', b'"format_version": 99', 1))
    with pytest.raises(FileFormatError, match="a newer envprobe is needed"):
        targets_of([path, *others], RELEASE)


def test_a_bad_file_in_a_folder_is_left_out_and_told(
    write_scan: WriteScan, make_cell: MakeCell, tmp_path: Path
) -> None:
    write_scan("fine", make_cell())
    for name in "abcde":
        (tmp_path / "scans" / f"{name}.json").write_text("{")
    given = given_targets([tmp_path / "scans"], RELEASE)
    assert [one.nodes for one in given.targets] == [("fine",)]
    assert sum("left out" in note for note in given.notes) == 4
    assert "2 more" in given.notes[3]


def test_no_paths_at_all_are_a_mistake() -> None:
    with pytest.raises(UsageError):
        targets_of([], RELEASE)


def test_a_targets_cells_keep_what_decides(make_cell: MakeCell, write_scan: WriteScan) -> None:
    cell = make_cell("Conv2D", attrs={"data_format": "NCHW"}, shapes={"input": [1, 3, 8, 8]})
    path = write_scan("tea", cell)
    folder_cells = targets_of([path.parent], RELEASE)[0].cells
    assert msgspec.to_builtins(folder_cells) == msgspec.to_builtins((cell,))
