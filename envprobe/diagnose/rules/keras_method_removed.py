"""An object of Keras or tf.data lacks a method or attribute that another release had."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_STEPS = {
    "predict_classes": "np.argmax(model.predict(x), axis=-1), or (model.predict(x) > 0.5) for two "
    "classes",
    "predict_proba": "model.predict(x)",
    "fit_generator": "model.fit(generator)",
    "evaluate_generator": "model.evaluate(generator)",
    "predict_generator": "model.predict(generator)",
    "input_shape": "layer.input.shape, or the shape you built it with",
    "output_shape": "layer.output.shape, or compute_output_shape",
    "lr": "optimizer.learning_rate",
}


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """What to write instead."""
    step = _STEPS.get(sighting.fields.get("name", ""))
    return Reading(fields={"step": step} if step else {})


RULE = Rule(
    code="LOG640",
    name="keras-method-removed",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"'(?P<object>[\w.]+)' object has no attribute '(?P<name>predict_classes|predict_proba|"
            r"fit_generator|evaluate_generator|predict_generator|_make_predict_function|"
            r"_make_train_function|_make_test_function|_get_distribution_strategy|get_updates|"
            r"_compile_metrics|_in_multi_worker_mode|state_updates|get_input_at|get_output_at|"
            r"get_input_shape_at|get_output_shape_at|_feed_input_names|_feed_inputs|_feed_targets|"
            r"metrics_tensors|total_loss|_collected_trainable_weights|_ckpt_saved_epoch|"
            r"_is_graph_network|_layers|_inbound_nodes|_outbound_nodes|inbound_nodes|"
            r"outbound_nodes|_hyper|_set_hyper|_get_hyper|_create_slots|_decayed_lr|"
            r"_create_all_weights|get_scaled_loss|get_unscaled_gradients|_aggregate_gradients|"
            r"_transform_unaggregated_gradients|get_gradients|get_slot_names|_init_set_name|"
            r"_standardize_user_data|_check_trainable_weights_consistency|_predict_counter|"
            r"_set_save_spec|_set_inputs|_keras_api_names|_batch_input_shape|_distribute_strategy|"
            r"_captured_weight_regularizer|_undeduplicated_weights|_updated_config|"
            r"should_use_feature_columns|_assert_input_compatibility|_symbolic_set_inputs)'",
            anchors=("' object has no attribute '",),
        ),
        # Names that user code may have as well: only where the object is one of Keras'.
        Pattern(
            r"'(?P<object>Dense|Conv[123]D|Flatten|Embedding|LSTM|GRU|Dropout|MaxPooling[123]D|"
            r"Activation|BatchNormalization|InputLayer|Concatenate|Reshape|GlobalAveragePooling2D|"
            r"DepthwiseConv2D|Add)' object has no attribute '(?P<name>input_shape|output_shape|"
            r"inbound_nodes|get_output_at|updates)'",
            anchors=("object has no attribute '",),
        ),
        Pattern(
            r"'(?P<object>Adam|AdamW|SGD|RMSprop|Adagrad|Nadam|Adamax|Ftrl|TFOptimizer|"
            r"LossScaleOptimizer(?:V[123])?)' object has no attribute '(?P<name>\w+)'",
            anchors=("object has no attribute '",),
        ),
        Pattern(
            r"'(?P<object>Model|Functional|Sequential)' object has no attribute '(?P<name>"
            r"targets|validation_data|uses_learning_phase|nodes_by_depth|container_nodes|"
            r"input_layers|output_layers|sample_weights|"
            r"load_weights_from_hdf5_group|_output_layers|_jit_compile)'",
            anchors=("object has no attribute '",),
        ),
        Pattern(
            r"'(?P<object>TensorBoard|ModelCheckpoint|\w*Callback\w*|\w*LearningRate\w*)' "
            r"object "
            r"has no attribute '(?P<name>validation_data|writer|_train_dir|_write_logs|"
            r"_implements_train_batch_hooks|_implements_\w+|_chief_worker_only|"
            r"_should_write_train_graph|_supports_tf_logs)'",
            anchors=("has no attribute '",),
        ),
        Pattern(
            r"'(?P<object>\w+Generator|\w*Sequence\w*|\w*Iterator)' object has no attribute "
            r"'(?P<name>next)'",
            anchors=("has no attribute 'next'",),
        ),
    ),
    yields_to=("keras-copies-mixed", "saved-class-unknown"),
    read=read,
    seen="{object} has no {name} in the installed release.",
    why="Keras dropped the method or attribute (predict_classes and the *_generator methods in "
    "2.6, the private ones of optimizers in 2.11, layers' input_shape and output_shape in Keras "
    "3). The code, or a library it uses, was written for an older release.",
    fix="[Write {step}. ]Upgrade the library that makes the call, or install the release that "
    "the code was written for.",
    candidates=(
        Candidate(cause=Cause.UNKNOWN, check="The object is not of the class that you expect."),
    ),
    source="keras.io/guides/migrating_to_keras_3",
    hits=(
        "AttributeError: 'Sequential' object has no attribute 'predict_classes'\n",
        "AttributeError: 'Dense' object has no attribute 'output_shape'. Did you mean: "
        "'compute_output_shape'?\n",
        "AttributeError: 'Adam' object has no attribute '_hyper'\n",
    ),
    misses=("AttributeError: 'MyModel' object has no attribute 'colour'\n",),
)
