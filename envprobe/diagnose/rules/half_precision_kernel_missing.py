"""An op has a kernel for float32, and none for float16, bfloat16 or float8 where it is to run."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._kernels import (
    PATTERNS,
    MissingKernel,
    low_precision,
    missing_kernel,
    verdict,
)
from envprobe.diagnose.rules._kernels_told import told
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:
    """The op and its dtype, where float32 would run."""
    missing = missing_kernel(sighting)
    if missing is None or verdict(missing, log) != "precision":
        return None
    dtype = low_precision(missing, log) or "?"
    return Reading(fields=told(missing, log, dtype=dtype), confidence=_confidence(missing))


def _confidence(missing: MissingKernel) -> Confidence:
    if not missing.attributes:
        return Confidence.POSSIBLE
    return Confidence.LIKELY if missing.kernels is None else Confidence.CERTAIN


RULE = Rule(
    code="LOG300",
    name="half-precision-kernel-missing",
    cause=Cause.UNSUPPORTED_PRECISION,
    kind=Kind.FATAL,
    patterns=PATTERNS,
    read=read,
    seen=(
        "{op} has no {dtype} kernel[ on the {device}][ (node {node})][; registered are "
        "{registered}]."
    ),
    why=(
        "TensorFlow has a kernel for each op, device and dtype on its own, and nobody has written "
        "this one in this release; it does not fall back to float32 by itself."
        "[ The GPU is a {gpu}, compute capability {capability}.]"
    ),
    fix=(
        "Compute {op} in float32: give its layer dtype='float32', or cast around the op with "
        "tf.cast(x, 'float32').[ What runs instead: {runs}.] Under mixed_bfloat16 on a GPU, "
        "mixed_float16 has more kernels; newer releases have more of both."
    ),
    candidates=(
        Candidate(
            cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
            check="Run the op once in float32: if that fails too, the precision is not the reason.",
        ),
        Candidate(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            check="If the code says tf.device('/GPU:0') around it: take that away and run again.",
        ),
    ),
    source="tensorflow/core/framework/op_kernel.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: No OpKernel was registered "
        "to support Op 'Conv3DBackpropFilterV2' used by {{node "
        "gradients/c3/Conv3DBackpropFilterV2}}"
        ' with these attrs: [T=DT_BFLOAT16, Tshape=DT_INT32, data_format="NDHWC"]\n'
        "Registered devices: [CPU, GPU]\nRegistered kernels:\n"
        "  device='GPU'; T in [DT_FLOAT]\n  device='GPU'; T in [DT_HALF]\n"
        "  device='CPU'; T in [DT_FLOAT]\n\n\t [[gradients/c3/Conv3DBackpropFilterV2]]\n",
        "NotFoundError: Could not find device for node: {{node Svd}} = Svd[T=DT_HALF, "
        "compute_uv=true, full_matrices=false]\nAll kernels registered for op Svd:\n"
        "  device='CPU'; T in [DT_FLOAT]\n  device='CPU'; T in [DT_DOUBLE]\n [Op:Svd] name:\n",
        "NotFoundError: No registered 'LRN' OpKernel for GPU devices compatible with node {{node "
        "LRN}}\n\t (OpKernel was found, but attributes didn't match) Requested Attributes: "
        "T=DT_BFLOAT16, alpha=1, beta=0.5, bias=1, depth_radius=5\n"
        "\t.  Registered:  device='GPU'; T in [DT_FLOAT]\n  device='CPU'; T in [DT_FLOAT]\n"
        "  device='CPU'; T in [DT_HALF]\n [Op:LRN]\n",
        "InvalidArgumentError: Cannot assign a device for operation 'aspp/BatchToSpaceND': Could "
        "not"
        " satisfy explicit device specification '/device:GPU:1' because no supported kernel for "
        "GPU "
        "devices is available.\n\t [[Node: aspp/BatchToSpaceND = BatchToSpaceND[T=DT_HALF, "
        'Tcrops=DT_INT32, _device="/device:GPU:1"](aspp/conv, shape, crops)]]\n',
    ),
    misses=(
        "InvalidArgumentError: No OpKernel was registered to support Op 'Where' used by {{node "
        "Where}} with these attrs: [T=DT_STRING]\nRegistered devices: [CPU]\nRegistered kernels:\n"
        "  device='CPU'; T in [DT_HALF]\n  device='CPU'; T in [DT_FLOAT]\n",
        "InvalidArgumentError: Detected unsupported operations when trying to compile graph "
        "__inference_f_9[_XlaMustCompile=true] on XLA_GPU_JIT: Svd (No registered 'Svd' OpKernel "
        "for "
        "XLA_GPU_JIT devices compatible with node {{node Svd}}\n\t (OpKernel was found, but "
        "attributes didn't match) Requested Attributes: T=DT_HALF){{node Svd}}\n",
    ),
)
