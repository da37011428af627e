"""The list of the CPU's features in the log holds no AVX."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._cpu import cpu_without_avx, named_cpu
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    return Reading(fields=named_cpu(log)) if cpu_without_avx(log) else None


RULE = Rule(
    code="LOG197",
    name="cpu-flags-without-avx",
    cause=Cause.CPU_INSTRUCTION_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"^\s*[Ff]lags\s*:.*\bfpu .*\bsse\b", anchors=(" fpu ",)),
        Pattern(r"machdep\.cpu\.features:.* SSE"),
    ),
    seen="the CPU[ ({cpu})] does not name AVX among its features",
    why="TensorFlow's official packages contain AVX instructions and end with `Illegal "
    "instruction` on a CPU without them.",
    fix="In a virtual machine give the guest the host's CPU type (`-cpu host`); otherwise "
    "use another machine or a TensorFlow that is built without AVX.",
    yields_to=("cpu-illegal-instruction", "cpu-without-avx"),
    source="https://www.tensorflow.org/install/pip#hardware_requirements",
    read=_read,
    hits=(
        "model name\t: QEMU Virtual CPU version 2.5+\nflags\t\t: fpu de pse tsc msr pae "
        "mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 syscall "
        "nx lm",
    ),
    misses=("flags\t\t: fpu vme de pse mmx fxsr sse sse2 ssse3 sse4_1 sse4_2 avx f16c avx2",),
)
