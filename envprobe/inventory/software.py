"""The software TensorFlow stands on: interpreter, distributions, build, libraries, variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.distributions import (
    Distribution,
    Installed,
    ask_distributions,
    parse_distributions,
)
from envprobe.inventory.guard import Answer, Question
from envprobe.inventory.libraries import FoundFile, Library, ask_libraries, parse_libraries
from envprobe.inventory.python import PYTHON_SECONDS, Python, ask_python, parse_python
from envprobe.inventory.reading import Runner, run_command
from envprobe.inventory.tensorflow_build import TensorFlowBuild, ask_build, parse_build
from envprobe.inventory.toolkits import CudaToolkit, ToolkitAnswer, ask_toolkits, parse_toolkit
from envprobe.inventory.unknown import reasons_for
from envprobe.inventory.variables import Variable, parse_variables

SOFTWARE_SECONDS = PYTHON_SECONDS + 10.0


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """What is installed, not what is loaded (`TensorFlowReport` has that).

    tensorflow         distributions that provide the module `tensorflow`; several overwrite
                       each other's files
    tensorflow_folder  the folder of the module that an import would take
    packages           every other distribution with a role, sorted by name
    """

    python: Python
    tensorflow: tuple[Distribution, ...] | None = None
    tensorflow_folder: str | None = None
    build: TensorFlowBuild | None = None
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
    build: tuple[str, str | None] | None = None
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
    folder = next((e for e in path if Path(e, "tensorflow").is_dir()), None)
    return SoftwareAnswer(
        python=told,
        installed=packages.within(10.0) if told.value else Answer(reason=told.reason),
        module_folder=folder,
        build=ask_build(Path(folder)) if folder else None,
        libraries=libraries.within(10.0),
        toolkits=toolkits.within(10.0),
    )


def parse_software(answer: SoftwareAnswer, environ: Mapping[str, str]) -> Software:
    """The answers as fields."""
    installed = answer.installed.value
    listed = None if installed is None else parse_distributions(installed)
    found, toolkits = answer.libraries.value, answer.toolkits.value
    values: dict[str, Any] = {
        "tensorflow": _with_role(listed, True),
        "packages": _with_role(listed, False),
        "tensorflow_folder": answer.module_folder,
        "build": parse_build(*answer.build) if answer.build else None,
        "libraries": None if found is None else parse_libraries(found, installed or ()),
        "toolkits": None if toolkits is None else tuple(parse_toolkit(t) for t in toolkits),
    }
    absent = answer.python.reason or "no module tensorflow on the interpreter's path"
    reasons = {
        "tensorflow_folder": absent,
        "build": absent,
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
