"""What is said of each kind of kernel fault: what was seen, why it fails, what generally helps."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from envprobe.check.described import dtype_of, layout_of, shortened
from envprobe.check.kernels.kernel_dtypes import devices_with_kernel, dtypes_with_kernel
from envprobe.check.kernels.subject import Subject, reason_of
from envprobe.check.share import share_in_words, share_of
from envprobe.models.oplist import Requirement
from envprobe.terms import Evidence, Status

_ONEDNN_DTYPES = ("float32", "bfloat16")
_ONEDNN_SWITCH = "TF_ENABLE_ONEDNN_OPTS"


class Words(NamedTuple):
    """`seen` is the end of a sentence that begins with the node; `fix` is of general knowledge."""

    seen: str
    why: str
    fix: str | None = None


def words_of(subject: Subject) -> Words:
    """The words for its code."""
    return _WORDS[subject.group.fault.code](subject)


def _no_kernel(subject: Subject) -> Words:
    group, device_type = subject.group, subject.device_type
    requirement = group.first.requirement
    dtypes = dtypes_with_kernel(requirement, subject.target, device_type)
    others = [one for one in devices_with_kernel(requirement, subject.target) if one != device_type]
    why = "TensorFlow picks a kernel by op, device and the dtypes of the node, "
    if group.dtype in dtypes:  # then another of its types is why
        why += f"and on {device_type} there is none for {_types(requirement)} together."
        dtypes, others = [], []
    else:
        why += f"and for {group.dtype or 'it'} on {device_type} there is none."
    if dtypes:
        why += f" On {device_type} it has {shortened(dtypes, 6)}."
    if subject.falls_to_cpu and "CPU" not in others:
        why += " The CPU, where TensorFlow would put it instead, has none either."
    if others:
        why += f" For {group.dtype or 'this op'} there is one on {' and '.join(others)}."
    fix = f"Compute it in {' or '.join(dtypes[:3])}." if dtypes else None
    if fix is None and others:
        fix = f"Run it on {others[0]}, or replace {requirement.op} by other ops."
    return Words(f"no kernel is registered for {device_type} in {subject.release}", why, fix)


def _types(requirement: Requirement) -> str:
    """`T=float32, Tidx=int16`, as far as they are one dtype each."""
    named = (f"{name}={one}" for name, one in requirement.dtypes.items() if isinstance(one, str))
    return ", ".join(named)


def _layout(subject: Subject) -> Words:
    group = subject.group
    layout, dtype = layout_of(group.first.requirement), group.dtype
    why = (
        "TensorFlow's plain CPU kernels take channels last alone. Those of oneDNN take channels "
        "first too, for some ops, in float32 and bfloat16."
    )
    environment = subject.target.environment
    if environment is not None and environment.onednn is False and dtype in _ONEDNN_DTYPES:
        why += " oneDNN is off there"
        is_set_off = environment.variables.get(_ONEDNN_SWITCH) == "0"
        why += f": {_ONEDNN_SWITCH}=0 does that." if is_set_off else "."
    seen = f"on a CPU it cannot run in the layout {layout}{reason_of(group)}"
    return Words(seen, why, "Use data_format='channels_last'.")


def _no_precision(subject: Subject) -> Words:
    device = subject.target.device
    name = device.model or device.device_type
    dtype = subject.group.dtype
    return Words(
        f"no kernel for {dtype}, which the {name} cannot compute in",
        f"Compute capability {device.compute_capability} has no arithmetic in {dtype}.",
        "Use float32 there, or a GPU that has this precision.",
    )


def _wrong_numbers(subject: Subject) -> Words:
    return Words(
        f"it runs on {subject.device_type} and gives wrong numbers{reason_of(subject.group)}",
        "The result was compared with the same op in float64 on a CPU and is out of the dtype's "
        "tolerance. Training would go on with wrong numbers and without an error.",
        "Compute it in another dtype, or on another device.",
    )


def _takes_it_down(subject: Subject) -> Words:
    return Words(
        f"it took the process down, or never ended, on {subject.device_type}"
        f"{reason_of(subject.group)}",
        "The kernel was run alone in a process of its own, which died or hung. A training run "
        "would end there without a Python error.",
        "Replace this op, or use another release of TensorFlow or of the driver.",
    )


def _falls_back(subject: Subject) -> Words:
    group, device_type = subject.group, subject.device_type
    nodes = (*group.requirements, *(one.requirement for one in group.effects))
    share = share_in_words(share_of(nodes, subject.oplist))
    return Words(
        f"no kernel for {device_type} in {subject.release}, it runs on the CPU instead",
        f"In every step its inputs are copied to the CPU and its results back ({share}).",
    )


def _emulated(subject: Subject) -> Words:
    group, device = subject.group, subject.target.device
    share = share_in_words(share_of(group.requirements, subject.oplist))
    name = device.model or device.device_type
    return Words(
        f"the {name} computes {group.dtype} in other arithmetic",
        f"Compute capability {device.compute_capability} has no {group.dtype} of its own, so it "
        f"is slower than in a dtype that it has ({share}).",
    )


def _unknown(subject: Subject) -> Words:
    return Words(
        f"nobody knows whether it runs on {subject.device_type}{reason_of(subject.group)}",
        "On this device nobody ran this op with these attributes and this dtype, and the kernels "
        "that TensorFlow lists do not settle it.",
        _PROBE,
    )


_PROBE = "Run this check on that machine with --probe: it runs these very nodes."


def _xla(subject: Subject) -> Words:
    group, device_type = subject.group, subject.device_type
    lacks = group.first.status is Status.NO_KERNEL and group.first.evidence is Evidence.REGISTERED
    seen = f"XLA has no kernel for it on {device_type} in {subject.release}"
    by_keras = subject.oplist.jit_on_gpu and device_type == "GPU"
    who = "Keras itself compiles the step with XLA where there is a GPU (jit_compile='auto')"
    return Words(
        seen if lacks else f"XLA cannot compile it for {device_type}{reason_of(group)}",
        f"{who if by_keras else 'The step is compiled with XLA'}. XLA has kernels of its own, for "
        "fewer ops and dtypes than TensorFlow, and one op that it lacks stops the whole step.",
        "Switch XLA off for this step: jit_compile=False.",
    )


def _pinned(subject: Subject) -> Words:
    asked, there = subject.group.first.requirement.device, subject.target.device.name
    return Words(
        f"the code pins it to a {asked}, which is not there",
        f"A tf.device block asks for {asked}, and {there} is what the machine has.",
        "Take the tf.device block out: TensorFlow then uses a device that is there.",
    )


def _refused(subject: Subject) -> Words:
    return Words(
        f"it cannot run on {subject.device_type}{reason_of(subject.group)}",
        "A kernel is registered for this dtype. When it runs it looks at the attributes and "
        "shapes, and it has no code for these.",
    )


def _not_in_release(subject: Subject) -> Words:
    return Words(
        f"{subject.release} does not know this op",
        "Its definition comes from a library that the model's code loads, or from another "
        "release of TensorFlow.",
        "Load the op's library there (tf.load_op_library), or install the release that has it.",
    )


def _too_large(subject: Subject) -> Words:
    return Words(
        f"this node alone does not fit into the memory of {subject.device_type}"
        f"{reason_of(subject.group)}",
        "It was run alone with the model's own shapes, and memory ran out.",
        "Use a smaller batch.",
    )


def _invalid_dtype(subject: Subject) -> Words:
    requirement = subject.group.first.requirement
    known = subject.target.registrations
    definition = known.ops.get(requirement.op) if known is not None else None
    attr = definition.dtype_attr if definition is not None else None
    allowed = definition.attrs[attr].allowed if definition is not None and attr else None
    fix = f"Compute it in {' or '.join(allowed[:4])}." if allowed else None
    return Words(
        f"the op's definition does not allow {dtype_of(requirement)}",
        "TensorFlow refuses the node on every device: no kernel can be registered for it.",
        fix,
    )


_WORDS: dict[str, Callable[[Subject], Words]] = {
    "CHK201": _no_kernel,
    "CHK202": _layout,
    "CHK203": _no_precision,
    "CHK204": _wrong_numbers,
    "CHK205": _takes_it_down,
    "CHK206": _falls_back,
    "CHK207": _emulated,
    "CHK208": _unknown,
    "CHK209": _xla,
    "CHK210": _pinned,
    "CHK211": _refused,
    "CHK212": _not_in_release,
    "CHK214": _too_large,
    "CHK215": _invalid_dtype,
}
