"""A traceback that breaks off inside TensorFlow's own imports, without its last line."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_CAUSES = (
    ("_pb2", Cause.PROTOBUF_ABI_MISMATCH),
    ("protobuf", Cause.PROTOBUF_ABI_MISMATCH),
    ("bfloat16", Cause.NUMPY_ABI_MISMATCH),
    ("numpy", Cause.NUMPY_ABI_MISMATCH),
    ("_pywrap", Cause.ABI_MISMATCH),
)


def read(sighting: Sighting, log: Log) -> Reading | None:
    """Only at the log's end, inside a traceback; the cause by what was being imported."""
    ended = not sighting.after.strip()
    if not ended or '", line ' not in sighting.before or "import" not in sighting.line.text:
        return None
    code = sighting.line.text
    cause = next((cause for word, cause in _CAUSES if word in code), None)
    if cause is Cause.ABI_MISMATCH and log.platform == "windows":
        cause = Cause.WINDOWS_VC_RUNTIME_MISSING
    return Reading(cause=cause)


RULE = Rule(
    code="LOG669",
    name="traceback-cut-in-import",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"^\s+(?:from (?P<module>(?:tensorflow|keras|google\.protobuf|numpy)[\w.]*) "
            r")?import "
            r"(?P<name>[\w., *]+?)\s*$",
            before=(r"(?:site|dist)-packages[/\\](?:tensorflow|keras|google)",),
            anchors=(
                "  from tensorflow",
                "  from keras",
                "  from google.protobuf",
                "   from numpy",
                "  import tensorflow",
            ),
        ),
    ),
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="cannot import name: the folder mixes files of two releases.",
        ),
        Candidate(cause=Cause.PROTOBUF_ABI_MISMATCH, check="Descriptors cannot be created."),
        Candidate(cause=Cause.NUMPY_ABI_MISMATCH, check="numpy is named in the last line."),
    ),
    read=read,
    seen="The import of TensorFlow failed at {name}[ of {module}]; the log lacks the error itself.",
    why="The traceback stops inside TensorFlow's own imports, where releases that do not fit "
    "(TensorFlow's own files, protobuf, NumPy) usually show.",
    fix="Look at the traceback's last line. Where it cannot be had: install TensorFlow into a "
    "fresh environment, which mends mixed files, protobuf and NumPy alike.",
    source="tensorflow/python/__init__.py",
    hits=(
        'Traceback (most recent call last):\n  File "/opt/v/lib/python3.8/site-packages/tensorflow/'
        'python/eager/context.py", line 30, in <module>\n    from tensorflow.core.protobuf import '
        "config_pb2\n",
        'Traceback (most recent call last):\n  File "/opt/v/lib/python3.8/site-packages/tensorflow/'
        'python/keras/models.py", line 24, in <module>\n    from tensorflow.python.keras import '
        "metrics as metrics_module\n",
    ),
    misses=(
        'Traceback (most recent call last):\n  File "/opt/v/lib/python3.8/site-packages/tensorflow/'
        'python/keras/models.py", line 24, in <module>\n    from tensorflow.python.keras import '
        "metrics\nMemoryError\n",
    ),
)
