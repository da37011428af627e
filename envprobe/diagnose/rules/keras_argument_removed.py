"""A call passes an argument that this Keras or TensorFlow has dropped or renamed."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_NEW_NAMES = {
    "lr": "learning_rate", "decay": "a schedule of tf.keras.optimizers.schedules",
    "nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch", "init": "kernel_initializer",
    "nb_val_samples": "validation_steps", "show_accuracy": "metrics=['accuracy']",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "border_mode": "padding", "subsample": "strides", "dim_ordering": "data_format",
    "output_dim": "units", "keep_dims": "keepdims", "reduction_indices": "axis",
    "workers": "the same argument of keras.utils.PyDataset",
    "use_multiprocessing": "the same argument of keras.utils.PyDataset",
    "max_queue_size": "the same argument of keras.utils.PyDataset",
    "batch_input_shape": "Input(batch_shape=...) as the first layer",
    "period": "save_freq", "write_grads": "a tf.summary of your own",
    "embeddings_freq": "the argument of that name in a release that has it",
    "dim": "axis", "concat_dim": "axis", "input_dtype": "dtype", "weights": "set_weights",
    "input_length": "nothing: leave it out", "experimental_run_tf_function": "run_eagerly",
}  # fmt: skip
_OLD = "|".join(_NEW_NAMES)


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """What took its place; a warning still takes the old name."""
    if compiled(r"Warning: |WARNING").search(sighting.line.text):
        return None
    argument = sighting.fields.get("argument", "")
    return Reading(fields={"new": _NEW_NAMES[argument]} if argument in _NEW_NAMES else {})


RULE = Rule(
    code="LOG639",
    name="keras-argument-removed",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Argument\(s\) not recognized: \{'(?P<argument>\w+)'"),
        Pattern(r"(?P<argument>\w+) is deprecated in the new Keras optimizer, please ?check"),
        Pattern(r"Unexpected keyword argument passed to optimizer: (?P<argument>\w+)"),
        Pattern(
            rf"(?P<function>[\w.]+)\(\) got an unexpected keyword argument "
            rf"'(?P<argument>{_OLD}|"
            r"learning_rate|keepdims|steps_per_execution|jit_compile|"
            r"save_format|axis|validation_freq|from_logits|reduction|custom_objects|"
            r"safe_mode|is_training|ignore_class|warn_on_missing|experimental_[a-z_]+)'"
        ),
        Pattern(r"The `(?P<argument>\w+)` argument in `\w+` has been renamed"),
        Pattern(
            r"`(?P<argument>lr|decay|input_dim)` (?:is|argument is|was) (?:removed|not (?:"
            r"supported|recognized))",
            anchors=("`lr` ", "`decay` ", "`input_dim` "),
        ),
    ),
    yields_to=("saved-layer-arguments-unknown", "saved-class-unknown", "protobuf-abi-mismatch"),
    read=read,
    seen="The argument {argument}[ of {function}()] is not known in the installed release.",
    why="Arguments are renamed and dropped between generations of Keras and TensorFlow (lr and "
    "decay of optimizers, workers of fit, nb_epoch, keep_dims). The call was written for another "
    "release than the one installed.",
    fix="[Use {new} instead of {argument}. ]Read the function's help in your release, or install "
    "the release that the code was written for (tf.keras.optimizers.legacy keeps the old "
    "optimizer arguments from 2.11 to 2.15).",
    candidates=(
        Candidate(cause=Cause.UNKNOWN, check="The function is your own and lacks the argument."),
    ),
    source="keras/src/optimizers/base_optimizer.py",
    hits=(
        "ValueError: Argument(s) not recognized: {'lr': 0.0002}\n",
        "TypeError: TensorFlowTrainer.fit() got an unexpected keyword argument 'workers'\n",
        "ValueError: decay is deprecated in the new Keras optimizer, pleasecheck the docstring "
        "for valid arguments, or use the legacy optimizer, e.g., tf.keras.optimizers.legacy.SGD.\n",
    ),
    misses=(
        "data.py:61: UserWarning: The `nb_words` argument in `Tokenizer` has been renamed "
        "`num_words`.\n",
        "WARNING:absl:`lr` is deprecated in Keras optimizer, please use `learning_rate` or use the "
        "legacy optimizer, e.g.,tf.keras.optimizers.legacy.Adam.\n",
        "UserWarning: The `lr` argument is deprecated, use `learning_rate` instead.\n",
        "TypeError: my_function() got an unexpected keyword argument 'colour'\n",
    ),
)
