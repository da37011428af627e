"""TensorFlow Serving tells how it starts and loads its models."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG833",
    name="model-server-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"I tensorflow_serving/\S+\.cc:[0-9]+\]", anchors=("I tensorflow_serving/",)),
        Pattern(r"address family for nodename not supported"),
        Pattern(r"NET_LOG: Entering the event loop"),
        Pattern(r"No warmup data file found at "),
        Pattern(r"SavedModel load for tags .*Status: (?:success|OK)"),
    ),
    seen="The model server starts, loads a model, or answers.",
    why="Lines of level I tell its steps. That an address family is not supported only means that "
    "the machine has no IPv6.",
    fix="Nothing to do.",
    source="github.com/tensorflow/serving tensorflow_serving/model_servers/server_core.cc",
    hits=(
        "2021-05-04 03:02:01.111213: I tensorflow_serving/model_servers/server_core.cc:464] "
        "Adding/updating models.\n",
        "[warn] getaddrinfo: address family for nodename not supported\n",
    ),
    misses=(
        "2021-05-04 03:02:01.111213: E tensorflow_serving/util/retrier.cc:37] Loading servable: "
        "{name: m version: 1} failed: Not found: no variables\n",
    ),
)
