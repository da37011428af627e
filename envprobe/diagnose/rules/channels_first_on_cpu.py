"""A layer has the channels first (NCHW), and the CPU's kernel takes them last only."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._kernels import PATTERNS, missing_kernel, verdict
from envprobe.diagnose.rules._kernels_told import told
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:
    """The op, where the layout is what its kernels lack."""
    message = _is_about_kernels(sighting.line.text)
    if not message:
        return Reading(fields=_told(sighting))
    missing = missing_kernel(sighting)
    if missing is None or verdict(missing, log) != "layout":
        return None
    fields = told(missing, log)
    return Reading(fields=fields | {"format": missing.attributes["data_format"], "device": "CPU"})


def _is_about_kernels(text: str) -> bool:
    """Whether the line is one of the messages about a missing kernel."""
    return any(pattern.compiled.search(text) for pattern in PATTERNS)


def _told(sighting: Sighting) -> dict[str, str | int | float]:
    text = sighting.text[:2000]
    first = "NCDHW" if "NDHWC" in sighting.line.text or "3D" in sighting.line.text else "NCHW"
    gpu = "CPU or GPU(int32)" in text
    found: dict[str, str | int | float] = {"format": first, "device": "CPU"}
    return found | ({"dtype": "int32"} if gpu else {})


RULE = Rule(
    code="LOG310",
    name="channels-first-on-cpu",
    cause=Cause.UNIMPLEMENTED_CPU_FORMAT,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?:Default )?(?P<op>\w*Pool\w*) only supports (?P<only>ND?HWC)",
            anchors=("only supports NHWC", "only supports NDHWC"),
        ),
        Pattern(
            r"The (?P<op>\w+) op currently only supports the (?P<only>NHWC) tensor format (?:on "
            r"the "
            r"CPU|for integer types)",
        ),
        Pattern(r"CPU implementation of (?P<op>\w+) currently only supports the \w+ tensor format"),
        Pattern(
            r"(?P<op>Conv\w+) \[(?:CPU|CPU or GPU\(int32\))\] only supports NHWC data format",
            anchors=("only supports NHWC",),
        ),
        Pattern(
            r"(?P<op>Conv\w*Op\w*) only supports ND?HWC",
            anchors=("only supports NHWC", "only supports NDHWC"),
        ),
        Pattern(r"[Dd]epthwise convolution on CPU is only supported for NHWC format"),
        Pattern(
            r"(?P<op>Generic conv|Fused conv|Generic depthwise conv) implementation .*only "
            r"supports "
            r"(?:the )?NHWC",
            anchors=("only supports NHWC", "only supports the NHWC"),
        ),
        Pattern(r"Conversion from NHWC to NCHW is currently not +available for CPU"),
        Pattern(r"(?P<op>FusedBatchNorm\w*) .*only supports? (?:the )?NHWC tensor format"),
        Pattern(r"(?P<op>\w+) only supports? (?P<only>ND?HWC) on (?:device type )?CPU"),
        Pattern(r"(?P<op>\w+) currently only supports (?P<only>NDHWC) on the CPU"),
        Pattern(
            r"(?P<op>BiasAdd|BiasAddGrad|BiasOp|BiasGradOp|SpaceToDepth|DepthToSpace)\w* .*only "
            r"supports? (?:the )?NHWC",
            anchors=("only supports NHWC", "only support NHWC", "only supports the NHWC"),
        ),
        Pattern(r"Only NHWC data_format supported on CPU\. Got (?P<format>\w+)"),
        Pattern(r"channels_first is not supported on CPU"),
        *PATTERNS,
    ),
    read=read,
    seen="The CPU's kernel[ of {op}] does not take {format}, the channels first.",
    why=(
        "Models in NCHW (data_format='channels_first') are written for GPUs; most CPU kernels of "
        "TensorFlow compute with the channels last. The model runs on the CPU here: on purpose, or "
        "because TensorFlow opened no GPU."
    ),
    fix=(
        "Run it on a GPU: `envprobe doctor` says why none is used. On the CPU build the model with "
        "data_format='channels_last' (tf.keras.backend.set_image_data_format('channels_last')) and "
        "turn the input once with tf.transpose(x, [0, 2, 3, 1])."
    ),
    candidates=(
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="If the machine has a GPU: tf.config.list_physical_devices('GPU') is not [].",
        ),
        Candidate(cause=Cause.GPU_DRIVER_MISSING, check="nvidia-smi works in this environment."),
    ),
    source="tensorflow/core/kernels/maxpooling_op.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Default AvgPoolingOp only "
        "supports NHWC on device type CPU\n\t [[{{node b/pool/AvgPool}}]]\n",
        "UnimplementedError: Graph execution error:\n\nNode: 'net/c1/Conv2D'\nThe Conv2D op "
        "currently only supports the NHWC tensor format on the CPU. The op was given the format: "
        "NCHW\n\t [[{{node net/c1/Conv2D}}]] [Op:__inference_predict_function_77]\n",
        "E tensorflow/core/common_runtime/executor.cc:624] Executor failed to create kernel. "
        "Invalid"
        " argument: Conv2DCustomBackpropInputOp only supports NHWC.\n",
        "NotFoundError: Could not find device for node: {{node SpaceToDepth}} = SpaceToDepth["
        'T=DT_FLOAT, block_size=2, data_format="NCHW"]\nAll kernels registered for op '
        "SpaceToDepth:\n"
        "  device='CPU'; T in [DT_FLOAT]; data_format in [\"NHWC\"]\n [Op:SpaceToDepth]\n",
    ),
    misses=(
        "NotFoundError: Could not find device for node: {{node SpaceToDepth}} = SpaceToDepth["
        'T=DT_HALF, block_size=2, data_format="NHWC"]\nAll kernels registered for op '
        "SpaceToDepth:\n"
        "  device='CPU'; T in [DT_FLOAT]; data_format in [\"NHWC\"]\n [Op:SpaceToDepth]\n",
        "2024-01-01 W tensorflow/core/grappler/optimizers/layout.cc:9] Found operation using NHWC "
        "data_format on GPU. Maybe NCHW is faster.\n",
    ),
)
