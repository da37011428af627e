"""A library says that the CPU lacks instructions it was compiled for."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._cpu import named_cpu
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    return Reading(fields=named_cpu(log))


RULE = Rule(
    code="LOG196",
    name="cpu-without-avx",
    cause=Cause.CPU_INSTRUCTION_MISSING,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"compiled to use (?P<instructions>[A-Z][A-Za-z0-9_. ]{2,60}?) instructions, but these "
            r"aren.t available"
        ),
        Pattern(
            r"built using (?P<instructions>AVX\w*) instructions, which your CPU and/or operating "
            r"system do not support"
        ),
        Pattern(
            r"(?:CPU|cpu|processor|Processor|machine) (?:does not|doesn't) "
            r"(?:support|have|provide) (?:the )?(?P<instructions>AVX\w*|SSE4\.[12]|FMA)\b",
            anchors=(
                "not support",
                "not have AVX",
                "not have the",
                "not have SSE",
                "not have FMA",
                "not provide",
                "doesn't support",
                "doesn't have",
                "doesn't provide",
            ),
        ),
        Pattern(
            r"requires? (?:a )?(?:CPU|cpu|processor)s? (?:with|that supports?) "
            r"(?P<instructions>AVX\w*)",
            anchors=(" with AVX", " supports AVX", " support AVX"),
        ),
        Pattern(
            r"(?P<instructions>AVX2?|SSE4\.[12]) (?:is|are) not (?:supported|available) "
            r"(?:on|by) (?:this|your) (?:CPU|machine|processor)",
            anchors=(
                "AVX is not ",
                "AVX2 is not ",
                "AVX are not ",
                "AVX2 are not ",
                "SSE4.1 is not ",
                "SSE4.2 is not ",
                "SSE4.1 are not ",
                "SSE4.2 are not ",
            ),
        ),
    ),
    seen="the CPU[ ({cpu})] has no {instructions}",
    why="The package was compiled for CPUs with these instructions: official TensorFlow "
    "packages need AVX. The CPU lacks them, or a virtual machine does not show them "
    "to the guest.",
    fix="In a virtual machine give the guest the host's CPU type (`-cpu host`). Otherwise use a "
    "machine whose CPU has them (`lscpu | grep -i avx`), a package without them (conda-forge), or "
    "build TensorFlow with --copt=-march=native.",
    source="tensorflow/core/platform/cpu_feature_guard.cc",
    read=_read,
    hits=(
        "2020-01-02 03:04:05.1: F tensorflow/core/platform/cpu_feature_guard.cc:37] The TensorFlow "
        "library was compiled to use AVX2 instructions, but these aren't available on your machine."
        "\nAborted (core dumped)",
        "RuntimeError: This version of jaxlib was built using AVX instructions, which "
        "your CPU and/or operating system do not support.",
    ),
    misses=(
        "I tensorflow/core/platform/cpu_feature_guard.cc:142] Your CPU supports instructions that "
        "this TensorFlow binary was not compiled to use: AVX2 FMA",
        "W cpu_feature_guard.cc:45] The TensorFlow library wasn't compiled to use AVX "
        "instructions, but these are available on your machine and could speed up CPU "
        "computations.",
    ),
)
