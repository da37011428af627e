"""Whether Keras compiles a step with XLA: here, and where there is a GPU."""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import weakref
from collections.abc import Iterator
from typing import Any


def compiled_whole(model: Any) -> bool:
    """Whether the model's step is compiled with XLA on this machine."""
    return getattr(model, "jit_compile", None) is True


class AutomaticJit:
    """Knows the models whose `jit_compile` the user left at "auto", Keras 3's default.

    `compile()` puts in its place what it comes to on this machine, and keeps no record of it.
    """

    def __init__(self) -> None:
        self._left: Any = weakref.WeakSet()

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Note each model that Keras decides for while this is open; Keras 2 never does."""
        trainer = _trainer_of_keras_3()
        if trainer is None:
            yield
            return
        before = trainer.compile, trainer._resolve_auto_jit_compile
        trainer.compile, trainer._resolve_auto_jit_compile = self._noting(*before)
        try:
            yield
        finally:
            trainer.compile, trainer._resolve_auto_jit_compile = before

    def _noting(self, compiles: Any, decides: Any) -> tuple[Any, Any]:
        signature = inspect.signature(compiles)

        def compile(model: Any, *given: Any, **named: Any) -> Any:  # noqa: A001 - as in tracebacks
            made = compiles(model, *given, **named)
            chosen = signature.bind(model, *given, **named).arguments.get("jit_compile", "auto")
            # Setting the property asks for its old value, which Keras then decides too.
            with contextlib.suppress(TypeError):  # a model that cannot be hashed
                (self._left.add if chosen == "auto" else self._left.discard)(model)
            return made

        def decided(model: Any) -> Any:
            with contextlib.suppress(TypeError):
                self._left.add(model)
            return decides(model)

        return functools.wraps(compiles)(compile), decided

    def compiles_on_gpu(self, model: Any) -> bool:
        """Whether Keras compiles it where there is a GPU, though it does not here.

        It does where every layer allows it (`_resolve_auto_jit_compile`, `model_supports_jit`).
        """
        if model is None or compiled_whole(model) or model not in self._left:
            return False
        if getattr(model, "run_eagerly", False) or getattr(model, "_distribute_strategy", None):
            return False
        return _deterministic_enough() and _every_layer_allows(model)


def _trainer_of_keras_3() -> Any:
    with contextlib.suppress(ImportError, AttributeError):
        from keras.src.trainers.trainer import Trainer

        return Trainer if hasattr(Trainer, "_resolve_auto_jit_compile") else None
    return None


def _deterministic_enough() -> bool:
    """Keras leaves XLA off where the user asked TensorFlow for deterministic ops."""
    with contextlib.suppress(ImportError, AttributeError):
        from tensorflow.python.framework.config import is_op_determinism_enabled

        return not bool(is_op_determinism_enabled())
    return True


def _every_layer_allows(model: Any) -> bool:
    layers = None
    with contextlib.suppress(Exception):  # a model of the user's may refuse to be listed
        layers = list(model._flatten_layers())
    return layers is not None and all(one.supports_jit and not _takes_cudnn(one) for one in layers)


def _takes_cudnn(layer: Any) -> bool:
    """Whether an LSTM or GRU would be cuDNN's on a GPU; its layer forbids XLA there, not here."""
    if getattr(layer, "use_cudnn", False) not in ("auto", True):
        return False
    cell: Any = getattr(layer, "cell", None)
    arguments = {
        "activation": getattr(cell, "activation", None),
        "recurrent_activation": getattr(cell, "recurrent_activation", None),
        "unroll": getattr(layer, "unroll", False),
        "use_bias": getattr(cell, "use_bias", True),
    }
    rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")
    if hasattr(cell, "reset_after"):
        arguments["reset_after"] = cell.reset_after
        return bool(rnn._do_gru_arguments_support_cudnn(**arguments))
    return bool(rnn._do_lstm_arguments_support_cudnn(**arguments))
