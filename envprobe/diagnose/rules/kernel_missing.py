"""An op has no kernel for this device and dtype, whatever the precision."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._kernels import PATTERNS, MissingKernel, missing_kernel, verdict
from envprobe.diagnose.rules._kernels_told import told
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

METAL = Candidate(
    cause=Cause.MACOS_METAL,
    check="On a Mac: the plugin tensorflow-metal brings the GPU kernels; it lacks this one.",
)


def read(sighting: Sighting, log: Log) -> Reading | None:
    """The op and what it has kernels for."""
    missing = missing_kernel(sighting)
    if missing is None or verdict(missing, log) != "kernel":
        return None
    return Reading(
        fields=told(missing, log),
        confidence=None if missing.kernels is not None else Confidence.POSSIBLE,
        candidates=_candidates(missing, log),
    )


def _candidates(missing: MissingKernel, log: Log) -> tuple[Candidate, ...] | None:
    if log.platform == "macos":
        return (METAL, *RULE.candidates)
    return None if missing.kernels is None else RULE.candidates[1:]


RULE = Rule(
    code="LOG301",
    name="kernel-missing",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    kind=Kind.FATAL,
    patterns=PATTERNS,
    read=read,
    seen=(
        "{op} has no kernel[ for {dtype}][ on the {device}][ (node {node})][; registered are "
        "{registered}]."
    ),
    why=(
        "TensorFlow has a kernel for each op, device and dtype on its own; this op was given a "
        "dtype, or placed on a device, for which this release has none."
    ),
    fix=(
        "[What runs: {runs}. ]Cast the input to a dtype that has a kernel (tf.cast(x, 'int32') for "
        "bool and small integers), run the op on the CPU (`with tf.device('/CPU:0'):`), or let "
        "TensorFlow move it there: tf.config.set_soft_device_placement(True)."
    ),
    candidates=(
        Candidate(
            cause=Cause.UNSUPPORTED_PRECISION,
            check="If the op computes in float16 or bfloat16: run it once in float32.",
        ),
        Candidate(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            check="If the code says tf.device('/GPU:0') around it: take that away and run again.",
        ),
        Candidate(
            cause=Cause.CUSTOM_OP_NOT_REGISTERED,
            check="If the op is from a library of its own: import that library before the model.",
        ),
    ),
    source="tensorflow/core/framework/op_kernel.cc",
    hits=(
        "InvalidArgumentError: No OpKernel was registered to support Op 'Bincount' used by {{node "
        "hist/Bincount}}with these attrs: [T=DT_STRING]\nRegistered devices: [CPU, XLA_CPU]\n"
        "Registered kernels:\n  device='CPU'; T in [DT_INT32]\n  device='CPU'; T in [DT_FLOAT]\n",
        "tensorflow.python.framework.errors_impl.NotFoundError: No registered 'StatefulUniform' "
        "OpKernel for 'GPU' devices compatible with node {{node StatefulUniform}}\n"
        "\t.  Registered:  device='CPU'\n [Op:StatefulUniform]\n",
        # As pasted from a narrow window.
        "NotFoundError: No registered 'AssignSubVariableOp' OpKernel for 'DML' devices  \n "
        "compatible with node {{node AssignSubVariableOp}}\n         (OpKernel was found, but "
        "attributes didn't match) Requested Attributes: dtype=DT_DOUBLE\n",
        "InvalidArgumentError: Cannot assign a device for operation input/Split: Could not satisfy "
        "explicit device specification '/device:GPU:0' because no supported kernel for GPU devices "
        "is available.\nColocation Debug Info:\n",
        "InvalidArgumentError: Cannot assign a device for operation counter: Could not satisfy "
        "explicit device specification '/device:GPU:0' because no supported kernel for GPU devices "
        "is available.\nColocation Debug Info:\nColocation group had the following types and "
        "devices:"
        " \nIdentity: GPU CPU \nVariableV2: CPU \n\nRegistered kernels:\n"
        "  device='GPU'; dtype in [DT_FLOAT]\n  device='CPU'\n",
        "NotFoundError: Could not find device for node: {{node Where}} = Where[T=DT_STRING]\n"
        "All kernels registered for op Where:\n  device='CPU'; T in [DT_BOOL]\n [Op:Where] name:\n",
    ),
    misses=(
        "InvalidArgumentError: No OpKernel was registered to support Op 'NcclAllReduce' used by "
        "{{node NcclAllReduce}} with these attrs: [T=DT_FLOAT, num_devices=2]\n"
        "Registered devices: [CPU, GPU]\nRegistered kernels:\n  <no registered kernels>\n",
        "InvalidArgumentError: Cannot assign a device for operation a: Operation was explicitly "
        "assigned to /device:GPU:0 but available devices are [ "
        "/job:localhost/replica:0/task:0/device:CPU:0 ].\n",
        "InvalidArgumentError: No OpKernel was registered to support Op 'Lu' used by {{node Lu}} "
        "with these attrs: [T=DT_HALF]\nRegistered devices: [CPU, GPU]\nRegistered kernels:\n"
        "  device='CPU'; T in [DT_FLOAT]\n  device='GPU'; T in [DT_FLOAT]\n",
    ),
)
