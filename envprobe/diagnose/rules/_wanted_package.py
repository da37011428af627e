"""What pip, conda, poetry and uv say of a package that they cannot find."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from envprobe.diagnose.pattern import compiled
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown

# Names of packages that belong to TensorFlow or bring it.
FAMILY = (
    r"(?P<package>(?:intel[-_]|tf[-_]nightly|tensorflow|tensorflow[-_][\w-]+|tf[-_][\w-]+|keras|"
    r"keras[-_][\w-]+|tflite[-_][\w-]+|tensorboard|ai[-_]edge[-_]litert|directml[-_]?\w*|jaxlib|"
    r"nvidia[-_](?:tensorrt|tensorflow)\S*)(?:tensorflow)?)(?:\[[\w,-]+\])?"
)
WANTED = r" ?(?P<wanted>[=<>!~]=?[^\s(;'\"]+)?"


def versions_offered(text: str) -> list[Version]:
    """The releases in pip's `(from versions: …)`, oldest first."""
    found = compiled(r"from versions: ([^)\n]*)").search(text)
    offered = [_version(one.strip()) for one in found.group(1).split(",")] if found else []
    return sorted(one for one in offered if one)


def nothing_offered(text: str) -> bool:
    """Whether pip saw no release at all."""
    return bool(compiled(r"from versions: (?:none)?\)").search(text))


def exact_version(wanted: str | None) -> Version | None:
    """The release that was asked for, where one was named."""
    return _version(wanted.lstrip("=~<>!").rstrip(".*")) if wanted else None


def pythons_with_wheels(package: str, release: Version) -> str | None:
    """The Pythons that this release of TensorFlow has wheels for on Linux; None: not known."""
    if package.replace("_", "-") not in ("tensorflow", "tensorflow-cpu", "tensorflow-intel"):
        return None
    known = tensorflow_release(str(release))
    pythons = () if isinstance(known, Unknown) else known.pythons.get("linux_x86_64", ())
    return " ".join(pythons) or None


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
