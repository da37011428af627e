"""Whether a message is about targets: labels against a loss or a metric."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import compiled
from envprobe.diagnose.sighting import Sighting

WORDS = (
    r"(?:cross_?entropy|[a-z]_loss\b|[a-z]_loss/|/loss/|\bloss/|losses?/|metrics?/|compile_metrics"
    r"|mean_squared|mean_absolute|squared_error|absolute_error|squared_difference|hinge|huber"
    r"|kullback|\bkld\b|poisson|log_?cosh|logistic_loss|confusion_matrix|focal|dice|jaccard"
    r"|[a-z]_accuracy|/accuracy|y_true|y_pred)"
)
# Where the failing op says which it is; in graph mode by its node, in eager mode by its name.
NODE = (
    r"(?i)(?:\{\{node |\[\[ ?node:? |Detected at node '?|Node: '?|\[\[)[^\s}\]']*" + WORDS,
    r"(?i)\[Op:(?:Sparse)?SoftmaxCrossEntropyWithLogits",
    r"(?i)name: [^\s'\"]*" + WORDS,
)
FRAME = (
    r"(?:compile_utils\.py|losses_utils|metrics_utils|[/\\]losses?\.py|[/\\]metrics?\.py"
    r"|[/\\]losses[/\\]|[/\\]metrics[/\\]|compute_loss\(|compiled_loss|compiled_metrics"
    r"|compute_metrics\(|y_true|y_pred\.shape|(?:categorical|binary)_crossentropy\b"
    r"|mean_(?:squared|absolute)_error\b"
    r"|_with_logits\(|losses\.\w+\(|\bin \w*cross_?entropy)"
)
# A notebook shows the lines around the failing one; only the one with the arrow ran.
CONTEXT = r"^ *[0-9]+(?: |$)"
BEGINS = ("Traceback (most recent call last)", "in user code:", "in converted code:")
OF_RUNTIME = r"(?:local_rendezvous|op_kernel|executor)\.cc:[0-9]+\]"
MESSAGE_LINES = 8
MOST_FRAMES = 60


def about_targets(sighting: Sighting) -> bool:
    """Whether the failing op or code compares labels with what the model gives."""
    message = message_of(sighting)
    trace = trace_of(sighting.before)
    by_node = any(compiled(node).search(text) for node in NODE for text in (message, trace))
    return by_node or compiled(FRAME).search(trace) is not None


def told_in_full(sighting: Sighting, log: Log) -> Sighting:
    """The same message in the traceback, for a line of TensorFlow's own log above it.

    The runtime logs an op's error before Python raises it, and tells neither op nor frames.
    """
    if not compiled(OF_RUNTIME).search(sighting.line.text):
        return sighting
    later = [one for one in log.all(sighting.name) if one.line.order > sighting.line.order]
    told = [one for one in later if not compiled(OF_RUNTIME).search(one.line.text)]
    return next((one for one in told if one.fields == sighting.fields), sighting)


def message_of(sighting: Sighting) -> str:
    """The line with those that belong to its message."""
    above = sighting.before.rsplit("\n", 3)[-3:]
    below = sighting.after.split("\n", MESSAGE_LINES)[:MESSAGE_LINES]
    return "\n".join([*above, sighting.line.text, *below])


def trace_of(before: str) -> str:
    """The frames of the traceback that the lines above are, without a notebook's other lines."""
    begin = max(before.rfind(mark) for mark in BEGINS)
    lines = before[max(begin, 0) :].split("\n")[-MOST_FRAMES:]
    return "\n".join(line for line in lines if not compiled(CONTEXT).search(line))
