"""The rules on failures as workers told them, and the order in which the rules are asked."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from envprobe.check.failures.explain import finding_of_failure, verdict_of_failure
from envprobe.models.failure import GradientStop, TraceFailure
from envprobe.terms import Cause, Severity, Verdict

# Named CAUSE.CULPRIT.MODEL.json.
CAPTURES = sorted((Path(__file__).parent / "captures").glob("*.json"))


def failing(message: str, **more: object) -> TraceFailure:
    told = {"stage": "trace", "error_type": "ValueError", "message": message, **more}
    return msgspec.convert(told, TraceFailure)


def test_there_are_captures() -> None:
    assert len(CAPTURES) > 50


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_a_capture_is_explained_as_its_name_says(path: Path) -> None:
    cause, culprit, _ = path.stem.split(".")
    failure = msgspec.json.decode(path.read_bytes(), type=TraceFailure)
    finding = finding_of_failure(failure)
    assert finding.cause.value == cause, finding
    assert culprit.lower() in f"{finding.layer} {finding.op} {finding.seen}".lower()
    assert finding.why.endswith(".")
    assert finding.fix


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_what_is_seen_is_short_and_has_no_frames(path: Path) -> None:
    failure = msgspec.json.decode(path.read_bytes(), type=TraceFailure)
    seen = finding_of_failure(failure).seen
    assert len(seen) < 900
    assert "\n" not in seen
    assert "{{node" not in seen
    assert "Could not automatically infer" not in seen


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        # A gradient function refuses a dtype: dtypes come first, gradients only then.
        (
            failing(
                "Value passed to parameter 'a' has DataType bfloat16 not in list of allowed "
                "values: float32, float64",
                error_type="TypeError", op="Polygamma", gradient_of="Digamma", part="gradient",
            ),
            Cause.DTYPE_MISMATCH,
        ),
        # A variable's message that speaks of its shape.
        (
            failing(
                "Unknown variable: <Variable path=second/kernel, shape=(4, 1), dtype=float32>. "
                "This optimizer can only be called for the variables it was originally built with.",
                part="optimizer",
            ),
            Cause.VARIABLE_CREATION,
        ),
        # The shapes that a loss compares are a matter of labels …
        (
            failing(
                "Dimensions must be equal, but are 4 and 5", part="loss", part_name="own",
                part_inputs=("float32[4, 4]", "float32[4, 5]"),
            ),
            Cause.LABEL_LOSS_MISMATCH,
        ),
        # … unless only places are more or fewer …
        (
            failing(
                "Dimensions must be equal, but are 8 and 16", part="loss", part_name="own",
                part_inputs=("float32[4, 8, 8, 5]", "float32[4, 16, 16, 5]"),
            ),
            Cause.SHAPE_MISMATCH,
        ),
        # … and outside of a loss they are shapes.
        (failing("Dimensions must be equal, but are 4 and 5", layer="a"), Cause.SHAPE_MISMATCH),
        # A dtype that a message only shows is no complaint about it.
        (
            failing("Incompatible shapes: Tensor('x', shape=(4, 2), dtype=float32)", layer="a"),
            Cause.SHAPE_MISMATCH,
        ),
        # None where the tape gave none, and None where a size is free.
        (
            failing(
                "unsupported operand type(s) for *: 'float' and 'NoneType'",
                error_type="TypeError", function="train_step",
            ),
            Cause.NO_GRADIENT,
        ),
        (
            failing(
                "unsupported operand type(s) for //: 'NoneType' and 'int'",
                error_type="TypeError", function="call", layer="a", layer_path=("a",),
            ),
            Cause.CUSTOM_OP_NOT_SYMBOLIC,
        ),
        # Gradients that the model writes itself …
        (
            failing(
                "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since "
                "function uses variables: [<tf.Variable 'w:0' shape=(3, 4) dtype=float32>]",
                error_type="TypeError", layer="a",
            ),
            Cause.NO_GRADIENT,
        ),
        (
            failing(
                "Recorded operation 'scaled' returned too few gradients. Expected 3 but received 2",
                error_type="InternalError",
            ),
            Cause.NO_GRADIENT,
        ),
        # … and what TensorFlow's gradient functions refuse, in whatever words.
        (failing("Gradient not defined for fast=False", layer="a"), Cause.NO_GRADIENT),
        (
            failing("To use CudnnRNN, is_training must be True.", gradient_of="CudnnRNN"),
            Cause.NO_GRADIENT,
        ),
        # Taking the batch apart in the step, and sizes in a layer.
        (
            failing(
                "not enough values to unpack (expected 2, got 1)",
                function="train_step", line_text="x, y = data",
            ),
            Cause.LABEL_LOSS_MISMATCH,
        ),
        (
            failing(
                "not enough values to unpack (expected 4, got 3)",
                function="call", line_text="b, h, w, c = x.shape", layer="a", layer_path=("a",),
            ),
            Cause.SHAPE_MISMATCH,
        ),
        # Supported for other ranks only, and not at all.
        (
            failing("`dot_product_attention` only supports 4D inputs. Received: query.shape=(2,)"),
            Cause.SHAPE_MISMATCH,
        ),
        (
            failing("`strides > 1` not supported in conjunction with `dilation_rate > 1`."),
            Cause.UNIMPLEMENTED_ON_DEVICE,
        ),
        (
            failing(
                "Layer Head does not have a `call()` method implemented.",
                error_type="NotImplementedError", layer="head",
            ),
            Cause.GRAPH_EXECUTION_GENERIC,
        ),
        # Rows that are not as many are found before any batch is made.
        (
            failing("Data cardinality is ambiguous: float32[4,8], float32[5,1]", stage="data"),
            Cause.SHAPE_MISMATCH,
        ),
        (failing("no such row", stage="data", error_type="KeyError"), Cause.DATA_PIPELINE),
        (failing("no luck today", layer="a"), Cause.GRAPH_EXECUTION_GENERIC),
    ],
)  # fmt: skip
def test_the_first_rule_that_knows_answers(failure: TraceFailure, cause: Cause) -> None:
    assert finding_of_failure(failure).cause is cause
    assert verdict_of_failure(failure) is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("error_type", "message", "cause", "verdict"),
    [
        ("TimedOut", "no answer within 600 s", Cause.HANG_TIMEOUT, Verdict.UNKNOWN),
        ("OutOfMemory", "it took more than 2 GiB", Cause.OOM_HOST, Verdict.UNKNOWN),
        ("ProcessDied", "ended by SIGSEGV", Cause.GRAPH_EXECUTION_GENERIC, Verdict.UNSUPPORTED),
        ("ProcessDied", "ended by SIGKILL", Cause.GRAPH_EXECUTION_GENERIC, Verdict.UNKNOWN),
        ("ProcessDied", "exited with code 3", Cause.GRAPH_EXECUTION_GENERIC, Verdict.UNKNOWN),
    ],
)
def test_a_lost_worker_blames_the_model_only_for_its_own_signals(
    error_type: str, message: str, cause: Cause, verdict: Verdict
) -> None:
    failure = TraceFailure(stage="lost", error_type=error_type, message=message)
    assert finding_of_failure(failure).cause is cause
    assert verdict_of_failure(failure) is verdict


def test_a_tensor_without_a_rank_wants_its_shape_told() -> None:
    unknown = "as_list() is not defined on an unknown TensorShape."
    finding = finding_of_failure(failing(unknown, layer="a", layer_path=("a",)))
    assert finding.cause is Cause.CUSTOM_OP_NOT_SYMBOLIC
    assert "ensure_shape" in (finding.fix or "")


def test_a_refused_request_says_nothing_against_the_model() -> None:
    failure = failing("--target: the model takes none", refused=True)
    assert verdict_of_failure(failure) is Verdict.UNKNOWN
    assert finding_of_failure(failure).severity is Severity.ERROR
    nothing = failing(
        "net.py:build returned None: expected a Keras model", refused=True, stage="build"
    )
    assert finding_of_failure(nothing).cause is Cause.UNREADABLE_MODEL


def test_a_missing_package_or_file_leaves_the_verdict_open() -> None:
    for kind, message in (
        ("ModuleNotFoundError", "No module named 'transformers_of_my_own'"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'labels.csv'"),
    ):
        failure = failing(message, stage="load", error_type=kind)
        assert finding_of_failure(failure).cause is Cause.UNREADABLE_MODEL
        assert verdict_of_failure(failure) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("op", "advice"),
    [
        ("Round", "stop_gradient(tf.round(x) - x)"), ("ArgMax", "tf.nn.softmax"),
        ("Greater", "tf.sigmoid"), ("Cast", "floating point"), ("MyOp", "tf.custom_gradient"),
    ],
)  # fmt: skip
def test_the_advice_fits_what_stops_the_gradient(op: str, advice: str) -> None:
    stop = GradientStop(op=op, node=f"net/cut/{op}", layer="cut")
    failure = failing("No gradients provided for any variable.", layer="cut", stops=(stop,))
    finding = finding_of_failure(failure)
    assert (finding.op, finding.layer) == (op, "cut")
    assert advice in str(finding.fix)


def test_a_stop_inside_the_loss_names_the_loss() -> None:
    stop = GradientStop(op="ArgMax", node="compile_loss/error_rate/ArgMax")
    failure = failing("No gradients provided for any variable.", layer="net", stops=(stop,))
    assert finding_of_failure(failure).seen.startswith("Loss 'error_rate', op ArgMax")


@pytest.mark.parametrize(
    ("name", "target", "output", "advice"),
    [
        ("categorical_crossentropy", "float32[8]", "float32[8, 10]", "tf.one_hot(y, 10)"),
        ("sparse_categorical_crossentropy", "float32[8, 9]", "float32[8, 9]", "tf.argmax(y, -1)"),
        ("huber", "float32[8, 5]", "float32[8, 3]", "give 5 values"),
        ("mse", "float32[8, 12, 4]", "float32[8, 4]", "(8, 12, 4)"),
    ],
)
def test_the_advice_on_labels_counts_with_the_shapes(
    name: str, target: str, output: str, advice: str
) -> None:
    failure = failing(
        "the shapes do not fit", part="loss", part_name=name, part_inputs=(target, output)
    )
    assert advice in str(finding_of_failure(failure).fix)


def test_the_finding_carries_the_place() -> None:
    failure = failing(
        "Dimensions must be equal, but are 8 and 12 for '{{node a/MatMul}} = MatMul[T=DT_FLOAT, "
        "grad_a=false](data, a/Read)' with input shapes: [4,8], [12,4].",
        op="MatMul", layer="a", layer_class="Tower", layer_path=("a",),
        layer_inputs=("float32[4, 8]",), file="/home/user/net.py", line=7, function="call",
        line_text="return tf.matmul(x, self.kernel)",
    )  # fmt: skip
    finding = finding_of_failure(failure)
    assert finding.seen == (
        "Layer 'a' (Tower), given float32[4, 8], op MatMul, net.py:7 in call(), "
        "`return tf.matmul(x, self.kernel)`: Dimensions must be equal, but are 8 and 12 for MatMul "
        "(node a/MatMul) with input shapes: [4,8], [12,4]."
    )
    assert (finding.file, finding.line, finding.op) == ("/home/user/net.py", 7, "MatMul")
    assert "(4, 8) and (12, 4) meet" in finding.why


@pytest.mark.parametrize(
    "said",
    [
        "Unsupported dtype19 for '{{node range}} = Range[Tidx=DT_HALF](a, b)' "
        "with input shapes: [], [], [].",
        "Expected list with element dtype int32 but got list with element dtype float for "
        "'{{node get}} = TensorListGetItem[element_dtype=DT_INT32](a)' with input shapes: [], [0].",
    ],
)
def test_the_shapes_that_tensorflow_adds_do_not_hide_a_dtype(said: str) -> None:
    assert finding_of_failure(failing(said)).cause is Cause.DTYPE_MISMATCH


def test_the_dtypes_that_tensorflow_adds_do_not_hide_a_shape() -> None:
    said = (
        "Shape must be rank 2 but is rank 3 for '{{node m}} = MatMul[dtype=DT_FLOAT](a, b)' "
        "with input shapes: [4,2,3], [3,2]."
    )
    assert finding_of_failure(failing(said)).cause is Cause.SHAPE_MISMATCH
