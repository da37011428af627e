"""A variable is set that TensorFlow no longer reads."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

# Variable -> (the first release whose libraries no longer have the name, what to use instead).
# Looked up in the wheels of 2.13 to 2.21; those with 2.13 may have gone earlier.
GONE = {
    "TF_ENABLE_AUTO_MIXED_PRECISION": ("2.13", "the policy mixed_float16 of Keras"),
    "TF_ENABLE_CUBLAS_TENSOR_OP_MATH_FP32": ("2.13", "TF32, which is on by itself"),
    "TF_ENABLE_CUDNN_TENSOR_OP_MATH_FP32": ("2.13", "TF32, which is on by itself"),
    "TF_DISABLE_CUDNN_TENSOR_OP_MATH": ("2.13", "NVIDIA_TF32_OVERRIDE=0"),
    "TF_CUBLAS_WORKSPACE_CONFIG": ("2.13", "CUBLAS_WORKSPACE_CONFIG"),
    "TF_CUDNN_USE_FRONTEND": ("2.20", "nothing: the front end is always used"),
}


def _detect(examination: Examination) -> Iterator[Seen]:
    version = examination.tensorflow
    if version is None:
        return
    for name, (release, instead) in GONE.items():
        if name in examination.environ and version >= Version(f"{release}.dev0"):
            yield Seen(
                seen=f"{shown(examination, name)} with TensorFlow {version}",
                fix=f"Unset it. Instead: {instead}.",
                command=unset_variable(name),
            )


RULE = Rule(
    code="DOC528",
    name="variable-without-effect",
    severity=Severity.INFO,
    why="It stems from an older release or from a vendor's container: what it promises (mixed "
    "precision, tensor cores) does not happen.",
    fix="Unset it.",
    source="The names in libtensorflow_cc.so.2 and libtensorflow_framework.so.2 of 2.13 to 2.21",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), TF_ENABLE_AUTO_MIXED_PRECISION="1"),
        lambda: with_environ(healthy_gpu(), TF_CUDNN_USE_FRONTEND="1"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(
            with_tensorflow_version(healthy_gpu(), "2.18.1"), TF_CUDNN_USE_FRONTEND="1"
        ),
        lambda: with_environ(healthy_gpu(), TF_CUDNN_USE_AUTOTUNE="1"),
    ),
)
