"""TensorFlow's generated protobuf code and the protobuf that is installed do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import with_package, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, fitting, said
from envprobe.terms import Severity

MISMATCH = (
    "VersionError: Detected mismatched Protobuf Gencode/Runtime major versions when loading "
    "tensorflow/core/framework/attr_value.proto: gencode 6.31.1 runtime 5.29.5. Same major "
    "version is required."
)


def _detect(examination: Examination) -> Iterator[Seen]:
    if blames(examination, "protobuf"):
        protobuf = examination.package("protobuf")
        seen = said(examination)
        yield Seen(
            seen=f"{seen} (protobuf {protobuf})" if protobuf else seen,
            command=fitting(examination, "protobuf", ""),
        )


def _older_runtime() -> Examination:
    newer = with_tensorflow_version(failing(MISMATCH), "2.21.0")
    return with_package(newer, "protobuf", "5.29.5")


RULE = Rule(
    code="DOC606",
    name="protobuf-of-other-version",
    severity=Severity.ERROR,
    why="Generated code runs with the protobuf of its own major version and the next one, and "
    "never with an older one. Another package has pulled protobuf up or down.",
    fix="Install a protobuf that this TensorFlow asks for; give the other package an environment "
    "of its own when it cannot live with it.",
    source="https://protobuf.dev/support/cross-version-runtime-guarantee",
    detect=_detect,
    hits=(
        _older_runtime,
        lambda: failing("TypeError: Descriptors cannot be created directly."),
        lambda: failing(
            "ImportError: cannot import name 'runtime_version' from 'google.protobuf' "
            "(/venv/lib/python3.11/site-packages/google/protobuf/__init__.py)"
        ),
    ),
    misses=(
        lambda: failing("ModuleNotFoundError: No module named 'absl'"),
        lambda: with_package(failing("ImportError: something"), "protobuf", "3.20.3"),
    ),
)
