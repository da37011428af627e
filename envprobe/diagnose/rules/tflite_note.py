"""TensorFlow Lite and MediaPipe tell which delegate they use."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG834",
    name="tflite-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Created TensorFlow Lite (?:\w+ )?delegate"),
        Pattern(r"Created TensorFlow Lite delegate for "),
        Pattern(r"Initialized TensorFlow Lite runtime"),
        Pattern(r"Replacing [0-9]+ (?:out of [0-9]+ )?node\(s\) with delegate"),
        Pattern(r"Feedback manager requires a model with a single signature inference"),
        Pattern(r"Using NORM_RECT without IMAGE_DIMENSIONS is only supported for the square ROI"),
        Pattern(r"Sets FaceBlendshapesGraph acceleration to Xnnpack"),
        Pattern(r"Warning in XNNPACK: "),
        Pattern(r"Estimated count of arithmetic ops: "),
        Pattern(r"Ignored (?:output|drop)_(?:format|control_dependency)\."),
        Pattern(r"Successfully initialized EGL\. Major"),
    ),
    seen="TensorFlow Lite or MediaPipe tells which delegate and graphics it uses.",
    why="XNNPACK is its fast CPU code. The lines come at each start.",
    fix="Nothing to do.",
    source="tensorflow/lite/tflite_with_xnnpack_optional.cc",
    hits=(
        "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n",
        "W0000 00:00:1717171717.010203    5150 inference_feedback_manager.cc:114] Feedback manager "
        "requires a model with a single signature inference. Disabling support for feedback "
        "tensors.\n",
    ),
    misses=("ERROR: Node number 4 (TfLiteFlexDelegate) failed to prepare.\n",),
)
