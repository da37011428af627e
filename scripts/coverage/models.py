"""Training steps of whole models: transformers, U-Net, recurrent networks, GAN, VAE and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .case import SIZE, Case, compiled_step, integers, normal, uniform
from .generative import gan_step, vae_step
from .networks import (
    cnn_lstm,
    convolutional_unet,
    decoder_language_model,
    encoder_classifier,
    mlp,
    recommender,
    recurrent_tagger,
    sequence_to_sequence,
    text_classifier,
    vision_transformer,
)

EXEMPT: dict[str, str] = {}
WORDS, CLASSES, LENGTH = 30, 5, 8
SPARSE = "sparse_categorical_crossentropy"


def cases() -> Iterator[Case]:
    """One step each."""
    yield Case("mlp", lambda: compiled_step(mlp(), normal(SIZE, 6), _labels(), loss=SPARSE))
    yield Case("transformer encoder", lambda: _on_words(encoder_classifier(WORDS, LENGTH, CLASSES)))
    yield Case("transformer decoder", _decoder)
    yield Case("vision transformer", _vision_transformer)
    yield Case("sequence to sequence", _sequence_to_sequence)
    yield Case("unet", _unet)
    for layer in ("GRU", "LSTM", "SimpleRNN"):
        yield Case(f"rnn {layer}", lambda layer=layer: _rnn(layer))  # type: ignore[misc]
    yield Case("cnn lstm", _cnn_lstm)
    yield Case("text classifier", lambda: _on_words(text_classifier(WORDS, CLASSES)))
    yield Case("recommender", _recommender)
    yield Case("gan", gan_step)
    yield Case("vae", vae_step)


def _labels(*shape: int) -> Any:
    return integers(CLASSES, SIZE, *shape)


def _on_words(model: Any) -> Any:
    return compiled_step(model, integers(WORDS, SIZE, LENGTH), _labels(), loss=SPARSE)


def _decoder() -> Any:
    model = decoder_language_model(WORDS, LENGTH)
    words = integers(WORDS, SIZE, LENGTH)
    return compiled_step(model, words, words, optimizer="adamw", loss=SPARSE)


def _vision_transformer() -> Any:
    model = vision_transformer(16, CLASSES)
    return compiled_step(model, uniform(SIZE, 16, 16, 3), _labels(), loss=SPARSE)


def _sequence_to_sequence() -> Any:
    words = integers(WORDS, SIZE, LENGTH)
    return compiled_step(sequence_to_sequence(WORDS), (words, words), words, loss=SPARSE)


def _unet() -> Any:
    images, masks = uniform(SIZE, 16, 16, 3), integers(2, SIZE, 16, 16, 1)
    return compiled_step(convolutional_unet(16), images, masks, loss="binary_crossentropy")


def _rnn(layer: str) -> Any:
    model = recurrent_tagger(layer, WORDS, CLASSES)
    words = 1 + integers(WORDS - 1, SIZE, LENGTH)
    return compiled_step(model, words, _labels(LENGTH), optimizer="rmsprop", loss=SPARSE)


def _cnn_lstm() -> Any:
    clips = uniform(SIZE, 3, 16, 16, 3)
    return compiled_step(cnn_lstm(CLASSES), clips, _labels(), loss=SPARSE)


def _recommender() -> Any:
    users, items = integers(WORDS, SIZE, 1), integers(WORDS, SIZE, 1)
    return compiled_step(
        recommender(WORDS), (users, items), uniform(SIZE, 1), optimizer="adagrad", loss="mse"
    )
