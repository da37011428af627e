"""Code uses a name of NumPy's that the installed release no longer has."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import OWN, import_site
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Gone since NumPy 1.24; the others of the list went with 2.0 or later.
_SINCE_124 = ("bool", "int", "float", "complex", "object", "str", "long", "unicode", "typeDict")
_NAME = (
    r"(?P<missing>bool8?|int0?|float|complex|object0?|str0?|long|unicode|typeDict|warnings|"
    r"float_|complex_|string_|unicode_|longfloat|singlecomplex|clongfloat|uint0|void0|bytes0|"
    r"Inf|NaN|Infinity|infty|PINF|NINF|PZERO|NZERO|sctypes|sctypeDict|sctype2char|issctype|"
    r"issubclass_|issubsctype|maximum_sctype|obj2sctype|cast|product|cumproduct|sometrue|"
    r"alltrue|asfarray|find_common_type|row_stack|in1d|trapz|round_|msort|mat|nbytes|"
    r"set_string_function|source|who|lookfor|safe_eval|asscalar|rank|compat|_no_nep50_warning|"
    r"ComplexWarning|VisibleDeprecationWarning|recfromcsv|recfromtxt|RankWarning|TooHardError|"
    r"DataSource|byte_bounds|deprecate|disp|get_array_wrap|tracemalloc_domain|newbyteorder)"
)


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Since which NumPy, and in whose code."""
    missing, package = sighting.fields.get("missing", ""), import_site(sighting)
    fields = {"limit": "1.24" if missing in _SINCE_124 else "2"}
    if package and package not in (OWN, "numpy"):
        fields["package"] = package
    return Reading(fields=fields)


RULE = Rule(
    code="LOG612",
    name="numpy-name-removed",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(rf"module 'numpy' has no attribute '{_NAME}'"),
        Pattern(
            r"module 'numpy\.(?:core|lib|random|ma|linalg|compat)[\w.]*' has no attribute "
            r"'(?P<missing>\w+)'"
        ),
        Pattern(r"`np\.(?P<missing>\w+)` was (?:a deprecated alias|removed in the NumPy)"),
        Pattern(r"`newbyteorder` was removed from the ndarray class"),
        Pattern(r"`(?P<missing>ptp|itemset|newbyteorder|setitem)` was removed from the ndarray"),
        Pattern(
            r"cannot import name '?(?P<missing>ComplexWarning|VisibleDeprecationWarning|"
            r"float_|Inf|asscalar|cumproduct|asfarray|issubclass_)'? from 'numpy"
        ),
        Pattern(
            r"No module named '?numpy\.(?P<missing>testing\.nosetester|testing\.decorators|"
            r"distutils\.__config__|distutils|core\._internal|rec|dual|matrixlib)'?$"
        ),
        Pattern(r"numpy\.(?P<missing>\w+) was removed.*NumPy 2", anchors=("was removed",)),
    ),
    read=read,
    seen="np.{missing} is used[ by {package}], which the installed NumPy no longer has.",
    why="NumPy 1.24 removed the aliases np.bool, np.object, np.int and their like, NumPy 2 many "
    "more names. The code that uses {missing} was written for an older NumPy than the one here.",
    fix="pip install 'numpy<{limit}', or upgrade the code that uses the name[: {package}] "
    "(TensorFlow's own releases before 2.11 need NumPy below 1.24). In code of your own write "
    "the new name: bool instead of np.bool, np.inf instead of np.Inf.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="The failing frame is in TensorFlow or Keras: the release there is too old.",
        ),
    ),
    source="numpy/__init__.py",
    hits=(
        "AttributeError: module 'numpy' has no attribute 'object'.\n`np.object` was a deprecated "
        "alias for the builtin `object`.\n",
        "AttributeError: `np.float_` was removed in the NumPy 2.0 release. Use `np.float64` "
        "instead.\n",
    ),
    misses=(
        "FutureWarning: In the future `np.object` will be defined as the corresponding NumPy "
        "scalar.\n",
        "DeprecationWarning: `np.bool` is a deprecated alias for the builtin `bool`.\n",
    ),
)
