"""A package uses something that this Python no longer has, or not yet."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import OWN, import_site
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_TENSORFLOW = r"tensorflow|keras|tensorboard|\btf\b|wrapt|flatbuffers|gast|astunparse|ml_dtypes|jax"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Only where TensorFlow or something it needs is concerned.

    AutoGraph names the error as the cause for which it leaves a function as it is.
    """
    if compiled(r"Cause: +(?:module|name) ").search(sighting.line.text):
        return None
    if not compiled(_TENSORFLOW).search(f"{sighting.before[-4000:]}\n{sighting.text[:1500]}"):
        return None
    site = import_site(sighting)
    return Reading(fields={"package": site} if site and site != OWN else {})


RULE = Rule(
    code="LOG645",
    name="package-older-than-python",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"cannot import name '?(?P<name>Iterable|Mapping|MutableMapping|Sequence|Callable|"
            r"Hashable|Container|MutableSet|OrderedDict|Set)'? from '(?P<module>collections)'"
        ),
        Pattern(r"module '(?P<module>collections)' has no attribute '(?P<name>\w+)'"),
        Pattern(
            r"module '(?P<module>inspect)' has no attribute '(?P<name>getargspec|"
            r"formatargspec)'"
        ),
        Pattern(r"cannot import name '?(?P<name>formatargspec|getargspec)'? from 'inspect'"),
        Pattern(
            r"No module named '?(?P<module>imp|distutils(?:\.\w+)?|pkg_resources|asyncore|cgi|"
            r"setuptools\._distutils|importlib_metadata|importlib\.metadata|typing_extensions|"
            r"importlib_resources|zoneinfo|dataclasses|_bz2|_lzma)'?\s*$"
        ),
        Pattern(
            r"cannot import name '?(?P<name>\w+)'? from '(?P<module>typing(?:_extensions)?|"
            r"collections\.abc|importlib\.metadata|importlib_metadata|types|ast)'"
        ),
        Pattern(
            r"module '(?P<module>typing(?:_extensions)?|ast|gast|wrapt|time|asyncio|flatbuffers|"
            r"opt_einsum|six(?:\.moves)?|pkg_resources|functools|platform)' has no "
            r"attribute '(?P<name>\w+)'",
            anchors=("' has no attribute '",),
        ),
        Pattern(
            r"cannot import name '?(?P<name>\w+)'? from '(?P<module>flatbuffers|wrapt|six|gast|"
            r"opt_einsum|pkg_resources)"
        ),
        Pattern(
            r"No module named '?(?P<module>flatbuffers(?:\.\w+)?|wrapt|opt_einsum|astunparse|"
            r"gast|absl(?:\.\w+)?|termcolor|google_pasta|pasta|ml_dtypes|libclang|optree|namex|"
            r"h5py|rich|six)'?\s*$",
            before=(r"tensorflow|keras",),
        ),
        Pattern(r"__init__\(\) missing 1 required positional argument: '(?P<name>type_params)'"),
        Pattern(
            r"(?P<name>SyntaxError): invalid syntax",
            before=(r"site-packages[/\\](?:tensorflow|keras|tf_|tensorboard)",),
        ),
    ),
    yields_to=("numpy-abi-mismatch", "protobuf-abi-mismatch", "own-file-shadows-tensorflow"),
    read=read,
    seen="This Python or package lacks something[: {name}][ in {module}][, which {package} asks "
    "for].",
    why="Python 3.10 moved the classes of collections, 3.11 dropped getargspec, 3.12 dropped imp "
    "and distutils; small packages that TensorFlow needs (typing_extensions, wrapt, flatbuffers, "
    "gast, ml_dtypes) change as well. What is installed does not belong together.",
    fix="Upgrade the package that fails[ ({package})] and the one it imports (pip install "
    "--upgrade typing_extensions wrapt flatbuffers setuptools), or use the Python that the "
    "TensorFlow release was made for. pip check names what does not fit.",
    candidates=(
        Candidate(cause=Cause.TF_NOT_INSTALLED, check="pip show says that it is not installed."),
        Candidate(cause=Cause.ABI_MISMATCH, check="ml_dtypes or jaxlib is of another release."),
    ),
    source="docs.python.org/3/whatsnew",
    hits=(
        'Traceback (most recent call last):\n  File "/opt/v/lib/python3.10/site-packages/keras/'
        'utils/data.py", line 9, in <module>\n    from collections import Iterable\nImportError: '
        "cannot import name 'Iterable' from 'collections' (/usr/lib/python3.10/collections/"
        "__init__.py)\n",
        '  File "/opt/v/lib/python3.12/site-packages/tensorflow/tools.py", line 3, in <module>\n '
        "   "
        "import imp\nModuleNotFoundError: No module named 'imp'\n",
    ),
    misses=(
        "ModuleNotFoundError: No module named 'imp'\n",
        "WARNING:tensorflow:Entity <function Net.call at 0x7f> could not be transformed and will "
        "be executed as-is. Cause: module 'gast' has no attribute 'Num'\n",
    ),
)
