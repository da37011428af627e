"""Counter-based random numbers in numpy: what must come out bit for bit.

The generator is Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
(2011). TensorFlow scrambles a seed with it to get a key and a counter.
"""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]
ROUNDS = 10
MULTIPLIERS, KEY_STEPS = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)
SCRAMBLING_KEY = (0x3EC8F720, 0x02461E29)
WORD = 0xFFFFFFFF


def philox(counter: list[int], key: tuple[int, int]) -> list[int]:
    """Four 32-bit words from a counter of four and a key of two."""
    for _ in range(ROUNDS):
        products = [MULTIPLIERS[0] * counter[0], MULTIPLIERS[1] * counter[2]]
        counter = [
            (products[1] >> 32) ^ counter[1] ^ key[0],
            products[1] & WORD,
            (products[0] >> 32) ^ counter[3] ^ key[1],
            products[0] & WORD,
        ]
        key = ((key[0] + KEY_STEPS[0]) & WORD, (key[1] + KEY_STEPS[1]) & WORD)
    return counter


def _key_and_counter(inputs: Inputs, attrs: Attrs) -> list[Any]:
    seeds = [int(seed) & 0xFFFFFFFFFFFFFFFF for seed in inputs["seed"]]
    words = [word for seed in seeds for word in (seed & WORD, seed >> 32)]
    mixed = philox(words, SCRAMBLING_KEY)
    key, counter = mixed[0] | mixed[1] << 32, mixed[2] | mixed[3] << 32
    return [np.array([key], np.uint64), np.array([0, counter], np.uint64)]


REFERENCES: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    "StatelessRandomGetKeyCounter": _key_and_counter,
}
