"""A short name for what a requirement asks of a kernel, the same in every run."""

from __future__ import annotations

import hashlib

import msgspec

from envprobe.models.oplist import Requirement

_CHARACTERS = 10
# Where in the step it stands, how often and what it costs is nothing to the kernel.
_ASKED = ("op", "dtypes", "attrs", "inputs", "outputs", "compiled")


def fingerprint(requirement: Requirement) -> str:
    """Ten hexadecimal digits; requirements that ask the same of a kernel share them."""
    asked = [getattr(requirement, name) for name in _ASKED]
    encoded = msgspec.json.encode(asked, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()[:_CHARACTERS]


def probed_variant(requirement: Requirement) -> str:
    """The variant of the cell in which a model's own node was run: `model-1f0c…`."""
    return f"model-{fingerprint(requirement)}"
