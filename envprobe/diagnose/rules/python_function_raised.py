"""Python code inside of the data pipeline or the graph raises an error."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG518",
    name="python-function-raised",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"(?:UnknownError|InvalidArgumentError|InternalError|NotFoundError|Unknown|UNKNOWN|"
            r"INVALID_ARGUMENT|Invalid argument):? +(?:\{\{function_node .*\}\} "
            r")?(?P<error>(?:[A-Z]\w*)?"
            r"(?:Error|Exception|Interrupt)): ?(?P<message>.{0,200})",
            after=(r"(?:Traceback \(most recent call last\)|PyFunc|script_ops\.py)",),
            anchors=(
                "Error: ",
                "nvalid argument: ",
                "Unknown: ",
                "UNKNOWN: ",
                "INVALID_ARGUMENT: ",
            ),
        ),
        Pattern(
            r"\{\{node (?P<node>[^\s}]*(?:Eager)?PyFunc[^\s}]*)\}\}",
            before=(r"[A-Za-z]Error: ",),
            anchors=("PyFunc",),
        ),
        Pattern(
            r"Error(?:s)? occurred (?:while|when) (?:calling|executing) (?:the "
            r")?(?:generator|py_function"
            r"|numpy_function)",
            anchors=("occurred while ", "occurred when "),
        ),
        Pattern(
            r"(?:Your generator is NOT thread-safe|generator already executing)",
            anchors=("generator is NOT thread-safe", "generator already executing"),
        ),
        Pattern(r"callback pyfunc_(?P<index>[0-9]+) is not found"),
    ),
    yields_to=(
        "data-pipeline",
        "oom-host",
        "oom-gpu",
        "dtype-mismatch",
        "shape-mismatch",
        "embedding-index-out-of-range",
        "label-loss-mismatch",
        "nan-inf",
        "disk-full",
        "index-outside-tensor",
        "argument-refused",
        "assertion-in-model",
        "custom-op-not-symbolic",
    ),
    seen="Python code in the pipeline raises[ {error}][: {message}].",
    why="A function behind tf.py_function, tf.numpy_function or a generator failed for one "
    "element; "
    "TensorFlow passes its error on as one of its own, and the Python traceback stands in the "
    "message.",
    fix="Read the Python traceback in the message: its last line of your code is the place. Run "
    "the "
    "function on the same element outside of the dataset, and correct it or filter such elements.",
    candidates=(
        Candidate(
            cause=Cause.GRAPH_EXECUTION_GENERIC,
            check="Is the function part of the model or loss, and not of the dataset?",
        ),
    ),
    source="tensorflow/python/lib/core/py_func.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.UnknownError: KeyError: 'img_031'\nTraceback "
        "(most "
        'recent call last):\n\n  File "/x/site-packages/tensorflow/python/ops/script_ops.py", line '
        "269, in __call__\n    ret = func(*args)\n\n\t [[{{node PyFunc}}]] [Op:IteratorGetNext]\n",
        "InvalidArgumentError: {{function_node __wrapped__IteratorGetNext_output_types_2}} "
        'ValueError: bad window 7\nTraceback (most recent call last):\n  File "ld.py",'
        " line 5\n\t [[{{node EagerPyFunc}}]] [Op:IteratorGetNext]\n",
    ),
    misses=("InvalidArgumentError: Incompatible shapes: [3] vs. [4] [Op:AddV2]\n",),
)
