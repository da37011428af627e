"""Keras cannot find out by itself what a layer gives."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG455",
    name="output-shape-not-inferred",
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"Could not automatically infer the (?:output )?(?:shape|shape / dtype) (?:/ dtype "
            r")?of "
            r"'(?P<layer>[^'{]*)' \(of type (?P<layer_class>\w+)\)"
        ),
        Pattern(r"We could not automatically infer the (?:output )?shape of the Lambda's output"),
        Pattern(
            r"Please run in eager mode or implement the `compute_output_shape` method on your "
            r"layer \((?P<layer>\w+)\)"
        ),
    ),
    yields_to=(
        "shape-mismatch",
        "dtype-mismatch",
        "custom-op-not-symbolic",
        "keras-tf-version-mismatch",
        "variable-creation-in-tf-function",
        "no-kernel-for-device-dtype",
        "label-loss-mismatch",
        "index-outside-tensor",
        "argument-refused",
        "assertion-in-model",
    ),
    seen="Keras cannot tell what the layer[ {layer}][ ({layer_class})] gives.",
    why="Keras calls the layer once with placeholders to learn the shape and dtype of its output; "
    "the code of the layer failed with them.",
    fix="Read the error that stands with it: plain TensorFlow or NumPy calls that need values have "
    "to be replaced by keras.ops. Or tell the shape: compute_output_shape() of the layer, "
    "output_shape= of a Lambda.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Is the model file or the code from Keras 2, and Keras 3 installed?",
        ),
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Does the message say that shapes do not fit?",
        ),
    ),
    source="keras/src/layers/layer.py",
    hits=(
        "RuntimeError: Exception encountered when calling Crop.call().\n\nCould not automatically "
        "infer the output shape / dtype of 'crop_1' (of type Crop). Either the `Crop.call()` "
        "method is incorrect, or you need to implement the `Crop.compute_output_spec()`\n",
        "NotImplementedError: We could not automatically infer the shape of the Lambda's output. "
        "Please specify the `output_shape` argument for this Lambda layer.\n",
    ),
    misses=(
        '  raise RuntimeError(f"Could not automatically infer the output shape / dtype of '
        "'{self.name}' (of type {self.__class__.__name__}). \")\n",
    ),
)
