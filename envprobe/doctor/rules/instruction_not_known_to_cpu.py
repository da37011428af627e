"""TensorFlow dies of an instruction that this CPU does not have, though it has AVX."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._emulation import is_emulated
from envprobe.doctor.rules._start import failing, said
from envprobe.terms import Severity

COMPILED_FOR = re.compile(r"was compiled to use (.+?) instructions?, but these aren't available")


def _detect(examination: Examination) -> Iterator[Seen]:
    failure, cpu = examination.start_failure, examination.inventory.cpu
    if failure is None or failure.kind != "crashed" or is_emulated(examination):
        return
    told = COMPILED_FOR.search(" ".join((failure.reason, *failure.stderr_lines)))
    if failure.signal != "SIGILL" and not told:
        return
    if cpu.isa is not None and cpu.architecture == "x86_64" and "avx" not in cpu.isa:
        return  # that is the reason, and has a rule of its own
    needs = f"; it was compiled for {told[1]}" if told else ""
    isa = "" if cpu.isa is None else f"; {cpu.model or 'the CPU'} has {', '.join(cpu.isa)}"
    yield Seen(seen=f"{said(examination)}{needs}{isa}")


def _illegal() -> Examination:
    return failing("SIGILL", kind="crashed", signal="SIGILL")


RULE = Rule(
    code="DOC603",
    name="instruction-not-known-to-cpu",
    severity=Severity.ERROR,
    why="The official wheels need AVX alone. A build that needs more was made for another machine "
    "(-march=native, a cluster's or a distribution's own build), or a library beside it was.",
    fix="Install the official wheel, or a build made on this kind of CPU; on a cluster go to the "
    "node type that the build was made for.",
    source="https://www.tensorflow.org/install/pip",
    detect=_detect,
    hits=(
        _illegal,
        lambda: failing(
            "SIGABRT; stderr: The TensorFlow library was compiled to use AVX512F instructions, "
            "but these aren't available on your machine.",
            kind="crashed",
            signal="SIGABRT",
        ),
    ),
    misses=(
        lambda: changed(_illegal(), "inventory.cpu.isa", ("sse4_2",)),
        lambda: changed(_illegal(), "inventory.software.python.platform", "linux-aarch64"),
        lambda: failing("SIGSEGV", kind="crashed", signal="SIGSEGV"),
    ),
)
