"""The loss becomes NaN or infinite while the model trains."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

NUMBER = r"(?:[+-]?(?:nan|NaN|NAN|Nan|inf|Inf|INF|Infinity))"
NAME = r"(?P<loss>[A-Za-z0-9_./]*[Ll]oss[A-Za-z0-9_]*|LOSS)"
TOLD = (
    r"(?:^|[^A-Za-z0-9_./])" + NAME + r"['\"]?(?: (?:is|was|value|at step [0-9]+))?"
    r"(?:[ \t]*[:=][ \t]*|[ \t]+|[ \t]*\|[ \t]*)(?:\[|tf\.Tensor\(|np\.float32\(|tensor\()?(?P<valu"
    r"e>" + NUMBER + r")(?:[^A-Za-z0-9_]|$)"
)
OF_VALIDATION = ("val_", "val-", "eval_", "test_")
# What stands before the number: a plain "nan" would be met in other words too.
BEFORE_NAN = (" ", ":", "=", "\t", "[", "(")
# "inf" begins ordinary words (info, inference), so that the loss stands before it.
BEFORE_INF = (
    *(": ", ":", "=", " = ", "': ", '": ', " is ", " was ", " ", ": ["),
    *(" : ", ":  ", "':", "\t", " | ", ":\t"),
)
BEFORE_CAPITAL_INF = (": ", ":", "=", " = ", "': ", '": ', " is ", " ", ":  ")
ANCHORS = (
    *(f"{before}{nan}" for nan in ("nan", "NaN", "NAN", "Nan") for before in BEFORE_NAN),
    *(f"oss{before}inf" for before in BEFORE_INF),
    *(f"oss{before}Inf" for before in BEFORE_CAPITAL_INF),
    *(
        " -inf",
        ":-inf",
        "=-inf",
        "[-inf",
        "(-inf",
        "32(inf",
        "ensor(inf",
        "OSS: inf",
        "OSS=inf",
        "OSS = inf",
    ),
)


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    names = list(compiled(TOLD).finditer(sighting.line.text))
    training = [one for one in names if not one.group("loss").startswith(OF_VALIDATION)]
    if not training:
        return _of_validation() if names else None
    fields: dict[str, str | int | float] = {
        "loss": training[0].group("loss"),
        "value": training[0].group("value"),
    }
    epochs = compiled(r"Epoch ([0-9]+)/[0-9]+").findall(sighting.before + sighting.line.text)
    if epochs:
        fields["epoch"] = int(epochs[-1])
    return Reading(fields=fields)


def _of_validation() -> Reading:
    return Reading(
        kind=Kind.DEGRADED,
        confidence=Confidence.POSSIBLE,
        seen="Only the validation's loss is not finite.",
        why="The model's training loss is a number, so the validation data is to blame: it is "
        "empty, holds NaN, or has labels that the loss cannot take.",
        fix="Check the validation set: its number of batches, and np.isnan() of its inputs and "
        "labels.",
        candidates=(
            Candidate(
                cause=Cause.DATA_PIPELINE,
                check="Is the validation set smaller than one batch, or empty?",
            ),
        ),
    )


RULE = Rule(
    code="LOG500",
    name="loss-not-finite",
    cause=Cause.NAN_INF,
    kind=Kind.SYMPTOM,
    confidence=Confidence.CERTAIN,
    patterns=(Pattern(TOLD, anchors=ANCHORS),),
    read=_read,
    yields_to=("embedding-index-out-of-range", "gpu-hardware-fault"),
    seen="The {loss} is {value}[ in epoch {epoch}].",
    why="One step made a weight or an activation NaN or infinite, and from then on all are. Usual "
    "reasons: a learning rate that is too large, NaN or very large numbers in the data, log(0) or "
    "a division by zero in a loss, labels outside the classes (on a GPU they raise nothing), "
    "float16 without loss scaling.",
    fix="Check the data first: np.isnan(x).any(), x.min(), x.max(), y.min(), y.max(); scale it. "
    "Then lower the learning rate by ten and set clipnorm=1.0. To find the op, run with "
    "tf.debugging.enable_check_numerics(); stop early with keras.callbacks.TerminateOnNaN().",
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Are all labels from 0 to one less than the units of the last layer? Run one "
            "batch on the CPU: there a wrong label raises.",
        ),
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Does np.isnan() find anything in the data?",
        ),
        Candidate(
            cause=Cause.UNSUPPORTED_PRECISION,
            check="Is mixed precision on, with an own training loop without LossScaleOptimizer?",
        ),
    ),
    source="keras/src/callbacks/terminate_on_nan.py",
    hits=(
        "Epoch 1/20\n120/120 [==============================] - 3s 21ms/step - loss: 2.3120 - "
        "accuracy: 0.1190\nEpoch 2/20\n120/120 [==============================] - 2s 18ms/step - "
        "loss: nan - accuracy: 0.0981\n",
        "INFO:tensorflow:loss = 8.1, step = 100 (1.2 sec)\nINFO:tensorflow:loss = nan, step = 200 "
        "(1.1 sec)\n",
        "Epoch: 3 | Loss: inf | lr: 0.1\n",
        "[epoch 4] total_loss=nan grad_norm=nan\n",
    ),
    misses=(
        "120/120 - 3s - loss: 0.3120 - mean_io_u: nan - lr: 1e-3\n",
        "from loss import nan_to_num\nloss inference started\n",
    ),
)
