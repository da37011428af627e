"""All that one TensorFlow build has registered."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from envprobe.registrations.definition import OpDefinition
from envprobe.registrations.gradient import Gradient
from envprobe.registrations.kernel import Kernel

FORMAT_VERSION = 1
DIGEST_CHARACTERS = 12


class Registrations(msgspec.Struct, frozen=True, kw_only=True):
    """The op definitions, kernels and gradients of one build (file kind `registrations`).

    `ops`, `kernels` and `gradients` go by op, in the order of their names. An op without a
    row in `kernels` cannot run at all, one without a row in `gradients` has no gradient. `xla`
    says why XLA's kernels could not be registered and are missing; None when they are here.
    """

    kind: Literal["registrations"] = "registrations"
    format_version: int = FORMAT_VERSION
    tensorflow: str
    git_version: str
    build: dict[str, Any]
    xla: str | None = None
    ops: dict[str, OpDefinition]
    kernels: dict[str, tuple[Kernel, ...]]
    gradients: dict[str, Gradient]

    def kernels_of(self, op: str) -> tuple[Kernel, ...]:
        """The op's kernels on all device types; empty when it has none."""
        return self.kernels.get(op, ())

    @property
    def digest(self) -> str:
        """12 hexadecimal digits, equal for builds that register the same kernels and ops.

        What gradients are computed with is not part of it: it follows from Python code.
        """
        registered = {op: entry.differentiable for op, entry in self.gradients.items()}
        content = msgspec.json.encode((self.ops, self.kernels, registered))
        return hashlib.sha256(content).hexdigest()[:DIGEST_CHARACTERS]
