"""Memory, disk, CPU and device numbers of this machine beside what a run asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.diagnose.here.disk import disk_here, is_full
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, with_environ, with_gpu
from envprobe.inventory import GpuProcess, take_inventory
from envprobe.inventory.cuda_visible import resolve_visible
from envprobe.inventory.take import with_cuda_indexes
from envprobe.terms import Cause
from tests.diagnose.here.asking import answer, finding

GIB = 1 << 30
GPU = "inventory.nvml.gpus.0"
MACHINES = Path(__file__).parents[2] / "captures" / "machines"


def busy() -> Examination:
    """The A100 with 3 GiB free, the rest in the hands of two processes."""
    one = changed(healthy_gpu(), f"{GPU}.memory_free_bytes", 3 * GIB)
    one = changed(one, f"{GPU}.memory_used_bytes", 37 * GIB)
    holders = (
        GpuProcess(pid=17, kind="graphics", name="/usr/lib/xorg/Xorg", memory_bytes=GIB // 2),
        GpuProcess(pid=4711, kind="compute", name="/opt/bin/python", memory_bytes=36 * GIB),
    )
    return changed(one, f"{GPU}.processes", holders)


def test_who_holds_the_memory_is_named() -> None:
    here = answer(finding(Cause.OOM_GPU_OTHER_PROCESS), busy())
    assert here.answer == "confirmed"
    assert here.told == (
        "GPU 0 (NVIDIA A100-SXM4-40GB) has 40.00 GiB, 3.00 GiB free now; 36.00 GiB held by python"
        " (pid 4711, alice), 512.00 MiB held by Xorg (pid 17)"
    )


def test_holders_that_have_gone_leave_it_open() -> None:
    here = answer(finding(Cause.OOM_GPU_OTHER_PROCESS), healthy_gpu())
    assert here.answer == "unknown"
    assert "nobody holds much of it any more" in here.told


@pytest.mark.parametrize(
    ("asked", "expected", "words"),
    [
        (50 * GIB, "confirmed", "50.00 GiB can never fit: GPU 0"),
        (4 * GIB, "confirmed", "4.00 GiB would not fit now either: GPU 0"),
        (2 * GIB, "unknown", "the memory as it is now: GPU 0"),
        ("50.00GiB", "confirmed", "can never fit"),
    ],
)
def test_what_was_asked_for_is_held_against_what_there_is(
    asked: int | str, expected: str, words: str
) -> None:
    name = "asked" if isinstance(asked, str) else "asked_bytes"
    here = answer(finding(Cause.OOM_GPU, device="GPU:0", **{name: asked}), busy())
    assert here.answer == expected
    assert words in here.told


def test_a_pool_larger_than_this_gpu_is_of_another_one() -> None:
    here = answer(finding(Cause.OOM_GPU_FRAGMENTATION, limit_bytes=70 * GIB), busy())
    assert here.answer == "unknown"
    assert "in the log the GPU had at least 70.00 GiB, so it is another one" in here.told


def test_a_gpu_of_another_model_confirms_nothing() -> None:
    here = answer(finding(Cause.OOM_GPU, asked_bytes=50 * GIB), busy(), gpus=("Tesla T4",))
    assert here.answer == "unknown"
    assert here.told.startswith("the log is not of here (it names Tesla T4, here is NVIDIA A100")


def test_the_hosts_memory_and_its_limit() -> None:
    root = next(one for one in MACHINES.iterdir() if "memory=2GiB" in one.name)
    captured = Examination(inventory=take_inventory(root=root, environ={}))
    here = answer(finding(Cause.OOM_HOST, asked_bytes=3 * GIB), captured)
    assert here.answer == "confirmed"
    assert "3.00 GiB can never fit" in here.told
    assert "a control group allows 2.00 GiB" in here.told
    here = answer(finding(Cause.OOM_HOST, asked_bytes=3 * GIB), healthy_cpu())
    assert here.answer == "unknown"
    assert "256.00 GiB, 240.00 GiB available now" in here.told
    here = answer(finding(Cause.OOM_HOST, asked_bytes=250 * GIB), healthy_cpu())
    assert "would not fit now either" in here.told


def test_the_disk_of_the_path_that_the_log_names(tmp_path: Path) -> None:
    here = disk_here(finding(Cause.DISK_FULL, path=str(tmp_path / "model.keras")))
    assert str(tmp_path) in here.told
    here = disk_here(finding(Cause.DISK_FULL, path="/no/such/folder/model.keras"))
    assert str(Path.cwd()) in here.told


@pytest.mark.parametrize(
    ("total", "free", "files", "full"),
    [
        (500 * GIB, 0, 1000, True),
        (500 * GIB, 50 << 20, None, True),
        (500 * GIB, 200 * GIB, 0, True),
        (500 * GIB, 1 * GIB, None, False),
        (1 << 20, 1 << 19, 10, False),
    ],
)
def test_when_a_disk_is_full(total: int, free: int, files: int | None, full: bool) -> None:
    assert is_full(total, free, files) is full


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("AVX2 FMA", "contradicted"),
        ("AVX, AVX2", "contradicted"),
        ("AVX512F AMX_TILE", "confirmed"),
        ("", "unknown"),
        ("QUANTUM", "unknown"),
    ],
)
def test_the_cpus_flags_decide(instructions: str, expected: str) -> None:
    here = answer(finding(Cause.CPU_INSTRUCTION_MISSING, instructions=instructions), healthy_cpu())
    assert here.answer == expected


def test_a_cpu_without_avx_confirms_what_the_log_does_not_name() -> None:
    old = changed(healthy_cpu(), "inventory.cpu.isa", ("sse4_1", "sse4_2"))
    here = answer(finding(Cause.CPU_INSTRUCTION_MISSING), old)
    assert (here.answer, here.told) == ("confirmed", "AMD EPYC 9354 has no avx")


def test_the_numbers_of_the_gpus_decide() -> None:
    here = answer(finding(Cause.DEVICE_ORDINAL, index="3"), healthy_gpu())
    assert here.answer == "confirmed"
    assert "there is no GPU:3: CUDA shows GPU:0 NVIDIA A100-SXM4-40GB here" in here.told
    assert here.told.endswith("CUDA_VISIBLE_DEVICES is not set")
    here = answer(finding(Cause.DEVICE_ORDINAL, index="0"), healthy_gpu())
    assert here.answer == "contradicted"
    here = answer(finding(Cause.DEVICE_ORDINAL), healthy_gpu())
    assert here.answer == "unknown"


def test_a_hidden_gpu_is_named_with_what_hides_it() -> None:
    hidden = with_environ(healthy_gpu(), CUDA_VISIBLE_DEVICES="-1")
    gpus = hidden.gpus
    seen = resolve_visible(gpus, {"CUDA_VISIBLE_DEVICES": "-1"})
    hidden = changed(hidden, "inventory.nvml.gpus", with_cuda_indexes(gpus, seen))
    for cause in (Cause.DEVICE_ORDINAL, Cause.GPU_DRIVER_MISSING, Cause.INVALID_DEVICE_PLACEMENT):
        here = answer(finding(cause, device="/device:GPU:0"), hidden)
        assert here.answer == "confirmed"
        assert "DOC111" in here.told


def test_a_placement_on_a_gpu_needs_one() -> None:
    asked = finding(Cause.INVALID_DEVICE_PLACEMENT, device="/job:localhost/device:GPU:0")
    assert answer(asked, healthy_cpu()).answer == "confirmed"
    assert answer(asked, healthy_gpu()).answer == "contradicted"
    tpu = finding(Cause.INVALID_DEVICE_PLACEMENT, device="/device:TPU:0")
    assert answer(tpu, healthy_gpu()).answer == "unknown"


@pytest.mark.parametrize(
    ("capability", "expected"), [("8.0", "contradicted"), ("7.5", "confirmed")]
)
def test_a_precision_that_needs_a_newer_gpu(capability: str, expected: str) -> None:
    needs = finding(Cause.UNSUPPORTED_PRECISION, dtype="bf16", needed="8.0", op="Conv3D")
    here = answer(needs, with_gpu(healthy_gpu(), "Some GPU", capability))
    assert here.answer == expected
    assert f"compute capability 8.0 is needed, Some GPU has {capability}" in here.told
    assert answer(needs, healthy_cpu()).answer == "unknown"
