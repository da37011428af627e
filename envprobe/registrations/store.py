"""The files of `kernels_matrix/registrations/`: what each TensorFlow release registers."""

from __future__ import annotations

import functools
import gzip
import zlib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from packaging.version import InvalidVersion, Version

from envprobe.errors import FileFormatError, UsageError, require_known_format
from envprobe.registrations.registrations import FORMAT_VERSION, Registrations

if TYPE_CHECKING:
    from importlib.abc import Traversable

PREFIX, SUFFIX = "tensorflow-", ".json.gz"
_BY_OP = ("ops", "kernels", "gradients")  # one line an op, so that two files can be compared


def registrations_folder() -> Traversable:
    """The folder of the committed files, wherever the package lies."""
    return resources.files("kernels_matrix") / "registrations"


@functools.cache
def known_releases() -> tuple[str, ...]:
    """The releases that have a file, oldest first."""
    names = [file.name for file in registrations_folder().iterdir()]
    releases = [
        name[len(PREFIX) : -len(SUFFIX)]
        for name in names
        if name.startswith(PREFIX) and name.endswith(SUFFIX)
    ]
    return tuple(sorted(releases, key=Version))


def nearest_release(version: str) -> str:
    """The known release that says most about `version`: itself, or the nearest one.

    Of equally near ones the older. Raises UsageError for what is no version at all.
    """
    releases = known_releases()
    try:
        asked = Version(version)
    except InvalidVersion:
        raise UsageError(
            f"{version!r} is no TensorFlow version: expected one such as {releases[-1]}"
        ) from None
    if asked > Version(releases[-1]):  # 3.0 follows 2.21, though its minor number is nearer to 2.13
        return releases[-1]
    if asked < Version(releases[0]):
        return releases[0]

    def distance(release: str) -> tuple[int, ...]:
        known = Version(release)
        return tuple(abs(a - b) for a, b in zip(_numbers(asked), _numbers(known), strict=True))

    return min(releases, key=distance)


def _numbers(version: Version) -> tuple[int, int, int]:
    return version.major, version.minor, version.micro


@functools.cache
def read_release(release: str) -> Registrations:
    """The registrations of a release of `known_releases()`, read once per process."""
    file = registrations_folder() / f"{PREFIX}{release}{SUFFIX}"
    return decode_registrations(file.read_bytes(), file.name)


def decode_registrations(data: bytes, name: str) -> Registrations:
    """The registrations in a file's bytes; raises FileFormatError that says what is wrong."""
    try:
        found = msgspec.json.decode(gzip.decompress(data), type=Registrations)
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileFormatError(f"{name} is not a registrations file: {error}") from error
    require_known_format(name, found.format_version, FORMAT_VERSION)
    return found


def encode_registrations(registrations: Registrations) -> bytes:
    """The file's bytes: gzip without a date, of JSON with one op a line."""
    fields = msgspec.structs.asdict(registrations)
    members = [
        b'"%s": %s' % (name.encode(), _lines(value) if name in _BY_OP else _line(value))
        for name, value in fields.items()
    ]
    return gzip.compress(b"{\n" + b",\n".join(members) + b"\n}\n", mtime=0)


def _lines(by_op: dict[str, Any]) -> bytes:
    rows = [b'"%s": %s' % (op.encode(), _line(value)) for op, value in by_op.items()]
    return b"{\n  " + b",\n  ".join(rows) + b"\n}"


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value)


def release_path(folder: Path, release: str) -> Path:
    """Where the file of a release lies in a checkout's folder of them."""
    return folder / f"{PREFIX}{release}{SUFFIX}"
