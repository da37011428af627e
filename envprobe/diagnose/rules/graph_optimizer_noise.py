"""An optimizer of the graph gave up, and the graph runs as it was."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG904",
    name="graph-optimizer-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(
            r"meta_optimizer\.cc:[0-9]+\] (?P<optimizer>\w+) failed: ",
        ),
        Pattern(r"meta_optimizer\.cc:[0-9]+\] .*exceeded deadline"),
        Pattern(r"Error in PredictCost\(\) for the op"),
        Pattern(r"Optimization results for grappler item"),
        Pattern(r"ayout optimizer failed"),
    ),
    seen="The graph optimizer[ {optimizer}] left the graph as it was.",
    why=(
        "Such a step makes a graph faster. Where it meets something that it does not know, it says "
        "so, with an error's words and at an error's level, and changes nothing."
    ),
    fix=None,
    source="tensorflow/core/grappler/optimizers/meta_optimizer.cc",
    hits=(
        "2022-02-02 12:00:00.3: E tensorflow/core/grappler/optimizers/meta_optimizer.cc:954] "
        "layout "
        "failed: INVALID_ARGUMENT: Size of values 0 does not match size of permutation 4 @ fanin "
        "shape in model/dropout/SelectV2-2-TransposeNHWCToNCHW-LayoutOptimizer\n",
    ),
    misses=("InvalidArgumentError: Size of values 0 does not match size of permutation 4\n",),
)
