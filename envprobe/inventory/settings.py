"""What changes an import unseen: keras.json, files in the way, folders named in vain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.reading import exists, read_text

# Modules that TensorFlow imports and people like to call their scripts; the first few are its own.
FRAMEWORK_MODULES = ("tensorflow", "keras", "tf_keras", "numpy", "h5py", "google", "absl")
STANDARD_MODULES = (
    "abc",
    "code",
    "copy",
    "enum",
    "inspect",
    "io",
    "json",
    "logging",
    "math",
    "numbers",
    "operator",
    "platform",
    "queue",
    "random",
    "re",
    "select",
    "signal",
    "socket",
    "string",
    "struct",
    "tempfile",
    "threading",
    "token",
    "tokenize",
    "types",
    "typing",
)
_DATA_FOLDER = re.compile(r"--xla_gpu_cuda_data_dir=(\S+)")


class MissingPath(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder that an environment variable names, and that is not there."""

    variable: str
    path: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Files outside of any package that change what an import does.

    keras_json         what stands in `keras_json_path`; empty where there is no such file
    working_folder     where this was asked; None on a recorded machine
    shadowing_modules  files there and in PYTHONPATH that hide modules which TensorFlow imports
    """

    keras_json_path: str | None = None
    keras_json: dict[str, Any] = {}
    working_folder: str | None = None
    shadowing_modules: tuple[str, ...] = ()
    missing_paths: tuple[MissingPath, ...] = ()
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class SettingsAnswer:
    """keras.json, files named as modules are, and the missing ones of the named paths, unread."""

    keras_json_path: str | None = None
    keras_json: str | None = None
    working_folder: str | None = None
    shadowing: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


def ask_settings(root: Path, environ: Mapping[str, str]) -> SettingsAnswer:
    """Reads keras.json and looks for what variables name; the working folder of this process."""
    folder = environ.get("KERAS_HOME") or f"{environ.get('HOME', '')}/.keras"
    path = f"{folder}/keras.json"
    here = Path.cwd() if root == Path("/") else None
    return SettingsAnswer(
        keras_json_path=path,
        keras_json=read_text(root, path.lstrip("/")),
        working_folder=str(here) if here else None,
        shadowing=tuple(_in_the_way(here, environ)) if here else (),
        missing=tuple(p for p in named_paths(environ) if not exists(root, p[1].lstrip("/"))),
    )


def _in_the_way(here: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """Packages of PYTHONPATH may be meant: on clusters numpy itself comes from there."""
    modules = (*FRAMEWORK_MODULES, *STANDARD_MODULES)
    if here.name not in ("site-packages", "dist-packages"):
        yield from _named_like(here, modules, ".py", "/__init__.py")
    for entry in environ.get("PYTHONPATH", "").split(":"):
        if entry.startswith("/") and entry != str(here):
            yield from _named_like(Path(entry), modules, ".py")


def _named_like(folder: Path, modules: Iterable[str], *endings: str) -> Iterator[str]:
    names = (f"{module}{ending}" for module in modules for ending in endings)
    yield from (str(folder / name) for name in names if exists(folder, name))


def named_paths(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(variable, absolute path) of the files and folders that variables point TensorFlow to."""
    flags = environ.get("XLA_FLAGS", "")
    yield from _absolute("XLA_FLAGS", _DATA_FOLDER.findall(flags))
    if flags.strip() and not flags.lstrip().startswith("-"):
        yield from _absolute("XLA_FLAGS", [flags.strip()])  # the name of a file with flags
    for name in ("CUDA_HOME", "CUDA_PATH"):
        yield from _absolute(name, [environ.get(name, "")])
    yield from _absolute("LD_PRELOAD", re.split(r"[\s:]+", environ.get("LD_PRELOAD", "")))


def _absolute(variable: str, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if path.startswith("/"):
            yield variable, path


def parse_settings(answer: SettingsAnswer) -> Settings:
    """The answers as fields."""
    unknown = {} if answer.working_folder else {"working_folder": "not the running system"}
    if answer.keras_json is None:
        unknown["keras_json_path"] = "there is no keras.json"
    return Settings(
        keras_json_path=None if answer.keras_json is None else answer.keras_json_path,
        keras_json=parse_keras_json(answer.keras_json or ""),
        working_folder=answer.working_folder,
        shadowing_modules=answer.shadowing,
        missing_paths=tuple(MissingPath(variable=v, path=p) for v, p in answer.missing),
        unknown=unknown,
    )


def parse_keras_json(text: str) -> dict[str, Any]:
    """The file's entries; empty where it holds no JSON object."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}
