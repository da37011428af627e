"""One step as a call: `fit` on one batch, `predict` on one batch, or a user's function."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from . import finite
from .batch import Batch

Answer = dict[str, Any]


class Left(NamedTuple):
    """What the step left: the loss, what is not finite (or None), and what it returned."""

    loss: float | None
    bad: Answer | None
    outputs: Any = None


Step = Callable[[], Left]


def keras_step(tf: Any, model: Any, batch: Batch, size: int | None, *, training: bool) -> Step:
    """`fit` or `predict` of the model on that one batch."""
    return lambda: _fit(tf, model, batch, size) if training else _predict(tf, model, batch, size)


def function_step(tf: Any, function: Any, batch: Batch) -> Step:
    """A call of a user's tf.function with the batch as its arguments."""

    def step() -> Left:
        given = batch.plain(tf)[0]
        if isinstance(given, dict):
            outputs = function(**given)
        else:
            outputs = function(*(given if isinstance(given, list) else [given] if batch.x else []))
        return Left(None, finite.non_finite(outputs=finite.outputs_left(tf, outputs)), outputs)

    return step


def _fit(tf: Any, model: Any, batch: Batch, size: int | None) -> Left:
    fed = _fed(tf, batch, size, targets=True)
    history = model.fit(**fed, epochs=1, shuffle=False, verbose=0).history
    last = [values[-1] for values in (history.get("loss"),) if values]
    loss = float(last[0]) if last else None
    bad = finite.non_finite(loss=finite.losses_left(history), weights=finite.weights_left(model))
    return Left(loss if loss is not None and finite.is_finite(loss) else None, bad)


def _predict(tf: Any, model: Any, batch: Batch, size: int | None) -> Left:
    outputs = model.predict(**_fed(tf, batch, size, targets=False), verbose=0)
    return Left(None, finite.non_finite(outputs=finite.outputs_left(tf, outputs)), outputs)


def _fed(tf: Any, batch: Batch, size: int | None, *, targets: bool) -> Answer:
    """The arguments of `fit` and `predict` that bring the batch."""
    whole = batch.whole
    if isinstance(whole, tf.data.Dataset):
        return {"x": whole}
    if whole is not None:
        # A generator, which Keras takes as it comes.
        return {"x": (one for one in [whole]), "steps_per_epoch" if targets else "steps": 1}
    x, y = batch.plain(tf)
    return {"x": x, "batch_size": size, **({"y": y} if targets else {})}
