"""Which op made the first NaN or infinity of a step: the step is run again, op by op."""

from __future__ import annotations

from typing import Any, Callable

from ..model.lines import UserLines
from .blame import PLACED, failure_at_run
from .recorder import Made, Recorder, recording

Answer = dict[str, Any]
Step = Callable[[Any, Any], Any]


def origin_of(tf: Any, lines: UserLines, model: Any, run: Callable[[], Any]) -> Answer:
    """`origin`, or `unknown`: why nobody saw it.

    `run` takes the step, eagerly, and returns the losses or outputs that may be bad.
    """
    with recording(tf, lines) as recorder:
        try:
            outputs = run()
        except tf.errors.OpError as error:
            return _refused(tf, error, lines)
        except Exception as error:
            return {"unknown": _unknown(error)}
    ends = _ends(tf, recorder, model, outputs)
    if not ends:
        return {"unknown": "run op by op, the step gives finite numbers"}
    return {"origin": _told(*_makers(ends))}


def _refused(tf: Any, error: Exception, lines: UserLines) -> Answer:
    """The op that raises where XLA, or a GPU, goes on with NaN: a label that is no class."""
    failure = failure_at_run(tf, error, lines)
    if not failure["op"]:
        return {"unknown": _unknown(error)}
    told = {name: failure[name] for name in PLACED}
    says = " ".join(failure["message"].split())[:200]
    return {"origin": {"op": failure["op"], "made": "NaN", "says": says, **told}}


def _unknown(error: Exception) -> str:
    told = " ".join(str(error).split())[:150]
    return f"the step does not run op by op ({type(error).__name__}: {told})"


def _ends(tf: Any, recorder: Recorder, model: Any, outputs: Any) -> list[Made]:
    """Where the bad numbers went: the loss first, then the weights, then anything."""
    makers = [recorder.maker_of(one) for one in tf.nest.flatten(outputs)]
    return (
        _written(recorder, _loss_variables(model))
        or [made for made in makers if made is not None and made.bad]
        or _written(recorder, _trained(model))
        or [made for _, made in recorder.sinks]
        or [made for made in [recorder.last] if made is not None]
    )


def _written(recorder: Recorder, variables: list[Any]) -> list[Made]:
    wanted = _handles(variables)
    return [made for handle, made in recorder.sinks if handle in wanted]


def _makers(ends: list[Made]) -> tuple[Made, Made | None]:
    """The op that made the first bad number, and the one that made NaN of it, if another."""
    before = _ancestors(ends)
    nan = [one for one in before if "nan" in one.bad and "nan" not in one.bad_inputs]
    if not nan:
        return min(_sources(before) or before, key=_order), None
    first_nan = min(nan, key=_order)
    sources = [one for one in _sources(_ancestors([first_nan])) if one is not first_nan]
    if not sources:
        # Infinities that were written into the model, such as those of a mask, are meant.
        return first_nan, None
    return min(sources, key=_order), first_nan


def _order(made: Made) -> int:
    return made.at


def _sources(all_made: list[Made]) -> list[Made]:
    """Those that made bad numbers of good ones."""
    return [one for one in all_made if not one.bad_inputs]


def _ancestors(ends: list[Made]) -> list[Made]:
    found: dict[int, Made] = {}
    waiting = list(ends)
    while waiting:
        made = waiting.pop()
        if made.at not in found:
            found[made.at] = made
            waiting += made.parents
    return list(found.values())


def _told(made: Made, then: Made | None) -> Answer:
    forward = made.forward
    place = forward.place if forward is not None else made.place
    return {
        "op": made.op,
        "made": "NaN" if "nan" in made.bad else "infinity",
        "dtype": made.dtype,
        "inputs": made.inputs[:4],
        "outputs": made.outputs[:2],
        "gradient_of": forward.op if forward is not None else None,
        "then": then.op if then is not None else None,
        **place,
    }


def _loss_variables(model: Any) -> list[Any]:
    tracker = getattr(model, "_loss_tracker", None)
    if tracker is None:  # Keras 2
        metrics = getattr(getattr(model, "compiled_loss", None), "metrics", None) or []
        tracker = metrics[0] if metrics else None
    return list(getattr(tracker, "variables", None) or [])


def _trained(model: Any) -> list[Any]:
    return list(getattr(model, "trainable_variables", None) or [])


def _handles(variables: list[Any]) -> set[int]:
    """The variables as the ops see them: by the tensor of their resource."""
    held = [one if hasattr(one, "handle") else getattr(one, "value", one) for one in variables]
    return {id(one.handle) for one in held if hasattr(one, "handle")}
