"""Small networks of the kinds that people train; each is made anew under the global policy.

Heads are float32, as the guide to mixed precision has them.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def head(classes: int) -> Any:
    """The classes' probabilities."""
    return layers.Dense(classes, activation="softmax", dtype="float32")


def mlp() -> Any:
    """Dense layers with batch normalisation and dropout."""
    hidden = [layers.Dense(8, "relu"), layers.BatchNormalization(), layers.Dropout(0.2)]
    return keras.Sequential([layers.Input((6,)), *hidden, head(5)])


def _embedded(words: Any, vocabulary: int, length: int, width: int) -> Any:
    positions = layers.Embedding(length, width)(keras.ops.arange(length))
    return layers.Embedding(vocabulary, width)(words) + positions


def _block(x: Any, *, causal: bool = False, memory: Any = None) -> Any:
    """One transformer block, with attention to a memory where there is one."""
    width = x.shape[-1]
    attended = layers.MultiHeadAttention(2, width // 2, dropout=0.1)(x, x, use_causal_mask=causal)
    x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(attended))
    if memory is not None:
        attended = layers.MultiHeadAttention(2, width // 2)(x, memory)
        x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
    forward = layers.Dense(width)(layers.Dense(2 * width, activation="gelu")(x))
    return layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(forward))


def encoder_classifier(vocabulary: int, length: int, classes: int) -> Any:
    """A transformer encoder with pooling."""
    words = layers.Input((length,), dtype="int32")
    x = _block(_block(_embedded(words, vocabulary, length, 8)))
    return keras.Model(words, head(classes)(layers.GlobalAveragePooling1D()(x)))


def decoder_language_model(vocabulary: int, length: int) -> Any:
    """A causal transformer that predicts the next word."""
    words = layers.Input((length,), dtype="int32")
    x = _block(_block(_embedded(words, vocabulary, length, 8), causal=True), causal=True)
    return keras.Model(words, head(vocabulary)(x))


def sequence_to_sequence(vocabulary: int) -> Any:
    """An encoder and a causal decoder that looks at it."""
    source, target = layers.Input((8,), dtype="int32"), layers.Input((8,), dtype="int32")
    memory = _block(_embedded(source, vocabulary, 8, 8))
    x = _block(_embedded(target, vocabulary, 8, 8), causal=True, memory=memory)
    return keras.Model((source, target), head(vocabulary)(x))


def vision_transformer(size: int, classes: int) -> Any:
    """Patches by a strided convolution, then transformer blocks."""
    images = layers.Input((size, size, 3))
    x = layers.Reshape((-1, 8))(layers.Conv2D(8, 4, strides=4)(images))
    x = _block(x + layers.Embedding(16, 8)(keras.ops.arange(16)))
    return keras.Model(images, head(classes)(layers.Flatten()(x)))


def _double_convolution(x: Any, filters: int) -> Any:
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    return x


def convolutional_unet(size: int) -> Any:
    """Two levels down by pooling and up by transposed convolution, with skips."""
    images = layers.Input((size, size, 3))
    first = _double_convolution(images, 4)
    second = _double_convolution(layers.MaxPooling2D()(first), 8)
    x = _double_convolution(layers.MaxPooling2D()(second), 16)
    for skip, filters in ((second, 8), (first, 4)):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = _double_convolution(layers.Concatenate()([x, skip]), filters)
    mask = layers.Conv2D(1, 1, activation="sigmoid", dtype="float32")(x)
    return keras.Model(images, mask)


def recurrent_tagger(layer: str, vocabulary: int, classes: int) -> Any:
    """Masked words through a bidirectional and a plain recurrent layer, a tag for each word."""
    make = getattr(layers, layer)
    return keras.Sequential(
        [
            layers.Input((8,), dtype="int32"),
            layers.Embedding(vocabulary, 8, mask_zero=True),
            layers.Bidirectional(make(6, return_sequences=True)),
            make(6, return_sequences=True, dropout=0.1, recurrent_dropout=0.1),
            head(classes),
        ]
    )


def cnn_lstm(classes: int) -> Any:
    """A convolution on each frame, then a recurrent layer over the frames."""
    frames = keras.Sequential([layers.Conv2D(4, 3, activation="relu"), layers.Flatten()])
    clips = layers.Input((3, 16, 16, 3))
    x = layers.LSTM(6)(layers.TimeDistributed(frames)(clips))
    return keras.Model(clips, head(classes)(x))


def text_classifier(vocabulary: int, classes: int) -> Any:
    """One-dimensional convolutions on words."""
    return keras.Sequential(
        [
            layers.Input((8,), dtype="int32"),
            layers.Embedding(vocabulary, 8),
            layers.SpatialDropout1D(0.2),
            layers.SeparableConv1D(8, 3, activation="swish"),
            layers.Conv1D(8, 3, dilation_rate=2, activation="relu"),
            layers.GlobalMaxPooling1D(),
            head(classes),
        ]
    )


def recommender(entries: int) -> Any:
    """Two embeddings and their product."""
    user, item = layers.Input((1,), dtype="int32"), layers.Input((1,), dtype="int32")
    regularizer = keras.regularizers.L2(1e-4)
    embedded = [
        layers.Flatten()(layers.Embedding(entries, 8, embeddings_regularizer=regularizer)(x))
        for x in (user, item)
    ]
    score = layers.Dot(axes=1)(embedded)
    return keras.Model((user, item), layers.Dense(1, dtype="float32")(score))
