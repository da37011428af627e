"""CUDA libraries on disk, in the order in which the loader would find them for TensorFlow.

Order: LD_LIBRARY_PATH, then TensorFlow's own RUNPATH (the `nvidia/*/lib` folders beside it), then
the loader's cache, then its default folders (ld.so(8)). Toolkits outside of these are listed with
`order` None: they are installed, and nothing would load them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.distributions import Installed
from envprobe.inventory.reading import Runner, entries
from envprobe.inventory.unknown import reasons_for

LDCONFIG_SECONDS = 3.0
NAMES = (
    "cuda",
    "cudart",
    "cudnn",
    "cublas",
    "cublasLt",
    "cufft",
    "curand",
    "cusolver",
    "cusparse",
    "cupti",
    "nccl",
    "nvinfer",
    "nvJitLink",
    "nvrtc",
    "nvidia-ml",
)
FILE = re.compile(rf"lib({'|'.join(NAMES)})\.so((?:\.[0-9]+)*)")
DEFAULT_FOLDERS = ("lib64", "usr/lib64", "lib", "usr/lib")


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """One shared library. `name` is `cudnn`, `soname` `libcudnn.so.9`.

    source        `LD_LIBRARY_PATH`, `site-packages`, `ld.so.cache`, `default`, `toolkit`
    order         0 is what the loader takes first for this soname; None: it never looks there
    version       from the file's full name, or from the distribution that owns it
    distribution  that owns the file
    """

    name: str
    soname: str
    path: str
    source: str
    order: int | None = None
    version: str | None = None
    distribution: str | None = None
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class FoundFile:
    """A library file: where it was found, and the file it is a link to."""

    source: str
    path: str
    target: str


def ask_libraries(
    root: Path, environ: Mapping[str, str], site_folders: Iterable[str], run: Runner
) -> list[FoundFile]:
    """Lists every folder that may hold CUDA libraries; the sources in the loader's order."""
    found: list[FoundFile] = []
    for entry in environ.get("LD_LIBRARY_PATH", "").split(":"):
        if entry:  # an empty entry is the working folder
            found += _list(root / entry.lstrip("/"), "LD_LIBRARY_PATH")
    for site in site_folders:
        for package in entries(Path(site), "nvidia"):
            found += _list(package / "lib", "site-packages")
    cache = run(("ldconfig", "-p"), LDCONFIG_SECONDS)
    if cache.value is None:  # it lies in /sbin, which is not on everybody's PATH
        cache = run(("/sbin/ldconfig", "-p"), LDCONFIG_SECONDS)
    found += [
        FoundFile("ld.so.cache", path, os.path.realpath(path))
        for path in parse_ldconfig(cache.value or "")
    ]
    for folder in DEFAULT_FOLDERS:
        found += _list(root / folder, "default")
    for toolkit in toolkit_folders(root, environ):
        for folder in ("lib64", "lib", "targets/x86_64-linux/lib", "extras/CUPTI/lib64"):
            found += _list(toolkit / folder, "toolkit")
    return found


def toolkit_folders(root: Path, environ: Mapping[str, str]) -> list[Path]:
    """Folders that may be CUDA toolkits: named by variables, in the usual places, beside nvcc."""
    named = [environ.get(n, "") for n in ("CUDA_HOME", "CUDA_PATH", "CUDA_ROOT", "CONDA_PREFIX")]
    folders = [root / name.lstrip("/") for name in named if name]
    folders += [f for f in entries(root, "usr/local") if f.name.startswith("cuda")]
    folders += [root / "opt/cuda", root / "usr/lib/cuda"]
    unique: dict[str, Path] = {}
    for folder in folders:
        real = os.path.realpath(folder)
        if Path(real).is_dir():
            unique.setdefault(real, folder)
    return list(unique.values())


def _list(folder: Path, source: str) -> list[FoundFile]:
    try:
        with os.scandir(folder) as listing:
            names = sorted(entry.name for entry in listing if FILE.fullmatch(entry.name))
    except (OSError, ValueError):
        return []
    return [
        FoundFile(source, str(folder / name), os.path.realpath(folder / name)) for name in names
    ]


def parse_ldconfig(text: str) -> list[str]:
    """The paths of `ldconfig -p` that are CUDA's, in the cache's order."""
    rows = re.findall(r"^\s+(\S+) \(([^)]*)\) => (\S+)$", text, re.M)
    return [path for name, kind, path in rows if FILE.fullmatch(name) and "ELF" not in kind]


def parse_libraries(
    found: Iterable[FoundFile], installed: Iterable[Installed] = ()
) -> tuple[Library, ...]:
    """One library a file, ordered by soname and then as the loader goes."""
    owners = {
        os.path.realpath(Path(one.folder) / library): one
        for one in installed
        for library in one.libraries
    }
    by_target: dict[tuple[str, str], list[FoundFile]] = {}
    for file in found:
        by_target.setdefault((file.source, file.target), []).append(file)
    seen: set[str] = set()
    libraries: list[Library] = []
    orders: dict[str, int] = {}
    for (source, target), files in by_target.items():
        if target in seen:
            continue  # the loader takes it at its first place
        seen.add(target)
        soname = _soname(files)
        order = None if source == "toolkit" else orders.setdefault(soname, 0)
        orders[soname] = orders.get(soname, 0) + (order is not None)
        libraries.append(_library(soname, files[0], order, owners.get(target)))
    return tuple(sorted(libraries, key=lambda x: (x.soname, x.order is None, x.order or 0)))


def _soname(files: list[FoundFile]) -> str:
    """The name programs ask for: the shortest one with a version (`libcudart.so.11.0` has two)."""
    names = [Path(file.path).name for file in files]
    versioned = [name for name in names if not name.endswith(".so")]
    return min(versioned or names, key=len)


def _library(soname: str, file: FoundFile, order: int | None, owner: Installed | None) -> Library:
    values: dict[str, Any] = {
        "order": order,
        "version": owner.version if owner else file_version(file.target),
        "distribution": owner.name if owner else None,
    }
    reasons = {
        "order": "the loader does not look there",
        "version": "the file's name carries no full version",
        "distribution": "no installed distribution owns the file",
    }
    unknown = reasons_for(values, reasons, "not told")
    match = FILE.fullmatch(soname)
    return Library(
        name=match[1] if match else soname,
        soname=soname,
        path=file.path,
        source=file.source,
        unknown=unknown,
        **values,
    )


def file_version(path: str) -> str | None:
    """`9.3.0` of `libcudnn.so.9.3.0`; None where the name has a major version at most."""
    match = FILE.fullmatch(Path(path).name)
    numbers = (match[2] if match else "").strip(".")
    return numbers if "." in numbers else None
