"""A convolution gets more channels than its filter takes, so that TensorFlow thinks of groups."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

DEPTHS = (
    r"input depth(?: of)? ([0-9]+) (?:does not|doesn't) match (?:the )?filter input depth"
    r"(?: of)? ([0-9]+)"
)
# A filter as deep as grey or coloured images are is not made for groups.
IMAGE_CHANNELS = (1, 3)


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The two numbers of channels; nothing where they look like a grouped convolution."""
    told = compiled(DEPTHS).search(sighting.text[:600])
    if told is None:
        return Reading() if "Fused" in sighting.line.text else None
    found, expected = int(told.group(1)), int(told.group(2))
    if expected not in IMAGE_CHANNELS:
        return None
    return Reading(fields={"found": found, "expected": expected}, confidence=Confidence.LIKELY)


RULE = Rule(
    code="LOG324",
    name="channels-make-groups",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"(?P<op>Fused conv) implementation does not support grouped convolutions"),
        Pattern(r"The (?P<op>\w+) op currently does not support grouped convolutions"),
        Pattern(r"Gradients for grouped convolutions are not supported on CPU"),
    ),
    read=read,
    seen="A convolution gets an input with other channels than its filter takes"
    "[: {found} where {expected} are needed].",
    why="Where the input has a multiple of the filter's channels, TensorFlow takes the convolution "
    "for a grouped one, for which the CPU has no kernel. Mostly no groups are meant: images with "
    "three or four channels go into a model for grey ones, or the other way round.",
    fix="Give the model images with the channels that it was made for[ ({expected})]: "
    "color_mode='grayscale' or 'rgb' where they are loaded, tf.image.rgb_to_grayscale, or "
    "image[..., :3] to drop an alpha channel. If groups are meant (Conv2D(groups=...)), run the "
    "step on a GPU or with jit_compile=True.",
    candidates=(
        Candidate(
            cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
            check="Does a layer of the model have groups=... above 1? Then the CPU lacks a kernel.",
        ),
        Candidate(
            cause=Cause.UNIMPLEMENTED_ON_DEVICE,
            check="Is data_format='channels_first' set while no GPU is used?",
        ),
    ),
    source="tensorflow/core/kernels/conv_ops_fused_impl.h",
    hits=(
        "UnimplementedError: Graph execution error:\n\nNode: 'net/c4/BiasAdd'\nFused conv "
        "implementation does not support grouped convolutions for now.\n\t [[{{node c4}}]] "
        "[Op:__inference_predict_function_10]\n",
        "InvalidArgumentError: The Conv2D op currently does not support grouped convolutions on "
        "the CPU. A grouped convolution was attempted to be run because the input depth of 3 does "
        "not match the filter input depth of 1 [Op:Conv2D]\n",
    ),
    misses=(
        "UnimplementedError: The Conv2D op currently does not support grouped convolutions on the "
        "CPU. A grouped convolution was attempted to be run because the input depth of 64 does not "
        "match the filter input depth of 2\n",
        "Fused conv implementation only supports NHWC tensor format for now.\n",
    ),
)
