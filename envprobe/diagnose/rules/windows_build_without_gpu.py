"""TensorFlow on native Windows has had no GPU support since 2.11."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import DROPPED_IN, build_fields, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    wheel = "No matching distribution" in sighting.line.text or "requirement" in sighting.line.text
    # Of these wheels only NCCL's is for Linux alone; pip shows a placeholder in its place.
    placeholder = "from versions: 0.0.1.dev5)" in sighting.line.text
    if wheel and not placeholder and log.platform != "windows":
        return None
    if "minor" in sighting.fields and int(sighting.fields["minor"]) < DROPPED_IN.minor:
        return None
    return degraded(sighting, log, fields=build_fields(log))


RULE = Rule(
    code="LOG108",
    name="windows-build-without-gpu",
    cause=Cause.WINDOWS_NATIVE_GPU_DROPPED,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"(?:Tensor[Ff]low )?GPU support is not available on native Windows"),
        Pattern(r"Cannot build with CUDA support on Windows"),
        Pattern(r"CUDA build is not supported for Windows"),
        Pattern(r"[Nn]ative[- ]Windows GPU support (?:was|is|has been) (?:dropped|removed)"),
        Pattern(r"No matching distribution found for (?P<library>nvidia-[a-z-]+-cu1[0-9])"),
        Pattern(r"satisfies the requirement (?P<library>nvidia-[a-z-]+-cu1[0-9])"),
        Pattern(
            r"(?:[Ww]indows (?:10|11)|[Nn]ative [Ww]indows).{0,200}"
            r"[Tt]ensor[Ff]low(?:-gpu)?(?:==| version | v| )2\.(?P<minor>1[1-9]|2[0-9]).{0,200}GPU",
            anchors=("indows",),
        ),
    ),
    seen="TensorFlow[ {tensorflow}] runs on native Windows, where its builds have no GPU code.",
    why="The last release with CUDA for native Windows is 2.10. Installing CUDA, cuDNN or a newer "
    "driver changes nothing, and the extra `and-cuda` has no wheels for Windows.",
    fix="Install WSL2 with Ubuntu and there `pip install 'tensorflow[and-cuda]'`; the Windows "
    "driver is enough for it. Or stay on Windows with tensorflow 2.10 (Python 3.7 to 3.10), "
    "CUDA 11.2 and cuDNN 8.1. Or use tensorflow-cpu with the DirectML plugin.",
    read=_read,
    source="https://www.tensorflow.org/install/pip#windows-native",
    hits=(
        "WARNING:tensorflow:TensorFlow GPU support is not available on native Windows for "
        "TensorFlow >= 2.11. Even if CUDA/cuDNN are installed, GPU will not be used. Please use "
        "WSL2 or the TensorFlow-DirectML plugin.\n"
        "[]\n",
        "C:\\Users\\kim\\py>pip install tensorflow[and-cuda]\n"
        "ERROR: Could not find a version that satisfies the requirement nvidia-nccl-cu12==2.19.3 "
        "(from tensorflow[and-cuda]) (from versions: 0.0.1.dev5)\n"
        "ERROR: No matching distribution found for nvidia-nccl-cu12==2.19.3\n",
        "ERROR: Could not find a version that satisfies the requirement nvidia-nccl-cu12==2.21.5; "
        'extra == "and-cuda" (from tensorflow) (from versions: 0.0.1.dev5)\n',
        "WARNING: Cannot build with CUDA support on Windows.\n"
        "Starting in TF 2.11, CUDA build is not supported for Windows.\n",
    ),
    misses=(
        "ERROR: No matching distribution found for nvidia-nccl-cu12==2.19.3\n",
        "RuntimeError: Collective ops is not implemented on Windows\n",
    ),
)
