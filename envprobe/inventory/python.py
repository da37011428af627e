"""The interpreter whose packages are inventoried: this one, or another that is asked."""

from __future__ import annotations

import importlib.util
import json
import sys
import sysconfig
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.guard import Answer
from envprobe.inventory.reading import Runner
from envprobe.inventory.unknown import all_unknown

# A cold interpreter on a network file system needs some seconds.
PYTHON_SECONDS = 10.0

# Runs in interpreters as old as 3.6; a start-up file that prints must not spoil the answer.
SCRIPT = """
import importlib.util, json, os, platform, sys, sysconfig
print()
print("envprobe:" + json.dumps({
    "version": platform.python_version(), "implementation": platform.python_implementation(),
    "executable": sys.executable, "prefix": sys.prefix, "base_prefix": sys.base_prefix,
    "platform": sysconfig.get_platform(), "path": sys.path,
    "has_pip": importlib.util.find_spec("pip") is not None,
    "externally_managed": sys.prefix == sys.base_prefix and os.path.exists(
        os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")),
}))
"""


class Python(msgspec.Struct, frozen=True, kw_only=True):
    """An interpreter. `path` is its module search path, `base_prefix` differs in an environment.

    `has_pip`: environments of uv come without. `externally_managed`: pip refuses to install here
    (PEP 668), as in the Python of current Linux distributions.
    """

    version: str | None = None
    implementation: str | None = None
    executable: str | None = None
    prefix: str | None = None
    base_prefix: str | None = None
    platform: str | None = None
    virtual_environment: bool | None = None
    path: tuple[str, ...] | None = None
    has_pip: bool | None = None
    externally_managed: bool | None = None
    unknown: dict[str, str] = {}


def ask_python(python: str | None, run: Runner) -> Answer[dict[str, Any]]:
    """The interpreter's own words about itself."""
    if python is None or _same(python):
        return Answer(value=_this_python())
    # "" stands for the working folder, which is another one for the worker.
    answer = run((python, "-c", SCRIPT), PYTHON_SECONDS)
    if answer.value is None:
        return Answer(reason=answer.reason)
    return parse_python_answer(answer.value)


def _same(python: str) -> bool:
    """Compared unresolved: an environment's python is a link to the one outside of it."""
    return Path(python).absolute() == Path(sys.executable).absolute()


def _this_python() -> dict[str, Any]:
    return {
        "version": sys.version.split()[0],
        "implementation": sys.implementation.name.replace("cpython", "CPython"),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "platform": sysconfig.get_platform(),
        "path": list(sys.path),
        "has_pip": importlib.util.find_spec("pip") is not None,
        "externally_managed": sys.prefix == sys.base_prefix
        and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists(),
    }


def parse_python_answer(text: str) -> Answer[dict[str, Any]]:
    """The marked line of the script's output."""
    for line in text.splitlines():
        if line.startswith("envprobe:"):
            try:
                return Answer(value=dict(json.loads(line.removeprefix("envprobe:"))))
            except (ValueError, TypeError):
                break
    return Answer(reason="the interpreter answered, but not what it was asked")


def parse_python(answer: Answer[dict[str, Any]]) -> Python:
    """The answer as fields."""
    if answer.value is None:
        return all_unknown(Python, answer.reason or "the interpreter was not asked")
    told = answer.value
    try:
        fields = {
            **{name: told[name] for name in Python.__struct_fields__ if name in told},
            "virtual_environment": told["prefix"] != told["base_prefix"],
            # The script's own folder comes first as "": it belongs to the caller.
            "path": tuple(entry for entry in told["path"] if entry),
        }
        return msgspec.convert(fields, Python)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        return all_unknown(Python, f"the interpreter answered, but not what it was asked: {error}")
