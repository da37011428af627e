"""NumPy or Python data has no one dtype (objects, lists of unlike things), so no tensor is made."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._targets import about_targets
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SYMBOLIC = r"(?:KerasTensor|SymbolicTensor|[^.\w]Tensor\(|KerasVariable)"
NONE = r"\(None\)|Contents: .*\bNone\b|elements of .*\bNone\b|NoneType"
FIXES = {
    "list": "The rows have different lengths: pad them (keras.utils.pad_sequences), or use "
    "tf.ragged.constant.",
    "numpy.ndarray": "It is an array of arrays: np.stack(list(x)) makes one; where the parts have "
    "different sizes, pad or resize them first.",
    "NoneType": "There are None values in the data: remove or fill them (df.fillna(0)).",
    "str": "Some column is text: turn it into numbers (StringLookup, pandas.get_dummies), or drop "
    "it.",
    "float": "The column mixes numbers with other things, often NaN with text: look at df.dtypes, "
    "then x = np.asarray(x).astype('float32').",
    "int": "x = np.asarray(x).astype('float32'): all values are numbers, only the array's dtype is "
    "object.",
}


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The type that was met, and what that mostly means."""
    line = sighting.line.text
    if compiled(SYMBOLIC).search(line):
        return Reading(cause=Cause.CUSTOM_OP_NOT_SYMBOLIC, fix=TRACED, candidates=())
    kind = sighting.fields.get("type", "").rpartition("'")[2] or sighting.fields.get("type", "")
    fix = FIXES.get(kind.removeprefix("class ").rstrip("0123456789"))
    may_be_labels = about_targets(sighting) or kind.startswith(("str", "bytes"))
    candidates = [LABELS] if may_be_labels else []
    if compiled(NONE).search(line):
        candidates.append(NO_SIZE)
    return Reading(fix=fix, candidates=(*candidates, *RULE.candidates))


TRACED = "Compute with TensorFlow or keras.ops instead of NumPy: here the values do not exist yet."
LABELS = Candidate(
    cause=Cause.LABEL_LOSS_MISMATCH, check="The failing array may be the labels: look at y.dtype."
)
NO_SIZE = Candidate(
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    check="If the None is a size (x.shape[0] of a batch): ask for tf.shape(x)[0] instead.",
)

RULE = Rule(
    code="LOG433",
    name="array-of-objects",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Failed to convert a NumPy array to a Tensor \(Unsupported object type "
            r"(?P<type>[\w.<>' ]+)\)"
        ),
        Pattern(
            r"Unable to (?:get element as|convert element).{0,60}",
            anchors=("Unable to get element as", "Unable to convert element"),
        ),
        Pattern(
            r"Unsupported numpy (?:data )?type:? (?P<type>[\w_]+)", anchors=("Unsupported numpy",)
        ),
        Pattern(
            r"Attempt to convert a value \((?P<value>[^{]{0,200})\) with an unsupported type "
            r"\((?P<type><class '[^']+'>)\) to a Tensor"
        ),
        Pattern(
            r"Failed to convert (?:object of type|elements of) (?P<value>[^{]{1,200}?) to "
            r"(?:a )?Tensor\b",
            anchors=("Failed to convert object of type", "Failed to convert elements of"),
        ),
        Pattern(r"Can't convert Python sequence with (?P<type>mixed types) to Tensor"),
        Pattern(
            r"Can't convert (?P<type>object|non-numeric) .{0,40}to Tensor",
            anchors=("Can't convert",),
        ),
        Pattern(r"Invalid dtype: (?P<type>object|str[0-9]*|bytes[0-9]*|datetime64\S*)"),
        Pattern(
            r"Cannot convert the (?:value|argument `\w+`:) (?P<value>[^{]{1,60}) to a TensorFlow "
            r"DType"
        ),
        Pattern(
            r"numpy\.(?P<type>object_|str_|bytes_)\W.{0,40}not supported",
            anchors=("not supported",),
        ),
        Pattern(r"can't convert np\.ndarray of type (?P<type>numpy\.\w+)"),
    ),
    read=read,
    yields_to=("label-loss-mismatch", "numpy-abi-mismatch"),
    seen="Data[ of type {type}] cannot become a tensor[: {value}].",
    why=(
        "A tensor has one dtype and straight rows. An array of dtype object holds Python objects: "
        "rows of different lengths, text, None, or numbers that pandas did not read as numbers."
    ),
    fix=(
        "Look at x.dtype and df.dtypes, then make numbers of it: np.asarray(x).astype('float32'). "
        "Rows of different lengths must be padded first."
    ),
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Compare the lengths of the rows: {len(row) for row in x} has one element.",
        ),
    ),
    source="tensorflow/python/lib/core/py_func.cc",
    hits=(
        "ValueError: Failed to convert a NumPy array to a Tensor (Unsupported object type int).\n",
        "TypeError: Failed to convert object of type <class 'dict'> to Tensor. Contents: {'a': 1}. "
        "Consider casting elements to a supported type.\n",
        "ValueError: Attempt to convert a value (2021-05-01) with an unsupported type (<class "
        "'datetime.date'>) to a Tensor.\n",
        "ValueError: Invalid dtype: object\n",
    ),
    misses=(
        "ValueError: Failed to convert a NumPy array to a Tensor because it is a %s\n",
        "ValueError: Can't convert non-rectangular Python sequence to Tensor.\n",
    ),
)
