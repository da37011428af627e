"""One of Grappler's optimizations was not applied to a graph."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG824",
    name="graph-optimizer-gave-up",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"(?:remapper|layout|constant[_ "
            r"]folding|dependency_optimizer|arithmetic_optimizer|function_optimizer|model_pruner|"
            r"loop_optimizer|shape_optimizer|memory_optimizer|pin_to_host_optimizer|auto_mixed_pr"
            r"ecision\w*|generic_layout_optimizer|debug_stripper|common_subgraph_elimination|tfg_"
            r"optimizer\S*) failed: ",
            anchors=(
                "remapper failed",
                "layout failed",
                "folding failed",
                "optimizer failed",
                "pruner failed",
                "precision failed",
                "stripper failed",
                "elimination failed",
                "_mkl failed",
                "_cuda failed",
                "_cpu failed",
                "} failed: ",
            ),
        ),
        Pattern(r"Skipping loop optimization for Merge node with control input"),
        Pattern(r"outputs but the _output_shapes attribute specifies shapes for"),
        Pattern(r"Creating CudaSolver handles for stream"),
        Pattern(r"GrpcSession::ListDevices will initialize the session with an empty graph"),
        Pattern(r"Error in PredictCost\(\) for the op: "),
        Pattern(r"meta_optimizer\.cc:[0-9]+\] .* failed"),
        Pattern(r"Optimization results for grappler item"),
        Pattern(r"No \(?(?:whitelist|allowlist)\w*\)? ops found, nothing to do"),
        Pattern(r"Starting optimization for grappler item"),
        Pattern(r"meta_optimizer\.cc:[0-9]+\] +\S+: (?:Graph size|function_optimizer did nothing)"),
        Pattern(r"Starting new session"),
        Pattern(r"Number of eligible GPUs \(core count >= 8"),
        Pattern(r"Skipping optimization due to"),
        Pattern(r"topological sort failed with message"),
    ),
    seen="An optimization of the graph was skipped.",
    why="Grappler tries several rewritings of each graph and leaves out one that fails. The "
    "graph runs as it was.",
    fix="Nothing to do.",
    source="tensorflow/core/grappler/optimizers/meta_optimizer.cc",
    hits=(
        "2023-07-08 09:10:11.121314: E tensorflow/core/grappler/optimizers/meta_optimizer.cc:954] "
        "layout failed: INVALID_ARGUMENT: Size of values 0 does not match size of permutation 4 @ "
        "fanin shape in model/dropout/SelectV2-2-TransposeNHWCToNCHW-LayoutOptimizer\n",
    ),
    misses=("InvalidArgumentError: Size of values 0 does not match size of permutation 4\n",),
)
