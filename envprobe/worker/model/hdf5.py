"""What an HDF5 file of weights holds beside numbers: links out of it, and a model's config."""

from __future__ import annotations

import io
import zipfile
from typing import Any

Answer = dict[str, Any]
_MOST_OUTSIDE = 20


def inspect_hdf5(question: Answer) -> Answer:
    """Read the file's structure and no number: `outside`, what points out of the file, and
    `model_config`, the text of a Keras config, or null.

    `member` names the file inside a zip archive. Answers `unreadable` where it is no HDF5 file.
    """
    try:
        import h5py  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        return {"outside": [], "model_config": None, "unreadable": "h5py: " + str(error)}
    try:
        with h5py.File(_opened(question), "r") as file:
            config = file.attrs.get("model_config")
            text = config.decode("utf-8", "replace") if isinstance(config, bytes) else config
            return {"outside": _outside(h5py, file), "model_config": text, "unreadable": None}
    except (OSError, KeyError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        return {"outside": [], "model_config": None, "unreadable": " ".join(str(error).split())}


def _opened(question: Answer) -> Any:
    if not question.get("member"):
        return question["path"]
    with zipfile.ZipFile(question["path"]) as archive:
        return io.BytesIO(archive.read(question["member"]))


def _outside(h5py: Any, file: Any) -> list[str]:
    """Every link, dataset and reference whose numbers lie in another file."""
    found: list[str] = []
    waiting = [file]
    seen = set()
    while waiting and len(found) < _MOST_OUTSIDE:
        group = waiting.pop()
        if group.id in seen:  # hard links may go round in a circle
            continue
        seen.add(group.id)
        for name in group:
            link = group.get(name, getlink=True)
            where = group.name.rstrip("/") + "/" + name
            if isinstance(link, h5py.ExternalLink):
                found.append(f"{where} is an external link to {link.filename}")
            elif isinstance(link, h5py.HardLink):
                _look_at(h5py, group[name], where, waiting, found)
    return found


def _look_at(h5py: Any, item: Any, where: str, waiting: list[Any], found: list[str]) -> None:
    if isinstance(item, h5py.Group):
        waiting.append(item)
    elif isinstance(item, h5py.Dataset):
        for name, *_ in item.external or ():
            found.append(f"{where} keeps its numbers in {name}")
        if item.is_virtual:
            sources = sorted({source.file_name for source in item.virtual_sources()} - {"."})
            found += [f"{where} takes its numbers from {name}" for name in sources]
