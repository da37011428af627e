"""Whole logs: which cause leads, where it is, what becomes of the rest."""

# mypy: disable-error-code="operator"
# envprobe.diagnose is a package that can be called.

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import envprobe
from envprobe.diagnose.catalog import all_rules
from envprobe.diagnose.diagnose import diagnose, diagnose_text
from envprobe.diagnose.result import Diagnosis, encode_diagnosis
from envprobe.errors import UsageError
from envprobe.terms import Cause

OOM = (
    "{time}: W tensorflow/core/framework/op_kernel.cc:1839] OP_REQUIRES failed at conv_ops.cc:698 :"
    " RESOURCE_EXHAUSTED: OOM when allocating tensor with shape[64,8,256,256] and type float on "
    "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc"
)
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "train.py", line 12, in <module>\n'
    "    model.fit(x, y)\n"
    '  File "/opt/venv/lib/python3.11/site-packages/keras/src/utils/traceback_utils.py", line 122, '
    "in error_handler\n"
    "    raise e.with_traceback(filtered_tb) from None\n"
)
WRAPPED = (
    TRACE + "tensorflow.python.framework.errors_impl.ResourceExhaustedError: Graph execution error:"
    "\n\nDetected at node gradient_tape/model/conv2d/Conv2D defined at (most recent call last):\n"
)
STEPS = "".join(f"{n}/100 [==>....] - ETA: 9s - loss: 0.5\n" for n in range(1, 9))


def oom(time: str = "2026-01-01 10:00:00.000000") -> str:
    return OOM.format(time=time) + "\n"


def roles(diagnosis: Diagnosis) -> dict[str, str]:
    return {one.cause.value: one.role for one in diagnosis.findings}


def test_the_wrapper_at_the_end_is_a_consequence() -> None:
    diagnosis = diagnose_text(STEPS + oom() + WRAPPED)
    root = diagnosis.root
    assert diagnosis.cause is Cause.OOM_GPU
    assert root is not None
    assert root.evidence[0].line == 9
    assert (root.fields["code_file"], root.fields["code_line"]) == ("train.py", 12)
    assert all(one.role != "root" for one in diagnosis.findings[1:])


def test_an_error_that_was_tried_again_with_success_is_not_the_cause() -> None:
    bad_shapes = TRACE + "ValueError: Shapes (32, 10) and (32, 1) are incompatible\n"
    diagnosis = diagnose_text(oom() + STEPS + bad_shapes)
    assert diagnosis.cause in (Cause.SHAPE_MISMATCH, Cause.LABEL_LOSS_MISMATCH)
    assert roles(diagnosis)["oom-gpu"] == "benign"


def test_what_training_overcame_is_no_failure() -> None:
    diagnosis = diagnose_text(oom() + STEPS)
    assert diagnosis.cause is Cause.BENIGN
    assert roles(diagnosis) == {"oom-gpu": "benign"}


def test_an_unknown_error_behind_an_overcome_one_is_unknown() -> None:
    diagnosis = diagnose_text(oom() + STEPS + TRACE + "MadeUpError: no rule knows this\n")
    assert diagnosis.cause is Cause.UNKNOWN
    assert diagnosis.confidence is None
    assert diagnosis.informative[-1].text == "MadeUpError: no rule knows this"


def test_ranks_in_one_log() -> None:
    lost = (
        "2026-01-01 10:00:05.000000: E tensorflow/core/common_runtime/base_collective_executor.cc:2"
        "49] BaseCollectiveExecutor::StartAbort UNAVAILABLE: Connection reset by peer"
    )
    ranks = [
        "[1,0]<stderr>:" + lost,
        "[1,2]<stderr>:" + OOM.format(time="2026-01-01 10:00:07.000000"),
        "[1,3]<stderr>:" + OOM.format(time="2026-01-01 10:00:03.000000"),
        "[1,1]<stderr>:" + lost,
    ]
    diagnosis = diagnose_text("\n".join(ranks))
    assert (diagnosis.cause, diagnosis.rank) == (Cause.OOM_GPU, "3")
    assert sorted(diagnosis.logs[0].ranks) == ["0", "1", "2", "3"]


def test_the_steps_of_another_rank_do_not_overcome_an_error() -> None:
    steps = [f"[1,0]<stdout>:{line}" for line in STEPS.splitlines()]
    diagnosis = diagnose_text("\n".join([f"[1,1]<stderr>:{oom().strip()}", *steps]))
    assert (diagnosis.cause, diagnosis.rank) == (Cause.OOM_GPU, "1")


def test_a_notebook(tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "text": oom().splitlines(keepends=True)},
        {"output_type": "error", "traceback": ["\x1b[31mResourceExhaustedError\x1b[0m: Graph"]},
    ]
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    diagnosis = diagnose(path)
    assert diagnosis.cause is Cause.OOM_GPU
    assert diagnosis.root is not None
    assert diagnosis.root.evidence[0].file == f"{path}[cell 2]"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_change_nothing(end: str) -> None:
    text = (STEPS + oom() + WRAPPED).replace("\n", end)
    assert diagnose_text(text).cause is Cause.OOM_GPU


def test_every_hit_among_noise_keeps_its_cause() -> None:
    noise = (
        "2026-01-01 10:00:00.000001: I external/local_xla/xla/stream_executor/cuda/cuda_executor.cc"
        ":998] successful NUMA node read from SysFS had negative value (-1), but there must be at "
        "least one NUMA node, so returning NUMA node zero.\n"
    )
    changed = []
    for rule in all_rules():
        for hit in rule.hits:
            plain, among = diagnose_text(hit), diagnose_text(noise * 3 + hit.strip("\n") + "\n")
            if plain.cause not in (among.cause, Cause.BENIGN):
                changed.append((rule.code, plain.cause.value, among.cause.value))
    assert changed == []


def test_from_python(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text(oom())
    assert envprobe.diagnose(path).cause is Cause.OOM_GPU
    assert envprobe.diagnose(str(path)).cause is Cause.OOM_GPU
    assert envprobe.diagnose(oom()).cause is Cause.OOM_GPU
    assert envprobe.diagnose(path, path).cause is Cause.OOM_GPU
    assert envprobe.diagnose(oom().strip()).cause is Cause.OOM_GPU
    told = envprobe.diagnose(path, machine=True).root
    assert told is not None
    assert told.here is not None


@pytest.mark.parametrize("name", ["/nowhere/train.log", "train.log", "slurm-77.out", "C:\\x.txt"])
def test_a_name_of_no_file_is_no_log(name: str) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        envprobe.diagnose(name)


@pytest.mark.parametrize("text", ["Killed", "", "a\0b", "CUDNN_STATUS_NOT_INITIALIZED", "x" * 9999])
def test_a_line_that_is_no_name_is_a_log(text: str) -> None:
    assert envprobe.diagnose(text).logs[0].file == "<text>"


@settings(deadline=None)
@given(st.lists(st.sampled_from([oom(), WRAPPED, STEPS, "\x1b[2J", "noise\n", "\x00"]), max_size=9))
def test_any_mixture_is_answered(parts: list[str]) -> None:
    diagnosis = diagnose_text("".join(parts))
    assert [one.role for one in diagnosis.findings].count("root") <= 1
    document = json.loads(encode_diagnosis(diagnosis))
    assert (document["cause"] == "unknown") == (document["reason"] is not None)
