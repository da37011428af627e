"""XLA was asked to compile for a platform that this build of TensorFlow cannot compile for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG354",
    name="xla-compiler-missing",
    cause=Cause.XLA_UNSUPPORTED_OP,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Could not find compiler for platform (?P<platform>\w+)"),
        Pattern(r"could not find registered compiler for (?:the )?platform (?P<platform>\w+)"),
        Pattern(r"XLA compilation (?:is )?(?:disabled|not available|not supported)\b"),
    ),
    yields_to=("macos-metal",),
    seen="This build of TensorFlow has no XLA compiler[ for {platform}].",
    why=(
        "The compiler is a part of TensorFlow's library, and not all builds (own builds, slim "
        "builds, plug-ins for other devices) hold the one for each platform."
    ),
    fix=(
        "Take jit_compile=True away (Keras 2 optimizers: jit_compile=False), or install the "
        "official "
        "package of TensorFlow."
    ),
    candidates=(
        Candidate(
            cause=Cause.MACOS_METAL,
            check="On a Mac with tensorflow-metal: its devices are not compiled for by XLA.",
        ),
    ),
    source="xla/service/compiler.cc",
    hits=(
        "NotFoundError: Could not find compiler for platform CUDA: NOT_FOUND: could not find "
        "registered compiler for platform CUDA -- was support for that platform linked in?\n",
    ),
    misses=("I xla/service/service.cc:153] XLA service 0x5 initialized for platform CUDA\n",),
)
