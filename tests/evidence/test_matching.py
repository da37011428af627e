from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import UsageError
from envprobe.evidence.matching import (
    known_device_type,
    known_dtype,
    matching_ops,
)
from envprobe.registrations import read_release

NEW = read_release("2.21.0")


@given(st.sampled_from(sorted(NEW.ops)))
def test_every_op_is_found_in_any_case(op: str) -> None:
    assert matching_ops(op, NEW.ops) == [op]
    assert op in matching_ops(op.upper(), NEW.ops)
    assert op in matching_ops(f"{op[:3].lower()}*", NEW.ops)


def test_an_unknown_op_gives_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Conv9D.*Conv3D"):
        matching_ops("Conv9D", NEW.ops, tensorflow="2.21.0")


def test_an_op_of_another_release_is_told() -> None:
    old = read_release("2.13.1")
    with pytest.raises(UsageError, match=r"2\.13\.1 has no op Conv: it is there since 2\.14\.1"):
        matching_ops("conv", old.ops, tensorflow="2.13.1")


def test_device_types_and_dtypes() -> None:
    assert known_device_type("gpu", NEW) == "GPU"
    assert known_device_type("tpu", NEW) == "TPU"
    assert known_dtype("BFloat16", NEW) == "bfloat16"
    assert known_dtype("qint8", NEW) == "qint8"
    with pytest.raises(UsageError, match="GPU"):
        known_device_type("GPUU", NEW)
    with pytest.raises(UsageError, match="float16"):
        known_dtype("flaot16", NEW)
    with pytest.raises(UsageError):
        known_device_type("DEFAULT", NEW)
