"""An installation of TensorFlow, or of what it needs, broke off."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_ABOUT = r"tensorflow|keras|tf[-_]nightly|tensorboard|h5py|grpcio|wrapt|numpy|protobuf|ml[-_]dtypes"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Only of an installation of TensorFlow or of a package it needs."""
    text = f"{sighting.before[-6000:]}\n{sighting.text[:4000]}"
    return Reading() if compiled(_ABOUT).search(text) else None


RULE = Rule(
    code="LOG623",
    name="tensorflow-install-failed",
    cause=Cause.TF_NOT_INSTALLED,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Could not install packages due to an (?:OSError|EnvironmentError): (?P<reason>"
            r"(?:\[(?:WinError|Errno) "
            r"(?:2|3|5|13|17|32|206)\]|HTTPSConnectionPool)[^:]{0,80})"
        ),
        Pattern(r"does not have (?P<reason>Windows Long Path support) enabled"),
        Pattern(
            r"Cannot uninstall '?(?P<package>\w[\w-]*)'?[. ].*(?P<reason>distutils installed "
            r"project|no RECORD file was found)",
            anchors=("Cannot uninstall ",),
        ),
        Pattern(r"error: (?P<reason>externally-managed-environment)"),
        Pattern(r"(?P<reason>THESE PACKAGES DO NOT MATCH THE HASHES)"),
        Pattern(
            r"Failed (?P<reason>building wheel) for (?P<package>h5py|grpcio|numpy|wrapt|"
            r"tensorflow\S*|ml[-_]dtypes|dm-tree|protobuf|scipy|pandas)\b"
        ),
        Pattern(
            r"Failed to (?P<reason>build) (?:installable wheels for some pyproject\.toml based "
            r"projects \()?(?P<package>h5py|grpcio|numpy|wrapt|tensorflow\S*|ml[-_]dtypes)\b",
            anchors=("Failed to build ",),
        ),
        Pattern(
            r"(?P<reason>Could not build wheels) for (?P<package>h5py|grpcio|numpy|wrapt|"
            r"tensorflow\S*|ml[-_]dtypes|dm-tree)"
        ),
        Pattern(
            r"Cannot install [^{]*(?P<package>tensorflow|keras)\S* .*because these package "
            r"versions have (?P<reason>conflicting dependencies)"
        ),
        Pattern(r"ResolutionImpossible: (?P<reason>for help visit)"),
        Pattern(r"(?P<reason>SolverProblemError)"),
        Pattern(r"(?P<reason>UnsatisfiableError): The following specifications were found"),
        Pattern(r"LibMambaUnsatisfiableError: (?P<reason>Encountered problems while solving)"),
        Pattern(r"pkgutil' has no attribute '(?P<reason>ImpImporter)'"),
        Pattern(
            r"Retrying \(Retry\(total=0.*(?P<reason>connection broken|read timeout|Name or "
            r"service not known|NewConnectionError)",
            anchors=("Retry(total=0",),
        ),
        Pattern(
            r"Could not fetch URL https://pypi\.org/simple/(?P<package>[\w-]+)/.*(?P<reason>"
            r"SSL|problem confirming)"
        ),
        Pattern(r"pip\._vendor\.urllib3\.exceptions\.(?P<reason>ReadTimeoutError|ProtocolError)"),
        Pattern(r"E: Unable to locate package (?P<package>python3-tensorflow|tensorflow)"),
        Pattern(
            r"expected (?P<reason>'?package name at the start of dependency specifier)",
            before=(r"tensorflow-gpu",),
        ),
        Pattern(r"Invalid requirement: '?(?P<package>(?:tensorflow|keras)[^'\s]*)"),
    ),
    yields_to=("tensorflow-wheel-not-found", "wheel-for-another-platform", "disk-full", "oom-host"),
    read=read,
    seen="The installation broke off[ at {package}][: {reason}].",
    why="The installer could not finish, so that TensorFlow is missing or half there: files were "
    "in use or not writable, a path was too long for Windows, a package of the system could not "
    "be replaced, requirements exclude each other, or something had to be compiled.",
    fix="Install into a fresh environment (python -m venv env, then env/bin/pip install "
    "--upgrade pip, then tensorflow). On Windows switch long paths on (LongPathsEnabled) or use "
    "a short folder; close programs that use the files. Where a wheel is built from source, this "
    "Python has no wheel of it: use the Python that the release is made for.",
    source="pip.pypa.io/en/stable/topics/dependency-resolution",
    hits=(
        "Installing collected packages: tensorflow\nERROR: Could not install packages due to an "
        "OSError: [Errno 2] No such file or directory: 'C:\\\\Users\\\\me\\\\lib\\\\site-packages"
        "\\\\tensorflow\\\\include\\\\x.h'\nHINT: This error might have occurred since this system "
        "does not have Windows Long Path support enabled.\n",
        "Collecting tensorflow\nERROR: Cannot uninstall 'wrapt'. It is a distutils installed "
        "project and thus we cannot accurately determine which files belong to it\n",
        "$ pip install tensorflow\nerror: externally-managed-environment\n",
    ),
    misses=(
        "ERROR: Failed building wheel for xyzlib\n",
        "Successfully installed tensorflow-2.15.0\n",
    ),
)
