"""A check found NaN or infinity in a tensor, the loss or the data."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG501",
    name="tensor-not-finite",
    cause=Cause.NAN_INF,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"(?P<tensor>[^\s:{][^:{]*)? ?: Tensor had (?P<value>(?:NaN|[+-]?Inf)[A-Za-z, +-]*)",
            anchors=(": Tensor had ",),
        ),
        Pattern(r"Nan in summary histogram for: (?P<tensor>[^\s%{]+)"),
        Pattern(r"NaN loss during training"),
        Pattern(r"Model diverged with (?P<tensor>loss) = (?P<value>[Nn]a[Nn]|inf)"),
        Pattern(r"Batch (?P<batch>[0-9]+): Invalid loss, terminating training"),
        Pattern(r"LossTensor is inf or nan"),
        Pattern(
            r"Detected Infinity or NaN in output (?P<output>[0-9]+) of (?:graph|eagerly-executed) "
            r"op "
            r"\"(?P<op>\w+)\""
        ),
        Pattern(
            r"(?:Input|Array|Target|Output)s?(?: \w+)? (?:contains?|must not contain) "
            r"(?P<value>NaN|nan|inf(?:s|inity)?)\b[^{]*",
            anchors=(
                "contains NaN",
                "contain NaN",
                "contains inf",
                "contain inf",
                "must not contain",
            ),
        ),
        Pattern(
            r"[Ll]oss (?:is|became|has become|went to|turned) (?:to )?(?P<value>nan|NaN|NAN|inf|Inf"
            r"|"
            r"infinite|not finite|non-finite)",
            anchors=("oss is ", "oss became", "oss has become", "oss went to", "oss turned"),
        ),
        Pattern(
            r"[Ff]ound (?:NaN|nan|Inf|inf|NaNs|infs?)(?: or (?:NaN|nan|Inf|inf))? in (?P<tensor>"
            r"(?:the )?(?:loss|gradients?|weights|logits|input|output|data)\w*)",
            anchors=("ound NaN", "ound nan", "ound Inf", "ound inf", "ound NaNs"),
        ),
        Pattern(
            r"Found (?:Inf or NaN|NaN or Inf) (?:global norm|in)",
            anchors=("Found Inf or NaN", "Found NaN or Inf"),
        ),
        Pattern(
            r"(?:autodetected|supplied) range of \[(?P<value>-?(?:nan|inf)), "
            r"?-?(?:nan|inf|[0-9.e+-]"
            r"+)\] is not finite",
            anchors=("] is not finite",),
        ),
        Pattern(r"cannot convert float (?P<value>NaN|infinity) to integer"),
        Pattern(r"Histogram values must not contain NaN"),
        Pattern(r"Cannot convert (?:non-finite values|NaN or inf)"),
        Pattern(
            r"FloatingPointError: (?P<value>invalid value|overflow|divide by zero) encountered in "
            r"(?P<op>\w+)"
        ),
        Pattern(
            r"[Gg]radients? (?:contain|is|are|has|have) (?P<value>NaN|nan|NaNs|inf)\b",
            anchors=(
                "radient contain",
                "radients contain",
                "radient is ",
                "radients are ",
                "radient has ",
                "radients have ",
            ),
        ),
        Pattern(r"array must not contain infs or NaNs"),
        Pattern(r"arrays must not contain (?P<value>nan)"),
    ),
    yields_to=("xla-unsupported-op", "embedding-index-out-of-range", "gpu-hardware-fault"),
    seen="A check found[ {value}][ in {tensor}][ in the output of {op}][ in batch {batch}].",
    why="A step made a number that is not finite. A learning rate that is too large, NaN or very "
    "large values in the data, log(0), a division by zero, or float16 that overflows are the "
    "reasons; the check only tells where it was seen first.",
    fix="Look for NaN in the data (np.isnan(x).any()), lower the learning rate by ten, clip the "
    "gradients (clipnorm=1.0), and add a small epsilon in logarithms, roots and divisions of your "
    "own. tf.debugging.enable_check_numerics() names the first op.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Does np.isnan() find anything in the data, or are boxes empty or labels out of "
            "range?",
        ),
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Are all labels from 0 to one less than the number of classes?",
        ),
    ),
    source="tensorflow/core/kernels/check_numerics_op.cc",
    hits=(
        "InvalidArgumentError: Nan in summary histogram for: encoder/layer_2/kernel_1\n\t [[node "
        "encoder/layer_2/kernel_1 (defined at run.py:7) ]]\n",
        "tensorflow.python.training.basic_session_run_hooks.NanLossDuringTrainingError: NaN loss "
        "during training.\n",
        "InvalidArgumentError: LossTensor is inf or nan. : Tensor had NaN values\n\t [[node "
        "CheckNumerics (defined at train.py:61) ]]\n",
        '!!! Detected Infinity or NaN in output 0 of graph op "Log" (# of outputs: 1) !!!\n',
    ),
    misses=(
        "Filling lower-triangular output with NaNs.\n",
        "RuntimeWarning: invalid value encountered in true_divide\n",
        "metrics/accuracy/div_no_nan/ReadVariableOp\n",
    ),
)
