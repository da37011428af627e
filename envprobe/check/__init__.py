"""Check: whether a model's training step runs on a machine or a cluster, before training.

The package can be called: `envprobe.check(model, …)` is `check_model` for a model that is named,
and `envprobe.keras.check_live` for a live Keras model. A function of that name beside the package
would be replaced by it on the first import from within.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envprobe.check.result import CheckResult


class _CallablePackage(ModuleType):
    def __call__(self, model: Any, **options: Any) -> CheckResult:
        """Whether one step of the model runs here, or on the machines of `matrix=[…]`.

        `model` is what `envprobe check` takes, as text or path, or a live Keras model, which is
        traced in this process and needs its batch: `data=(x, y)`, or `inputs=` and `targets=`.
        """
        if isinstance(model, (str, os.PathLike)):
            from envprobe.check.check_model import check_model

            return check_model(os.fspath(model), **options)
        # A room above this one: it is the only one beside the worker that imports TensorFlow.
        result: CheckResult = import_module("envprobe.keras.check_live").check_live(
            model, **options
        )
        return result


sys.modules[__name__].__class__ = _CallablePackage
