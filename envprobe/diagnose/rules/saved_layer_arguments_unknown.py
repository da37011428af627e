"""A saved model's layer has arguments that the installed Keras does not know."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_NEWER = ("batch_shape", "DTypePolicy", "registered_name", "build_config", "quantization_config",
          "renorm", "optional", "compile_config", "synchronized")  # fmt: skip


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Whether the file is the newer one, as far as its arguments tell."""
    text = sighting.line.text[-600:]
    if "Unrecognized keyword arguments:" in text and any(one in text for one in _NEWER):
        return Reading(fix=NEWER_FIX)
    return Reading()


NEWER_FIX = (
    "The file was written by a newer Keras (3). Load it with that release: pip install --upgrade "
    "tensorflow keras; or save the weights there and load them here into the model's code."
)

RULE = Rule(
    code="LOG636",
    name="saved-layer-arguments-unknown",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Unrecognized keyword arguments passed to (?P<layer>\w+): (?P<arguments>\{.+)"),
        Pattern(
            r"Unrecognized keyword arguments:'?,? ?(?P<arguments>(?:dict_keys\()?\[[^\]{]+\]"
            r"\)?)"
        ),
        Pattern(r"Error when deserializing class '(?P<layer>\w+)' using"),
        Pattern(r"<class '(?P<layer>[\w.]+)'> could not be deserialized properly"),
        Pattern(r"\(?'?Keyword argument not understood:'?,? '?(?P<arguments>\w+)'?\)?"),
        Pattern(r"Unknown keyword arguments?:? (?P<arguments>(?:dict_keys\()?\[?'[^)\n]+)"),
        Pattern(
            r"(?:(?P<layer>[A-Z]\w+)\.)?__init__\(\) got an unexpected keyword argument "
            r"'(?P<arguments>ragged|batch_shape|groups|synchronized|sparse|implementation|"
            r"reset_after|time_major|fn|batch_input_shape|reduction|zero_debias|keepdims|"
            r"ragged_input|value_dim|number|output_mode|jit_compile|is_legacy_optimizer|"
            r"weight_decay|use_ema|registered_name|shared_object_id|name_scope|dim_ordering|quant"
            r"ization_config|lora_rank|"
            r"border_mode|nb_filter|output_dim|init|keras_version|axis|autocast|optional)'"
        ),
        Pattern(r"Unknown dtype policy: ?'?(?P<arguments>\w+)"),
        Pattern(r"Cannot interpret '?(?P<arguments>[\w.<>]*DTypePolicy[^']*)'? as a"),
        Pattern(r"Could not interpret .*(?P<arguments>DTypePolicy)"),
        Pattern(
            r"TypeError: (?:[\w.]*\.)?from_config\(\) missing 1 required positional argument: "
            r"'(?P<arguments>custom_objects)'"
        ),
        Pattern(
            r"TypeError: (?P<arguments>(?:string|list) indices must be integers)",
            before=(r"from_config|model_from_config|deserialize_keras_object|func_load",),
        ),
        Pattern(r"Improper config format(?: for)?:? (?P<arguments>\{.{0,80})"),
        Pattern(
            r"(?:Layer|layer) (?P<layer>\w+) was saved with `?(?P<arguments>[\w]+)`?, which "
            r"is n"
        ),
        Pattern(
            r"Invalid (?:dtype|input dtype): ?(?P<arguments>.*DTypePolicy.*)",
            anchors=("DTypePolicy",),
        ),
    ),
    yields_to=("saved-class-unknown",),
    read=read,
    seen="Keras does not know arguments of the saved layer[ {layer}][: {arguments}].",
    why="A model file holds each layer's arguments as its Keras knew them. Keras 2 and 3, and "
    "sometimes two releases of one of them, differ in those: the file was saved by another "
    "release than the one that loads it. In code of your own, the argument was removed.",
    fix="Load the model with the Keras that saved it (pip install 'tensorflow<2.16', or tf_keras "
    "with TF_USE_LEGACY_KERAS=1, for files of Keras 2; a current release for files of Keras 3), "
    "or build the model in code and load its weights only. As a stopgap pass custom_objects with "
    "a subclass of the layer that drops the argument.",
    candidates=(
        Candidate(
            cause=Cause.CHECKPOINT_MISMATCH,
            check="The class is your own: its __init__ must take **kwargs and get_config must fit.",
        ),
    ),
    source="keras/src/layers/layer.py",
    hits=(
        "ValueError: Unrecognized keyword arguments passed to Embedding: {'input_length': 40}\n",
        "TypeError: Error when deserializing class 'InputLayer' using config={'batch_shape': "
        "[None, 8], 'name': 'in'}.\n\nException encountered: Unrecognized keyword arguments: "
        "['batch_shape']\n",
        "TypeError: ('Keyword argument not understood:', 'groups')\n",
    ),
    misses=("TypeError: fit() got an unexpected keyword argument 'colour'\n",),
)
