"""Steps that people write with their own tape: a GAN and a variational autoencoder."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from .case import SIZE, specs_of, uniform

LATENT = 4


def gan_step() -> Any:
    """One update of the discriminator and one of the generator."""
    generator, discriminator = _generator(), _discriminator()
    optimizers = _optimizer(generator), _optimizer(discriminator)
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def step(real: Any) -> Any:
        noise = tf.random.normal((SIZE, LATENT))
        with tf.GradientTape() as generating, tf.GradientTape() as judging:
            made = generator(noise, training=True)
            on_real, on_made = (discriminator(x, training=True) for x in (real, made))
            fooled = entropy(tf.ones_like(on_made), on_made)
            caught = entropy(tf.ones_like(on_real), on_real)
            caught += entropy(tf.zeros_like(on_made), on_made)
            losses = (
                optimizers[0].scale_loss(fooled),
                optimizers[1].scale_loss(caught),
            )
        _update(optimizers[0], generator, generating, losses[0])
        _update(optimizers[1], discriminator, judging, losses[1])
        return fooled, caught

    return _traced(step)


def vae_step() -> Any:
    """One update of encoder and decoder, through a sample and the divergence."""
    encoder, decoder = _encoder(), _generator()
    model = keras.Sequential([encoder, layers.Lambda(lambda x: x[:, :LATENT]), decoder])
    optimizer = _optimizer(model)

    def step(images: Any) -> Any:
        with tf.GradientTape() as tape:
            mean, log_variance = tf.split(encoder(images, training=True), 2, axis=1)
            noise = tf.random.normal(tf.shape(mean), dtype=mean.dtype)
            rebuilt = decoder(mean + tf.exp(0.5 * log_variance) * noise, training=True)
            difference = tf.square(images - tf.cast(rebuilt, "float32"))
            divergence = -0.5 * (1 + log_variance - tf.square(mean) - tf.exp(log_variance))
            divergence = tf.reduce_mean(tf.reduce_sum(tf.cast(divergence, "float32"), 1))
            loss = tf.reduce_mean(tf.reduce_sum(difference, axis=(1, 2, 3))) + divergence
            scaled = optimizer.scale_loss(loss)
        _update(optimizer, model, tape, scaled)
        return loss

    return _traced(step)


def _update(optimizer: Any, model: Any, tape: Any, loss: Any) -> None:
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))


def _traced(step: Any) -> Any:
    spec = specs_of(uniform(SIZE, 16, 16, 1))
    return tf.function(step, autograph=False).get_concrete_function(spec)


def _optimizer(model: Any) -> Any:
    """Adam, with loss scaling where `compile` would put it in."""
    optimizer: Any = keras.optimizers.Adam(1e-4, beta_1=0.5)
    if keras.config.dtype_policy().name == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def _generator() -> Any:
    return keras.Sequential(
        [
            layers.Input((LATENT,)),
            layers.Dense(4 * 4 * 8, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Reshape((4, 4, 8)),
            layers.Conv2DTranspose(4, 5, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
        ]
    )


def _discriminator() -> Any:
    return keras.Sequential(
        [
            layers.Input((16, 16, 1)),
            layers.Conv2D(4, 5, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1, dtype="float32"),
        ]
    )


def _encoder() -> Any:
    return keras.Sequential(
        [
            layers.Input((16, 16, 1)),
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(2 * LATENT),
        ]
    )
