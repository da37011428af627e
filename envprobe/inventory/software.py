"""The software TensorFlow stands on: interpreter, distributions, build, libraries, variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.distributions import (
    Distribution,
    Installed,
    ask_distributions,
    parse_distributions,
)
from envprobe.inventory.fatbins import FatbinAnswer, GpuCode, ask_fatbins, parse_fatbins
from envprobe.inventory.guard import Answer, Question
from envprobe.inventory.libraries import FoundFile, Library, ask_libraries, parse_libraries
from envprobe.inventory.python import PYTHON_SECONDS, Python, ask_python, parse_python
from envprobe.inventory.reading import Runner, run_command
from envprobe.inventory.tensorflow_build import (
    BUILD_INFO,
    TensorFlowBuild,
    ask_build,
    parse_build,
)
from envprobe.inventory.toolkits import CudaToolkit, ToolkitAnswer, ask_toolkits, parse_toolkit
from envprobe.inventory.unknown import reasons_for
from envprobe.inventory.variables import Variable, parse_variables

SOFTWARE_SECONDS = PYTHON_SECONDS + 10.0


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """What is installed, not what is loaded (`TensorFlowReport` has that).

    tensorflow         distributions that provide the module `tensorflow`; several overwrite
                       each other's files
    tensorflow_folder  the folder of the module that an import would take
    tensorflow_init    whether `tensorflow/__init__.py` is there: without it the folder is the
                       leftover of an installation, which imports as an empty module
    packages           every other distribution with a role, sorted by name
    gpu_code           what the build's kernels were compiled for; read from its library only
                       where the build does not state its compute capabilities
    """

    python: Python
    tensorflow: tuple[Distribution, ...] | None = None
    tensorflow_folder: str | None = None
    tensorflow_init: bool | None = None
    build: TensorFlowBuild | None = None
    gpu_code: tuple[GpuCode, ...] | None = None
    packages: tuple[Distribution, ...] | None = None
    libraries: tuple[Library, ...] | None = None
    toolkits: tuple[CudaToolkit, ...] | None = None
    variables: tuple[Variable, ...] = ()
    unknown: dict[str, str] = {}


class SoftwareAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The software's answers, unread; each part has its own reason."""

    python: Answer[dict[str, Any]] = Answer(reason="the interpreter did not answer in time")
    installed: Answer[tuple[Installed, ...]] = Answer(reason="the interpreter did not answer")
    module_folder: str | None = None
    module_init: bool | None = None
    build: tuple[str, str | None] | None = None
    gpu_code: Answer[FatbinAnswer] = Answer(reason="there is no build that it could be read from")
    libraries: Answer[list[FoundFile]] = Answer(reason="the disk did not answer in time")
    toolkits: Answer[list[ToolkitAnswer]] = Answer(reason="the disk did not answer in time")


def ask_software(
    root: Path, environ: Mapping[str, str], python: str | None, run: Runner
) -> SoftwareAnswer:
    """Asks the interpreter first, then its packages and the libraries beside them."""
    told = ask_python(python, run_command)  # named by the caller, not found below the root
    path = [entry for entry in (told.value or {}).get("path", ()) if entry]
    sites = [entry for entry in path if Path(entry, "nvidia").is_dir()]
    packages = Question(lambda: ask_distributions(path), "the packages' metadata")
    libraries = Question(lambda: ask_libraries(root, environ, sites, run), "the library folders")
    toolkits = Question(lambda: ask_toolkits(root, environ, sites, run), "the toolkit folders")
    folder = _module_folder(path)
    build = ask_build(Path(folder)) if folder else None
    return SoftwareAnswer(
        python=told,
        installed=packages.within(10.0) if told.value else Answer(reason=told.reason),
        module_folder=folder,
        module_init=None if folder is None else Path(folder, "tensorflow/__init__.py").is_file(),
        build=build,
        gpu_code=_ask_gpu_code(build),
        libraries=libraries.within(10.0),
        toolkits=toolkits.within(10.0),
    )


def _ask_gpu_code(build: tuple[str, str | None] | None) -> Answer[FatbinAnswer]:
    if build is None:
        return Answer(reason="no module tensorflow on the interpreter's path")
    told = parse_build(*build)
    if told.is_cuda_build is not True:
        return Answer(reason="it is not known to be a CUDA build")
    if told.cuda_compute_capabilities is not None:
        return Answer(reason="not read: the build states its compute capabilities")
    return ask_fatbins(Path(build[0].removesuffix(BUILD_INFO)) / "tensorflow")


def _module_folder(path: Sequence[str]) -> str | None:
    """The import system takes a folder without `__init__.py` only where there is no other."""
    whole = (entry for entry in path if Path(entry, "tensorflow/__init__.py").is_file())
    return next(whole, None) or next((e for e in path if Path(e, "tensorflow").is_dir()), None)


def parse_software(answer: SoftwareAnswer, environ: Mapping[str, str]) -> Software:
    """The answers as fields."""
    installed = answer.installed.value
    listed = None if installed is None else parse_distributions(installed)
    found, toolkits, code = answer.libraries.value, answer.toolkits.value, answer.gpu_code.value
    values: dict[str, Any] = {
        "tensorflow": _with_role(listed, True),
        "packages": _with_role(listed, False),
        "tensorflow_folder": answer.module_folder,
        "tensorflow_init": answer.module_init,
        "build": parse_build(*answer.build) if answer.build else None,
        "gpu_code": None if code is None else parse_fatbins(code),
        "libraries": None if found is None else parse_libraries(found, installed or ()),
        "toolkits": None if toolkits is None else tuple(parse_toolkit(t) for t in toolkits),
    }
    absent = answer.python.reason or "no module tensorflow on the interpreter's path"
    reasons = {
        "tensorflow_folder": absent,
        "tensorflow_init": absent,
        "build": absent,
        "gpu_code": str(answer.gpu_code.reason),
        "libraries": str(answer.libraries.reason),
        "toolkits": str(answer.toolkits.reason),
    }
    unknown = reasons_for(values, reasons, answer.installed.reason or "not told")
    return Software(
        python=parse_python(answer.python),
        variables=parse_variables(environ),
        unknown=unknown,
        **values,
    )


def _with_role(
    listed: tuple[Distribution, ...] | None, tensorflow: bool
) -> tuple[Distribution, ...] | None:
    if listed is None:
        return None
    return tuple(d for d in listed if (d.role == "tensorflow") is tensorflow)
