"""Windows cannot load a compiled part of TensorFlow, or of a package beside it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import import_site
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_RUNTIME = Candidate(
    cause=Cause.WINDOWS_VC_RUNTIME_MISSING,
    check="Install the newest Visual C++ Redistributable (x64), restart, and import again.",
)
_AVX = Candidate(
    cause=Cause.CPU_INSTRUCTION_MISSING,
    check="The processor has no AVX (old Celeron, Pentium, virtual machine): envprobe doctor.",
)
_GPU = Candidate(
    cause=Cause.GPU_LIBS_MISSING,
    check="It is tensorflow-gpu up to 2.0, and CUDA's or cuDNN's DLLs are not on PATH.",
)
_ABI = Candidate(
    cause=Cause.ABI_MISMATCH,
    check="Other packages brought other DLLs (conda and pip mixed): a fresh environment works.",
)
_BITS = r"not a valid Win32 application|n'est pas une application Win32|keine zul.ssige Win32"
_PAGING = r"paging file is too small|Auslagerungsdatei|fichier de pagination"
_INITIALISATION = (
    r"initialization routine failed|初始化例程失败|Initialisierungsroutine|初期化ルーチン"
)
_TENSORFLOW = r"_?pywrap_|tensorflow|_tf_stack|_dtypes|_errors_test|tfcompile|_op_def|tsl"


def read(sighting: Sighting, log: Log) -> Reading | None:
    """By the words behind `DLL load failed`, the module and the release."""
    text, module = sighting.line.text, sighting.fields.get("module", "")
    if "with error code -1073741795" in text:  # STATUS_ILLEGAL_INSTRUCTION
        return Reading(cause=Cause.CPU_INSTRUCTION_MISSING, candidates=(_RUNTIME,), fix=NO_AVX)
    if compiled(_PAGING).search(text):
        return Reading(cause=Cause.OOM_HOST, candidates=(), fix=PAGING)
    if compiled(_BITS).search(text):
        return Reading(cause=Cause.ABI_MISMATCH, candidates=(_RUNTIME,), fix=BITS)
    package = "tensorflow" if compiled(_TENSORFLOW).search(module) else _package(sighting)
    if package not in (None, "tensorflow"):
        fields = {"package": str(package)}
        return Reading(cause=Cause.ABI_MISMATCH, candidates=(_RUNTIME,), fix=OTHER, fields=fields)
    return Reading(candidates=_ordered(text, sighting, log))


def _package(sighting: Sighting) -> str | None:
    """Whose module it is; None where it is TensorFlow's or nothing tells."""
    site = import_site(sighting)
    if site in (None, "your code", "keras", "tensorflow_cpu", "tensorflow_intel"):
        return None
    return site


def _ordered(text: str, sighting: Sighting, log: Log) -> tuple[Candidate, ...]:
    """What else it can be, the likeliest first: the first releases with a GPU look for CUDA."""
    old = "swig_import_helper" in sighting.before or log.has("cuda-runtime-opened")
    first = (_AVX, _ABI) if compiled(_INITIALISATION).search(text) else (_ABI, _AVX)
    return (_GPU, *first) if old else (*first, _GPU)


NO_AVX = "The processor lacks AVX: use TensorFlow 1.5, a build without AVX, or another machine."
PAGING = (
    "Close programs or enlarge the paging file (System, Advanced, Performance, Virtual memory)."
)
BITS = "Use a 64-bit Python and reinstall the packages with it: 32 and 64 bits are mixed."
OTHER = (
    "Reinstall {package} in a fresh environment, with pip alone or conda alone (pip install "
    "--force-reinstall --no-cache-dir {package}). Install the Visual C++ Redistributable as well."
)

RULE = Rule(
    code="LOG626",
    name="dll-load-failed",
    cause=Cause.WINDOWS_VC_RUNTIME_MISSING,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"DLL load failed(?: while importing (?P<module>[\w.]+))?(?:: (?P<reason>\S.*))?"),
        Pattern(r"Failed to load the native TensorFlow runtime\.", before=(r"[A-Za-z]:\\|\.pyd",)),
    ),
    yields_to=(
        "visual-cpp-runtime-missing",
        "gpu-libs-missing",
        "cpu-instruction-missing",
        "numpy-files-mixed",
        "protobuf-not-importable",
        "macos-metal",
    ),
    candidates=(_AVX, _ABI, _GPU),
    read=read,
    seen="Windows cannot load a DLL[ of {module}][: {reason}].",
    why="A DLL that TensorFlow's own library needs is missing or older than it asks for: mostly "
    "Microsoft's Visual C++ runtime, sometimes CUDA (up to 2.0); or the library starts and meets "
    "a processor without AVX.",
    fix="Install the newest Visual C++ Redistributable (vc_redist.x64.exe), restart and try "
    "again. If it stays: a fresh environment with pip alone, a 64-bit Python that the release "
    "supports, and a processor with AVX. TensorFlow above 2.10 has no GPU on native Windows.",
    source="tensorflow/python/pywrap_tensorflow.py",
    hits=(
        "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: The specified "
        "module could not be found.\n\nFailed to load the native TensorFlow runtime.\n",
        "ImportError: DLL load failed: Das angegebene Modul wurde nicht gefunden.\n",
    ),
    misses=(
        "ImportError: Could not find the DLL(s) 'msvcp140_1.dll'. TensorFlow requires that\n",
        "ImportError: libfoo.so: cannot open shared object file: No such file or directory\n",
    ),
)
