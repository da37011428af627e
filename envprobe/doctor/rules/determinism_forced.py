"""Only deterministic kernels are allowed."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown, switch
from envprobe.terms import Severity

OF_ALL_OPS = "TF_DETERMINISTIC_OPS"
OF_CUDNN = "TF_CUDNN_DETERMINISTIC"


def _detect(examination: Examination) -> Iterator[Seen]:
    if switch(examination, OF_ALL_OPS):
        yield Seen(seen=shown(examination, OF_ALL_OPS), command=unset_variable(OF_ALL_OPS))
    elif switch(examination, OF_CUDNN):
        yield Seen(
            seen=shown(examination, OF_CUDNN),
            why="cuDNN's deterministic algorithms alone are used for convolutions: they are slower "
            "and take more memory. Other ops stay as they are.",
            command=unset_variable(OF_CUDNN),
        )


RULE = Rule(
    code="DOC502",
    name="determinism-forced",
    severity=Severity.INFO,
    why="Random ops without a seed raise RuntimeError, ops without a deterministic kernel raise "
    "UnimplementedError, and the others use slower algorithms.",
    fix="Unset it where runs need not repeat to the last bit.",
    source="https://www.tensorflow.org/api_docs/python/tf/config/experimental/"
    "enable_op_determinism",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), TF_DETERMINISTIC_OPS="1"),
        lambda: with_environ(healthy_gpu(), TF_CUDNN_DETERMINISTIC="true"),
    ),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), TF_DETERMINISTIC_OPS="0")),
)
