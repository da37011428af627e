"""Normalisation and recurrent cells in numpy: ops that have no float64 kernel."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]


def _channels_last(array: Any, attrs: Attrs) -> Any:
    return np.moveaxis(array, 1, -1) if attrs["data_format"] == "NCHW" else array


def _restored(array: Any, attrs: Attrs) -> Any:
    return np.moveaxis(array, -1, 1) if attrs["data_format"] == "NCHW" else array


def _fused_batch_norm(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """y, mean and variance; the three reserve spaces are each device's own affair."""
    x = _channels_last(inputs["x"], attrs)
    mean, variance = inputs["mean"], inputs["variance"]
    batch_mean, batch_variance = mean, variance
    if attrs["is_training"]:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        count = x.size // x.shape[-1]
        batch_mean, batch_variance = mean, variance * count / (count - 1)  # Bessel's correction
    y = (x - mean) / np.sqrt(variance + attrs["epsilon"]) * inputs["scale"] + inputs["offset"]
    return [_restored(y, attrs), batch_mean, batch_variance, None, None, None]


def _fused_batch_norm_grad(inputs: Inputs, attrs: Attrs) -> list[Any]:
    x, dy = (_channels_last(inputs[name], attrs) for name in ("x", "y_backprop"))
    mean, variance = inputs["reserve_space_1"], inputs["reserve_space_2"]
    factor = 1.0 / np.sqrt(variance + attrs["epsilon"])
    centred = x - mean
    axes = (0, 1, 2)
    dx = dy
    if attrs["is_training"]:
        dx = dy - dy.mean(axes) - centred * factor**2 * (dy * centred).mean(axes)
    dscale = (dy * centred).sum(axes) * factor
    return [
        _restored(dx * inputs["scale"] * factor, attrs),
        dscale,
        dy.sum(axes),
        None,
        None,
    ]


def _local_response(inputs: Inputs, attrs: Attrs) -> list[Any]:
    x, radius = inputs["input"], attrs["depth_radius"]
    squares = np.zeros_like(x)
    for channel in range(x.shape[-1]):
        near = x[..., max(0, channel - radius) : channel + radius + 1]
        squares[..., channel] = (near**2).sum(-1)
    bias, alpha, beta = (
        attrs.get(name, default) for name, default in (("bias", 1.0), ("alpha", 1.0), ("beta", 0.5))
    )
    return [x / (bias + alpha * squares) ** beta]


def _max_pool_3d(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """The largest of each 2 x 2 x 2 block, whose corners do not overlap."""
    blocks = _blocks(_volume_last(inputs["input"], attrs))
    return [_volume_first(blocks.max(axis=(2, 4, 6)), attrs)]


def _max_pool_3d_grad(inputs: Inputs, attrs: Attrs) -> list[Any]:
    blocks = _blocks(inputs["orig_input"])
    largest = blocks == blocks.max(axis=(2, 4, 6), keepdims=True)
    batch, depth, height, width, channels = inputs["grad"].shape
    upstream = inputs["grad"].reshape(batch, depth, 1, height, 1, width, 1, channels)
    return [(largest * upstream).reshape(inputs["orig_input"].shape)]


def _blocks(x: Any) -> Any:
    batch, depth, height, width, channels = x.shape
    return x.reshape(batch, depth // 2, 2, height // 2, 2, width // 2, 2, channels)


def _volume_last(array: Any, attrs: Attrs) -> Any:
    return np.moveaxis(array, 1, -1) if attrs["data_format"] == "NCDHW" else array


def _volume_first(array: Any, attrs: Attrs) -> Any:
    return np.moveaxis(array, -1, 1) if attrs["data_format"] == "NCDHW" else array


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def _lstm_step(
    inputs: Inputs, x: Any, cell: Any, hidden: Any, forget_bias: float, clip: float, order: str
) -> list[Any]:
    """i, cs, f, o, ci, co, h of one step; `order` says how the gates lie in the weights."""
    gates = np.concatenate([x, hidden], 1) @ inputs["w"] + inputs["b"]
    by_letter = dict(zip(order, np.split(gates, 4, axis=1)))
    i, ci, f, o = (by_letter[letter] for letter in "icfo")
    i, f, o, ci = _sigmoid(i), _sigmoid(f + forget_bias), _sigmoid(o), np.tanh(ci)
    cell = ci * i + cell * f
    if clip > 0:
        cell = np.clip(cell, -clip, clip)
    co = np.tanh(cell)
    return [i, cell, f, o, ci, co, co * o]


def _lstm_block_cell(inputs: Inputs, attrs: Attrs) -> list[Any]:
    cell, hidden = inputs["cs_prev"], inputs["h_prev"]
    return _lstm_step(inputs, inputs["x"], cell, hidden, 1.0, 3.0, "icfo")


def _block_lstm(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """All steps; there is neither a forget bias nor clipping."""
    cell, hidden = inputs["cs_prev"], inputs["h_prev"]
    steps = []
    for x in inputs["x"]:
        step = _lstm_step(inputs, x, cell, hidden, 0.0, 0.0, "ifco")
        cell, hidden = step[1], step[6]
        steps.append(step)
    return [np.stack(outputs) for outputs in zip(*steps)]


def _gru_block_cell(inputs: Inputs, attrs: Attrs) -> list[Any]:
    x, hidden = inputs["x"], inputs["h_prev"]
    gates = _sigmoid(np.concatenate([x, hidden], 1) @ inputs["w_ru"] + inputs["b_ru"])
    r, u = np.split(gates, 2, axis=1)
    c = np.tanh(np.concatenate([x, hidden * r], 1) @ inputs["w_c"] + inputs["b_c"])
    return [r, u, c, u * hidden + (1 - u) * c]


REFERENCES: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    "BlockLSTMV2": _block_lstm,
    "FusedBatchNormGradV3": _fused_batch_norm_grad,
    "FusedBatchNormV3": _fused_batch_norm,
    "GRUBlockCell": _gru_block_cell,
    "LRN": _local_response,
    "LSTMBlockCell": _lstm_block_cell,
    "MaxPool3D": _max_pool_3d,
    "MaxPool3DGrad": _max_pool_3d_grad,
    "SparseMatMul": lambda inputs, attrs: [inputs["a"] @ inputs["b"]],
}
