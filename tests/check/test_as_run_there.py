"""With a GPU, Keras compiles the step by itself: the op list as that device gets it."""

from __future__ import annotations

import msgspec
import pytest

from envprobe.check.as_run_there import as_run_there, meets_xla_there
from envprobe.models.oplist import OpList
from tests.check.asking import CPU, conv, gpu, node

AUTO = OpList(
    source="net.py:build",
    source_kind="python_file",
    jit_on_gpu=True,
    requirements=(conv(), node("Relu", ("features", (2, 2)), compiled=True)),
)


def test_a_gpu_compiles_what_keras_compiles_there() -> None:
    there = as_run_there(AUTO, gpu())
    assert meets_xla_there(AUTO, gpu())
    assert there.jit
    assert all(one.compiled for one in there.requirements)
    for old, new in zip(AUTO.requirements, there.requirements, strict=True):
        assert msgspec.structs.replace(new, compiled=old.compiled) == old


@pytest.mark.parametrize("jit", [False, True])
def test_a_cpu_gets_the_step_as_it_was_traced(jit: bool) -> None:
    oplist = msgspec.structs.replace(AUTO, jit=jit)
    assert not meets_xla_there(oplist, CPU)
    assert as_run_there(oplist, CPU) is oplist


def test_what_the_user_compiles_is_compiled_already() -> None:
    asked = msgspec.structs.replace(AUTO, jit=True)
    assert as_run_there(asked, gpu()) is asked


def test_what_keras_does_not_compile_stays() -> None:
    plain = msgspec.structs.replace(AUTO, jit_on_gpu=False)
    assert as_run_there(plain, gpu()) is plain
