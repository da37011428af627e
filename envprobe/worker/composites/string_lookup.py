"""Text to token ids: lower case, split, look up in a table, pad."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..subject import Subject

WORDS = ["a", "bigger", "gpu", "needs", "power"]
SENTENCES = ["A bigger GPU", "needs  more power", ""]
UNKNOWN = 0
IDS = [[1, 2, 3], [4, UNKNOWN, 5], [-1, -1, -1]]


def build(cell: dict[str, Any]) -> Subject:
    """Three sentences, one of them empty, one with a word that the table does not hold."""
    if cell["dtype"] != "string":
        raise TypeError("text is of dtype string, not " + str(cell["dtype"]))
    entries = tf.lookup.KeyValueTensorInitializer(
        tf.constant(WORDS), tf.range(1, len(WORDS) + 1, dtype=tf.int64)
    )
    table = tf.lookup.StaticHashTable(entries, default_value=UNKNOWN)

    def call(sentences: Any) -> Any:
        words = tf.strings.split(tf.strings.lower(sentences))
        ids = tf.ragged.map_flat_values(table.lookup, words)
        return ids.to_tensor(default_value=-1, shape=[len(SENTENCES), 3])

    return Subject(
        call=call, inputs=[tf.constant(SENTENCES)], reference=[np.asarray(IDS, dtype=np.int64)]
    )
