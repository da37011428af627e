"""The process met a machine instruction that its CPU does not have."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._cpu import cpu_without_avx, named_cpu
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

MAC = Candidate(
    cause=Cause.MACOS_METAL,
    check="Apple silicon: does `python -c 'import platform; print(platform.machine())'` say "
    "x86_64? Then Python runs translated: install one for arm64.",
)
OTHER_LIBRARY = Candidate(
    cause=Cause.ABI_MISMATCH,
    check="Does `python -X faulthandler -c 'import tensorflow'` end in another library than "
    "TensorFlow's?",
)


def _read(sighting: Sighting, log: Log) -> Reading | None:
    # zsh's words, and zsh is the shell of macOS.
    on_mac = log.platform == "macos" or "illegal hardware" in sighting.line.text
    return Reading(
        fields=named_cpu(log),
        confidence=Confidence.CERTAIN if cpu_without_avx(log) else None,
        candidates=(MAC, OTHER_LIBRARY) if on_mac else (OTHER_LIBRARY,),
    )


RULE = Rule(
    code="LOG195",
    name="cpu-illegal-instruction",
    cause=Cause.CPU_INSTRUCTION_MISSING,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"\bIllegal instruction\b"),
        Pattern(r"\bIllegal Instruction\b"),
        Pattern(r"illegal hardware instruction"),
        Pattern(r"\b(?P<signal>SIGILL)\b", anchors=("SIGILL",)),
        Pattern(r"[Ii]nstruction non permise", anchors=("nstruction non permise",)),
        Pattern(r"Ungültiger Maschinenbefehl"),
        Pattern(r"Instrucción ilegal"),
        Pattern(r"Instrução ilegal"),
        Pattern(r"Instruction illégale"),
        Pattern(r"Istruzione non consentita"),
        Pattern(r"Недопустимая инструкция"),
        Pattern(r"STATUS_ILLEGAL_INSTRUCTION"),
        # Docker on Apple silicon: an image for x86-64 runs in an emulator.
        Pattern(r"qemu: uncaught target signal [0-9]+"),
        Pattern(r"Check failed: bucket_limits_\[i\] > bucket_limits_\[i - 1\]"),
        Pattern(r"status=4/ILL"),
        Pattern(r"trap invalid opcode"),
        Pattern(
            r"(?:[Ee]xit(?:ed)?(?: with)? (?:[Cc]ode|status)|Exited|exitCode|non-zero code)"
            r"[\" :=(]+(?P<code>132)\b",
            anchors=(
                "xit code",
                "xit Code",
                "xit status",
                "xit with ",
                "xited ",
                "Exited",
                "exitCode",
                "non-zero code",
            ),
        ),
        Pattern(
            r"(?P<code>-1073741795|3221225501|0x[Cc]000001[Dd])",
            anchors=("-1073741795", "3221225501", "0xC000001", "0xc000001"),
        ),
        Pattern(
            r"(?:on|by|with) signal:? \(?4\b",
            anchors=(" signal 4", " signal: 4", " signal (4", " signal: (4", " signal:4"),
        ),
    ),
    seen="the CPU[ ({cpu})] does not know an instruction that the program contains",
    why="TensorFlow's official packages need AVX (since 1.6). The CPU is older than that, is a "
    "Celeron, Pentium or Atom without it, or a virtual machine hides it (CPU types kvm64, qemu64). "
    "Packages made for other instructions end like this too.",
    fix="Look for avx in `grep -m1 flags /proc/cpuinfo` (lscpu). In a virtual machine "
    "give the guest the host's CPU (`-cpu host`, in Proxmox CPU type host) and start "
    "it anew. On Apple silicon take an image and a TensorFlow for arm64, not one for x86-64. On a "
    "CPU without AVX use another machine, a build without AVX "
    "(conda-forge, or one of your own with --copt=-march=native), or TensorFlow 1.5.",
    yields_to=("cpu-without-avx",),
    candidates=(OTHER_LIBRARY,),
    source="https://www.tensorflow.org/install/pip#hardware_requirements",
    read=_read,
    hits=(
        "$ python3 -c 'import tensorflow as tf'\nIllegal instruction (core dumped)",
        "Process finished with exit code 132 (interrupted by signal 4: SIGILL)",
        "[1]    4711 illegal hardware instruction  python train.py",
        "WARNING: The requested image's platform (linux/amd64) does not match the detected host "
        "platform (linux/arm64/v8) and no specific platform was requested\nF tensorflow/core/lib/"
        "monitoring/sampler.cc:42] Check failed: bucket_limits_[i] > bucket_limits_[i - 1] (0 vs. "
        "10)\nqemu: uncaught target signal 6 (Aborted) - core dumped",
        "Fatal Python error: Illegal instruction\n\nCurrent thread 0x7f (most recent call first):\n"
        '  File "<frozen importlib._bootstrap>", line 219 in _call',
        "kernel: traps: python3[912] trap invalid opcode ip:7f12 sp:7ffd error:0 in "
        "_pywrap_tensorflow_internal.so[7f00+1b2]",
    ),
    misses=(
        "E cuda_driver.cc:1] failed to query event: CUDA_ERROR_ILLEGAL_INSTRUCTION: an illegal "
        "instruction was encountered",
        "step 132: loss = 0.4",
    ),
)
