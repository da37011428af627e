"""Python or a library could not get memory for an array or an object."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.diagnose.rules._sizes import SIZE
from envprobe.terms import Cause

RULE = Rule(
    code="LOG231",
    name="host-array-did-not-fit",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            rf"Unable to allocate (?P<asked>{SIZE}) ?(?:for )?(?:an )?array with shape "
            r"\((?P<shape>[0-9, ]*)\) and data type (?P<dtype>[\w<>|]+)"
        ),
        Pattern(
            r"Unable to allocate array with shape \((?P<shape>[0-9, ]*)\) and data type "
            r"(?P<dtype>[\w<>|]+)"
        ),
        Pattern(
            r"(?:^|[ .>])MemoryError(?:: *(?:[Uu]nable to allocate (?P<asked>[0-9.]+ ?[KMGT]?i?B))?"
            r"| *$| +Traceback)"
        ),
        Pattern(r"_ArrayMemoryError\b(?::|$)"),
        Pattern(r"ArrowMemoryError: malloc of size (?P<asked_bytes>[0-9]+) failed"),
        Pattern(r"Insufficient memory.{0,10}Failed to allocate (?P<asked_bytes>[0-9]+) bytes"),
        Pattern(
            r"DefaultCPUAllocator: (?:not enough memory|can't allocate memory): you tried to "
            r"allocate (?P<asked_bytes>[0-9]+) bytes"
        ),
        Pattern(r"Unable to allocate internal buffer"),
        Pattern(r"java\.lang\.OutOfMemoryError: \w"),
        Pattern(r"C error: out of memory"),
    ),
    seen="Python could not get memory[: {asked}][ ({asked_bytes} bytes)][ for an array with the "
    "shape ({shape})][ of {dtype}].",
    why="The array is made in the computer's memory, before TensorFlow or the GPU see anything of "
    "it. float64 takes twice as much as float32, and conversions make copies.",
    fix=LESS_ON_HOST + " Use float32 or uint8 instead of float64, integers as labels instead of "
    "one-hot matrices, and sparse matrices where most values are zero. With 32-bit Python a "
    "process cannot use more than 2 to 4 GB.",
    yields_to=("host-tensor-did-not-fit",),
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Is the asked amount absurd (a wrong shape, a broken file)?",
        ),
    ),
    source="https://numpy.org/doc/stable/reference/generated/numpy.empty.html",
    hits=(
        'Traceback (most recent call last):\n  File "prepare.py", line 31, in <module>\n    x = '
        "np.zeros((120000, 224, 224, 3))\nnumpy.core._exceptions._ArrayMemoryError: Unable to "
        "allocate 135. GiB for an array with shape (120000, 224, 224, 3) and data type float64",
        'Traceback (most recent call last):\n  File "load.py", line 9, in <module>\n    images = '
        "[np.asarray(i) for i in everything]\nMemoryError",
        "cv2.error: OpenCV(4.5.4) /io/opencv/modules/core/src/alloc.cpp:73: error: "
        "(-4:Insufficient "
        "memory) Failed to allocate 24883200 bytes in function 'OutOfMemoryError'",
    ),
    misses=(
        "    except MemoryError as error:",
        "ResourceExhaustedError: OOM when allocating tensor with shape[921,256] and type float on "
        "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc",
        'raise MemoryError("no memory for %d" % size)',
    ),
)
