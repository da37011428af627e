"""Which kernel an op lacks, and which it has: TensorFlow's messages about missing kernels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rules._dtypes import dtype_name, is_low_precision
from envprobe.diagnose.sighting import Sighting

PATTERNS = (
    Pattern(
        r"No OpKernel was registered to support Op '(?P<op>[^']+)'"
        r"(?: used by (?:\{\{node )?(?:node )?(?P<node>[^\s}]+))?"
    ),
    Pattern(
        r"No registered '(?P<op>[^']+)' OpKernel for '?(?P<device>\w+)'? devices\b"
        r"(?: compatible with (?:node )?(?:\{\{node )?(?:node )?(?P<node>[^\s}]+))?",
        anchors=("No registered '",),
    ),
    Pattern(
        r"Could not find device for node: (?:\{\{node )?(?P<node>[^\s}]+)\}* = (?P<op>\w+)\[",
    ),
    Pattern(r"Could not find (?:valid|a) device for node\b", anchors=("device for node",)),
    Pattern(
        r"because no supported kernel for (?P<device>[A-Z_]+) devices is available",
    ),
)
# Ops of NCCL and of collectives lack their library, not a kernel for a dtype.
COMMUNICATION = ("Nccl", "Collective", "Horovod")
LAYOUTS = ("NCHW", "NCDHW")
Verdict = Literal["precision", "layout", "gpu-only", "kernel"]

_DTYPE = r"\b(\w+)=DT_([A-Z0-9_]+)"
_FORMAT = r"\b(data_format)=\"(N[A-Z_]+)\""
_KERNEL = r"device='([^']+)'"
_CONSTRAINT = r"(\w+) in \[([^\]]*)\]"
_OP_LISTED = r"All kernels registered for op (\w+)"
_NODE_LISTED = r"(?:[Nn]ode: ?|device for operation '?|device to node '?)(?:\{\{node )?([^\s'}:]+)"
_DEVICES = r"Registered devices: \[([^\]]+)\]"
_PLACED = r"_device=\"[^\"]*device:(\w+):"
_OF_FLOATS = (
    r"^(?:Conv[23]D|DepthwiseConv|MatMul|BatchMatMul|SpaceToBatch|BatchToSpace|MaxPool|AvgPool|LRN"
    r"|Relu|Softmax|BiasAdd|FusedBatchNorm|L2Loss|Dilation2D)"
)
# An op with the kinds of devices that it runs on, in the list of a group that shares one.
_MEMBER = r"(?m)^ *([A-Z]\w+): ((?:(?:CPU|GPU|TPU|XLA_CPU|XLA_GPU)\b ?)+)$"
# Releases before 1.9 print the node as a protocol buffer.
_OP_OF_PROTO = r"\bop: \"(\w+)\""
_PROTO = r"key: \"(\w+)\"\s+value \{\s+type: DT_(\w+)"
_MOST_HEAD_LINES = 4


class Kernel(msgspec.Struct, frozen=True, kw_only=True):
    """One registered kernel: its device, and the values that its attributes may have."""

    device: str
    allowed: dict[str, tuple[str, ...]]

    def takes(self, attribute: str, value: str) -> bool:
        """Whether that attribute may have that value."""
        return attribute not in self.allowed or value in self.allowed[attribute]


class MissingKernel(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, and what there is.

    attributes  dtypes and data format of the node that has no kernel, in the message's order
    device      on which it was to run, None where the message leaves it open
    devices     those of which the message says that the process has them
    kernels     the op's kernels without those of XLA; None where the message lists none
    grouped     whether a group of nodes had to share a device, and one of them cannot
    """

    op: str | None
    node: str | None
    device: str | None
    attributes: dict[str, str]
    devices: tuple[str, ...]
    kernels: tuple[Kernel, ...] | None
    grouped: bool = False


