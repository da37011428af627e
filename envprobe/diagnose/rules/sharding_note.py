"""tf.data tells how it shares a dataset among workers."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG823",
    name="sharding-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"AUTO sharding policy will apply DATA sharding policy"),
        Pattern(r"Did not find a shardable source"),
        Pattern(r"In AUTO-mode, and switching to DATA-based sharding"),
        Pattern(r"Filling up shuffle buffer \(this may take a while\)"),
        Pattern(r"[Ss]huffle buffer filled\."),
        Pattern(r"will not be optimized because the dataset does not implement"),
        Pattern(r"Optimization loop failed: (?:CANCELLED|Cancelled)"),
        Pattern(r"use_multiprocessing and multiple workers may duplicate your data"),
        Pattern(r"PNG warning: "),
        Pattern(r"libpng warning: "),
        Pattern(r"Corrupt JPEG data: [0-9]+ extraneous bytes"),
        Pattern(r"Shuffle buffer is full"),
    ),
    seen="tf.data tells how it reads, shuffles or shares the data.",
    why="A dataset without files to share is shared by elements; a large shuffle buffer takes "
    "time to fill; an image with a flaw is decoded nevertheless.",
    fix="Nothing to do.",
    source="tensorflow/core/grappler/optimizers/data/auto_shard.cc",
    hits=(
        "W tensorflow/core/grappler/optimizers/data/auto_shard.cc:784] AUTO sharding policy will "
        "apply DATA sharding policy as it failed to apply FILE sharding policy because of the "
        "following reason: Did not find a shardable source\n",
    ),
    misses=(
        "InvalidArgumentError: Unknown image file format. One of JPEG, PNG, GIF, BMP required.\n",
    ),
)
