from __future__ import annotations

import msgspec
import pytest

from envprobe.evidence.dtype_states import (
    DEVICE_TYPES,
    HAVE_KERNEL,
    dtype_attr_in,
    dtype_states,
    state_on,
)
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import read_release
from envprobe.registrations.lookup import find_kernel
from envprobe.terms import DTYPES

NEW = read_release("2.21.0")


@pytest.mark.parametrize("release", ["2.13.1", "2.21.0"])
@pytest.mark.parametrize("device_type", DEVICE_TYPES)
def test_a_dtype_has_a_kernel_where_tensorflow_would_find_one(
    release: str, device_type: str
) -> None:
    registrations = read_release(release)
    wrong = []
    for op, definition in registrations.ops.items():
        attr = dtype_attr_in(registrations, op, None)
        for dtype, state in dtype_states(registrations, op, device_type, attr).items():
            assert attr is not None
            found = find_kernel(registrations, op, device_type, {attr: dtype})
            if (state in HAVE_KERNEL) != (found is not None and definition.allows(attr, dtype)):
                wrong.append((op, dtype, state))
    assert wrong == []


def test_int32_on_a_gpu_is_the_cpus_work() -> None:
    assert dtype_states(NEW, "AddV2", "GPU", "T")["int32"] == "host_memory"
    assert dtype_states(NEW, "AddV2", "CPU", "T")["int32"] == "registered"
    assert dtype_states(NEW, "AddV2", "XLA_GPU_JIT", "T")["int32"] == "registered"


def test_a_kernel_beyond_the_definition_is_out_of_reach() -> None:
    constraints = [k.constraints["T"] for k in NEW.kernels_of("MatMul") if k.device_type == "CPU"]
    assert any("int16" in dtypes for dtypes in constraints)
    assert dtype_states(NEW, "MatMul", "CPU", "T")["int16"] == "not_allowed"


def test_labels_and_defaults() -> None:
    assert dtype_states(NEW, "_MklNativeConv2D", "CPU", "T")["float32"] == "label"
    assert dtype_states(NEW, "MaxPool", "GPU", "T")["float32"] == "registered"
    assert state_on(NEW, "NoOp", "GPU") == "default"
    assert state_on(NEW, "NoOp", "XLA_GPU_JIT") == "registered"
    assert state_on(NEW, "CudnnRNNV3", "CPU") == "no_kernel"


def test_usual_dtypes_come_first_and_unusual_ones_only_where_registered() -> None:
    states = dtype_states(NEW, "Cast", "XLA_CPU_JIT", "SrcT")
    assert tuple(states)[: len(DTYPES)] == DTYPES
    assert states["qint8"] == "registered"
    assert "qint8" not in dtype_states(NEW, "Cast", "GPU", "SrcT")


def test_xla_kernels_that_could_not_be_listed_are_not_known_to_be_missing() -> None:
    broken = msgspec.structs.replace(
        NEW,
        xla="no compiler",
        kernels={
            op: tuple(k for k in kernels if not k.device_type.startswith("XLA"))
            for op, kernels in NEW.kernels.items()
        },
    )
    assert dtype_states(broken, "Conv3D", "XLA_GPU_JIT", "T")["float32"] == "unknown"
    assert state_on(broken, "Conv3D", "XLA_GPU_JIT") == "unknown"
    assert dtype_states(broken, "Conv3D", "GPU", "T")["float32"] == "registered"


def test_the_dtype_is_the_one_that_the_row_varies() -> None:
    catalog = load_catalog()
    assert dtype_attr_in(NEW, "ReverseV2", catalog["ReverseV2"]) == "T"
    assert dtype_attr_in(NEW, "ReverseV2", None) == "T"
    assert dtype_attr_in(NEW, "NoOp", None) is None
    assert dtype_attr_in(NEW, "Conv9D", None) is None
    assert dtype_states(NEW, "NoOp", "CPU", None) == {}
