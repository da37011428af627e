"""The end of the data comes as an error: a step or a reader asks for a batch that is not there."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    """A collective that ends with the data is normal at an epoch's end."""
    text = sighting.line.text
    collective = "OP_REQUIRES" in text or "RingReduce" in text
    if collective and not log.has("failure"):
        return None
    return Reading()


RULE = Rule(
    code="LOG511",
    name="end-of-sequence-raised",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"^\s*\([0-9]+\) (?:Out of range|OUT_OF_RANGE): +(?:\[_Derived_\] ?)?End of sequence"
        ),
        Pattern(r"OutOfRangeError.*End of sequence"),
        Pattern(r"OutOfRangeError", after=(r"End of sequence",)),
        Pattern(r"OP_REQUIRES failed at collective_ops.*End of sequence"),
        Pattern(r"Aborting \w*Reduce with .*End of sequence"),
        Pattern(
            r"(?P<queue>\w*Queue) '(?P<name>[^']+)' is closed and has insufficient elements "
            r"\(requested (?P<wanted>[0-9]+), current size (?P<held>[0-9]+)\)"
        ),
        Pattern(r"Read less bytes than requested"),
        Pattern(r"StopIteration(?: *$|: *$)", before=(r"Traceback|next\(",)),
        Pattern(r"StopIteration: \S", before=(r"(?:next\(|data_utils|raise_from)",)),
        Pattern(
            r"^StopIteration +Traceback \(most recent call last\)",
            after=(r"(?:fit|fit_generator|evaluate|next|train_on_batch)\(",),
        ),
        Pattern(r"generator raised StopIteration"),
        Pattern(
            r"OutOfRangeError: (?:\{\{function_node .*\}\} )?(?P<message>Attempted to repeat an "
            r"empty dataset)"
        ),
        Pattern(r"Attempted to repeat an empty dataset infinitely"),
    ),
    read=_read,
    yields_to=(
        "data-pipeline",
        "nccl-collective-failure",
        "oom-gpu",
        "oom-host",
        "cuda-runtime-fault",
        "gpu-hardware-fault",
        "shape-mismatch",
        "label-loss-mismatch",
        "embedding-index-out-of-range",
        "index-outside-tensor",
        "argument-refused",
        "assertion-in-model",
    ),
    seen="The data ended[ in the queue {name}] and a step wanted more[: {wanted} elements where "
    "{held} are left].",
    why="The dataset is shorter than the steps asked of it, gives not even one full batch "
    "(drop_remainder, a small evaluation set split over replicas), or was read to its end before. "
    "In training with several workers one that ends early breaks the step of all.",
    fix="Count the batches: sum(1 for _ in dataset). Put .repeat() on the dataset and set "
    "steps_per_epoch and validation_steps, make the batch smaller than the data (per replica), and "
    "check that the files of a queue exist and are not empty.",
    candidates=(
        Candidate(
            cause=Cause.NCCL_COLLECTIVE_FAILURE,
            check="Does another worker's log hold an error that came earlier?",
        ),
    ),
    source="tensorflow/core/kernels/data/iterator_ops.cc",
    hits=(
        "StopIteration                             Traceback (most recent call last)\n"
        "----> 1 model.fit_generator(gen, epochs=3)\n",
        'Traceback (most recent call last):\n  File "loop.py", line 30, in <module>\n'
        "tensorflow.python.framework.errors_impl.OutOfRangeError: End of sequence\n\t [[node "
        "IteratorGetNext_1 (defined at loop.py:12) ]]\n",
        "OutOfRangeError (see above for traceback): RandomShuffleQueue '_2_shuffle_batch/"
        "random_shuffle_queue' is closed and has insufficient elements (requested 64, current size "
        "0)\n",
    ),
    misses=(
        "Epoch 1/3\n2024-02-01 10:00:00.1: W tensorflow/core/framework/local_rendezvous.cc:404] "
        "Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence\n\t "
        "[[{{node IteratorGetNext}}]]\n50/50 - 2s - loss: 0.3\n",
        "2020-01-01 10:00:00.1: W tensorflow/core/common_runtime/base_collective_executor.cc:217] "
        "BaseCollectiveExecutor::StartAbort Out of range: End of sequence\n",
    ),
)
