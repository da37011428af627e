from __future__ import annotations

from envprobe.evidence.dtype_states import DEVICE_TYPES, dtype_attr_in, dtype_states
from envprobe.evidence.gradient_view import GradientView, gradient_view, lacking_kernels
from envprobe.registrations import read_release

NEW = read_release("2.21.0")


def view(op: str) -> GradientView:
    attr = dtype_attr_in(NEW, op, None)
    states = {place: dtype_states(NEW, op, place, attr) for place in DEVICE_TYPES}
    return gradient_view(NEW, op, states)


def test_the_gradient_of_lgamma_lacks_a_kernel_in_bfloat16() -> None:
    [gap] = view("Lgamma").gaps
    assert (gap.device_types, gap.dtypes) == (("CPU", "GPU"), ("bfloat16",))
    assert gap.lacking == ("Digamma",)
    assert {(node.device_type, node.types["T"]) for node in gap.nodes} == {
        ("CPU", "bfloat16"),
        ("GPU", "bfloat16"),
    }


def test_the_gradient_of_segment_prod_lacks_another_dtype_than_its_own() -> None:
    [node] = lacking_kernels(NEW, "SegmentProd", "GPU", "float32")
    assert (node.op, node.types["T"], node.device_type) == ("SegmentSum", "int32", "GPU")


def test_a_whole_gradient_a_declaration_and_nothing() -> None:
    conv = view("Conv3D")
    assert (conv.registered, conv.differentiable, conv.gaps) == (True, True, ())
    assert "bfloat16" in conv.known_in
    declared = view("RandomUniform")
    assert (declared.registered, declared.differentiable) == (True, False)
    none = view("Where")
    assert (none.registered, none.differentiable, none.gaps) == (False, False, ())


def test_a_gradient_that_could_not_be_traced_says_why() -> None:
    assert view("If").unknown
    assert view("If").gaps == ()
