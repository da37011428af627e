"""Why TensorFlow did not start: the known causes, of which the first that fits is the one.

The texts were made with real faults (an old TensorFlow with numpy 2, files taken away, damaged
libraries, a file of the user's own in the way); `tests/doctor/test_start_rules.py` has them.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination, StartFailure
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.facts.tensorflow_releases import bound_on, tensorflow_release
from envprobe.facts.unknown import Unknown

# Cause -> what its message looks like; more specific ones first.
CAUSES = {
    "numpy": re.compile(
        r"_ARRAY_API not found|compiled using NumPy 1\.x|numpy\.core\.\w+ failed to import"
        r"|Unable to convert function return value to a Python type|numpy\.dtype size changed"
        r"|module compiled against (?:ABI|API) version|`np\.\w+` was removed in the NumPy 2"
    ),
    "protobuf": re.compile(
        r"Descriptors cannot (?:not )?be created directly|Gencode/Runtime|google\.protobuf\b"
    ),
    "glibc": re.compile(r"(\S+): version `(GLIBC_[\d.]+)' not found(?: \(required by (\S+)\))?"),
    "libstdcxx": re.compile(
        r"(\S+): version `((?:GLIBCXX|CXXABI)_[\d.]+)' not found(?: \(required by (\S+)\))?"
    ),
    "foreign_object": re.compile(
        r"(\S+): (wrong ELF class: \w+|invalid ELF header|file too short|Exec format error)"
    ),
    "executable_stack": re.compile(r"(\S+): cannot enable executable stack"),
    "static_tls": re.compile(r"(\S+): cannot allocate memory in static TLS block"),
    "not_mappable": re.compile(r"(\S+): failed to map segment from shared object"),
    "undefined_symbol": re.compile(r"(\S+): undefined symbol: (\w+)"),
    "missing_object": re.compile(r"(\S+): cannot open shared object file"),
    "windows_runtime": re.compile(r"DLL load failed"),
    "typing_extensions": re.compile(r"from 'typing_extensions'"),
    "hdf5": re.compile(r"HDF5.{0,20}version mismatched|\bh5py\b"),
    "ml_dtypes": re.compile(r"(?:module|from|named) 'ml_dtypes[.\w]*'"),
    "keras": re.compile(r"Keras cannot be imported|(?:named|from) '(?:tf_)?keras[.\w]*'"),
    "half_installed": re.compile(
        r"No module named 'tensorflow\.[\w.]+'|from partially initialized module 'tensorflow\."
        r"|cannot import name '\w+' from 'tensorflow[.\w]*' \("
    ),
    "package": re.compile(r"No module named '(?!tensorflow')([\w.]+)'"),
}
PACKAGES = {"numpy", "protobuf", "typing_extensions", "ml_dtypes"}
# What TensorFlow logs on its way is no reason for a failure.
# Nor is the source line of a frame in the traceback.
_PASSED_OVER = re.compile(
    r"\s|File \"|(?:from|import) |\d{4}-\d\d-\d\d \S+ [IW] |[IW]\d{4} |To enable the following"
)


def cause(examination: Examination) -> tuple[str, re.Match[str]] | None:
    """The known cause of the start's failure, and where it is said; None where none is known.

    What was raised last counts before what was printed on the way.
    """
    failure = examination.start_failure
    if failure is None or failure.kind not in ("raised", "crashed") or own_file(examination):
        return None
    printed = (line for line in failure.stderr_lines if not _PASSED_OVER.match(line))
    for text in (failure.reason, "\n".join(printed)):
        for name, pattern in CAUSES.items():
            found = pattern.search(text)
            if found:
                return name, found
    return None


def blames(examination: Examination, name: str) -> re.Match[str] | None:
    """Where that cause is said, if it is the one."""
    found = cause(examination)
    return found[1] if found and found[0] == name else None


def said(examination: Examination) -> str:
    """What the import ended with, in one line."""
    failure = examination.start_failure
    return " ".join(failure.reason.split()) if failure else ""


def own_file(examination: Examination) -> str | None:
    """The user's own file that hides a module from TensorFlow: the one that the failure names."""
    failure = examination.start_failure
    if failure is None or failure.kind not in ("raised", "crashed"):
        return None
    text = "\n".join((failure.reason, *failure.stderr_lines))
    searched = examination.environ.get("PYTHONPATH", "").split(":")
    for path in examination.inventory.settings.shadowing_modules:
        if path in text:
            return path
        # TensorFlow was started outside of the working folder, but with PYTHONPATH.
        folder, _, module = path.removesuffix(".py").rpartition("/")
        if folder in searched and f"module '{module}" in text and "has no attribute" in text:
            return path
    return None


def fitting(examination: Examination, package: str, otherwise: str) -> str:
    """The command that installs `package` as the running release asks for it."""
    version, python = examination.tensorflow, examination.python
    release = tensorflow_release(str(version)) if version else Unknown("not installed")
    bound = None
    if not isinstance(release, Unknown) and python is not None:
        bound = bound_on(release, package, f"{python.major}.{python.minor}")
    return install(examination, f"{package}{bound or otherwise}")


def reinstall(examination: Examination) -> str | None:
    """The command that puts TensorFlow's own files in place again; None where pip lists none, and
    for a vendor's build, which is not on PyPI."""
    software = examination.inventory.software
    if not software.tensorflow or "+" in software.tensorflow[0].version:
        return None
    one = software.tensorflow[0]
    if one.installer == "conda" and software.python.prefix:
        words = ("conda", "install", "-p", software.python.prefix, "--force-reinstall")
        return shlex.join([*words, "tensorflow-base"])
    return install(examination, "--force-reinstall", "--no-deps", f"{one.name}=={one.version}")


def failing(reason: str, *stderr_lines: str, **fields: Any) -> Examination:
    """A machine whose TensorFlow raised that, or failed in another `kind` of way."""
    one = changed(healthy_cpu(), "inventory.tensorflow", None)
    failure = StartFailure(
        **{"kind": "raised", "reason": reason, "stderr_lines": stderr_lines, **fields}
    )
    return changed(one, "start_failure", failure)
