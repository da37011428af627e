"""Checks of live models, in a process that holds a TensorFlow; prints what each came to, as JSON.

`python live_checks.py NAME…` runs the functions of these names.
"""

# mypy: ignore-errors

import json
import sys
import warnings

import numpy as np
import tensorflow as tf

import envprobe
import envprobe.errors
from envprobe.check.result import CheckResult
from envprobe.keras import Preflight, PreflightError
from envprobe.terms import Severity

keras = tf.keras
layers = keras.layers
X, Y = np.ones((8, 6), "float32"), np.ones((8, 3), "float32")


def model(units=3, compiled=True, **options):
    made = keras.Sequential([keras.Input((6,)), layers.Dense(units, name="only")], name="plain")
    if compiled:
        made.compile("adam", "mse", **options)
    return made


class Counted(keras.Model):
    """Counts how often real numbers go through its step, which tracing never does."""

    def __init__(self):
        super().__init__()
        self.only = layers.Dense(3)
        self.steps = tf.Variable(0, dtype=tf.int64, trainable=False)

    def call(self, x):
        self.steps.assign_add(1)
        return self.only(x)


def counted():
    made = Counted()
    made(X[:1])
    made.steps.assign(0)
    made.compile("adam", "mse")
    return made


def told(result: CheckResult):
    errors = [one for one in result.findings if one.severity is Severity.ERROR]
    return {
        "source": result.source,
        "verdict": result.verdict.value,
        "batch": result.batch,
        "mode": result.mode,
        "requirements": result.requirements,
        "errors": [one.cause.value for one in errors],
        "seen": " ".join(one.seen for one in errors),
        "targets": [one.name for one in result.targets],
        "notes": list(result.notes),
    }


def raised(kind, call):
    try:
        call()
    except kind as error:
        return {"type": type(error).__name__, "text": str(error)}
    return None


def values_of(made):
    return [np.asarray(value) for value in made.get_weights()]


def same(before, after):
    return len(before) == len(after) and all(map(np.array_equal, before, after))


# --- envprobe.check -----------------------------------------------------------------------------


def with_arrays():
    return told(envprobe.check(model(), data=(X, Y)))


def with_specs():
    return told(envprobe.check(model(), inputs=["float32[4,6]"], targets=["float32[4,3]"]))


def with_open_batch():
    return told(envprobe.check(model(), inputs=["float32[?,6]"], targets=["float32[?,3]"], batch=5))


def with_dataset():
    return told(envprobe.check(model(), data=tf.data.Dataset.from_tensor_slices((X, Y)).batch(2)))


def with_wrong_targets():
    return told(envprobe.check(model(), data=(X, np.ones((8, 4), "float32"))))


def for_inference():
    return told(envprobe.check(model(compiled=False), inputs=["float32[4,6]"], mode="infer"))


def against_a_matrix():
    from importlib import resources

    folder = resources.files("kernels_matrix") / "recorded"
    return told(envprobe.check(model(), data=(X, Y), matrix=[str(folder)]))


def not_compiled():
    made = model(compiled=False)
    return raised(envprobe.errors.UsageError, lambda: envprobe.check(made, data=(X, Y)))


def not_a_model():
    return raised(envprobe.errors.UsageError, lambda: envprobe.check(len, data=(X, Y)))


def data_and_specs():
    return raised(
        envprobe.errors.UsageError,
        lambda: envprobe.check(model(), data=(X, Y), inputs=["float32[4,6]"]),
    )


def unknown_mode():
    return raised(
        envprobe.errors.UsageError, lambda: envprobe.check(model(), data=(X, Y), mode="both")
    )


def keeps_the_model():
    made = counted()
    before = values_of(made)
    result = told(envprobe.check(made, data=(X, Y)))
    same_values = same(before, values_of(made))
    iterations = int(made.optimizer.iterations.numpy())
    made.fit(X, Y, batch_size=4, epochs=1, verbose=0)
    return {
        **result,
        "same": same_values,
        "iterations": iterations,
        "steps_of_fit": int(made.steps.numpy()),
        "trained": not same(before, values_of(made)),
    }


def unbuilt():
    """A model that has never seen a batch has no weights yet; it trains as ever afterwards."""
    made = Counted()
    made.compile("adam", "mse")
    result = told(envprobe.check(made, data=(X, Y)))
    made.fit(X, Y, batch_size=4, verbose=0)
    return {**result, "iterations": int(made.optimizer.iterations.numpy())}


def in_mixed_precision():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        result = envprobe.check(model(), data=(X, Y))
    finally:
        keras.mixed_precision.set_global_policy("float32")
    return {**told(result), "precision": result.precision}


def compiled_by_xla():
    result = envprobe.check(model(jit_compile=True), data=(X, Y))
    return {**told(result), "jit": result.jit}


def _settings():
    keras_filters = getattr(keras, "config", None)
    return [
        tf.config.get_soft_device_placement(),
        tf.debugging.is_traceback_filtering_enabled(),
        keras_filters.is_traceback_filtering_enabled() if keras_filters else None,
        tf.config.functions_run_eagerly(),
        keras.mixed_precision.global_policy().name,
    ]


