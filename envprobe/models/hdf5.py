"""What the structure of an HDF5 file says about loading it, judged before it is loaded."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.errors import FileFormatError
from envprobe.models.keras_config import require_harmless
from envprobe.models.unsafe import refuse_code


class Hdf5Structure(msgspec.Struct, frozen=True, kw_only=True):
    """The worker's answer: `outside`, what lies in other files, and the model's config, if any."""

    outside: tuple[str, ...] = ()
    model_config: str | None = None
    unreadable: str | None = None


def structure_from_answer(answer: Any) -> Hdf5Structure:
    """The structure in a worker's answer; raises msgspec.ValidationError for anything else."""
    return msgspec.convert(answer, Hdf5Structure)


def require_closed(path: object, structure: Hdf5Structure) -> None:
    """Raise UnsafeModelError for a file whose numbers would be read from other files."""
    if structure.unreadable:
        raise FileFormatError(
            f"{path} cannot be read as HDF5 ({structure.unreadable}): copy or save it again"
        )
    if structure.outside:
        raise refuse_code(path, structure.outside[0])


def require_harmless_hdf5(path: object, structure: Hdf5Structure) -> None:
    """Raise for a whole model in HDF5 that could harm, or that holds weights only."""
    require_closed(path, structure)
    if structure.model_config is None:
        raise FileFormatError(
            f"{path} holds weights but no model: save it with model.save(), or give the function"
        )
    require_harmless(path, structure.model_config.encode())
