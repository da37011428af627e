"""The disk to which something was written is full."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import IN_SHARED_MEMORY
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# The same words where no disk is full: NCCL and workers in /dev/shm, the number of file watches.
OTHER = rf"(?i)nccl|inotify|{IN_SHARED_MEMORY}"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    near = f"{sighting.before[-1200:]}\n{sighting.text[:500]}"
    return None if compiled(OTHER).search(near) else Reading()


RULE = Rule(
    code="LOG250",
    name="disk-full",
    cause=Cause.DISK_FULL,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        # TensorFlow, then Python, then HDF5.
        Pattern(
            r"(?P<path>[^\s:;'\"]{2,400}); [Nn]o space left on device",
            anchors=("o space left on device",),
        ),
        Pattern(r"\[Errno 28\] No space left on device(?:: b?['\"](?P<path>[^'\"]+))?"),
        Pattern(r"filename = '(?P<path>[^']+)'.*errno = 28"),
        Pattern(
            r"(?:write|writing|copy|copying|open|create|creating|mkdir|extract\w*|fallocate|ENOSPC)"
            r".{0,300}: [Nn]o space left on device",
            anchors=("o space left on device",),
        ),
        Pattern(r"[Nn]o space left on device", anchors=("o space left on device",)),
        Pattern(r"\bENOSPC\b"),
        Pattern(r"There is not enough space on the disk(?:.*?['\"](?P<path>[^'\"]+)['\"])?"),
        Pattern(r"\[WinError 112\]"),
        Pattern(r"(?i)database or disk is full"),
        Pattern(r"Write error \(disk full\?\)"),
        Pattern(r"[Dd]isk (?:is )?full\b", anchors=("isk full", "isk is full")),
        # TensorFlow 0.x and 1.x gave the file alone.
        Pattern(
            r"Resource exhausted: (?P<path>[/.~][^\s;]*(?:tempstate|\.ckpt|\.data-|tfevents|"
            r"tfrecord|"
            r"model)[^\s;]*)$"
        ),
        Pattern(
            r"ResourceExhaustedError(?: \(see above for traceback\))?: (?P<path>[^\s;:'\"]*"
            r"(?:tempstate|\.data-[0-9]|tfevents|\.tfrecord)[^\s;:'\"]*)$"
        ),
    ),
    seen="The disk is full[: {path} could not be written].",
    why="Checkpoints, event files of TensorBoard, caches of data sets and packages grow until "
    "nothing more fits. TensorFlow calls it 'resource exhausted' like missing memory. A disk can "
    "also run out of file entries while bytes are free.",
    fix="See with `df -h` and `df -i` which disk is full, and delete or move what is old. Keep "
    "fewer "
    "checkpoints (max_to_keep, save_best_only), and point TMPDIR, the log directory and the caches "
    "(TFDS_DATA_DIR, KERAS_HOME, PIP_CACHE_DIR) to a larger disk.",
    yields_to=("shared-memory-too-small", "nccl-shared-memory-full"),
    candidates=(
        Candidate(
            cause=Cause.OOM_HOST,
            check="Does `df -h` show /dev/shm or another tmpfs as full, and no disk?",
        ),
    ),
    source="tensorflow/tsl/platform/default/posix_file_system.cc",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: /data/run7/ckpt-41_temp/"
        "part-00000-of-00001.data-00000-of-00001.tempstate1234; No space left on device "
        "[Op:SaveV2]",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "OSError: Can't write data (file write failed: time = Mon Jan  1 00:00:00 2024\n, filename "
        "= 'best.h5', file descriptor = 52, errno = 28, error message = 'No space left on device', "
        "buf = 0x7f00, total write size = 4096)",
        "W tensorflow/core/framework/op_kernel.cc:975] Resource exhausted: /home/lee/model/"
        "run.ckpt-900.data-00000-of-00001",
        "    raise type(e)(node_def, op, message)\nResourceExhaustedError: ./out/net-7."
        "tempstate1234\n\t [[Node: save/save = SaveSlices[T=[DT_FLOAT]](save/Const)]]",
    ),
    misses=(
        "node-2:77:99 [0] include/shm.h:48 NCCL WARN Call to posix_fallocate failed : No space "
        "left "
        "on device",
        "OSError: [Errno 28] inotify watch limit reached",
        "Resource exhausted: OOM when allocating tensor with shape[9,9]",
    ),
)
