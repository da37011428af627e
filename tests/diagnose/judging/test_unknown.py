"""What is shown of a log that no rule explains."""

from __future__ import annotations

import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.terms import Cause

NO_GPU = (
    "2022-06-22 15:44:53.578885: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] "
    "Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open "
    "shared object file: No such file or directory\n"
)


def lines(text: str) -> list[str]:
    diagnosis = diagnose_text(text)
    assert diagnosis.cause is Cause.UNKNOWN
    return [one.text for one in diagnosis.informative]


def test_the_errors_tell_more_than_the_end() -> None:
    text = "start\nMadeUpError: one\nthen this\nMadeUpException: two\ngood bye\n"
    assert lines(text) == ["MadeUpError: one", "MadeUpException: two"]


def test_the_end_where_there_is_no_error() -> None:
    assert lines("".join(f"line {n}\n" for n in range(99)) + "-----\n\n")[-1] == "line 98"


@pytest.mark.parametrize("text", ["", "\n\n", "   \n\t\n"])
def test_nothing_to_show(text: str) -> None:
    assert lines(text) == []


def test_a_missing_gpu_explains_no_error_of_another_kind() -> None:
    assert lines(NO_GPU + "MadeUpError: the file is too old\n") == [
        "MadeUpError: the file is too old"
    ]


def test_a_missing_gpu_explains_an_error_about_gpus() -> None:
    diagnosis = diagnose_text(NO_GPU + "MadeUpError: found no GPU to train on\n")
    assert diagnosis.cause is Cause.GPU_LIBS_MISSING
