"""Apple's Metal Performance Shaders abort the process."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG691",
    name="metal-assertion-failed",
    cause=Cause.MACOS_METAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?P<file>MPS[A-Za-z]+\.mm):(?P<line>[0-9]+): failed assertion "
            r"[`'](?P<assertion>[^'`]+)",
            anchors=(": failed assertion ",),
        ),
        Pattern(r"MetalPerformanceShaders.*failed assertion [`'](?P<assertion>[^'`]+)"),
        Pattern(r"/AppleInternal/\S*.*failed assertion [`'](?P<assertion>[^'`]+)"),
        Pattern(r"-\[(?P<method>(?:MPS|MTL|_MTL|AGX|MLC)\S* \S+)\]: unrecognized selector"),
        Pattern(r"-\[(?P<method>(?:MPS|MTL|_MTL|AGX|IOGPU)[^\]]*)\]:?[0-9]*: ?failed assertion"),
        Pattern(r"error: '(?P<op>(?:mps|anec|mpsx)\.[a-z0-9_]+)' op "),
        Pattern(r"loc\(\"(?P<op>mps_[a-z0-9_]+)\"\(.*error:"),
        Pattern(r"libmetal_plugin\.dylib +0x[0-9a-f]+"),
        Pattern(
            r"in (?:libmetal_plugin|MetalPerformanceShadersGraph|MPSGraph)\S*`",
            anchors=("libmetal_plugin", "MetalPerformanceShadersGraph", "MPSGraph"),
        ),
        Pattern(r"libmetal_plugin\.dylib`"),
        Pattern(r"Error Domain=(?P<domain>MTL[A-Za-z]+ErrorDomain|AGXMetal\S*|MPS\S*) Code="),
    ),
    seen="Metal ended the process[: {assertion}][: {method}][: {op}].",
    why="The failure is inside Apple's Metal libraries or the tensorflow-metal plugin (or the "
    "older tensorflow_macos fork), for an op, shape or dtype that they do not handle, or "
    "between a plugin and a macOS version that do not fit.",
    fix="Update macOS, tensorflow-metal and TensorFlow to a pair that fits. To go on: run the "
    "model, or the op that the message names, on the CPU (tf.config.set_visible_devices([], "
    "'GPU') or tf.device('/CPU:0')), or uninstall tensorflow-metal.",
    candidates=(
        Candidate(
            cause=Cause.OOM_GPU, check="memory pressure in Activity Monitor is red when it happens"
        ),
    ),
    source="https://developer.apple.com/metal/tensorflow-plugin/",
    hits=(
        "/BuildRoots/x/MetalPerformanceShaders-126.4/MPSCore/Types/MPSNDArray.mm:705: "
        "failed assertion `[MPSTemporaryNDArray initWithDevice:descriptor:] Error: total bytes of "
        "NDArray > 2**32'\n"
        "Abort trap: 6\n",
        'loc("mps_select"("(mpsFileLoc): '
        '/AppleInternal/BuildRoots/a/MPSGraphUtilities.mm":294:0)): '
        "error: "
        "'anec.gain_offset_control' op result #0 must be 4D/5D memref of 16-bit float\n",
        "-[MPSGraph adamUpdateWithLearningRateTensor:beta1Tensor:]: unrecognized selector sent to "
        "instance 0x600000eede10\n",
    ),
    misses=(
        "2022-06-06 06:06:06.6: I metal_plugin/src/device/metal_device.cc:1154] Metal device set "
        "to: Apple M2\n",
        "Assertion failed: (n > 0), function check, file tensor.c, line 12.\n",
    ),
)
