"""The examined interpreter has no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from envprobe.doctor.commands import in_new_environment, install
from envprobe.doctor.examination import Examination, StartFailure
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import machine_of, system_of
from envprobe.doctor.rules._nvml_states import shows_gpu
from envprobe.terms import Severity

NEW_ENVIRONMENT = (
    "This Python belongs to the system, and pip refuses to install into it: make an environment, "
    "or name the interpreter that has TensorFlow with --python."
)


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    failure = examination.start_failure
    if examination.inventory.tensorflow or (failure and failure.kind != "missing"):
        return  # something was imported under that name, wherever it lies
    # What an interpreter that does not answer has is not known.
    told = software.python.version is not None and software.tensorflow is not None
    if told and software.tensorflow_folder is None and not software.tensorflow:
        yield Seen(
            seen=f"no module tensorflow for {software.python.executable or 'the interpreter'}",
            fix=NEW_ENVIRONMENT if software.python.externally_managed else None,
            command=_command(examination),
        )


def _command(examination: Examination) -> str:
    if examination.inventory.software.python.externally_managed:
        return in_new_environment(examination, "tensorflow", _wanted(examination))
    return install(examination, _wanted(examination))


def _wanted(examination: Examination) -> str:
    """CUDA's libraries come as wheels only for Linux on x86."""
    has_wheels = system_of(examination) == "Linux" and machine_of(examination) == "x86_64"
    return "tensorflow[and-cuda]" if has_wheels and shows_gpu(examination) else "tensorflow"


def without_tensorflow(examination: Examination) -> Examination:
    """The machine, whose interpreter has packages and no TensorFlow."""
    removed = changed(examination, "inventory.software.tensorflow", ())
    return changed(removed, "inventory.software.tensorflow_folder", None)


def _not_started() -> Examination:
    return changed(healthy_cpu(), "inventory.tensorflow", None)


RULE = Rule(
    code="DOC201",
    name="tensorflow-missing",
    severity=Severity.ERROR,
    why="Nothing can be probed without it.",
    fix="Install it, or name the interpreter that has it with --python.",
    source="https://www.tensorflow.org/install/pip",
    detect=_detect,
    hits=(
        lambda: without_tensorflow(_not_started()),
        lambda: without_tensorflow(changed(healthy_gpu(), "inventory.tensorflow", None)),
    ),
    misses=(
        healthy_cpu,
        lambda: changed(
            without_tensorflow(_not_started()), "inventory.software.python.version", None
        ),
        lambda: msgspec.structs.replace(
            without_tensorflow(_not_started()),
            start_failure=StartFailure(kind="crashed", reason="SIGABRT"),
        ),
    ),
)
