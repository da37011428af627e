"""What a cell is expected to come to, and the exceptions that say so."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from envprobe.ops.catalog import load_catalog, variants_of
from envprobe.ops.expectation import (
    KnownException,
    claimed_status,
    expected_status,
    load_exceptions,
)
from envprobe.terms import DTYPES, Direction, Mode, Status

CATALOG = load_catalog()
EXCEPTIONS = load_exceptions()


def expected(
    op: str,
    variant: str,
    dtype: str,
    direction: Direction = "forward",
    mode: Mode = "eager",
    tensorflow: str = "2.21.0",
    onednn: bool = True,
) -> Status:
    return expected_status(
        CATALOG[op], op, variant, dtype, direction, mode, tensorflow, onednn=onednn
    )


@pytest.mark.parametrize("known", EXCEPTIONS, ids=lambda known: known.reason)
def test_exceptions_name_what_exists_and_why(known: KnownException) -> None:
    assert known.reason
    assert set(known.ops) <= set(CATALOG)
    assert set(known.dtypes) <= set(DTYPES)
    SpecifierSet(known.tensorflow or "")
    named = {name for op in known.ops for name in variants_of(CATALOG[op])}
    assert set(known.variants) <= named


def test_no_exception_stands_twice() -> None:
    assert len(set(EXCEPTIONS)) == len(EXCEPTIONS)


def test_the_row_decides_where_no_exception_holds() -> None:
    assert expected("MatMul", "default", "float32") is Status.SUPPORTED
    assert expected("MatMul", "default", "uint8") is Status.NO_KERNEL
    assert expected("MatMul", "default", "bool") is Status.INVALID_DTYPE
    assert expected("DepthwiseConv2dNative", "nchw", "float64") is Status.UNIMPLEMENTED


def test_channels_first_convolutions_need_onednn() -> None:
    assert expected("Conv2D", "nchw", "float32") is Status.SUPPORTED
    assert expected("Conv2D", "nchw", "float32", onednn=False) is Status.UNIMPLEMENTED
    assert expected("Conv2D", "nchw", "float32", onednn=False, mode="xla") is Status.SUPPORTED


def test_exceptions_hold_for_their_release_direction_and_mode() -> None:
    assert expected("Range", "default", "float16") is Status.SUPPORTED
    assert expected("Range", "default", "float16", mode="xla") is Status.UNIMPLEMENTED
    assert expected("Range", "default", "float16", tensorflow="2.13.1") is Status.NO_KERNEL
    dilated = ("DepthwiseConv2dNative", "nhwc-dilated", "float32")
    assert expected(*dilated) is Status.SUPPORTED
    assert expected(*dilated, direction="gradient") is Status.WRONG_RESULT


def test_every_cell_has_an_expectation() -> None:
    for op, row in CATALOG.items():
        for variant in variants_of(row):
            claims = {claimed_status(row, op, variant, dtype) for dtype in DTYPES}
            assert claims <= {
                Status.SUPPORTED,
                Status.NO_KERNEL,
                Status.UNIMPLEMENTED,
                Status.INVALID_DTYPE,
            }
