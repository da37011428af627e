"""What the worker is asked of a model's node; no TensorFlow needed."""

from __future__ import annotations

from typing import Any

import pytest

from envprobe.matrix.matrix import Device
from envprobe.models.fingerprint import probed_variant
from envprobe.models.oplist import Requirement, Tensor
from envprobe.ops.catalog import load_catalog
from envprobe.probe.node_question import NodeProbe, node_probe, node_question
from envprobe.registrations import read_release

RELEASE = "2.21.0"
DEVICE = Device(name="CPU:0", device_type="CPU")


def probed(requirement: Requirement) -> NodeProbe | None:
    definitions = read_release(RELEASE).ops
    op = requirement.op
    return node_probe(requirement, load_catalog().get(op), definitions.get(op))


def asked(requirement: Requirement) -> dict[str, Any]:
    found = probed(requirement)
    assert found is not None
    return node_question(found, DEVICE, "CPU:0")


def tensor(name: str, dtype: str, *shape: int | None, value: Any = None) -> Tensor:
    return Tensor(name=name, dtype=dtype, shape=shape, value=value)


def bias_add(layout: str, *shape: int) -> Requirement:
    return Requirement(
        op="BiasAdd",
        dtypes={"T": "float16"},
        attrs={"data_format": layout},
        inputs=(tensor("value", "float16", *shape), tensor("bias", "float16", 4)),
        outputs=(tensor("output", "float16", *shape),),
    )


def test_a_question_is_the_models_node() -> None:
    requirement = bias_add("NHWC", 2, 5, 4)
    cell = asked(requirement)
    assert cell["variant"] == probed_variant(requirement)
    assert (cell["op"], cell["dtype"], cell["mode"]) == ("BiasAdd", "float16", "graph")
    assert list(cell["inputs"]["value"]["shape"]) == [2, 5, 4]
    assert cell["attrs"] == {"data_format": "NHWC"}  # T follows from the inputs


@pytest.mark.parametrize(
    ("layout", "shape", "reference"),
    [
        ("NHWC", (2, 6, 6, 4), "float64"),
        ("NCHW", (2, 4, 6, 6), "nhwc"),
        ("NCHW", (2, 4, 6), "float64"),  # the channels-last twin is of images only
    ],
)
def test_channels_first_images_are_judged_by_their_twin(
    layout: str, shape: tuple[int, ...], reference: str
) -> None:
    assert asked(bias_add(layout, *shape))["reference"] == reference


def test_what_the_reference_widens_is_what_has_the_cells_dtype() -> None:
    requirement = Requirement(
        op="GatherV2",
        dtypes={"Tparams": "float16", "Tindices": "int32", "Taxis": "int32"},
        attrs={"batch_dims": 0},
        inputs=(
            tensor("params", "float16", 6, 3),
            tensor("indices", "int32", 2),
            tensor("axis", "int32", value=1),
        ),
        outputs=(tensor("output", "float16", 6, 2),),
    )
    inputs = asked(requirement)["inputs"]
    assert [inputs[name]["fixed"] for name in ("params", "indices", "axis")] == [False, True, True]
    assert (inputs["axis"]["literal"], inputs["axis"]["constant"]) == (1, True)
    assert (inputs["indices"]["values"], inputs["indices"]["high"]) == ("index", 3)


def total(dtype: str, count: int) -> Requirement:
    return Requirement(
        op="Sum",
        dtypes={"T": dtype, "Tidx": "int32"},
        attrs={"keep_dims": False},
        inputs=(
            tensor("input", dtype, count),
            tensor("reduction_indices", "int32", 1, value=(0,)),
        ),
        outputs=(tensor("output", dtype),),
    )


def test_long_sums_have_more_room_and_none_in_half_precision() -> None:
    short, long = asked(total("float32", 64)), asked(total("float32", 6400))
    assert long["tolerance"] == pytest.approx(10 * short["tolerance"])
    assert asked(total("float16", 64))["reference"] == "float64"
    assert asked(total("float16", 6400))["reference"] == "runs"


def test_random_numbers_are_not_compared() -> None:
    requirement = Requirement(
        op="FractionalMaxPool",
        dtypes={"T": "float32"},
        attrs={"pooling_ratio": (1.0, 1.5, 1.5, 1.0)},
        inputs=(tensor("value", "float32", 2, 12, 12, 3),),
        outputs=(tensor("output", "float32", 2, 8, 8, 3),),
    )
    cell = asked(requirement)
    assert (cell["reference"], cell["nonfinite"]) == ("runs", True)


@pytest.mark.parametrize(
    "requirement",
    [
        Requirement(op="NotOfThisRelease", inputs=(tensor("x", "float32"),)),
        Requirement(op="Const", dtypes={"dtype": "float32"}),
        Requirement(op="Assert", inputs=(tensor("condition", "bool"),)),
        Requirement(op="ReadFile", inputs=(tensor("filename", "string"),)),
        Requirement(op="WriteFile", inputs=(tensor("filename", "string"),)),
        Requirement(op="Identity", dtypes={"T": "variant"}, inputs=(tensor("input", "variant"),)),
        Requirement(op="MatMul", dtypes={"T": "float32"}),  # from a list of names alone
        Requirement(
            op="Add",
            dtypes={"T": "int4"},
            inputs=(tensor("x", "int4", 2), tensor("y", "int4", 2)),
            outputs=(tensor("z", "int4", 2),),
            compiled=True,
        ),
    ],
    ids=lambda requirement: requirement.op,
)
def test_what_cannot_be_run_alone_is_not_asked(requirement: Requirement) -> None:
    assert probed(requirement) is None


def test_values_without_a_rule_are_known_to_be_guessed() -> None:
    """No row and no rule says what sample rates are; a refusal then proves nothing."""
    requirement = Requirement(
        op="Mfcc",
        inputs=(tensor("spectrogram", "float32", 1, 4, 8), tensor("sample_rate", "int32")),
        outputs=(tensor("output", "float32", 1, 4, 13),),
    )
    guessed, certain = probed(requirement), probed(bias_add("NHWC", 2, 4))
    assert guessed is not None
    assert certain is not None
    assert (guessed.guessed, certain.guessed) == (True, False)
