"""A step failed, and the message says no more than that."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

NODE = r"(?:Detected at node '?|Node: '?|\{\{node )([^\s'}]+)"

# What only a graph's node or an op adds to a message.
IN_GRAPH = r"\[\[|\{\{|\[Op:|Graph execution error"
# The same words are Python's own without a node: a caller's text for an error.
NEAR = 1500
# A dataset that is used up ends every epoch so.
HARMLESS = r"End of sequence|does not indicate an error|[Cc]ancelled|CANCELLED"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The node, where one is named; nothing for what a run that works writes too."""
    if compiled(HARMLESS).search(sighting.line.text):
        return None
    by_type = "Error: " in sighting.line.text or "Error (" in sighting.line.text
    if by_type and not compiled(IN_GRAPH).search(sighting.text[:NEAR]):
        return None
    found = compiled(NODE).search(sighting.text)
    return Reading(fields={"node": found.group(1)} if found else {})


RULE = Rule(
    code="LOG900",
    name="graph-execution-error",
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    kind=Kind.WRAPPER,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"(?P<type>\w+): Graph execution error:"),
        Pattern(r"^ *Graph execution error:"),
        Pattern(r"(?P<errors>[0-9]+) root error\(s\) found"),
        Pattern(r"Detected at node '?(?P<node>[^\s'{]+)'? defined at \(most recent call last\)"),
        Pattern(
            r"Local rendezvous is aborting with status: (?P<type>[A-Z_]+|[A-Z][a-z ]+): "
            r"(?P<what>.+)"
        ),
        Pattern(r"Executor start aborting: (?P<type>[A-Z_]+): (?P<what>.+)"),
        Pattern(r"errors_impl\.(?P<type>\w+Error): (?P<what>\S.{0,300})"),
        Pattern(
            r"^(?P<type>(?:InvalidArgument|Internal|Unknown|NotFound|FailedPrecondition|"
            r"Unimplemented|Aborted|DataLoss|Unavailable|AlreadyExists|OutOfRange|"
            r"PermissionDenied|DeadlineExceeded)Error)(?: \(see above for traceback\))?: +"
            r"(?P<what>\S.{0,300})",
            anchors=(
                *("InvalidArgumentError", "InternalError", "UnknownError", "NotFoundError"),
                *("FailedPreconditionError", "UnimplementedError", "AbortedError"),
                *("DataLossError", "UnavailableError", "AlreadyExistsError", "OutOfRangeError"),
                *("PermissionDeniedError", "DeadlineExceededError"),
            ),
        ),
    ),
    read=read,
    seen="A step of the graph failed[ at the node {node}][: {what}].",
    why=(
        "'Graph execution error' is what Keras puts around every error inside a compiled step. The "
        "cause stands behind it, at the end of the traceback, or in lines above it."
    ),
    fix=(
        "Look at the last lines of the full message. model.compile(run_eagerly=True), or "
        "tf.config.run_functions_eagerly(True), shows the line of Python that fails."
    ),
    source="tensorflow/python/eager/execute.py",
    hits=(
        "InvalidArgumentError: Graph execution error:\n\nDetected at node 'm/Gadget' defined at "
        "(most recent call last):\n  File \"t.py\", line 3, in <module>\nNode: 'm/Gadget'\nThe "
        "gadget "
        "is of no use.\n\t [[{{node m/Gadget}}]] [Op:__inference_train_function_5]\n",
        "InvalidArgumentError (see above for traceback): the gadget has no teeth\n\t [[Node: "
        'a/Gadget = Gadget[T=DT_FLOAT, _device="/device:CPU:0"](a/x)]]\n',
    ),
    misses=(
        "UnknownError: the answer of the service could not be read\n",
        "I tensorflow/core/framework/local_rendezvous.cc:404] Local rendezvous is aborting with "
        "status: OUT_OF_RANGE: End of sequence\n\t [[{{node IteratorGetNext}}]]\n",
    ),
)
