"""The short name of an environment, equal wherever all that decides support is equal."""

from __future__ import annotations

import hashlib
import json

import msgspec

from envprobe.matrix.matrix import Environment

DIGEST_CHARACTERS = 12


def digest(environment: Environment) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the environment's canonical JSON.

    Canonical: keys sorted, no spaces, ASCII; the CPU's features as a sorted set, since their
    order says nothing. The order of the devices does: it is that of their numbers.
    """
    fields = msgspec.to_builtins(environment)
    fields["cpu_isa"] = sorted(set(fields["cpu_isa"]))
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:DIGEST_CHARACTERS]
