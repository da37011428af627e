"""The weights in the file are those of a model with other layers or other sizes."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

SHAPE = r"[(\[][0-9?, None]*[)\]]"

RULE = Rule(
    code="LOG465",
    name="weights-of-another-model",
    cause=Cause.CHECKPOINT_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"has shape (?P<expected>"
            + SHAPE
            + r"), but the saved weight has shape (?P<saved>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"You are trying to load a weights? file (?P<file>\S+ )?containing (?P<saved>[0-9]+) "
            r"layers into a model with (?P<expected>[0-9]+) layers"
        ),
        Pattern(
            r"Layer count mismatch when loading weights from file\. Model expected (?P<expected>"
            r"[0-9]+) layers, found (?P<saved>[0-9]+) saved layers"
        ),
        Pattern(
            r"Weight count mismatch for (?:layer #[0-9]+ \(named (?P<layer>[^\s),]+).*Layer "
            r"expects|"
            r"top-level weights .*Model expects) (?P<expected>[0-9]+) (?:top-level )?weight\(s\)\. "
            r"Received (?P<saved>[0-9]+) saved"
        ),
        Pattern(
            r"Layer #[0-9]+ \(named \"?(?P<layer>[^\s\",)]+)\"? in the current model\) was found "
            r"to "
            r"correspond to layer (?P<saved_layer>\S+) in the save file"
        ),
        Pattern(
            r"Layer #[0-9]+ \(named \"?(?P<layer>[^\s\",)]+)\"?\)(?:,| expects) .*(?:weight|saved)"
            r"[^{]*(?:has shape|expects|have) "
        ),
        Pattern(
            r"Shape mismatch in (?:layer #[0-9]+ \(named (?P<layer>[^\s),]+)|model).*Weight "
            r"expects "
            r"shape (?P<expected>"
            + SHAPE
            + r")\. Received saved weight with shape (?P<saved>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"Layer '?(?P<layer>[^'\s{]+)'? expected (?P<expected>[0-9]+) variables, but received "
            r"(?P<saved>[0-9]+) variables during loading"
        ),
        Pattern(
            r"Layer '?(?P<layer>[^'\s{]+)'? was never built and thus it doesn't have any variables"
        ),
        Pattern(
            r"A total of (?P<saved>[0-9]+) objects could not be loaded\. Example error message "
            r"for object <(?P<layer>[^>]*)"
        ),
        Pattern(
            r"You called `set_weights\(weights\)` on layer [\"'](?P<layer>[^\"'{]+)[\"'] with a +"
            r"weight list of length (?P<saved>[0-9]+), but the layer was expecting "
            r"(?P<expected>[0-9]+)"
        ),
        Pattern(
            r"(?:Layer (?:(?P<layer>\S+) )?weight|Optimizer weight|Optimizer variable \S+ has) "
            r"shape (?P<expected>" + SHAPE + r") (?:is )?not compatible with provided weight shape "
            r"(?P<saved>" + SHAPE + ")"
        ),
        Pattern(
            r"Layer shape (?P<expected>"
            + SHAPE
            + r") not compatible with weight shape (?P<saved>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"You called `set_weights\(weights\)` on optimizer (?P<layer>\S+) with a +weight list "
            r"of length (?P<saved>[0-9]+), but the optimizer was expecting (?P<expected>[0-9]+)"
        ),
        Pattern(
            r"Length of the specified weight list \((?P<saved>[0-9]+)\) does not match the number "
            r"of weights of the optimizer \((?P<expected>[0-9]+)\)"
        ),
        Pattern(
            r"shape of the target variable and the shape of the target value in "
            r"`(?:variable\.)?assign\(value\)` must match\. (?:variable\.shape=(?P<expected>"
            + SHAPE
            + r"), Received: value\.shape=(?P<saved>"
            + SHAPE
            + "))?"
        ),
        Pattern(
            r"Cannot assign (?:value )?to variable '? ?(?P<layer>[^'\s:{]+)[^{]*?(?:variable shape "
            r"(?P<expected>"
            + SHAPE
            + r"),? and (?:the )?(?:assigned )?value shape (?P<saved>"
            + SHAPE
            + r")) are incompatible"
        ),
        Pattern(
            r"variable shape (?P<expected>" + SHAPE + r"),? and the assigned value shape "
            r"(?P<saved>" + SHAPE + ") are incompatible"
        ),
        Pattern(
            r"Dimension [0-9]+ in both shapes must be equal, but are (?P<expected>[0-9]+) and "
            r"(?P<saved>[0-9]+).*for '(?:\{\{node )?(?P<layer>[^\s'}]*Assign[^\s'}]*)"
        ),
        Pattern(r"Weight (?P<layer>\S+) not found in object"),
        Pattern(r"You are loading a weight file containing (?P<saved>[0-9]+)"),
        Pattern(
            r"Unable to load weights saved in HDF5 format into a subclassed Model which has "
            r"not created its variables"
        ),
        Pattern(
            r"Unable to (?:synchronously )?open object \(object '(?P<layer>[^']+)' doesn't "
            r"exist\)"
        ),
        Pattern(
            r"an't locate attribute: '(?P<layer>layer_names|weight_names|nb_layers|keras_version|"
            r"model_config)'"
        ),
        Pattern(r"No model (?:config )?found in (?:the )?(?:config )?file"),
        Pattern(r"object '(?P<layer>[^'{]+)' doesn't exist", before=(r"h5|weights|load",)),
        Pattern(r"Error\(s\) in loading state_dict for (?P<layer>\w+)"),
        Pattern(r"size mismatch for (?P<layer>[\w.]+): copying a param with shape"),
        Pattern(r"Unable to load weights from (?:h5|pytorch) file\. If you tried to load"),
        Pattern(r"Cannot create group in read[- ]only mode"),
        Pattern(r"Checkpoint does not contain model configuration\. This checkpoint may have been"),
        Pattern(r"Layer '?(?P<layer>[^\s'{]+)'? could not be loaded\. Layer expects"),
        Pattern(
            r"The length of model variables \((?P<expected>[0-9]+)\) to override does not match"
        ),
        # The same, where the log ends within the message.
        Pattern(r"You are trying to load a weights? file containing (?P<saved>[0-9]+) layers into"),
        Pattern(r"weight shape (?P<expected>" + SHAPE + r") (?:is )?not compatible with provided"),
        Pattern(r"Cannot assign value to variable ' ?(?P<layer>[^'\s{%]+)': Shape mismatch"),
    ),
    seen="The saved weights do not fit the model[: layer {layer}][ expects {expected}]"
    "[, the file has {saved}].",
    why="Weights are matched to layers by their order, name or path, and must have the shapes of "
    "the model that reads them. Another number of classes, include_top, an added layer or another "
    "Keras generation changes that.",
    fix="Build exactly the model that was saved (same code, classes and input size), or load the "
    "whole saved model. For fine-tuning leave the changed layers out: "
    "load_weights(file, by_name=True, skip_mismatch=True) in Keras 2, skip_mismatch=True in Keras "
    "3, include_top=False for applications.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Was the file written by Keras 2 and read by Keras 3, or the other way round? "
            "Then set TF_USE_LEGACY_KERAS=1 or save it again.",
        ),
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Was no file read at all, and the values are assigned by code of yours?",
        ),
    ),
    source="keras/src/legacy/saving/legacy_h5_format.py, keras/src/saving/saving_lib.py",
    hits=(
        "KeyError: \"Can't open attribute (can't locate attribute: 'layer_names')\"\n",
        "ValueError: You are trying to load a weight file containing 20 layers into a model with "
        "21 layers.\n",
        "ValueError: A total of 3 objects could not be loaded. Example error message for object "
        "<Dense name=dense_2, built=True>:\n\nLayer 'dense_2' expected 2 variables, but received 0 "
        "variables during loading. Expected: ['kernel', 'bias']\n",
        "ValueError: Layer #4 (named \"fc2\"), weight <tf.Variable 'fc2/kernel:0' shape=(64, 10) "
        "dtype=float32> has shape (64, 10), but the saved weight has shape (64, 5).\n",
        "ValueError: Layer weight shape (5, 5, 1, 16) not compatible with provided weight shape "
        "(3, 3, 1, 16)\n",
        "ValueError: Layer lstm_2 weight shape (90, 64) is not compatible with provided weight "
        "shape (80, 64).\n",
        "ValueError: Cannot assign value to variable ' conv/kernel:0': Shape mismatch.The variable "
        "shape (3, 3, 1, 8), and the assigned value shape (8, 3, 3, 3) are incompatible.\n",
    ),
    misses=(
        '--> 808     raise ValueError(\n    809         "Layer count mismatch when loading weights '
        'from file. "\n    810         f"Model expected {len(a)} layers, found {len(b)} saved"\n',
        "          'Layer weight shape %s not compatible with provided weight '\n",
        "UserWarning: Skipping variable loading for optimizer 'adam', because it has 2 variables "
        "whereas the saved optimizer has 14 variables.\n",
        "WARNING:tensorflow:Skipping loading weights for layer #5 (named fc) due to mismatch in "
        "shape for weight fc/kernel:0. Weight expects shape (64, 4). Received saved weight with "
        "shape (64, 9)\n",
    ),
)
