"""Apple's old TensorFlow fork fails in its ML Compute part."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG696",
    name="mlcompute-failed",
    cause=Cause.MACOS_METAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?:Error|Exception|FATAL|failed|Check "
            r"failed).*(?:mlcompute|MLCompute|MLCSubgraph|MLCTraining|mlc_subgraph)",
            anchors=("mlcompute", "MLCompute", "MLCSubgraph", "MLCTraining", "mlc_subgraph"),
        ),
        Pattern(
            r"(?:mlcompute|MLCompute|MLCSubgraph|MLCTraining|mlc_subgraph).*(?:Error|Exception|"
            r"failed|not supported)",
            anchors=("mlcompute", "MLCompute", "MLCSubgraph", "MLCTraining", "mlc_subgraph"),
        ),
    ),
    yields_to=("metal-assertion-failed",),
    seen="Apple's TensorFlow fork failed in ML Compute.",
    why="The fork tensorflow_macos with ML Compute ended with 2.4 and knows only part of the ops.",
    fix="Use the official tensorflow package for the Mac (2.13 and newer) with tensorflow-metal, "
    "or the CPU of the fork: mlcompute.set_mlc_device('cpu').",
    source="https://developer.apple.com/metal/tensorflow-plugin/",
    hits=(
        "InternalError: Compute: Operation received an exception: MLCompute layer creation failed "
        "[Op:MLCSubgraphOp]\n",
    ),
    misses=("from tensorflow.python.compiler.mlcompute import mlcompute\n",),
)
