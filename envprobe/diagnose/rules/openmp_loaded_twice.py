"""Two OpenMP libraries were loaded into one process."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG654",
    name="openmp-loaded-twice",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"OMP: Error #15: Initializing (?P<second>[\w.+-]+), but found (?P<first>[\w.+-]+) "
            r"already initialized"
        ),
        Pattern(r"OMP: Error #(?:13|15|179|34):"),
        Pattern(r"INTEL MKL ERROR: .*(?P<second>mkl_\w+\.(?:dll|so))"),
        Pattern(r"Intel MKL FATAL ERROR: Cannot load (?P<second>\S+)"),
        Pattern(r"mkl-service \+ Intel\(R\) MKL: MKL_THREADING_LAYER=INTEL is incompatible with"),
    ),
    seen="OpenMP or MKL is there twice[: {second} beside {first}].",
    why="Two packages (NumPy with MKL from conda, TensorFlow, PyTorch, OpenCV from pip) bring "
    "their own copy of OpenMP, and one process can hold one only.",
    fix="Make one environment with pip alone or conda alone; on macOS and conda: conda install "
    "nomkl. KMP_DUPLICATE_LIB_OK=TRUE lets it run, with wrong results possible.",
    source="openmp.llvm.org",
    hits=(
        "OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already "
        "initialized.\nOMP: Hint This means that multiple copies of the OpenMP runtime have been "
        "linked into the program.\n",
    ),
    misses=("OMP: Info #276: omp_set_nested routine deprecated\n",),
)
