"""tensorflow-metal's plugin cannot be loaded into the installed TensorFlow."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG690",
    name="metal-plugin-not-loaded",
    cause=Cause.MACOS_METAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"dlopen\(\S*libmetal_plugin\.dylib.*(?:Symbol not found|symbol not found in flat "
            r"namespace):? '?\(?(?P<symbol>[^\s')]+)"
        ),
        Pattern(r"dlopen\(\S*libmetal_plugin\.dylib.*(?:Library not loaded): (?P<library>\S+)"),
        Pattern(r"dlopen\(\S*libmetal_plugin\.dylib"),
        Pattern(r"Referenced from: .*libmetal_plugin\.dylib"),
        Pattern(r"(?:Expected in|tried): .*tensorflow-plugins/", anchors=("tensorflow-plugins/",)),
        Pattern(r"Library not loaded: @rpath/(?P<library>_pywrap_tensorflow_internal\.so)"),
    ),
    seen="tensorflow-metal's plugin cannot be loaded[: {symbol} is missing][: {library} is "
    "missing].",
    why="The plugin is bound to the C functions of a few TensorFlow releases and to a macOS "
    "version. The installed TensorFlow is too new or too old for it: tensorflow-metal 1.1 and "
    "1.2 fit up to 2.17, 1.0 fits 2.12 and 2.13, 0.x the releases before.",
    fix="Install a pair that fits (`pip install 'tensorflow==2.17.*' tensorflow-metal` at most; "
    "update macOS when a system symbol is missing), or `pip uninstall tensorflow-metal` and "
    "compute on the CPU.",
    candidates=(
        Candidate(
            cause=Cause.ABI_MISMATCH,
            check="the missing symbol is TensorFlow's own (tsl, absl, TF_)",
        ),
    ),
    source="https://developer.apple.com/metal/tensorflow-plugin/",
    hits=(
        "tensorflow.python.framework.errors_impl.NotFoundError: "
        "dlopen(/Users/lee/tf/lib/site-packages/tensorflow-plugins/libmetal_plugin.dylib, "
        "0x0006): Symbol not found: __ZN3tsl8internal10LogMessageC1EPKcii\n"
        "  Referenced from: <UUID> "
        "/Users/lee/tf/lib/python3.10/site-packages/tensorflow-plugins/libmetal_plugin.dylib\n",
    ),
    misses=(
        "Metal device set to: Apple M1 Pro\n"
        "2022-08-08 08:08:08.8: I "
        "tensorflow/core/common_runtime/pluggable_device/pluggable_device_factory.cc:271] Created "
        "TensorFlow device (/job:localhost/replica:0/task:0/device:GPU:0 with 0 MB memory) -> "
        "physical PluggableDevice (device: 0, name: METAL, pci bus id: <undefined>)\n",
    ),
)
