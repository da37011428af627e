"""A session of TensorFlow 1 is asked for something that is not in its graph."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG902",
    name="stale-session",
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"PruneForTargets: Some target nodes not found: (?P<node>\S+)"),
        Pattern(r"FetchOutputs (?:node )?(?P<node>\S+): not found"),
        Pattern(r"FeedInputs: unable to find feed output (?P<node>\S+)"),
        Pattern(r"Attempted to use a closed Session"),
        Pattern(r"Session has been closed"),
        Pattern(
            r"The name '(?P<node>[^'{]+)' refers to (?:a Tensor|an Operation) which does not exist"
        ),
        Pattern(r"The name '(?P<node>[^'{]+)' refers to an Operation not in the graph"),
        Pattern(r"Graph is finalized and cannot be modified"),
    ),
    yields_to=(
        "custom-op-not-symbolic",
        "variable-creation-in-tf-function",
        "keras-tf-version-mismatch",
        "checkpoint-mismatch",
    ),
    seen="The session's graph does not hold what it is asked for[: {node}].",
    why=(
        "In the way of TensorFlow 1 a session belongs to one graph. The model was built in another "
        "graph, thread or session, the graph was cleared, or TensorFlow 2 computed at once so that "
        "the graph is empty."
    ),
    fix=(
        "Build the model again behind tf.keras.backend.clear_session(), in the graph and session "
        "that train it (restart the notebook's kernel). Code of TensorFlow 1 needs "
        "tf.compat.v1.disable_eager_execution() before anything else, or tf.function instead of "
        "sessions."
    ),
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="If the code is for TensorFlow 1 and tf.__version__ begins with 2.",
        ),
    ),
    source="tensorflow/core/graph/subgraph.cc",
    hits=(
        "RuntimeError: Attempted to use a closed Session.\n",
        "NotFoundError: PruneForTargets: Some target nodes not found: train/update_ops\n",
    ),
    misses=("      raise RuntimeError('Attempted to use a closed session.')\n",),
)
