"""One row of TensorFlow's kernel registry."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

DEFAULT_DEVICE = "DEFAULT"  # TensorFlow's name for kernels that serve every device type
# TensorFlow looks among the DEFAULT kernels for no device type that only stands for XLA's compiler
# (`FindKernelRegistration` in its core/framework/op_kernel.cc).
COMPILERS = ("XLA_CPU_JIT", "XLA_GPU_JIT", "XLA_TPU_JIT")


class Kernel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kernel, or several that differ in the dtypes of one constraint alone.

    `constraints` are the attributes that decide whether the kernel takes a node, with the values
    that it takes (dtypes, nearly always), all combinations of them. `host_memory` are the
    arguments, inputs and outputs, that the kernel keeps in the host's memory. A kernel with a
    `label` is only used by nodes that ask for it. Of several that take a node the one of the
    highest `priority` runs.
    """

    device_type: str
    constraints: dict[str, tuple[str, ...]] = {}
    host_memory: tuple[str, ...] = ()
    label: str = ""
    priority: int = 0

    def takes(self, attrs: Mapping[str, str]) -> bool:
        """Whether it takes a node with these attributes; one that is not named suits it."""
        return all(
            attrs[name] in values for name, values in self.constraints.items() if name in attrs
        )

    def serves(self, device_type: str) -> bool:
        """Whether it is registered for the device type, by its name or as a default."""
        if self.device_type == DEFAULT_DEVICE:
            return device_type not in COMPILERS
        return self.device_type == device_type
