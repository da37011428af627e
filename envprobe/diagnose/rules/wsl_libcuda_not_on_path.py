"""cuDNN looks for libcuda.so, which WSL keeps in a folder that is not on the loader's path."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG111",
    name="wsl-libcuda-not-on-path",
    cause=Cause.WSL_ISSUE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Could not load library (?P<library>libcudnn_\S+?)\. Error: libcuda\.so(?:\.1)?: "
            r"cannot open shared object file"
        ),
        Pattern(r"libcuda\.so: cannot open shared object file"),
        Pattern(
            r"/usr/lib/wsl/lib/libcuda\.so\S*: (?:cannot open|file too short|undefined symbol)"
        ),
    ),
    seen="[{library} could not be opened: ]the loader does not find libcuda.so.",
    why="Inside WSL the driver's library lies in /usr/lib/wsl/lib, which only the WSL image's own "
    "ld.so.conf names. cuDNN asks for the plain name libcuda.so and ends the process when it "
    "is not on the search path.",
    fix="Set LD_LIBRARY_PATH=/usr/lib/wsl/lib:$LD_LIBRARY_PATH before Python starts, or write "
    "that folder into /etc/ld.so.conf.d and run ldconfig. On plain Linux make the link "
    "libcuda.so beside libcuda.so.1, or install the driver's development link.",
    candidates=(
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="the run is on plain Linux: libcuda.so.1 is there and libcuda.so is not",
        ),
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING, check="there is no libcuda.so.1 either: `ldconfig -p`"
        ),
    ),
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    hits=(
        "Epoch 1/10\n"
        "Could not load library libcudnn_cnn_train.so.8. Error: libcuda.so: cannot open shared "
        "object file: No such file or directory\n"
        "Aborted\n",
    ),
    misses=(
        "ImportError: libcuda.so.1: cannot open shared object file: No such file or directory\n",
        "Could not load library libcudnn_cnn_infer.so.8. Error: libcudnn_cnn_infer.so.8: cannot "
        "open shared object file: No such file or directory\n",
    ),
)
