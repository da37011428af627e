"""Lists of tensors, as loops and their gradients keep them: `TensorList` ops by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..inputs import make
from ..raw_op import rounded
from ..subject import Subject

ROWS, WIDTH = 3, 4


def build(cell: dict[str, Any]) -> Subject:
    """A stack that is pushed to and popped from, and an array that is written and read."""
    dtype = cell["dtype"]
    values = make({"dtype": dtype, "shape": (ROWS, WIDTH), "values": "distinct"}, cell["op"])
    value = rounded(tf, values, dtype)
    length, shape = np.array(ROWS, np.int32), np.array([WIDTH], np.int32)
    return Subject(
        call=_stack_and_array,
        inputs=[tf.constant(value, dtype=tf.as_dtype(dtype))],
        watched=[0],
        reference=[value[::-1], length, shape, value[::-1], value[1]],
    )


def _stack_and_array(rows: Any) -> Any:
    written = _array(rows)
    length = tf.raw_ops.TensorListLength(input_handle=written)
    shape = tf.raw_ops.TensorListElementShape(input_handle=written, shape_type=tf.int32)
    stacked = tf.raw_ops.TensorListStack(
        input_handle=written,
        element_shape=[WIDTH],
        element_dtype=rows.dtype,
        num_elements=ROWS,
    )
    return _stack(rows), length, shape, stacked, _item(written, 1, rows.dtype)


def _stack(rows: Any) -> Any:
    """The rows as they come back from a list to which one of zeros was added: the last first."""
    raw = tf.raw_ops
    handle = raw.EmptyTensorList(
        element_shape=[WIDTH], max_num_elements=ROWS, element_dtype=rows.dtype
    )
    for index in range(ROWS):
        handle = raw.TensorListPushBack(input_handle=handle, tensor=rows[index])
    if rows.dtype != tf.bool:  # which cannot be added
        handle = raw.AddN(inputs=[handle, raw.ZerosLike(x=handle)])
    popped = []
    for _ in range(ROWS):
        handle, row = raw.TensorListPopBack(
            input_handle=handle, element_shape=[WIDTH], element_dtype=rows.dtype
        )
        popped.append(row)
    return tf.stack(popped)


def _array(rows: Any) -> Any:
    """A list with the rows in reverse order."""
    raw = tf.raw_ops
    source = raw.TensorListFromTensor(tensor=rows, element_shape=[WIDTH])
    written = raw.TensorListReserve(
        element_shape=[WIDTH], num_elements=ROWS, element_dtype=rows.dtype
    )
    for index in range(ROWS):
        item = _item(source, ROWS - 1 - index, rows.dtype)
        written = raw.TensorListSetItem(input_handle=written, index=index, item=item)
    return written


def _item(handle: Any, index: int, dtype: Any) -> Any:
    return tf.raw_ops.TensorListGetItem(
        input_handle=handle, index=index, element_shape=[WIDTH], element_dtype=dtype
    )
