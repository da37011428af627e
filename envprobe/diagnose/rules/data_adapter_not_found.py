"""fit(), evaluate() or predict() is given data of a type that Keras does not read."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG434",
    name="data-adapter-not-found",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Failed to find data adapter that can handle input: "
            r"(?P<x>[^{\"][^\n]{0,200}?|\(.{1,300}?)"
            r", (?P<y><class '[^']+'>|\(.{1,200})$"
        ),
        Pattern(r"Failed to find data adapter that can handle input: (?P<x>[<(].{1,300})"),
        Pattern(r"Data adapter should be found but got nothing"),
        Pattern(r"Unrecognized data type: x=(?P<x>[^{].{0,200}) \(of type (?P<type>[^)]+)\)"),
        Pattern(
            r"Please provide (?:as model inputs|model inputs as) (?:either )?a single array or a"
        ),
        Pattern(r"Please provide data which shares the same first dimension as a list of"),
        Pattern(r"`y` argument is not supported when using (?P<x>[\w`. ]+)"),
        Pattern(r"You passed a dataset or dataset iterator .* as input `x` to your model"),
    ),
    seen="Keras does not know how to read this data[: {x}][ with targets {y}].",
    why=(
        "fit() takes NumPy arrays, tensors, lists or dicts of them, tf.data datasets, generators "
        "and Sequence objects. Lists of other objects and mixtures (an array with a list of "
        "numbers "
        "as targets) are none of these."
    ),
    fix=(
        "Make arrays of it: x = np.array(x), y = np.array(y); a tokenizer's result becomes "
        "dict(encodings) of arrays. A generator or a Sequence must be of the classes of the same "
        "Keras (keras or tf.keras, not both), and takes no y."
    ),
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check=(
                "If x is a Sequence or generator: it comes from keras and the model from tf.keras."
            ),
        ),
        Candidate(cause=Cause.DATA_PIPELINE, check="Print type(x) and type(y) before fit()."),
    ),
    source="keras/src/trainers/data_adapters/__init__.py",
    hits=(
        "ValueError: Failed to find data adapter that can handle input: <class 'numpy.ndarray'>, "
        "(<class 'list'> containing values of types {\"<class 'int'>\"})\n",
        "ValueError: Unrecognized data type: x=<builtins.Batches object at 0x7f0058c0> (of type "
        "<class 'builtins.Batches'>)\n",
    ),
    misses=(
        '        "Failed to find data adapter that can handle "\n        "input: {}, {}".format(\n',
        'raise ValueError(f"Unrecognized data type: x={x} (of type {type(x)})")\n',
    ),
)
