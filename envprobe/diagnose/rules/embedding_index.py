"""A look-up asks for a row that its table does not have."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._targets import (
    about_targets,
    message_of,
    told_in_full,
    trace_of,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

LOOKUP = r"(?i)embed|ResourceGather\b|Lookup"
# The failing op's whole name: of one that the log cuts off, the rest could say anything.
NODE = r"(?:\{\{node |\[\[ ?[Nn]ode:? |Node: ')[^\s}\]'(]+[ \t}\]'(]|\[Op:"
SMALLEST_INT = -(2**31)


def _read(sighting: Sighting, log: Log) -> Reading | None:
    sighting = told_in_full(sighting, log)
    message, fields = message_of(sighting), _fields(sighting)
    told = f"{message}\n{trace_of(sighting.before)}"
    if compiled(LOOKUP).search(told):
        return Reading(fields=fields, confidence=Confidence.CERTAIN)
    if not compiled(NODE).search(message):
        return Reading(fields=fields, candidates=(OTHER_INDEX,))
    return _of_another_op(sighting, fields)


def _fields(sighting: Sighting) -> dict[str, str | int | float]:
    index, rows = sighting.fields.get("index", ""), sighting.fields.get("rows", "")
    fields: dict[str, str | int | float] = {}
    if index.lstrip("-").isdigit() and int(index) <= SMALLEST_INT:
        fields["hint"] = "it is what NaN becomes as a whole number"
    if index.isdigit() and rows.isdigit():
        fields["needed"] = int(index) + 1
    return fields


def _of_another_op(sighting: Sighting, fields: dict[str, str | int | float]) -> Reading:
    if about_targets(sighting):
        return Reading(cause=Cause.LABEL_LOSS_MISMATCH, fields=fields, candidates=(OTHER_INDEX,))
    return Reading(
        cause=Cause.GRAPH_EXECUTION_GENERIC,
        fields=fields,
        why="An op that picks or writes by index gets one outside of its tensor. On a GPU the same "
        "index raises nothing and reads zeros.",
        fix="Print the smallest and largest index before the op, and keep them inside the tensor "
        "(tf.clip_by_value), or make the tensor larger.",
        candidates=(
            Candidate(
                cause=Cause.EMBEDDING_INDEX_OUT_OF_RANGE,
                check="Is the tensor an embedding's table, as in a tf.gather on its weights?",
            ),
        ),
    )


OTHER_INDEX = Candidate(
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    check="Is the failing op a tf.gather or scatter of your own, and not an Embedding layer?",
)

RULE = Rule(
    code="LOG409",
    name="embedding-index",
    cause=Cause.EMBEDDING_INDEX_OUT_OF_RANGE,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"indices(?:\[(?P<place>[0-9,]*)\])? = \[?(?P<index>-?[0-9]+)\]? is not in \[0"
            r"(?:, ?(?P<rows>[0-9]+)\))?",
            anchors=("is not in [0",),
        ),
        Pattern(
            r"Embedding Lookup(?: Sparse)?: index out of bounds\. Got (?P<index>-?[0-9]+), and "
            r"bounds are \[0, (?P<last>[0-9]+)\]"
        ),
    ),
    read=_read,
    seen="Index {index}[ (at [{place}])] is outside of a table[ with {rows} rows][ in {node}]"
    "[, layer {layer}][; {hint}].",
    why="The rows of an embedding are numbered from 0, so the largest id must be smaller than "
    "input_dim. Id 0 is often taken by padding and one more by unknown words, which makes the "
    "vocabulary one or two larger than the list of words. On a GPU nothing is raised: zeros are "
    "read.",
    fix="Set input_dim of the embedding to the largest id plus one[ ({needed} for this one)], for "
    "a tokenizer len(word_index) + 1, or limit the ids (num_words). Fill gaps (NaN) before the "
    "ids are made integers; a negative id is a bug in the data.",
    source="tensorflow/core/kernels/resource_variable_ops.cc",
    hits=(
        "InvalidArgumentError: indices[5,2] = 803 is not in [0, 800)\n\t [[{{node "
        "functional_1/user_embedding/embedding_lookup}}]] [Op:__inference_train_function_88]\n",
        "Node: 'model/item_emb/embedding_lookup'\nindices[0] = -2147483648 is not in [0, 512)\n\t "
        "[[{{node model/item_emb/embedding_lookup}}]] [Op:__inference_train_function_1920]\n",
        "InvalidArgumentError: indices[77] = 8002 is not in [0, 8000)\n\t [[node encoder/em",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: {{function_node __wrapped__"
        "ResourceGather_device_/job:localhost/replica:0/task:0/device:CPU:0}} indices[0] = 9 is "
        "not in [0, 9) [Op:ResourceGather]\n",
    ),
    misses=(
        "InvalidArgumentError: Received a label value of 12 which is outside the valid range of "
        "[0, 12).  Label values: 12 3\n",
        "IndexError: index 12 is out of bounds for axis 0 with size 12\n",
    ),
)
