"""The model was not even loaded: file, custom objects, weights, versions, imports, data."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause, Verdict

VERSION_CODE = "CHK117"
CHECKPOINT_CODE = "CHK118"
CUSTOM_CODE = "CHK119"
UNREADABLE_CODE = "CHK120"
DATA_CODE = "CHK121"
_CUSTOM = re.compile(
    r"Could not locate (?:class|function)|Unknown (?:layer|object|custom object)"
    r"|custom_objects|register_keras_serializable|Op type not registered"
    r"|could not be (?:deserialized|located)"
)
_OP_MISSING = re.compile(r"Op type not registered '?(\w+)'?")
_CHECKPOINT = re.compile(
    r"weights? list of length|[Ll]ayer count mismatch|[Ww]eight count mismatch"
    r"|objects? could not be loaded|expected \d+ (?:weights|variables|layers), but"
    r"|was expecting \d+ weights|weight shape \(.*not compatible|provided weight shape"
    r"|saved weights?|weights? file|checkpoint|[Ss]hape mismatch in layer"
    r"|which has \d+ layers? .*expected|load_weights|variables in (?:the )?file"
    r"|target variable with shape|Cannot assign value to variable"
)
_VERSION = re.compile(
    r"module '(?:tensorflow|tf_keras|keras|tensorflow\.\S+|keras\.\S+)' has no attribute"
    r"|No module named '(?:keras|tensorflow|tf_keras)\b"
    r"|cannot import name .* from '(?:keras|tensorflow)"
    # Methods of Keras 2 that Keras 3 took away.
    r"|object has no attribute '(?:minimize|get_updates|get_gradients|predict_classes"
    r"|predict_proba|fit_generator|add_update|_make_\w+_function|_hyper\w*)'"
    r"|not supported in Keras [23]|Keras 3 only supports|[Ll]egacy .*(?:Keras|optimizer)"
    r"|is no longer supported|has been removed|(?:was|were) removed in"
    r"|Unrecognized keyword arguments? passed|[Aa]rgument\(s\) not recognized"
    r"|Unrecognized keyword arguments|Keyword argument not understood"
    r"|__init__\(\) got an unexpected keyword argument|newer version of Keras"
)
_FILE = re.compile(
    r"[Nn]o such file|[Uu]nable to (?:synchronously )?open file|not a (?:zip|valid|HDF5) file"
    r"|File not found|[Ff]ile format not supported|not an HDF5|truncated file"
    r"|SavedModel file does not"
)
_IMPORTS = ("ModuleNotFoundError", "ImportError")
_EXITS = ("SystemExit", "KeyboardInterrupt")
_FILES = ("FileNotFoundError", "BadZipFile", "OSError", "IsADirectoryError", "PermissionError")


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """Why there is no model to trace, or None for a failure of another kind."""
    if failure.stage in ("load", "build"):
        known = _of_loading(failure, reason)
        if known is not None:
            return known
    elif _VERSION.search(reason):
        return _version(failure)
    if failure.error_type in _EXITS:
        return _no_model(failure)
    if failure.stage == "data" and "ardinality" not in reason:
        return _data()
    return None


def _of_loading(failure: TraceFailure, reason: str) -> Explained | None:
    if _CHECKPOINT.search(reason):
        return _checkpoint()
    if _VERSION.search(reason):
        return _version(failure)
    if failure.stage == "load" and _CUSTOM.search(reason):
        return _custom(reason)
    if _is_unreadable(failure, reason):
        return _unreadable(failure)
    return _no_model(failure) if _is_own_fault(failure) else None


def _is_unreadable(failure: TraceFailure, reason: str) -> bool:
    return failure.error_type in (*_IMPORTS, *_FILES) or _FILE.search(reason) is not None


def _is_own_fault(failure: TraceFailure) -> bool:
    """Whether the user's code raises by itself, outside of any layer, before there is a model."""
    alone = failure.called is None and failure.layer is None and failure.part is None
    return failure.stage == "load" or alone


def _no_model(failure: TraceFailure) -> Explained:
    return Explained(
        code=UNREADABLE_CODE,
        cause=Cause.UNREADABLE_MODEL,
        why=f"The code raises {failure.error_type} before it has made a model, so that there is "
        "nothing to check.",
        fix="Correct the line that is named." if failure.file else None,
        verdict=Verdict.UNKNOWN,
    )


def _checkpoint() -> Explained:
    return Explained(
        code=CHECKPOINT_CODE,
        cause=Cause.CHECKPOINT_MISMATCH,
        why="Weights are put back by layer and shape; these were saved from another model.",
        fix="Build the model as it was when the weights were saved, or load with "
        "skip_mismatch=True and train the other layers anew.",
    )


def _version(failure: TraceFailure) -> Explained:
    keras = f"Keras {failure.keras}" if failure.keras else "this Keras"
    return Explained(
        code=VERSION_CODE,
        cause=Cause.KERAS_TF_VERSION_MISMATCH,
        why=f"The code uses a name or an argument that {keras} does not have; releases differ in "
        "these, most of all Keras 2 and 3.",
        fix="Take the argument away or use its new name, or install tf-keras and set "
        "TF_USE_LEGACY_KERAS=1 for code written for Keras 2.",
    )


def _custom(reason: str) -> Explained:
    op = _OP_MISSING.search(reason)
    return Explained(
        code=CUSTOM_CODE,
        cause=Cause.CUSTOM_OP_NOT_REGISTERED,
        why="The file holds names of classes, functions or ops that this program does not know.",
        fix="Load the library with tf.load_op_library before the model."
        if op
        else "Give the check a Python function that imports the classes and loads the model, or "
        "register them with @keras.saving.register_keras_serializable().",
        op=op.group(1) if op else None,
        verdict=Verdict.UNKNOWN,
    )


def _unreadable(failure: TraceFailure) -> Explained:
    imports = failure.error_type in _IMPORTS
    return Explained(
        code=UNREADABLE_CODE,
        cause=Cause.UNREADABLE_MODEL,
        why="The model's code needs a package that this interpreter does not have."
        if imports
        else "The model needs a file that is missing or cannot be read.",
        fix="Install the package, or name the interpreter that has it: --python PATH."
        if imports
        else "Check the path, and run the command in the folder that it starts from.",
        # Neither says what the model does where package or file are there.
        verdict=Verdict.UNKNOWN,
    )


def _data() -> Explained:
    return Explained(
        code=DATA_CODE,
        cause=Cause.DATA_PIPELINE,
        why="The batch cannot be made, so that there is nothing to train on.",
        fix="Run the data function by itself, and let it give one batch (inputs, targets).",
    )
