from __future__ import annotations

from envprobe.check.changes.changes import (
    channels_last,
    is_idle_cast,
    uncompiled,
    unpinned,
    with_dtype,
)
from envprobe.models.oplist import Requirement, Tensor


def convolution() -> Requirement:
    return Requirement(
        op="Conv2DBackpropFilter",
        dtypes={"T": "float64"},
        attrs={
            "data_format": "NCHW",
            "strides": [1, 1, 2, 3],
            "dilations": [1, 1, 1, 1],
            "explicit_paddings": [0, 0, 0, 0, 1, 2, 3, 4],
            "padding": "EXPLICIT",
        },
        inputs=(
            Tensor(name="input", dtype="float64", shape=(4, 3, 24, 25)),
            Tensor(name="filter_sizes", dtype="int32", shape=(4,), value=[5, 5, 3, 8]),
            Tensor(name="out_backprop", dtype="float64", shape=(4, 8, None, 9)),
        ),
        outputs=(Tensor(name="output", dtype="float64", shape=(5, 5, 3, 8)),),
    )


def test_channels_last_turns_the_data_and_keeps_the_filter() -> None:
    turned = channels_last(convolution())
    assert turned.attrs["data_format"] == "NHWC"
    assert turned.attrs["strides"] == [1, 2, 3, 1]
    assert turned.attrs["explicit_paddings"] == [0, 0, 1, 2, 3, 4, 0, 0]
    assert [one.shape for one in turned.inputs] == [(4, 24, 25, 3), (4,), (4, None, 9, 8)]
    assert turned.inputs[1].value == [5, 5, 3, 8]
    assert turned.outputs[0].shape == (5, 5, 3, 8)


def test_sizes_of_the_data_are_turned_with_it() -> None:
    gradient = Requirement(
        op="AvgPool3DGrad",
        attrs={"data_format": "NCDHW", "ksize": [1, 1, 2, 2, 2]},
        inputs=(
            Tensor(name="orig_input_shape", dtype="int32", shape=(5,), value=[2, 9, 6, 7, 8]),
            Tensor(name="grad", dtype="float32", shape=(2, 9, 3, 3, 4)),
        ),
        outputs=(Tensor(name="output", dtype="float32", shape=(2, 9, 6, 7, 8)),),
    )
    turned = channels_last(gradient)
    assert turned.attrs == {"data_format": "NDHWC", "ksize": [1, 2, 2, 2, 1]}
    assert turned.inputs[0].value == [2, 6, 7, 8, 9]
    assert turned.outputs[0].shape == (2, 6, 7, 8, 9)


def test_a_bias_has_one_axis_to_keep() -> None:
    bias = Requirement(
        op="BiasAdd",
        attrs={"data_format": "NCHW"},
        inputs=(
            Tensor(name="value", dtype="float32", shape=(4, 8, 46)),
            Tensor(name="bias", dtype="float32", shape=(8,)),
        ),
    )
    assert [one.shape for one in channels_last(bias).inputs] == [(4, 46, 8), (8,)]


def test_a_dtype_changes_wherever_it_stands() -> None:
    changed = with_dtype("float64", "float32")(convolution())
    assert changed.dtypes == {"T": "float32"}
    assert [one.dtype for one in changed.inputs] == ["float32", "int32", "float32"]
    assert changed.outputs[0].dtype == "float32"


def test_a_spectrum_changes_with_its_numbers() -> None:
    fft = Requirement(
        op="RFFT",
        dtypes={"Treal": "float64", "Tcomplex": "complex128", "Tin": ("float64", "int32")},
    )
    changed = with_dtype("float64", "float32")(fft)
    assert changed.dtypes == {
        "Treal": "float32",
        "Tcomplex": "complex64",
        "Tin": ("float32", "int32"),
    }


def test_what_is_not_touched_stays_the_same_object() -> None:
    plain = Requirement(op="Relu", dtypes={"T": "float32"})
    changes = (with_dtype("float64", "float32"), channels_last, uncompiled, unpinned)
    assert all(change(plain) is plain for change in changes)


def test_out_of_xla_and_off_a_device() -> None:
    held = Requirement(op="Relu", compiled=True, device="GPU")
    assert not uncompiled(held).compiled
    assert unpinned(held).device is None


def test_a_cast_to_itself_is_idle() -> None:
    cast = Requirement(op="Cast", dtypes={"SrcT": "float16", "DstT": "float32"})
    assert not is_idle_cast(cast)
    assert is_idle_cast(with_dtype("float16", "float32")(cast))
