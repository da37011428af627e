"""TensorFlow Lite meets an op that its interpreter does not have."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG381",
    name="tflite-op-unresolved",
    cause=Cause.CUSTOM_OP_NOT_REGISTERED,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Encountered unresolved custom op: (?P<op>[\w>]+)"),
        Pattern(
            r"(?:Regular|Select) TensorFlow ops?\b.{0,20} .{0,40}(?:are|is|is\(are\)) not "
            r"supported by this "
            r"interpreter.*?\((?P<op>Flex\w+)\) failed to prepare",
            anchors=("not supported by this interpreter",),
        ),
        Pattern(
            r"(?:Regular|Select) TensorFlow ops?\b.{0,20} .{0,40}(?:are|is|is\(are\)) not "
            r"supported by this "
            r"interpreter",
            anchors=("not supported by this interpreter",),
        ),
        Pattern(r"Didn't find op for builtin opcode '(?P<op>\w+)'"),
        Pattern(r"Some ops are not supported by the native TFLite runtime"),
        Pattern(r"Some of the operators in the model are not supported by the standard TensorFlow"),
    ),
    seen="The TensorFlow Lite interpreter does not have the op[ {op}].",
    why=(
        "A converted model may hold ops beside the built-in ones; they need the Flex delegate, or "
        "a resolver that knows them, or a newer runtime."
    ),
    fix=(
        "Link the Select TensorFlow ops (Flex delegate) or register the custom op. When "
        "converting, "
        "allow them: converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, "
        "tf.lite.OpsSet.SELECT_TF_OPS]. Run with the runtime of the release that converted the "
        "model."
    ),
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check=(
                "If the message names an opcode's version: the runtime is older than the converter."
            ),
        ),
    ),
    source="tensorflow/lite/core/subgraph.cc",
    hits=(
        "RuntimeError: Encountered unresolved custom op: NormalizeUTF8.\nSee instructions: "
        "https://www.tensorflow.org/lite/guide/ops_custom Node number 3 (NormalizeUTF8) failed to "
        "prepare.\n",
        "RuntimeError: Select TensorFlow op(s), included in the given model, is(are) not supported "
        "by this interpreter. Make sure you apply/link the Flex delegate before inference. Node "
        "number 4 (FlexErf) failed to prepare.\n",
    ),
    misses=("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n",),
)
