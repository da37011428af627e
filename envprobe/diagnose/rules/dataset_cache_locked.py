"""A dataset's cache file is locked by another reader, or by one that was ended before its end."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG533",
    name="dataset-cache-locked",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"cache lockfile already exists \('(?P<file>[^']+)'\)"),
        Pattern(r"There appears to be a concurrent caching iterator running"),
    ),
    seen="The cache of a dataset is being written by someone else[: {file} exists].",
    why="Dataset.cache(file) locks the file until one reader has gone through the whole dataset. "
    "A run that was ended before, a second process, or a loop that stops early leaves the lock.",
    fix="If no other run uses it, delete the file[ {file}] and the unfinished cache beside it. "
    "Give each process (and training and validation) a file of its own, and put take() after "
    "cache() only where the first pass still reads everything.",
    candidates=(
        Candidate(
            cause=Cause.DISK_FULL,
            check="Does `df -h` show the disk of the cache as full? Then the first run ended so.",
        ),
    ),
    source="tensorflow/core/kernels/data/cache_dataset_ops.cc",
    hits=(
        "AlreadyExistsError: There appears to be a concurrent caching iterator running - cache "
        "lockfile already exists ('/data/c/train_0.lockfile'). If you are sure no other running TF "
        "computations are using this cache prefix, delete the lockfile and re-initialize the "
        "iterator. [Op:IteratorGetNext]\n",
    ),
    misses=(
        "W tensorflow/core/kernels/data/cache_dataset_ops.cc:858] The calling iterator did not "
        "fully read the dataset being cached. In order to avoid unexpected truncation of the "
        "dataset, the partially cached contents of the dataset will be discarded.\n",
    ),
)
