"""ptxas is too old or absent, and the driver compiles in its place."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG199",
    name="ptxas-fallback",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(
            r"We fallback to the NVIDIA driver for some compilation.*?"
            r"(?:Value '(?P<target>sm_[0-9a-z]+)')?"
        ),
        Pattern(r"[Rr]elying on driver to perform ptx compilation", anchors=("ptx compilation",)),
        Pattern(r"ptxas too old\. Falling back to the driver to compile"),
        Pattern(
            r"Falling back to the CUDA driver for PTX compilation; ptxas does not support CC "
            r"(?P<capability>[0-9.]+)"
        ),
        Pattern(r"Used ptxas at (?P<path>\S+)"),
        Pattern(
            r"Failed to compile generated PTX with ptxas\. Falling back to compilation by driver"
        ),
        Pattern(r"Will back to the GPU driver for PTX -> sass compilation"),
        Pattern(r"You are using ptxas (?P<version>[0-9.]+), which is older than"),
        Pattern(r"Your CUDA software stack is old"),
        Pattern(r"Defaulting to (?:telling LLVM that we're compiling for|libdevice for)"),
        Pattern(r"PTX compilation of .{0,60}using the driver"),
    ),
    seen="the driver compiles kernels in place of ptxas[ {version}][ for {target}][ for compute "
    "capability {capability}]",
    why="XLA and the convolution checks compile with ptxas where they can and leave it to "
    "the driver where they cannot. It costs a little time at the start.",
    fix="Nothing must be done. A newer CUDA toolkit's `bin` on PATH ends the message.",
    source="tensorflow/compiler/xla/stream_executor/gpu/asm_compiler.cc",
    hits=(
        "2021-05-06 07:08:09.1: W tensorflow/stream_executor/gpu/asm_compiler.cc:81] Running ptxas "
        "--version returned 256\n2021-05-06 07:08:09.2: W tensorflow/stream_executor/gpu/"
        "redzone_allocator.cc:314] Internal: ptxas exited with non-zero error code 256, output: \n"
        "Relying on driver to perform ptx compilation. \nModify $PATH to customize ptxas location."
        "\nThis message will be only logged once.",
        "W tensorflow/stream_executor/gpu/redzone_allocator.cc:314] Internal: Invoking GPU asm "
        "compilation is supported on Cuda non-Windows platforms only\nRelying on driver to perform "
        "ptx compilation.",
        "Your CUDA software stack is old. We fallback to the NVIDIA driver for some "
        "compilation. Update your CUDA version to get the best performance. The ptxas "
        "error was: ptxas fatal   : Value 'sm_89' is not defined for option 'gpu-name'",
    ),
    misses=("INTERNAL: libdevice not found at ./libdevice.10.bc",),
)
