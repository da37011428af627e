"""A compiled library is for another processor or another kind of process."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_GPU_FILE = r"libcud|libcublas|libnv|libmetal_plugin|tensorflow-plugins"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Not where a library of CUDA's or Apple's plug-in is concerned."""
    return None if compiled(_GPU_FILE).search(sighting.line.text) else Reading()


RULE = Rule(
    code="LOG653",
    name="library-for-another-architecture",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"(?P<library>[^\s:]+): wrong ELF class: (?P<found>ELFCLASS(?:32|64))"),
        Pattern(r"(?P<library>[^\s:]+\.so[0-9.]*): (?P<found>invalid ELF header)"),
        Pattern(
            r"incompatible architecture \(have '?(?P<found>[\w,]+)'?, need "
            r"'?(?P<needed>[\w']+)"
        ),
        Pattern(r"mach-o, but (?P<found>wrong architecture)"),
        Pattern(r"(?P<library>[^\s:]+): (?P<found>cannot allocate memory in static TLS block)"),
        Pattern(r"(?P<found>Exec format error)", before=(r"python|tensorflow|docker",)),
        Pattern(
            r"image's platform \((?P<found>[^)]+)\) does not match the detected host platform",
            after=(r"(?:illegal|Illegal|qemu|error|Error)",),
        ),
        Pattern(r"(?P<library>[^\s:]+\.so[0-9.]*): (?P<found>file too short)"),
        Pattern(r"(?P<library>[^\s:]+\.so[0-9.]*): (?P<found>cannot enable executable stack)"),
        Pattern(
            r"(?P<library>[^\s:]+\.so[0-9.]*): (?P<found>failed to map segment from shared "
            r"obj)"
        ),
    ),
    yields_to=("gpu-libs-missing", "macos-metal", "cpu-instruction-missing"),
    read=read,
    seen="A library[ {library}] cannot be loaded into this process[: {found}][, needed {needed}].",
    why="The library is built for another processor (x86 under an ARM Python or the reverse, 32 "
    "and 64 bits), its file is damaged, or it is loaded too late for its thread-local memory.",
    fix="Reinstall with a Python of the machine's own architecture (python -c \"import platform; "
    'print(platform.machine())"). For static TLS: import the named library first, or set '
    "LD_PRELOAD to it.",
    candidates=(
        Candidate(cause=Cause.TF_NOT_INSTALLED, check="The file is damaged: install again."),
    ),
    source="man7.org/linux/man-pages/man3/dlopen.3.html",
    hits=(
        "ImportError: dlopen(/opt/v/lib/python3.9/site-packages/tensorflow/python/_pywrap.so, 0x2):"
        " tried: '/opt/v/_pywrap.so' (mach-o file, but is an incompatible architecture (have "
        "'x86_64', need 'arm64e'))\n",
        "ImportError: /usr/lib/aarch64-linux-gnu/libgomp.so.1: cannot allocate memory in static "
        "TLS "
        "block\n",
    ),
    misses=("OSError: /usr/lib/libcudnn.so.8: file too short\n",),
)
