"""A dataset cannot be divided between the workers."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG520",
    name="data-not-shardable",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Error.*Could not apply FILE based sharding: the dataset only has (?P<files>[0-9]+) "
            r"file\(s\), which is not enough for the required (?P<workers>[0-9]+) shards"
        ),
        Pattern(
            r"Error: (?:\{\{.*\}\} )?.*(?:Found an unshardable source dataset|Did not find a "
            r"shardable "
            r"source)",
            anchors=("unshardable source dataset", "a shardable source"),
        ),
        Pattern(r"Error.*Unable to shard this input"),
        Pattern(
            r"The batch output shape of your `Dataset` (?P<batch>\S+) cannot be divisible by "
            r"number of "
            r"replicas (?P<workers>[0-9]+)"
        ),
        Pattern(
            r"The `batch_size` argument \((?P<batch>[0-9]+)\) must be divisible the by number of "
            r"replicas "
            r"\((?P<workers>[0-9]+)\)"
        ),
        Pattern(
            r"Batch size (?P<batch>[0-9]+) (?:is not|must be) (?:evenly )?divisible by (?:the "
            r"number of "
            r"replicas )?(?P<workers>[0-9]+)"
        ),
        Pattern(r"index must be between 0 and (?P<workers>[0-9]+) \(currently index"),
    ),
    yields_to=("data-pipeline", "nccl-collective-failure"),
    seen="The data cannot be divided[: batch {batch}][ between {workers} workers].",
    why="Each worker or replica gets its own share: whole files, or a part of each batch. Fewer "
    "files than workers, a batch that does not divide evenly, or a source that cannot be split do "
    "not work.",
    fix="Set options.experimental_distribute.auto_shard_policy to DATA or OFF, write at least as "
    "many files as there are workers, and make the global batch a multiple of the number of "
    "replicas, with drop_remainder=True.",
    candidates=(
        Candidate(
            cause=Cause.NCCL_COLLECTIVE_FAILURE,
            check="Does only one worker stop while the others wait?",
        ),
    ),
    source="tensorflow/core/grappler/optimizers/data/auto_shard.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Could not apply FILE based "
        "sharding: the dataset only has 2 file(s), which is not enough for the required 4 shards/"
        "workers.\n",
        "ValueError: The `batch_size` argument (30) must be divisible the by number of replicas "
        "(8)\n",
    ),
    misses=(
        "W tensorflow/core/grappler/optimizers/data/auto_shard.cc:786] AUTO sharding policy will "
        "apply "
        "DATA sharding policy as it failed to apply FILE sharding policy because of the following "
        'reason: Found an unshardable source dataset: name: "TensorSliceDataset/_2"\n',
    ),
)
