from __future__ import annotations

from envprobe.evidence.missing import missing_ops
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import read_release
from envprobe.registrations.gradient_kernels import gradient_gap
from envprobe.registrations.lookup import find_kernel

NEW = read_release("2.21.0")
CATALOG = load_catalog()


def test_gradients_that_lack_a_kernel_are_told_with_it() -> None:
    found = missing_ops("gradient", NEW, CATALOG, NEW.ops, ("CPU", "GPU"), "float32")
    lacking = {
        (op.op, op.device_type): {node.op for node in op.lacking}
        for op in found.ops
        if op.gap == "lacks_kernels"
    }
    assert lacking["SegmentProd", "GPU"] == {"SegmentSum"}
    assert ("SegmentProd", "CPU") not in lacking
    by_gap = {(op.op, op.device_type): op.gap for op in found.ops}
    assert by_gap["AdjustHue", "CPU"] == "no_gradient"
    assert by_gap["Equal", "GPU"] == "not_differentiable"
    assert by_gap["If", "GPU"] == "not_traced"
    assert ("Conv3D", "GPU") not in by_gap


def test_every_gap_is_one_and_nothing_else_is() -> None:
    found = missing_ops("gradient", NEW, {}, NEW.ops, ("GPU",), "bfloat16")
    told = {op.op for op in found.ops}
    for op, definition in NEW.ops.items():
        types = definition.type_attrs
        if not types or not definition.allows(types[0], "bfloat16"):
            continue
        if find_kernel(NEW, op, "GPU", {types[0]: "bfloat16"}) is None:
            continue
        gradient = NEW.gradients.get(op)
        traced = gradient is not None and gradient.nodes_in("bfloat16") is not None
        assert (op in told) == (not traced or gradient_gap(NEW, op, "GPU", "bfloat16") is not None)


def test_kernels_that_only_the_cpu_has() -> None:
    found = missing_ops("kernel", NEW, CATALOG, NEW.ops, ("GPU",), "float32")
    gaps = {op.op: op for op in found.ops}
    assert gaps["CTCLoss"].gap == "no_kernel_at_all"
    assert gaps["Mod"].gap == "other_dtypes"
    assert gaps["Mod"].registered_dtypes == ("int32",)
    assert gaps["Qr"].gap == "host_memory"
    assert "Conv3D" not in gaps
    assert "CudnnRNNV3" not in gaps, "the CPU has none either"
    assert found.looked_at["GPU"] > len(found.ops)
