"""A valid construction and a valid input for each layer of networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

from .case import SIZE, integers, normal, uniform


class Sample(NamedTuple):
    """The arguments of a layer, made when its turn comes, and what it is called with.

    `as_list`: the layer takes its inputs as one list. `forward`: it belongs to an input pipeline
    and has no gradient. `adapted`: it looks at its inputs before it is used.
    """

    options: Callable[[], dict[str, Any]]
    inputs: tuple[Any, ...]
    as_list: bool = False
    forward: bool = False
    adapted: bool = False


SIGNAL, IMAGE, VOLUME = (SIZE, 12, 3), (SIZE, 12, 12, 3), (SIZE, 6, 6, 6, 3)
CLIP_1D, CLIP_2D, CLIP_3D = (SIZE, 3, 8, 3), (SIZE, 3, 8, 8, 3), (SIZE, 3, 4, 4, 4, 3)
VECTOR, SEQUENCE = (SIZE, 6), (SIZE, 5, 8)
SPACES = {"1D": SIGNAL, "2D": IMAGE, "3D": VOLUME}
CLIPS = {"1D": CLIP_1D, "2D": CLIP_2D, "3D": CLIP_3D}


def sample(*shapes: tuple[int, ...], as_list: bool = False, **options: Any) -> Sample:
    """A sample on normal numbers of these shapes, whose options are plain values."""
    return Sample(lambda: options, tuple(normal(*shape) for shape in shapes), as_list)


def wrapper(options: Callable[[], dict[str, Any]], *shapes: tuple[int, ...]) -> Sample:
    """A sample whose options are layers, which must be made under the policy of the case."""
    return Sample(options, tuple(normal(*shape) for shape in shapes))


def in_each_space(stem: str, ending: str = "", **options: Any) -> dict[str, Sample]:
    """`Conv1D`, `Conv2D`, `Conv3D` from `Conv`; the ending is that of `Conv1DTranspose`."""
    return {f"{stem}{d}{ending}": sample(shape, **options) for d, shape in SPACES.items()}


def samples() -> dict[str, Sample]:
    """By the name of the layer."""
    return {
        **_spatial(),
        **_elementwise(),
        **_merging(),
        **_normalizing(),
        **_attending(),
        **_recurrent(),
        **_shaping(),
    }


def _spatial() -> dict[str, Sample]:
    separable: dict[str, Any] = {"filters": 4, "kernel_size": 3}
    return {
        **in_each_space("Conv", filters=4, kernel_size=3),
        **in_each_space("Conv", "Transpose", filters=4, kernel_size=3, strides=2),
        **in_each_space("AveragePooling", pool_size=2),
        **in_each_space("MaxPooling", pool_size=2),
        **in_each_space("AdaptiveAveragePooling", output_size=3),
        **in_each_space("AdaptiveMaxPooling", output_size=3),
        **in_each_space("GlobalAveragePooling"),
        **in_each_space("GlobalMaxPooling"),
        **in_each_space("Cropping"),
        **in_each_space("ZeroPadding"),
        **in_each_space("UpSampling"),
        **in_each_space("SpatialDropout", rate=0.3),
        **{f"ConvLSTM{d}": sample(shape, **separable) for d, shape in CLIPS.items()},
        "DepthwiseConv1D": sample(SIGNAL, kernel_size=3),
        "DepthwiseConv2D": sample(IMAGE, kernel_size=3),
        "SeparableConv1D": sample(SIGNAL, **separable),
        "SeparableConv2D": sample(IMAGE, **separable),
    }


def _elementwise() -> dict[str, Sample]:
    plain = ("ActivityRegularization", "ELU", "GaussianNoise", "Identity", "LeakyReLU")
    return {
        **{name: sample(VECTOR) for name in (*plain, "PReLU", "ReLU", "Softmax")},
        "Activation": sample(VECTOR, activation="gelu"),
        "AlphaDropout": sample(VECTOR, rate=0.3),
        "Dropout": sample(VECTOR, rate=0.3),
        "GaussianDropout": sample(VECTOR, rate=0.3),
        "GaussianNoise": sample(VECTOR, stddev=0.3),
        "Lambda": wrapper(lambda: {"function": keras.ops.square}, VECTOR),
        "Dense": sample(VECTOR, units=4, activation="relu"),
        "EinsumDense": sample(SEQUENCE, equation="abc,cd->abd", output_shape=(None, 4)),
        "Embedding": Sample(_embedding, (integers(10, SIZE, 5),)),
        "ReversibleEmbedding": Sample(_embedding, (integers(10, SIZE, 5),)),
    }


def _embedding() -> dict[str, Any]:
    return {"input_dim": 10, "output_dim": 6}


def _merging() -> dict[str, Sample]:
    names = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
    return {
        **{name: sample(VECTOR, VECTOR, as_list=True) for name in names},
        "Dot": sample(VECTOR, VECTOR, as_list=True, axes=1),
    }


def _normalizing() -> dict[str, Sample]:
    return {
        "BatchNormalization": sample(IMAGE),
        "GroupNormalization": sample((SIZE, 6, 6, 8), groups=2),
        "LayerNormalization": sample(SEQUENCE),
        "RMSNormalization": sample(SEQUENCE),
        "SpectralNormalization": wrapper(lambda: {"layer": keras.layers.Dense(4)}, VECTOR),
        "UnitNormalization": sample(SEQUENCE),
    }


def _attending() -> dict[str, Sample]:
    grouped: dict[str, Any] = {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2}
    return {
        "AdditiveAttention": sample(SEQUENCE, SEQUENCE, as_list=True),
        "Attention": sample(SEQUENCE, SEQUENCE, as_list=True),
        "GroupQueryAttention": sample(SEQUENCE, SEQUENCE, **grouped),
        "MultiHeadAttention": sample(SEQUENCE, SEQUENCE, num_heads=2, key_dim=4),
    }


def _recurrent() -> dict[str, Sample]:
    state = (SIZE, 4)
    cells = keras.layers
    return {
        **{name: sample(SEQUENCE, units=4) for name in ("GRU", "LSTM", "SimpleRNN")},
        "GRUCell": sample(VECTOR, state, units=4),
        "SimpleRNNCell": sample(VECTOR, state, units=4),
        "LSTMCell": Sample(lambda: {"units": 4}, (normal(*VECTOR), [normal(*state)] * 2)),
        "StackedRNNCells": Sample(
            lambda: {"cells": [cells.GRUCell(4), cells.SimpleRNNCell(4)]},
            (normal(*VECTOR), [normal(*state)] * 2),
        ),
        "RNN": wrapper(lambda: {"cell": cells.GRUCell(4)}, SEQUENCE),
        "Bidirectional": wrapper(lambda: {"layer": cells.GRU(4)}, SEQUENCE),
        "TimeDistributed": wrapper(lambda: {"layer": cells.Dense(4)}, SEQUENCE),
        "Masking": Sample(dict, (uniform(*SEQUENCE),)),
    }


def _shaping() -> dict[str, Sample]:
    return {
        "Flatten": sample(SEQUENCE),
        "Permute": sample(SEQUENCE, dims=(2, 1)),
        "RepeatVector": sample(VECTOR, n=3),
        "Reshape": sample(SEQUENCE, target_shape=(8, 5)),
        "Rescaling": sample(IMAGE, scale=0.5, offset=1.0),
    }
