"""From a file or a function to the live thing that can be traced."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from typing import Any, Callable

from .failure import RefusedError
from .lines import UserLines

Answer = dict[str, Any]


def function_named(source: Answer, name: str) -> Any:
    """The object of that name in the Python file or module, which is imported for it."""
    module = _module(source)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise RefusedError(
                f"{source['path']} has no {name!r}: it has {_offered(module) or 'no function'}"
            )
        found = getattr(found, part)
    return found


def built(tf: Any, function: Any, where: str, lines: UserLines) -> Any:
    """What the function makes: a Keras model, or a tf.function; either may also be named itself."""
    if is_model(function) or is_traceable(function):
        return function
    if not callable(function):
        raise RefusedError(f"{where} is a {type(function).__name__}, which cannot be called")
    _require_no_arguments(function, where)
    with lines.noting_layers(tf.keras.layers.Layer):
        made = function()
    if is_model(made) or is_traceable(made):
        return made
    raise RefusedError(
        f"{where} returned {_kind(made)}: expected a Keras model or a tf.function"
        + ("; does it lack its `return`?" if made is None else "")
    )


def is_model(subject: Any) -> bool:
    """Whether it is a Keras model, of whichever Keras is installed."""
    return not inspect.isclass(subject) and all(
        hasattr(subject, name) for name in ("train_step", "compile", "predict_step", "layers")
    )


def is_traceable(subject: Any) -> bool:
    """Whether it is a tf.function."""
    return hasattr(subject, "get_concrete_function")


def loaded_file(tf: Any, path: str, *, trust: bool) -> Any:
    """The Keras model in a `.keras` or `.h5` file; nothing in it is run unless it is trusted."""
    load = tf.keras.models.load_model
    takes_safe_mode = "safe_mode" in inspect.signature(load).parameters
    return load(path, **({"safe_mode": not trust} if takes_safe_mode else {}))


def _module(source: Answer) -> Any:
    if source["kind"] == "python_module":
        if os.getcwd() not in sys.path:
            sys.path.insert(0, os.getcwd())
        return importlib.import_module(source["path"])
    path = os.path.abspath(source["path"])
    folder, file = os.path.split(path)
    sys.path.insert(0, folder)  # as `python file.py` does
    name = os.path.splitext(file)[0]
    if name in sys.modules:  # a library's name must not give us the library
        name = "_envprobe_target_" + name
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RefusedError(f"{path} cannot be imported as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _offered(module: Any) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    ]
    return ", ".join(sorted(names)[:8])


def _require_no_arguments(function: Callable[..., Any], where: str) -> None:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    needed = [
        one.name
        for one in parameters
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    if needed:
        raise RefusedError(
            f"{where} needs {', '.join(needed)}: it is called without arguments; "
            "write a function that fills them in"
        )


def _kind(made: Any | None) -> str:
    return "None" if made is None else f"a {type(made).__name__}"
