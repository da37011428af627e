"""A linear recurrence in logarithmically many steps, as state-space models compute it.

Hillis and Steele, "Data parallel algorithms", Communications of the ACM 29(12), 1986.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays

STEPS = 8


def build(cell: dict[str, Any]) -> Subject:
    """h[t] = a[t] h[t-1] + b[t], for all t at once."""
    arrays = Arrays(cell)
    decay = np.abs(arrays.normal(STEPS, 6, scale=0.4))
    added = arrays.normal(STEPS, 6)

    def call(decay: Any, added: Any) -> Any:
        distance = 1
        while distance < STEPS:
            shift = [[distance, 0], [0, 0]]
            earlier = tf.pad(added[:-distance], shift)
            earlier_decay = tf.pad(decay[:-distance], shift, constant_values=1)
            added = decay * earlier + added
            decay = decay * earlier_decay
            distance *= 2
        return added

    return Subject(
        call=call,
        inputs=[arrays.tensor(decay), arrays.tensor(added)],
        watched=[0, 1],
        reference=[_recurrence(decay, added)],
    )


def _recurrence(decay: Any, added: Any) -> Any:
    states = [added[0]]
    for step in range(1, STEPS):
        states.append(decay[step] * states[-1] + added[step])
    return np.stack(states)
