"""The collective all-reduce over all devices of the type in this process (CollectiveReduceV2).

It is what `tf.distribute.MirroredStrategy` sums gradients with: a ring on CPUs, NCCL on GPUs.
"""

from __future__ import annotations

import zlib
from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, not_compiled, size
from ._peers import peers


def build(cell: dict[str, Any]) -> Subject:
    """Each device adds its own numbers; all must hold the sum."""
    devices = peers(cell)
    not_compiled(cell, "a collective over several devices of one process is not compiled")
    arrays = Arrays(cell)
    count = size(cell, "count", 64, (16 << 20) // arrays.dtype.size)
    parts = [arrays.normal(count) for _ in devices]
    inputs = []
    for device, part in zip(devices, parts):
        with tf.device("/device:" + device):
            inputs.append(arrays.tensor(part))
    # The participants have to run side by side: only a graph does that from one thread.
    reduced = tf.function(_reducer(cell, devices), autograph=False)
    return Subject(call=reduced, inputs=inputs, reference=[sum(parts)] * len(devices))


def _reducer(cell: dict[str, Any], devices: list[str]) -> Any:
    group = 1 + zlib.crc32(repr(devices).encode()) % 1_000_000
    asked = repr([cell[part] for part in ("dtype", "mode", "variant")]) + str(cell.get("timed"))
    instance = 1 + zlib.crc32(asked.encode()) % 1_000_000

    def call(*parts: Any) -> Any:
        sums = []
        for device, part in zip(devices, parts):
            with tf.device("/device:" + device):
                sums.append(
                    tf.raw_ops.CollectiveReduceV2(
                        input=part,
                        group_size=tf.constant(len(devices)),
                        group_key=tf.constant(group),
                        instance_key=tf.constant(instance),
                        ordering_token=[],
                        merge_op="Add",
                        final_op="Id",
                    )
                )
        with tf.device("/device:" + devices[0]):
            return [tf.identity(total) for total in sums]

    return call
