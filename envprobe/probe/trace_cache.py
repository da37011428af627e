"""Op lists of model files, kept by content: the second trace of a file is a read."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs

from envprobe.errors import EnvprobeError
from envprobe.matrix.atomic import write_atomically
from envprobe.models.oplist import OpList
from envprobe.models.request import TraceRequest
from envprobe.models.store import decode_oplist, encode_oplist
from envprobe.version import __version__

_CHUNK_BYTES = 1 << 20
_TRACING = ("tensorflow*.dist-info", "keras*.dist-info", "tf_keras*.dist-info", "tf_nightly*")


def cached_oplist(request: TraceRequest, python: str) -> OpList | None:
    """The op list of an earlier trace of the same content, asked the same; None without one."""
    path = _place(request, python)
    if path is None:
        return None
    try:
        kept = decode_oplist(path.read_bytes(), str(path))
    except (OSError, EnvprobeError):  # none yet, or damaged: traced anew
        return None
    return msgspec.structs.replace(kept, source=request.source)


def keep_oplist(request: TraceRequest, python: str, oplist: OpList) -> None:
    """Keep it for the next time; a cache that cannot be written is no fault."""
    path = _place(request, python)
    if path is not None:
        with suppress(EnvprobeError):
            write_atomically(path, encode_oplist(oplist))


def _place(request: TraceRequest, python: str) -> Path | None:
    """The file of this request; None for Python, which may do something else each time."""
    if request.target.is_python or request.data is not None:
        return None
    path = Path(request.target.path)
    content = path / "saved_model.pb" if path.is_dir() else path
    digest = hashlib.sha256()
    try:
        with content.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return None
    target = msgspec.structs.replace(request.target, path="")
    asked = msgspec.structs.replace(request, source="", target=target)
    digest.update(msgspec.json.encode((asked, __version__, _tracers(python))))
    return platformdirs.user_cache_path("envprobe") / "oplists" / f"{digest.hexdigest()}.json"


def _tracers(python: str) -> list[str]:
    """The interpreter and the releases of TensorFlow and Keras beside it, without starting it."""
    prefix = Path(python).absolute().parent.parent
    folders = [*prefix.glob("lib*/python3*/site-packages"), prefix / "Lib" / "site-packages"]
    found = {one.name for folder in folders for mark in _TRACING for one in folder.glob(mark)}
    return [str(Path(python).absolute()), *sorted(found)]
