"""CUDA toolkits on disk: their version, and whether the parts that XLA needs are in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from envprobe.inventory.libraries import toolkit_folders
from envprobe.inventory.reading import Runner, entries, exists, read_text
from envprobe.inventory.unknown import reasons_for

NVCC_SECONDS = 3.0


class CudaToolkit(msgspec.Struct, frozen=True, kw_only=True):
    """A toolkit, whole or only its compiler as a wheel. XLA needs `ptxas` and `libdevice`."""

    folder: str
    version: str | None = None
    has_ptxas: bool
    has_libdevice: bool
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class ToolkitAnswer:
    """What lies in one toolkit's folder, unread."""

    folder: str
    version_json: str | None
    version_txt: str | None
    nvcc: str | None
    has_ptxas: bool
    has_libdevice: bool


def ask_toolkits(
    root: Path, environ: Mapping[str, str], site_folders: Iterable[str], run: Runner
) -> list[ToolkitAnswer]:
    """Looks into every folder that may be a toolkit; nvcc is started only where no file tells."""
    folders = toolkit_folders(root, environ)
    for site in site_folders:
        folders += [f for f in entries(Path(site), "nvidia") if exists(f, "bin/ptxas")]
    answers = (_ask_toolkit(folder, run) for folder in folders)
    return [a for a in answers if a.version_json or a.version_txt or a.nvcc or a.has_ptxas]


def _ask_toolkit(folder: Path, run: Runner) -> ToolkitAnswer:
    version_json, version_txt = (read_text(folder, f"version.{kind}") for kind in ("json", "txt"))
    nvcc = None
    if version_json is None and version_txt is None and exists(folder, "bin/nvcc"):
        nvcc = run((str(folder / "bin/nvcc"), "--version"), NVCC_SECONDS).value
    return ToolkitAnswer(
        folder=str(folder),
        version_json=version_json,
        version_txt=version_txt,
        nvcc=nvcc,
        has_ptxas=exists(folder, "bin/ptxas"),
        has_libdevice=exists(folder, "nvvm/libdevice/libdevice.10.bc"),
    )


def parse_toolkit(answer: ToolkitAnswer) -> CudaToolkit:
    """The toolkit with its version from `version.json`, `version.txt` or nvcc, in that order."""
    version = (
        parse_version_json(answer.version_json or "")
        or _first(r"CUDA Version (\d+\.\d+(?:\.\d+)?)", answer.version_txt)
        or _first(r"release \d+\.\d+, V(\d+\.\d+\.\d+)", answer.nvcc)
    )
    return CudaToolkit(
        folder=answer.folder,
        version=version,
        has_ptxas=answer.has_ptxas,
        has_libdevice=answer.has_libdevice,
        unknown=reasons_for({"version": version}, {}, "neither version.json nor nvcc tells it"),
    )


def parse_version_json(text: str) -> str | None:
    """The toolkit's version in `version.json` (CUDA 11.1 and newer)."""
    try:
        version = json.loads(text)["cuda"]["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return version if isinstance(version, str) else None


def _first(pattern: str, text: str | None) -> str | None:
    match = re.search(pattern, text or "")
    return match[1] if match else None