def missing_kernel(sighting: Sighting) -> MissingKernel | None:
    """What the message says; None where it is about XLA's devices or about communication."""
    text, fields = sighting.text, sighting.fields
    head = _head(text)
    node = fields.get("node") or _first(_NODE_LISTED, head)
    device = fields.get("device") or _first(_PLACED, text)
    op = (
        fields.get("op")
        or _first(_OP_LISTED, head)
        or _first(_OP_OF_PROTO, head)
        or _op_in_group(text, device)
        or _op_of_node(node, text)
    )
    if (device or "").startswith("XLA_") or (op or "").startswith(COMMUNICATION):
        return None
    return MissingKernel(
        op=op,
        node=node,
        device=device,
        attributes=_attributes(head, text, op),
        devices=tuple(one.strip() for one in (_first(_DEVICES, text) or "").split(",") if one),
        kernels=_kernels(text),
        grouped=_first(_MEMBER, text) is not None,
    )


def verdict(missing: MissingKernel, log: Log) -> Verdict:
    """What is missing: a precision, a layout, a GPU, or a kernel whatever one asks for."""
    if _lacks_layout(missing):
        return "layout"
    if low_precision(missing, log) is not None:
        return "precision"
    return "gpu-only" if _needs_gpu(missing) else "kernel"


def low_precision(missing: MissingKernel, log: Log) -> str | None:
    """The dtype of 16 or 8 bits that is refused where float32 would be taken."""
    for attribute, value in missing.attributes.items():
        if is_low_precision(value) and _only_precise(missing, attribute, value):
            return value
    if not missing.attributes and missing.kernels is None and _computes_in_floats(missing):
        return log.field("low-precision-asked", "dtype") or "float16"
    if not missing.attributes and missing.kernels:
        # Releases 2.0 to 2.3 do not say the dtype; the policy stands elsewhere in the log.
        asked = log.field("low-precision-asked", "dtype")
        if asked and _only_precise(missing, "T", asked):
            return asked
    return None


def registered(missing: MissingKernel) -> str | None:
    """`GPU: float32, float64; CPU: float16`: the dtypes with a kernel, by device."""
    by_device: dict[str, list[str]] = {}
    for kernel in missing.kernels or ():
        dtypes = _dtypes(kernel)
        known = by_device.setdefault(kernel.device, [])
        known += [dtype for dtype in dtypes if dtype not in known]
    told = [f"{device}: {', '.join(known) or 'any'}" for device, known in by_device.items()]
    return "; ".join(told) or None


def refused(missing: MissingKernel) -> str | None:
    """The dtype that no kernel takes where the op was to run; else the node's own dtype."""
    kernels = _kernels_there(missing)
    for attribute, value in missing.attributes.items():
        constrained = [kernel for kernel in kernels if attribute in kernel.allowed]
        if constrained and not any(kernel.takes(attribute, value) for kernel in kernels):
            return value
    return next((v for name, v in missing.attributes.items() if name != "data_format"), None)


def _head(text: str) -> str:
    """The message before its list of kernels."""
    first = text.find("device='")
    head = text[: first if first >= 0 else len(text)]
    return "\n".join(head.split("\n")[:_MOST_HEAD_LINES])


def _attributes(head: str, text: str, op: str | None) -> dict[str, str]:
    """Those in the message, or those of the node as TensorFlow 1 prints it below."""
    printed = _first(rf" = {op}\[([^\n]*)\]\(", text) if op and op.isidentifier() else None
    of_proto = {name: dtype_name(value) for name, value in compiled(_PROTO).findall(text)}
    return _attributes_in(head) or _attributes_in(printed or "") or of_proto


def _attributes_in(text: str) -> dict[str, str]:
    dtypes = {name: dtype_name(value) for name, value in compiled(_DTYPE).findall(text)}
    return dtypes | dict(compiled(_FORMAT).findall(text))


def _kernels(text: str) -> tuple[Kernel, ...] | None:
    if "<no registered kernels>" in text:
        return ()
    # A list that is cut off behind XLA's kernels says nothing of the others.
    return tuple(one for one in _listed(text) if not one.device.startswith("XLA_")) or None


