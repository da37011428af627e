"""Two large tensors added: as fast as memory can be read and written."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size

# Far beyond the caches: the last level of today's server CPUs holds hundreds of megabytes in
# sum, but tens per socket's slice; GPUs hold up to 128 MB.
TIMED_BYTES = {"CPU": 64 << 20, "GPU": 256 << 20}


def build(cell: dict[str, Any]) -> Subject:
    """Reads two tensors, writes one."""
    arrays = Arrays(cell)
    timed_bytes = TIMED_BYTES.get(cell["device"].split(":")[0], TIMED_BYTES["GPU"])
    count = size(cell, "count", 1024, timed_bytes // arrays.dtype.size)
    return Subject(call=tf.add, inputs=[arrays.normal_tensor(count), arrays.normal_tensor(count)])
