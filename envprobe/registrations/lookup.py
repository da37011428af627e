"""Which kernel TensorFlow would take for a node on a device type."""

from __future__ import annotations

from collections.abc import Mapping

from envprobe.registrations.definition import OpDefinition
from envprobe.registrations.kernel import DEFAULT_DEVICE, Kernel
from envprobe.registrations.registrations import Registrations


def find_kernel(
    registrations: Registrations, op: str, device_type: str, attrs: Mapping[str, str]
) -> Kernel | None:
    """The kernel that a node with these attributes gets on the device type; None: there is none.

    As TensorFlow chooses: of the kernels without a label that take the node the one of the
    highest priority, and only where none takes it one registered as `DEFAULT`. Attributes that
    are left out suit every kernel.
    """
    definition = registrations.ops.get(op)
    # TopK and TileGrad have kernels that constrain what only the op's next version has: TensorFlow
    # refuses every node of theirs ("has constraint on attr 'index_type' not in NodeDef").
    known = definition.attrs.keys() if definition else attrs.keys()
    fitting = [
        kernel
        for kernel in registrations.kernels_of(op)
        if kernel.serves(device_type) and not kernel.label and kernel.takes(attrs)
        if kernel.constraints.keys() <= known
    ]
    return max(
        fitting,
        key=lambda kernel: (kernel.device_type != DEFAULT_DEVICE, kernel.priority),
        default=None,
    )


def runs_on_host(kernel: Kernel, definition: OpDefinition) -> bool:
    """Whether the kernel takes and leaves all its data in host memory, whatever its device.

    TensorFlow registers such kernels for a GPU so that sizes and counters need no copies; the
    arithmetic is the host's.
    """
    arguments = {argument.name for argument in (*definition.inputs, *definition.outputs)}
    return bool(arguments) and arguments <= set(kernel.host_memory)
