# mypy: ignore-errors
"""What really becomes of one step: a case on stdin, `runs` or `fails` with the error on stdout.

Run by an interpreter with TensorFlow, in a process of its own; it shares nothing with envprobe.
"""

import importlib.util
import json
import re
import sys
from pathlib import Path

import keras
import numpy as np


def array(spec, values, rng):
    dtype, sizes = re.fullmatch(r"(\w+)\[([\d,]*)\]", spec).groups()
    shape = [int(size) for size in sizes.split(",") if size]
    low, high = values or ((0, 2) if "int" in dtype else (0.0, 1.0))
    if low == high:
        return np.full(shape, low, dtype)
    made = rng.integers(low, high, shape) if "int" in dtype else rng.uniform(low, high, shape)
    return made.astype(dtype)


def take_step(case):
    if case["precision"]:
        keras.mixed_precision.set_global_policy(case["precision"])
    file, function = case["model"].split(":")
    spec = importlib.util.spec_from_file_location("models", Path(__file__).parent / file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    model = getattr(module, function)()
    ranges = case.get("value_ranges", {})
    x, y = (
        [
            array(*pair, rng)
            for pair in zip(case[name], ranges.get(name) or [None] * 9, strict=False)
        ]
        for name in ("input", "target")
    )
    if case["jit"]:
        model.jit_compile = True
    batch = len(x[0])
    if case["mode"] == "infer":
        return model.predict(x[0], batch_size=batch, verbose=0)
    told = model.fit(
        x if len(x) > 1 else x[0], y if len(y) > 1 else y[0], batch_size=batch, verbose=0
    )
    return [told.history["loss"], *(weight.numpy() for weight in model.trainable_weights)]


def main():
    try:
        finite = all(np.isfinite(np.asarray(one, "float64")).all() for one in take_step(CASE))
        print(json.dumps({"truth": "runs" if finite else "fails", "error": "not finite"}))  # noqa: T201
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
        told = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        print(json.dumps({"truth": "fails", "error": told}))  # noqa: T201


CASE = json.load(sys.stdin)
main()
