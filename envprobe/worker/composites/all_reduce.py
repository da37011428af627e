"""The collective all-reduce over all devices of the type in this process (CollectiveReduce).

Data-parallel training sums its gradients with it: a ring on CPUs, NCCL where it is built in.
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
    return Subject(
        crosses_devices=True, call=reduced, inputs=inputs, reference=[sum(parts)] * len(devices)
    )


def _reducer(cell: dict[str, Any], devices: list[str]) -> Any:
    group = 1 + zlib.crc32(repr(devices).encode()) % 1_000_000
    asked = repr([cell[part] for part in ("dtype", "mode", "variant")]) + str(cell.get("timed"))
    instance = 1 + zlib.crc32(asked.encode()) % 1_000_000

    def call(*parts: Any) -> Any:
        sums = []
        for device, part in zip(devices, parts):
            with tf.device("/device:" + device):
                # CollectiveReduceV2 never returns when one graph holds all its participants
                # (seen with 2.21).
                total = tf.raw_ops.CollectiveReduce(
                    input=part,
                    group_size=len(devices),
                    group_key=group,
                    instance_key=instance,
                    merge_op="Add",
                    final_op="Id",
                    subdiv_offsets=[0],
                )
            sums.append(total)
        with tf.device("/device:" + devices[0]):
            return [tf.identity(total) for total in sums]

    return call
