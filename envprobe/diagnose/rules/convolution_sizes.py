"""The input of a convolution or pooling is too small, or has another number of channels."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG407",
    name="convolution-sizes",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Negative dimension size caused by subtracting (?P<kernel>[0-9]+) from (?P<size>"
            r"[0-9]+)(?: for '?(?:\{\{node )?(?P<node>[^\s'}]+)(?:\}\} = (?P<op>\w+))?)?"
        ),
        Pattern(
            r"input depth must be evenly divisible by filter depth: (?P<channels>[0-9]+) vs "
            r"(?P<kernel_channels>[0-9]+)"
        ),
        Pattern(
            r"input and filter must have the same depth: (?P<channels>[0-9]+) vs "
            r"(?P<kernel_channels>[0-9]+)"
        ),
        Pattern(
            r"Depth of input \((?P<channels>[0-9]+)\) is not a multiple of input depth of filter "
            r"\((?P<kernel_channels>[0-9]+)\)"
        ),
        Pattern(
            r"number of input channels (?:must be evenly divisible by the number of groups|does "
            r"not match corresponding dimension of filter, (?P<channels>[0-9]+) != "
            r"(?P<kernel_channels>[0-9]+))",
            anchors=("number of input channels ",),
        ),
        Pattern(
            r"One of the dimensions in the output is <= 0 due to downsampling in (?P<layer>[^\s{]+)"
            r"\. Consider increasing the input size\. Received input shape (?P<shape>\[[^\]{]*\])"
        ),
        Pattern(
            r"Computed output size would be (?:zero or )?negative[.:] ?(?:Received:? ?`?inputs"
            r"[. ]shape=(?P<shape>[(\[][^)\]{]*[)\]]))?",
            anchors=("Computed output size would be ",),
        ),
        Pattern(
            r"The convolution operation resulted in an empty output\. This can happen if the "
            r"input is too small"
        ),
        Pattern(
            r"Conv[23]DSlowBackprop\w+: Size of out_backprop doesn't match computed: actual = "
            r"(?P<size>[0-9]+), computed = (?P<computed>[0-9]+)"
        ),
        Pattern(
            r"Input size (?:must be at least|should be at least) (?P<least>[0-9x]+)(?:[^{]*`?input_"
            r"shape"
            r"=(?P<shape>\([^)]*\)))?",
            anchors=("Input size must be at least", "Input size should be at least"),
        ),
        Pattern(
            r"(?:`input_shape` must be a tuple of three integers|The input must have "
            r"(?P<kernel_channels>"
            r"[0-9]+) channels; Received `input_shape=(?P<shape>\([^)]*\))`)",
            anchors=("must be a tuple of three integers", "The input must have "),
        ),
        Pattern(r"cropping parameter of Cropping layer must be greater than the input shape"),
        Pattern(
            r"Argument `cropping` must be (?:greater|smaller) than the input shape\. Received: "
            r"inputs\.shape=(?P<shape>\([^)]*\))",
            anchors=("than the input shape. Received",),
        ),
    ),
    seen="A convolution or pooling[ ({node})][ ({layer})] gets data that it cannot take[: size "
    "{size} is smaller than the kernel's {kernel}][: {channels} channels, its kernel is made for "
    "{kernel_channels}][: {shape}][: at least {least} is needed].",
    why="Each convolution and pooling without padding makes height and width smaller; after enough "
    "of them nothing is left. A kernel also has a fixed number of channels: grey images have 1, "
    "colour images 3, with alpha 4.",
    fix="Use larger images, padding='same' or fewer poolings. Check that the order is (height, "
    "width, channels), and give the channels that the first layer was built for (decode with "
    "channels=3, or tf.image.grayscale_to_rgb).",
    source="tensorflow/core/framework/common_shape_fns.cc, tensorflow/core/util/tensor_format.cc",
    hits=(
        "ValueError: Negative dimension size caused by subtracting 5 from 4 for '{{node conv2d_6/"
        'Conv2D}} = Conv2D[T=DT_FLOAT, padding="VALID"](Placeholder, conv2d_6/ReadVariableOp)\' '
        "with input shapes: [?,4,4,64], [5,5,64,64].\n",
        "InvalidArgumentError: input depth must be evenly divisible by filter depth: 1 vs 3\n\t "
        "[[{{node model/conv1/Conv2D}}]]\n",
        "ValueError: Computed output size would be negative. Received: `inputs.shape=(None, 2, 2, "
        "16)`, `pool_size=(3, 3)`\n",
        "ValueError: Input size must be at least 32x32; Received: input_shape=(28, 28, 3)\n",
    ),
    misses=(
        "UnimplementedError: The Conv2D op currently only supports the NHWC tensor format on the "
        "CPU.\n",
        "  raise ValueError('One of the dimensions in the output is <= 0 due to downsampling in "
        "'\n",
    ),
)