def _listed(text: str) -> Iterator[Kernel]:
    """The kernels of the first list in the text."""
    begun = False
    for line in text.split("\n"):
        device = compiled(_KERNEL).search(line)
        if device:
            begun = True
            allowed = {
                name: tuple(dtype_name(one.strip().strip('"')) for one in values.split(","))
                for name, values in compiled(_CONSTRAINT).findall(line)
            }
            yield Kernel(device=device.group(1), allowed=allowed)
        elif begun:
            return


def _kernels_there(missing: MissingKernel) -> tuple[Kernel, ...]:
    """The kernels on the device on which the node was to run, or on those that there are."""
    kernels = missing.kernels or ()
    devices = (missing.device,) if missing.device else missing.devices
    there = tuple(one for one in kernels if one.device in devices)
    return there if missing.device or there else kernels


def _only_precise(missing: MissingKernel, attribute: str, dtype: str) -> bool:
    """Whether some device takes float32 there, and not this dtype."""
    if missing.kernels is None:
        return True
    kernels = _kernels_there(missing)
    for device in {kernel.device for kernel in kernels}:
        own = [kernel for kernel in kernels if kernel.device == device]
        if any(one.takes(attribute, "float32") for one in own) and not any(
            one.takes(attribute, dtype) for one in own
        ):
            return True
    return False


def _computes_in_floats(missing: MissingKernel) -> bool:
    """Whether it is an op with a float32 kernel on GPUs in every release, and was put on one.

    Only another dtype can then be the reason, and a lower precision is what people try.
    """
    on_gpu = missing.device == "GPU" and not missing.grouped
    return on_gpu and bool(compiled(_OF_FLOATS).search(missing.op or ""))


def _lacks_layout(missing: MissingKernel) -> bool:
    layout = missing.attributes.get("data_format")
    kernels = _kernels_there(missing)
    if not missing.device and not missing.devices:
        # The message names no device; a GPU that takes the layout would have been found.
        kernels = tuple(one for one in kernels if one.device == "CPU") or kernels
    limited = [kernel for kernel in kernels if "data_format" in kernel.allowed]
    # Values of attributes are kept in lower case, as dtypes are.
    return layout in LAYOUTS and bool(limited) and not _takes_layout(kernels, layout)


def _takes_layout(kernels: tuple[Kernel, ...], layout: str) -> bool:
    return any(kernel.takes("data_format", layout.lower()) for kernel in kernels)


def _needs_gpu(missing: MissingKernel) -> bool:
    """Whether the op runs on GPUs only, and the process has none."""
    kernels = missing.kernels or ()
    if "GPU" in missing.devices or missing.device == "GPU":
        return False
    if not kernels:
        return (missing.op or "").startswith("Cudnn")
    wanted = missing.attributes.items()
    fitting = [one for one in kernels if all(one.takes(name, value) for name, value in wanted)]
    return bool(fitting) and {one.device for one in kernels} == {"GPU"}


def _dtypes(kernel: Kernel) -> tuple[str, ...]:
    names = [name for name in kernel.allowed if name != "data_format"]
    first = "T" if "T" in names else next(iter(names), None)
    return kernel.allowed[first] if first else ()


def _op_in_group(text: str, device: str | None) -> str | None:
    """Of ops that must share a device, the first that has no kernel there."""
    members = compiled(_MEMBER).findall(text) if device else ()
    return next((str(op) for op, devices in members if device not in devices.split()), None)


def _op_of_node(node: str | None, text: str) -> str | None:
    """The op of a node that the message shows below: `[[Node: a/b = Conv2D[T=DT_HALF, ...`."""
    shown = compiled(r"\[\[(?:\{\{)?[Nn]ode:? \S+ = (\w+)\[").search(text)
    if shown:
        return str(shown.group(1))
    name = (node or "").rpartition("/")[2]
    plain = compiled(r"^([A-Z]\w*?)(?:_[0-9]+)?$").search(name)
    return str(plain.group(1)) if plain else None


def _first(regex: str, text: str) -> str | None:
    found = compiled(regex).search(text)
    return str(found.group(1)) if found else None
