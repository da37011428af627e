"""A number or text of Python stands where another type is needed."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import dtype_name, named
from envprobe.diagnose.rules._targets import about_targets
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SYMBOLIC = r"(?:KerasTensor|SymbolicTensor|<tf\.Tensor|[^.\w]Tensor\()"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """What stands there and what is needed."""
    fields = dict(sighting.fields)
    if "wanted" in fields:
        fields["wanted"] = dtype_name(fields["wanted"])
    if compiled(SYMBOLIC).search(sighting.line.text):
        return Reading(
            fields={**fields},
            candidates=(
                Candidate(
                    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
                    check="If the value is a Keras or graph tensor: use the op of keras.ops on it.",
                ),
            ),
        )
    about = (LABELS, *RULE.candidates) if about_targets(sighting) else None
    return Reading(fields={**fields}, candidates=about)


LABELS = Candidate(
    cause=Cause.LABEL_LOSS_MISMATCH, check="The failing value may be a label: look at y's dtype."
)

RULE = Rule(
    code="LOG435",
    name="python-value-of-wrong-type",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            rf"Expected {named('wanted')} passed to parameter '(?P<parameter>\w+)' of op "
            r"'(?P<op>\w+)', got (?P<value>[^{]{1,200}?) of type '(?P<type>\w+)' instead"
        ),
        Pattern(
            rf"Expected {named('wanted')}, (?:but )?got (?P<value>[^{{]{{1,200}}?) of type "
            r"'(?P<type>\w+)'",
            anchors=("Expected ",),
        ),
        Pattern(
            rf"Cannot convert (?P<value>[^{{]{{1,100}}?) to EagerTensor of dtype {named('wanted')}"
        ),
        Pattern(r"Expected binary or unicode string, got (?P<value>[^{%]{1,100})"),
        Pattern(
            r"Expected (?P<wanted>int|float|bool|string) for argument '(?P<parameter>\w+)' not "
            r"(?P<value>[^{]{1,100})",
        ),
        Pattern(r"Can't convert Python sequence with out-of-range integer to Tensor"),
        Pattern(r"could not convert string to float: (?P<value>'[^'\n]{0,80}'?|b'[^']{0,80}')"),
        Pattern(
            r"ufunc '(?P<op>\w+)' (?:not supported for the input types|did not contain a loop with "
            r"signature matching types)"
        ),
        Pattern(r"Can not convert an? (?P<type>\w+) into a Tensor"),
        Pattern(r"StringToNumberOp could not correctly convert string: (?P<value>.{1,80})"),
    ),
    read=read,
    yields_to=("label-loss-mismatch", "custom-op-not-symbolic", "numpy-abi-mismatch"),
    seen=(
        "A value of Python does not fit[ the parameter {parameter}][ of {op}][: {value}]"
        "[, where {wanted} is needed]."
    ),
    why=(
        "TensorFlow makes tensors of Python's numbers and text by the dtype of what stands beside "
        "them, and refuses where that loses something, as 0.5 beside int32, or text beside numbers."
    ),
    fix=(
        "Write the value in the other's type (2 or 2.0), or cast the tensor: tf.cast(x, "
        "'float32'). "
        "Text in data must become numbers first."
    ),
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="If it is a cell of a file: look for a header line or an empty cell in the data.",
        ),
    ),
    source="tensorflow/python/framework/tensor_util.py",
    hits=(
        "TypeError: Expected int32 passed to parameter 'y' of op 'Mul', got 0.25 of type 'float' "
        "instead. Error: Expected int32, but got 0.25 of type 'float'.\n",
        "TypeError: Cannot convert 1e-06 to EagerTensor of dtype int64\n",
        "TypeError: Expected binary or unicode string, got 17\n",
    ),
    misses=(
        '          f"Expected {dtypes.as_dtype(dtype).name} passed to parameter "\n',
        "ValueError: Expected input_shape to be of rank 3 but got 2\n",
    ),
)
