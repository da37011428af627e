"""A tensor of one traced function or graph is used in another."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG453",
    name="tensor-out-of-scope",
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"The tensor (?P<tensor>\S.*?) cannot be accessed (?:here: it is defined in|from )"
        ),
        Pattern(
            r"cannot be accessed (?:from )?here, because it was defined in",
        ),
        Pattern(r"(?P<tensor><tf\.Tensor .*?>) is out of scope and cannot be used here"),
        Pattern(
            r"An op outside of the function building code is being passed\s*(?:a \"Graph\" tensor)?"
        ),
        Pattern(r"Tensor\(\"(?P<tensor>[^\"]+)\".*?\) must be from the same graph as"),
        Pattern(r"Tensor (?:Tensor\()?\"?(?P<tensor>[^\"\s]+).* is not an element of this graph"),
        Pattern(r"Attempting to capture an EagerTensor without building a function"),
        Pattern(r"tf\.Graph captured an external symbolic tensor"),
        Pattern(r"InaccessibleTensorError: \S"),
        Pattern(r"TypeError: An op outside of the function"),
        Pattern(
            r"(?:A tensor|The graph tensor) (?:has leaked|was leaked|has name: (?P<tensor>\S+))",
            anchors=("A tensor ", "The graph tensor has name"),
        ),
        Pattern(
            r"Please use return values, explicit Python locals or TensorFlow collections to "
            r"access"
        ),
    ),
    seen="The tensor[ {tensor}] belongs to another function or graph.",
    why="A tensor that is made while one function is traced exists only there. Kept in self, in a "
    "list or in a global variable and used in the next call, it is out of reach; so is one of "
    "another tf.Graph or thread.",
    fix="Return the tensor from the function, or keep the value in a tf.Variable that is made in "
    "__init__. Make model and data in the same graph, and do not mix tf.compat.v1 sessions with "
    "eager code.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Is it code for TensorFlow 1 (sessions, several threads with one model)?",
        ),
        Candidate(
            cause=Cause.VARIABLE_CREATION,
            check="Is the tensor the initial value of a variable made inside of a function?",
        ),
    ),
    confidence=Confidence.LIKELY,
    source="tensorflow/python/framework/func_graph.py",
    hits=(
        'TypeError: An op outside of the function building code is being passed\na "Graph" '
        "tensor. It is possible to have Graph tensors\nleak out of the function building context\n",
        "InaccessibleTensorError: <tf.Tensor 'state:0' shape=(4,) dtype=float32> is out of scope "
        "and cannot be used here. Use return values\n",
        'ValueError: Tensor("w/Read:0", shape=(3,), dtype=float32) must be from the same graph as '
        'Tensor("x:0", shape=(3,), dtype=float32).\n',
    ),
    misses=(
        "   640     raise InaccessibleTensorError(\n",
        "ValueError: Variable w already exists, disallowed. Did you mean to set reuse=True?\n",
    ),
)
