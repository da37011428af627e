"""How the installed TensorFlow was built, read from its files without importing it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.reading import read_text
from envprobe.inventory.unknown import all_unknown, reasons_for

BUILD_INFO = "tensorflow/python/platform/build_info.py"


class TensorFlowBuild(msgspec.Struct, frozen=True, kw_only=True):
    """What `tf.sysconfig.get_build_info()` would tell.

    `cuda_compute_capabilities` holds `sm_80` (compiled kernels) and `compute_90` (PTX). The
    versions are None, with the reason, in CPU builds. `entries` is everything as it stands there.
    """

    path: str | None = None
    is_cuda_build: bool | None = None
    is_rocm_build: bool | None = None
    is_tensorrt_build: bool | None = None
    cuda_version: str | None = None
    cudnn_version: str | None = None
    cuda_compute_capabilities: tuple[str, ...] | None = None
    entries: dict[str, Any] = {}
    unknown: dict[str, str] = {}


def ask_build(package_folder: Path) -> tuple[str, str | None]:
    """(path, text) of the build information below the folder that holds `tensorflow/`."""
    return str(package_folder / BUILD_INFO), read_text(package_folder, BUILD_INFO)


def parse_build(path: str, text: str | None) -> TensorFlowBuild:
    """The build's entries; nothing in the file is executed."""
    if text is None:
        return all_unknown(TensorFlowBuild, f"{path} cannot be read")
    entries = build_entries(text)
    if entries is None:
        return all_unknown(TensorFlowBuild, f"{path} holds no table of literals named build_info")
    capabilities = entries.get("cuda_compute_capabilities")
    values: dict[str, Any] = {
        "path": path,
        "is_cuda_build": _flag(entries.get("is_cuda_build")),
        "is_rocm_build": _flag(entries.get("is_rocm_build")),
        "is_tensorrt_build": _flag(entries.get("is_tensorrt_build")),
        "cuda_version": _name(entries.get("cuda_version")),
        "cudnn_version": _name(entries.get("cudnn_version")),
        "cuda_compute_capabilities": tuple(map(str, capabilities))
        if isinstance(capabilities, (list, tuple))
        else None,
    }
    what = "a CPU build" if values["is_cuda_build"] is False else "the build"
    unknown = reasons_for(values, {}, f"{what} does not state it")
    plain = {key: _plain(value) for key, value in entries.items()}
    return TensorFlowBuild(**values, entries=plain, unknown=unknown)


def build_entries(text: str) -> dict[str, Any] | None:
    """The literal assigned to `build_info`: a dict, or an OrderedDict of pairs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        if any(isinstance(t, ast.Name) and t.id == "build_info" for t in node.targets):
            call = node.value
            inner = call.args[0] if isinstance(call, ast.Call) and call.args else call
            return _literal(inner)
    return None


def _literal(node: ast.expr) -> dict[str, Any] | None:
    try:
        return {str(key): value for key, value in dict(ast.literal_eval(node)).items()}
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _name(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) and str(value) else None


def _plain(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)
