"""The kernel of this device is not written for what is asked of it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# What is only remarked, and not raised.
REMARK = r"(?:^|[\s:])[WI] \S+\.cc:[0-9]+\]|^\s*[WI][0-9]{4} |[Ww]arning|WARNING"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Nothing where the line is a remark only."""
    line = sighting.line.text
    remark = "OP_REQUIRES" not in line and compiled(REMARK).search(line)
    return None if remark else Reading()


RULE = Rule(
    code="LOG320",
    name="not-implemented-on-device",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?P<what>The \w+ op currently does not support grouped convolutions on the "
            r"(?P<device>CPU))"
        ),
        Pattern(
            r"(?P<what>Gradients for grouped convolutions are not supported on (?P<device>CPU))"
        ),
        Pattern(r"(?P<what>Depthwise max pooling is currently only implemented for CPU devices)"),
        Pattern(r"(?P<what>The CPU implementation of \w+ does not support [\w ]+)"),
        Pattern(r"(?P<what>Transpose of DT_\w+ tensor not supported on (?P<device>GPU))"),
        Pattern(r"(?P<what>Hit a case for \w+ that is not implemented on (?P<device>GPU))"),
        Pattern(r"(?P<what>DML doesn't support [^{\n]{3,100})"),
        Pattern(r"(?P<what>Only CPU and GPU devices are supported[\w ]*)"),
        Pattern(
            r"(?P<what>\w[\w .'-]{3,60} (?:is|are) not (?:yet |currently "
            r")?(?:supported|implemented) "
            r"on (?:the )?(?P<device>CPU|GPU|TPU)s?)\b(?:[^:]|$)",
            anchors=("supported on ", "implemented on "),
        ),
        Pattern(
            r"(?P<what>\w[\w .'-]{3,60} (?:is|are) (?:currently )?only (?:supported|implemented) "
            r"(?:on|"
            r"for) (?P<device>CPU|GPU)s?(?: devices?)?)[.\s]",
            anchors=("only supported ", "only implemented "),
        ),
    ),
    read=read,
    yields_to=(
        "channels-make-groups",
        "unimplemented-cpu-format",
        "xla-unsupported-op",
        "unsupported-precision",
    ),
    seen="{what}.",
    why=(
        "TensorFlow has kernels of the op, but the one of the device on which it runs here does "
        "not "
        "cover this case."
    ),
    fix=(
        "Run the op on the other device (`with tf.device(...)` around it), compile the step with "
        "XLA, which brings its own kernels (jit_compile=True), or build the case from other "
        "layers: "
        "a grouped convolution from tf.split, several Conv2D and tf.concat."
    ),
    candidates=(
        Candidate(
            cause=Cause.UNIMPLEMENTED_ON_DEVICE,
            check="Run it on the other device: where it fails as well, change the setting.",
        ),
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="If a GPU should have run it: tf.config.list_physical_devices('GPU') is not [].",
        ),
    ),
    source="tensorflow/core/kernels/conv_ops_fused_impl.h",
    hits=(
        "UnimplementedError: Graph execution error:\n\nNode: 'resnext/c4/Conv2D'\nThe Conv2D op "
        "currently does not support grouped convolutions on the CPU. A grouped convolution was "
        "attempted to be run because the input depth of 64 does not match the filter input depth "
        "of 2\n\t [[{{node c4}}]] [Op:__inference_predict_function_10]\n",
        "InvalidArgumentError: Gradients for grouped convolutions are not supported on CPU. Please "
        "file a feature request if you run into this issue.\n",
        "InvalidArgumentError: Graph execution error:\n\nDML doesn't support half_pixel_centers "
        "at the moment\n\t [[{{node m/resize}}]]\n",
    ),
    misses=(
        "The Conv2D op currently only supports the NHWC tensor format on the CPU.\n",
        "2024-04-04 10:00:00.1: W tensorflow/core/kernels/data/finalize_dataset_op.cc:9] "
        "FinalizeDataset is only supported on CPU. Using it on devices other than CPU has no "
        "effect.\n",
    ),
)
