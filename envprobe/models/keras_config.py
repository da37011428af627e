"""What a Keras config would have executed or imported, found by reading it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from envprobe.errors import FileFormatError
from envprobe.models.unsafe import refuse_code

# Packages whose classes Keras itself makes; anything else is somebody's own code.
_KERAS = ("keras", "keras_hub", "keras_cv", "keras_nlp", "tf_keras")
_TENSORFLOW_KERAS = ("tensorflow.keras", "tensorflow.python.keras", "tensorflow")
_ACTING = frozenset(("utils", "saving", "config", "export"))
_BUILTINS = ("function", "list", "tuple", "dict", "set", "slice")  # what Keras itself writes
# The marks of Python code that was serialised into the config.
_CODE = ("__lambda__", "__numpy__object__")
_MOST_NODES = 5_000_000


def require_harmless(path: object, config: bytes) -> None:
    """Raise UnsafeModelError, naming the layer, when making this model would run foreign code.

    Lambda layers hold Python bytecode; a class or function of another module would be imported.
    """
    for what in _faults(_decoded(path, config)):
        raise refuse_code(path, what)


def _decoded(path: object, config: bytes) -> Any:
    try:
        return msgspec.json.decode(config)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileFormatError(f"{path}: its config is not JSON ({error}): save it again") from error


def _faults(config: Any) -> Iterator[str]:
    """In the order of the config; the walk keeps its own stack: depth is the file's choice."""
    waiting: list[tuple[Any, str]] = [(config, "the model")]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        item, where = waiting.pop()
        if isinstance(item, dict):
            where = _where(item) or where
            yield from _faults_of(item, where)
            waiting += [(value, where) for value in reversed(list(item.values()))]
        elif isinstance(item, list):
            waiting += [(value, where) for value in reversed(item)]
    yield "its config is larger than any model's"


def _where(item: dict[str, Any]) -> str | None:
    config = item.get("config")
    if not isinstance(item.get("class_name"), str) or not isinstance(config, dict):
        return None
    name = config.get("name")
    return f"layer {name!r}" if isinstance(name, str) else None


def _faults_of(item: dict[str, Any], where: str) -> Iterator[str]:
    name = item.get("class_name")
    if name == "Lambda":
        yield f"{where} is a Lambda layer, whose Python code is in the file"
    if name in _CODE:
        yield f"{where} holds serialised Python ({name})"
    module = item.get("module")
    if isinstance(module, str) and "class_name" in item and not _harmless(module, str(name)):
        yield f"{where} is {module}.{name}, which would be imported and run"
    registered = item.get("registered_name")
    # Keras registers what users decorate as "package>name", and its own without a package.
    package, marked, _ = registered.partition(">") if isinstance(registered, str) else ("", "", "")
    if marked and "class_name" in item and package not in _KERAS:
        yield f"{where} is the custom object {registered}"


def _harmless(module: str, name: str) -> bool:
    """Whether Keras makes it itself, and making it does no more than that.

    Keras' helpers that download, load and save can be named in a config like any class.
    """
    if module == "builtins":
        return name in _BUILTINS
    acting = not _ACTING.isdisjoint(module.split("."))
    return _known(module) and "." not in name and not acting


def _known(module: str) -> bool:
    """Whether a name in that module is one of Keras' own."""
    return module.split(".", 1)[0] in _KERAS or any(
        module == package or module.startswith(package + ".") for package in _TENSORFLOW_KERAS
    )