def keeps_the_settings():
    found = []
    for placement in (True, False):
        for filtering in (True, False):
            tf.config.set_soft_device_placement(placement)
            (
                tf.debugging.enable_traceback_filtering
                if filtering
                else tf.debugging.disable_traceback_filtering
            )()
            before = _settings()
            envprobe.check(model(), data=(X, Y))
            envprobe.check(model(), data=(X, np.ones((8, 4), "float32")))
            found.append([before, _settings()])
    return found


# --- Preflight ----------------------------------------------------------------------------------


def a_good_fit():
    made, guard = counted(), Preflight()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        history = made.fit(X, Y, batch_size=4, epochs=2, verbose=0, callbacks=[guard])
    return {
        **told(guard.result),
        "losses": len(history.history["loss"]),
        "steps": int(made.steps.numpy()),
        "warned": [str(one.message) for one in seen if "CHK" in str(one.message)],
    }


def fits_without_and_with_it():
    """The same numbers come out, seed for seed."""
    ends = []
    for callbacks in ([], [Preflight()]):
        keras.utils.set_random_seed(7)
        made = model()
        made.fit(X, Y, batch_size=4, epochs=2, verbose=0, callbacks=callbacks)
        ends.append(values_of(made))
    return same(*ends)


def a_bad_fit():
    """Three features arrive at four units: nothing of it is run, and the model stays usable."""
    made, guard, wrong = counted(), Preflight(), np.ones((8, 4), "float32")
    before = values_of(made)
    told_of = raised(
        PreflightError,
        lambda: made.fit(X, wrong, batch_size=4, verbose=0, callbacks=[guard]),
    )
    unchanged, steps = same(before, values_of(made)), int(made.steps.numpy())
    made.fit(X, Y, batch_size=4, verbose=0)
    return {
        "raised": told_of,
        "verdict": guard.result.verdict.value,
        "same": unchanged,
        "steps": steps,
        "iterations_after": int(made.optimizer.iterations.numpy()),
        "is_runtime_error": issubclass(PreflightError, RuntimeError),
    }


def only_warned():
    """Then the fit goes on, and ends as it would have."""
    made, guard, wrong = counted(), Preflight(only_warn=True), np.ones((8, 4), "float32")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        failed = raised(
            Exception, lambda: made.fit(X, wrong, batch_size=4, verbose=0, callbacks=[guard])
        )
    return {
        "verdict": guard.result.verdict.value,
        "failed": failed and failed["type"],
        "warned": [str(one.message) for one in seen if "CHK" in str(one.message)],
    }


def with_validation():
    made, guard = model(), Preflight()
    history = made.fit(
        X, Y, batch_size=4, epochs=2, verbose=0, callbacks=[guard], validation_data=(X[:4], Y[:4])
    )
    return {**told(guard.result), "keys": sorted(history.history)}


def with_tf_data():
    made, guard = model(), Preflight()
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(2).repeat()
    history = made.fit(data, steps_per_epoch=3, epochs=2, verbose=0, callbacks=[guard])
    return {**told(guard.result), "losses": len(history.history["loss"])}


def with_generator():
    made, guard = model(), Preflight()

    def batches():
        while True:
            yield X[:2], Y[:2]

    made.fit(batches(), steps_per_epoch=3, verbose=0, callbacks=[guard])
    return told(guard.result)


def two_fits():
    """A second fit has its own check."""
    made, guard = model(), Preflight()
    made.fit(X, Y, batch_size=4, verbose=0, callbacks=[guard])
    first = guard.result
    made.fit(X, Y, batch_size=2, verbose=0, callbacks=[guard])
    return {"batches": [first.batch, guard.result.batch], "other": first is not guard.result}


def with_weights():
    made, guard = model(), Preflight()
    weights = np.ones((8,), "float32")
    made.fit(X, Y, sample_weight=weights, batch_size=4, verbose=0, callbacks=[guard])
    return told(guard.result)


def several_steps_at_once():
    made, guard = model(steps_per_execution=2), Preflight()
    made.fit(X, Y, batch_size=2, verbose=0, callbacks=[guard])
    return {**told(guard.result), "iterations": int(made.optimizer.iterations.numpy())}


def eagerly():
    made, guard = model(run_eagerly=True), Preflight()
    made.fit(X, Y, batch_size=4, verbose=0, callbacks=[guard])
    return {**told(guard.result), "iterations": int(made.optimizer.iterations.numpy())}


class OwnStep(Counted):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(x, training=True) - y))
        trained = self.only.trainable_variables
        pairs = zip(tape.gradient(loss, trained), trained, strict=True)
        self.optimizer.apply_gradients(pairs)
        return {"loss": loss}


def with_own_step():
    made, guard = OwnStep(), Preflight()
    made.compile("adam")
    made.fit(X, Y, batch_size=4, verbose=0, callbacks=[guard])
    return {**told(guard.result), "steps": int(made.steps.numpy())}


if __name__ == "__main__":
    print(json.dumps({name: globals()[name]() for name in sys.argv[1:]}))  # noqa: T201
