"""TensorRT, which hardly a program needs, was not found."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG148",
    name="tensorrt-not-found",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(
            r"Could not load dynamic library "
            r"'(?P<library>(?:lib)?nv(?:infer|parsers|onnxparser)[^']*)'"
        ),
        Pattern(r"TF-TRT Warning: "),
        Pattern(r"Cannot dlopen (?:some|all) TensorRT"),
        Pattern(r"Loaded runtime TensorRT version: 0\.0\.0"),
    ),
    seen="TensorRT was not found[: {library}].",
    why="TensorFlow tries to open TensorRT at its start and runs without it. Only programs that "
    "convert models with TF-TRT need it; the GPU is used all the same.",
    fix="Ignore it, or install the TensorRT version that the line names if the program uses "
    "TF-TRT.",
    source="tensorflow/compiler/tf2tensorrt/utils/py_utils.cc",
    hits=(
        "2022-12-12 12:12:12.1: W tensorflow/compiler/xla/stream_executor/platform/default/"
        "dso_loader.cc:64] Could not load dynamic library 'libnvinfer_plugin.so.7'; dlerror: "
        "libnvinfer_plugin.so.7: cannot open shared object file: No such file or directory\n",
        "W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find "
        "TensorRT\n",
    ),
    misses=(
        "ImportError: libnvinfer.so.8: cannot open shared object file: No such file or directory\n",
    ),
)
