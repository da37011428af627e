"""What TensorFlow says of itself once it runs: its devices, and the libraries it really loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.gpu import Gpu
from envprobe.inventory.libraries import FILE, Library, file_version
from envprobe.inventory.unknown import reasons_for


class TensorFlowDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device TensorFlow lists (`GPU:0`), of whatever type, with NVML's number if it has one."""

    name: str
    device_type: str
    model: str | None = None
    compute_capability: str | None = None
    memory_limit_bytes: int | None = None
    nvml_index: int | None = None
    uuid: str | None = None
    unknown: dict[str, str] = {}


class LoadedLibrary(msgspec.Struct, frozen=True, kw_only=True):
    """A CUDA library in TensorFlow's process, beside the one that the disk would suggest.

    `expected_path` is what the loader's order names first for this soname.
    """

    soname: str
    path: str
    version: str | None = None
    expected_path: str | None = None
    as_expected: bool | None = None
    unknown: dict[str, str] = {}


class TensorFlowReport(msgspec.Struct, frozen=True, kw_only=True):
    """The worker's `hello`, typed. `libraries` are all shared objects of its process."""

    version: str | None = None
    git_version: str | None = None
    compiler: str | None = None
    python: str | None = None
    build: dict[str, Any] = {}
    compile_flags: tuple[str, ...] = ()
    packages: dict[str, str] = {}
    onednn: bool | None = None
    devices: tuple[TensorFlowDevice, ...] = ()
    loaded: tuple[LoadedLibrary, ...] = ()
    libraries: tuple[str, ...] = ()
    unknown: dict[str, str] = {}


def parse_hello(
    hello: Mapping[str, Any], gpus: Iterable[Gpu], installed: Iterable[Library]
) -> TensorFlowReport:
    """The worker's answer as a report. What it left out is None with that reason."""
    tensorflow = _mapping(hello.get("tensorflow"))
    paths = tuple(str(path) for path in _rows(hello.get("libraries")))
    onednn = hello.get("onednn")
    values: dict[str, Any] = {
        "version": _string(tensorflow.get("version")),
        "git_version": _string(tensorflow.get("git_version")),
        "compiler": _string(tensorflow.get("compiler")),
        "python": _string(hello.get("python")),
        "onednn": onednn if isinstance(onednn, bool) else None,
    }
    packages = _mapping(hello.get("packages")).items()
    return TensorFlowReport(
        build=dict(_mapping(tensorflow.get("build_info"))),
        compile_flags=tuple(str(flag) for flag in _rows(tensorflow.get("compile_flags"))),
        packages={str(name): str(version) for name, version in packages if version is not None},
        devices=parse_devices(_rows(hello.get("devices")), list(gpus)),
        loaded=parse_loaded(paths, list(installed)),
        libraries=paths,
        unknown=reasons_for(values, {}, "the worker did not report it"),
        **values,
    )


def parse_devices(rows: Iterable[Any], gpus: list[Gpu]) -> tuple[TensorFlowDevice, ...]:
    """TensorFlow's devices; its GPUs are numbered as CUDA enumerates them."""
    return tuple(_device(_mapping(row), gpus) for row in rows)


def _device(row: Mapping[str, Any], gpus: list[Gpu]) -> TensorFlowDevice:
    details = _mapping(row.get("details"))
    name = str(row.get("name", "")).removeprefix("/physical_device:").split("device:")[-1]
    kind = str(row.get("device_type") or name.partition(":")[0])
    model, limit = _string(details.get("device_name")), row.get("memory_limit_bytes")
    gpu = _gpu_of(name, model, gpus) if kind == "GPU" else None
    values: dict[str, Any] = {
        "model": model,
        "compute_capability": _capability(details.get("compute_capability")),
        "memory_limit_bytes": limit if isinstance(limit, int) and limit > 0 else None,
        "nvml_index": gpu.nvml_index if gpu else None,
        "uuid": gpu.uuid if gpu else None,
    }
    other = "which of NVML's GPUs it is cannot be told" if kind == "GPU" else "no NVIDIA GPU"
    reasons = {"nvml_index": other, "uuid": other}
    unknown = reasons_for(values, reasons, "TensorFlow does not tell it")
    return TensorFlowDevice(name=name, device_type=kind, unknown=unknown, **values)


def _gpu_of(name: str, model: str | None, gpus: list[Gpu]) -> Gpu | None:
    """NVML's GPU behind `GPU:1`: by CUDA's number, else by a model that only one GPU has."""
    number = name.rpartition(":")[2]
    for gpu in gpus:
        shown = {gpu.cuda_index, *(mig.cuda_index for mig in gpu.mig_instances or ())} - {None}
        if number.isascii() and number.isdigit() and int(number) in shown:
            return gpu
    if any(gpu.cuda_index is not None for gpu in gpus):
        return None
    alike = [gpu for gpu in gpus if gpu.name is not None and gpu.name == model]
    return alike[0] if len(alike) == 1 else None


def parse_loaded(paths: Iterable[str], installed: list[Library]) -> tuple[LoadedLibrary, ...]:
    """The CUDA libraries among the loaded ones, each beside the loader's first choice on disk."""
    first = {library.soname: library for library in installed if library.order == 0}
    return tuple(
        _loaded(path, first, installed) for path in paths if FILE.fullmatch(Path(path).name)
    )


def _loaded(path: str, first: Mapping[str, Library], installed: list[Library]) -> LoadedLibrary:
    name = Path(path).name
    # The maps show the file, which is often named more fully than the soname.
    sonames = [soname for soname in first if name == soname or name.startswith(f"{soname}.")]
    soname = max(sonames, key=len, default=name)
    expected = first.get(soname)
    same_file = [x for x in installed if _same(x.path, path)]
    same = None if expected is None else any(x.path == expected.path for x in same_file)
    values: dict[str, Any] = {
        "version": same_file[0].version if same_file else file_version(path),
        "expected_path": expected.path if expected else None,
        "as_expected": same,
    }
    reasons = {"version": "neither the file's name nor a distribution tells it"}
    unknown = reasons_for(values, reasons, "no installed library of this soname was found")
    return LoadedLibrary(soname=soname, path=path, unknown=unknown, **values)


def _same(installed: str, loaded: str) -> bool:
    try:
        return installed == loaded or Path(installed).resolve() == Path(loaded)
    except (OSError, RuntimeError, ValueError):
        return False


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _capability(value: Any) -> str | None:
    if isinstance(value, (list, tuple)):
        return ".".join(str(part) for part in value)
    return _string(value)
