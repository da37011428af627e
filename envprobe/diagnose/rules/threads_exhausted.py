"""The process may start no more threads or processes."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG242",
    name="threads-exhausted",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"Thread (?:(?P<thread>\S+) )?creation via pthread_create\(\) failed"),
        # Cut by a narrow window behind "failed", or of a library with the same check.
        Pattern(r"Check failed: re[st] == 0 \(11 vs\. 0\)\s?(?:Thread|pthread_create)"),
        Pattern(r"can't start new thread"),
        Pattern(
            r"pthread_create failed.{0,60}(?:Resource temporarily unavailable|Cannot allocate)"
        ),
        Pattern(r"(?:fork|retry).{0,30}: Resource temporarily unavailable"),
        Pattern(r"BlockingIOError: \[Errno 11\] Resource temporarily unavailable"),
        Pattern(r"libgomp: Thread creation failed"),
        Pattern(r"OpenBLAS blas_thread_init: pthread_create failed"),
    ),
    seen="No further thread could be started[ ({thread})].",
    why="Each thread takes memory for its stack and counts against the limits of the user "
    "(ulimit -u) and of the container (pids). TensorFlow, NumPy and every worker process start a "
    "thread for each core.",
    fix="Start fewer: tf.config.threading.set_intra_op_parallelism_threads and "
    "set_inter_op_parallelism_threads, OMP_NUM_THREADS, fewer workers, one shared "
    "tf.data.Dataset. Or raise `ulimit -u` and the container's pids limit. If threads grow with "
    "every epoch, the program makes a new pipeline or session each time.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE, check="Does the number of threads grow from epoch to epoch?"
        ),
    ),
    source="tensorflow/tsl/platform/default/env.cc",
    hits=(
        "2021-05-06 07:08:09.1: F tensorflow/core/platform/default/env.cc:73] Check failed: ret == "
        "0 (11 vs. 0)Thread tf_data_private_threadpool creation via pthread_create() failed.",
        "RuntimeError: can't start new thread",
        "F external/org_tensorflow/tensorflow/core/platform/default/env.cc:73] Check failed: ret "
        "== 0 (11 vs. 0)Thread creation via pthread_create() failed.",
    ),
    misses=("BlockingIOError: [Errno 11] write could not complete without blocking",),
)
