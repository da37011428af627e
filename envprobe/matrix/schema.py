"""The JSON Schemas of the files, generated from the structs that read and write them."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.matrix.matrix import Matrix

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each file kind, by kind; the same that `kernels_matrix/schema/` ships."""
    return {"matrix": {"$schema": DIALECT, **msgspec.json.schema(Matrix)}}
