"""The files of a bundle."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from envprobe.diagnose.result import Diagnosis
from envprobe.inventory.guard import answer_within
from envprobe.running.masking.mask import Masker
from envprobe.running.result import RunResult
from envprobe.running.sample import Samples

EXAMINE_SECONDS = 20.0
Page = Callable[[Diagnosis, Samples], str]


def bundle_files(
    result: RunResult, log: bytes, argv: Sequence[str], masker: Masker, page: Page | None
) -> dict[str, bytes]:
    """The content of each file by its name, masked. `page` makes the HTML report."""
    files = {
        "log.txt": log,
        "facts.txt": "".join(f"{line}\n" for line in result.facts).encode(),
        "run.json": _json(result, masker),
        "samples.json": _json(result.samples, masker),
        "command.json": _json(_command(result, masker), masker),
        "inventory.json": _json(None, masker),
        "doctor.json": _json(None, masker),
    }
    files |= _examination(argv, masker)
    if result.diagnosis is not None:
        files["diagnosis.json"] = _json(result.diagnosis, masker)
        if page is not None:
            files["report.html"] = page(result.diagnosis, result.samples).encode()
    return files


def _command(result: RunResult, masker: Masker) -> dict[str, Any]:
    return {
        "argv": result.command,
        "folder": result.folder,
        "environment": masker.environment(os.environ),
        "started": result.started,
        "duration_seconds": result.duration_seconds,
        "exit_code": result.exit_code,
        "signal": result.signal,
    }


def _examination(argv: Sequence[str], masker: Masker) -> Mapping[str, bytes]:
    """What this machine is, and what doctor finds on it without starting TensorFlow."""
    from envprobe.doctor.examine import examine

    python = interpreter_of(argv)
    told = answer_within(
        EXAMINE_SECONDS, lambda: examine(python=python, tensorflow=False), "doctor"
    )
    if told.value is None:
        unknown = _json({"unknown": told.reason}, masker)
        return {"inventory.json": unknown, "doctor.json": unknown}
    return {
        "inventory.json": _json(told.value.inventory, masker),
        "doctor.json": _json(told.value.findings, masker),
    }


def interpreter_of(argv: Sequence[str]) -> str | None:
    """The Python that the command is; None for another program."""
    name = PurePath(argv[0]).name
    return shutil.which(argv[0]) if name.startswith("python") else None


def _json(value: Any, masker: Masker) -> bytes:
    told = masker.document(msgspec.to_builtins(value))
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
