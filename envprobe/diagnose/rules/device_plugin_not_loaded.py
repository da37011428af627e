"""A device plugin for TensorFlow was built for another release and does not load."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if "metal" in sighting.fields["plugin"]:
        return None
    return Reading(cause=Cause.MACOS_METAL if log.platform == "macos" else None)


RULE = Rule(
    code="LOG697",
    name="device-plugin-not-loaded",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Error: .*tensorflow-plugins[\\/]+(?P<plugin>[^\s:'\"]+\.(?:dll|so|dylib))"
            r"(?: not found|: cannot open shared object)",
            anchors=("tensorflow-plugins",),
        ),
    ),
    yields_to=("gpu-libs-missing", "gpu-driver-missing"),
    seen="TensorFlow cannot load the device plugin {plugin}.",
    why="TensorFlow loads every library in site-packages/tensorflow-plugins at its import. The "
    "plugin's file is there, but it needs functions of the release that it was built for, or "
    "a library beside it; Windows says 'not found' for both.",
    fix="Install the TensorFlow release that the plugin names (tensorflow-directml-plugin: "
    "tensorflow-cpu 2.10; intel-extension-for-tensorflow: the release of the same number), or "
    "remove the plugin with pip uninstall.",
    candidates=(
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING,
            check="the plugin fits the release, and the driver or runtime of its device is missing",
        ),
    ),
    read=_read,
    source="tensorflow/python/framework/load_library.py",
    hits=(
        "tensorflow.python.framework.errors_impl.NotFoundError: C:\\venv\\lib\\site-packages"
        "\\tensorflow-plugins\\tfdml_plugin.dll not found\n",
    ),
    misses=(
        "WARNING: site-packages/tensorflow-plugins/old.so not found\n",
        "NotFoundError: dlopen(/opt/site-packages/tensorflow-plugins/libmetal_plugin.dylib, 6): "
        "Symbol not found: _TF_AssignUpdateVariable\n",
    ),
)
