"""The generator against the known answers of its authors."""

from __future__ import annotations

import numpy as np
import pytest

from envprobe.worker.reference_random import REFERENCES, philox

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ([0] * 4, (0, 0), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([ONES] * 4, (ONES, ONES), [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            (0xA4093822, 0x299F31D0),
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_philox(counter: list[int], key: tuple[int, int], answer: list[int]) -> None:
    assert philox(counter, key) == answer


def test_seeds_of_either_sign_give_a_key_and_a_counter() -> None:
    found = REFERENCES["StatelessRandomGetKeyCounter"]({"seed": np.array([-1, 7])}, {})
    assert [value.shape for value in found] == [(1,), (2,)]
    assert found[1][0] == 0
