"""Runs under an interpreter with TensorFlow: small graphs, their bounds and what really comes out.

One JSON line in: `{"dtype", "shape", "ranges", "steps"}`; one out: `null`, or what is wrong.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.append(sys.argv[1])  # the folder in which the package `worker` lies
import numpy as np
import tensorflow as tf
from worker.values.domain import ALL, SOME, TOLD, Value  # type: ignore[import-not-found]
from worker.values.kernel import Budget, Kernels  # type: ignore[import-not-found]
from worker.values.walk import Memory, Walk  # type: ignore[import-not-found]

SAMPLES = 6


def node(name: str, stack: list[Any], number: float) -> Any:
    """The step on the newest tensors."""
    x, y = stack[-1], stack[-2]
    constant = tf.constant(number, x.dtype)
    made = {
        "Sub": lambda: x - y, "Add": lambda: x + y, "Mul": lambda: x * y, "Div": lambda: x / y,
        "AddConst": lambda: x + constant, "MulConst": lambda: x * constant,
        "DivConst": lambda: x / constant, "Same": lambda: x - x, "Power": lambda: x * x,
        "Maximum": lambda: tf.maximum(x, y), "Minimum": lambda: tf.minimum(x, constant),
        "Clip": lambda: tf.clip_by_value(x, -abs(constant), abs(constant)),
        "Select": lambda: tf.where(x > y, x, y), "Divide0": lambda: tf.math.divide_no_nan(x, y),
        "Sum": lambda: tf.reduce_sum(x, -1, keepdims=True) + tf.zeros_like(x),
        "Mean": lambda: tf.reduce_mean(x, 0, keepdims=True) + tf.zeros_like(x),
        "Max": lambda: tf.reduce_max(x, 0, keepdims=True) + tf.zeros_like(x),
        "Whole": lambda: tf.cast(tf.cast(x, tf.int32), x.dtype),
        "Less": lambda: tf.cast(x < y, x.dtype), "Equal": lambda: tf.cast(x == y, x.dtype),
        "Finite": lambda: tf.cast(tf.math.is_finite(x), x.dtype),
        "Both": lambda: tf.cast(tf.logical_and(x > constant, y >= x), x.dtype),
        "Turn": lambda: tf.reverse(tf.reshape(tf.transpose(x), x.shape), [0]),
        "Join": lambda: tf.concat([x, y], 0)[: x.shape[0]],
        "Pad": lambda: tf.pad(x, [[1, 1], [0, 0]])[1:-1],
        "Product": lambda: tf.matmul(tf.matmul(x, y, transpose_b=True), x),
        "Weights": lambda: tf.matmul(
            x, tf.constant(np.linspace(-number, number, x.shape[-1] ** 2).reshape(
                x.shape[-1], -1), x.dtype)),
        "Softmax": lambda: tf.nn.softmax(x), "Hot": lambda: tf.one_hot(
            tf.argmax(x, -1), x.shape[-1], dtype=x.dtype),
        "Difference": lambda: tf.math.squared_difference(x, y),
        "Gather": lambda: tf.gather(x, [0] * x.shape[0]),
        "Relu6": lambda: tf.nn.relu6(x), "Softplus": lambda: tf.nn.softplus(x),
    }  # fmt: skip
    return made[name]() if name in made else getattr(tf.raw_ops, name)(x=x)


UNARY = ("Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Neg", "Abs", "Square", "Sigmoid",
         "Tanh", "Reciprocal", "Floor", "Ceil", "Sign", "Atan", "Erf")  # fmt: skip


def checked(question: dict[str, Any]) -> str | None:
    """What the bounds promise and the run does not keep."""
    dtype, shape = tf.as_dtype(question["dtype"]), question["shape"]

    def graph(*inputs: Any) -> list[Any]:
        stack = list(inputs)
        for name, number in question["steps"]:
            stack.append(node(name, stack, number))
        return stack[len(inputs) :]

    specs = [tf.TensorSpec(shape, dtype) for _ in question["ranges"]]
    concrete = tf.function(graph).get_concrete_function(*specs)
    low_high = [sorted(np.asarray(one, dtype.as_numpy_dtype)) for one in question["ranges"]]
    bounds = [Value(float(a), float(b), None, False, data=TOLD) for a, b in low_high]
    memory, kernels = Memory(), Kernels(tf, Budget(0))  # nothing is computed: bounds alone
    walk = Walk(tf, kernels, {}, sampling=False, memory=memory)
    given = {id(one): value for one, value in zip(concrete.graph.inputs, bounds, strict=True)}
    told = walk.run(concrete.graph, given)
    random = np.random.default_rng(question["seed"])
    for at in range(SAMPLES):
        batch = [tf.constant(drawn(random, ends, at, shape), dtype) for ends in low_high]
        try:
            run = concrete(*batch)
        except tf.errors.OpError:  # a dtype without a kernel here
            return None
        for (name, _), value, found in zip(question["steps"], told, run, strict=True):
            wrong = against(value, np.asarray(found).astype(np.float64))
            if wrong:
                return f"{name}: {wrong}; told {value[:7]}"
    return None


def drawn(random: Any, ends: Any, at: int, shape: list[int]) -> Any:
    """At the ends first, then in between."""
    low, high = (float(one) for one in ends)
    if at < 2:
        return np.full(shape, ends[at])
    between = low + (high - low) * random.random(shape)
    return np.clip(between.astype(ends[0].dtype), ends[0], ends[1])


def against(value: Value, found: Any) -> str | None:
    nans, wild = np.isnan(found), ~np.isfinite(found)
    real = found[~nans]
    if nans.any() and not value.may_nan:
        return "NaN was not expected"
    if real.size and (real.min() < value.low or real.max() > value.high):
        return f"{real.min()} to {real.max()} is outside"
    for level, marks in ((value.nan, nans), (value.bad, wild)):
        if (level == ALL and not marks.all()) or (level == SOME and not marks.any()):
            return "what had to be NaN or infinite is a number"
    return None


for line in sys.stdin:
    sys.stdout.write(json.dumps(checked(json.loads(line))) + "\n")
    sys.stdout.flush()
