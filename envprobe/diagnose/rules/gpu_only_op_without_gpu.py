"""An op that runs on GPUs only, as cuDNN's recurrent layers, in a process that has no GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._kernels import PATTERNS, missing_kernel, verdict
from envprobe.diagnose.rules._kernels_told import told
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:
    """The op, where a GPU is all that is missing."""
    missing = missing_kernel(sighting)
    if missing is None or verdict(missing, log) != "gpu-only":
        return None
    return Reading(fields=told(missing, log))


RULE = Rule(
    code="LOG302",
    name="gpu-only-op-without-gpu",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    kind=Kind.FATAL,
    patterns=PATTERNS,
    read=read,
    yields_to=(
        "gpu-libs-missing",
        "gpu-driver-missing",
        "driver-library-mismatch",
        "driver-too-old",
        "windows-native-gpu-dropped",
    ),
    seen="{op} runs on GPUs only, and this process has none[ (its devices: {devices})].",
    why=(
        "The op is written with CUDA or cuDNN, and TensorFlow has no CPU kernel for it. Either the "
        "machine has no GPU, or TensorFlow did not open the one it has."
    ),
    fix=(
        "On a machine without GPU use the layer that runs everywhere: LSTM or GRU instead of "
        "CuDNNLSTM or CuDNNGRU (weights can be loaded into them). If there is a GPU, run `envprobe "
        "doctor`: it says why TensorFlow does not open it."
    ),
    candidates=(
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="nvidia-smi shows the GPU, tf.config.list_physical_devices('GPU') is [].",
        ),
        Candidate(cause=Cause.GPU_DRIVER_MISSING, check="nvidia-smi fails on this machine."),
    ),
    source="tensorflow/core/kernels/cudnn_rnn_ops.cc",
    hits=(
        "InvalidArgumentError: No OpKernel was registered to support Op 'CudnnRNN' used by {{node "
        'rnn/CudnnRNN}} with these attrs: [dropout=0, seed=0, T=DT_FLOAT, rnn_mode="gru"]\n'
        "Registered devices: [CPU]\nRegistered kernels:\n  <no registered kernels>\n",
        "NotFoundError: Could not find device for node: {{node CudnnRNNV3}} = "
        "CudnnRNNV3[T=DT_FLOAT,"
        ' rnn_mode="lstm"]\nAll kernels registered for op CudnnRNNV3:\n'
        "  device='GPU'; T in [DT_FLOAT]\n  device='GPU'; T in [DT_HALF]\n [Op:CudnnRNNV3]\n",
    ),
    misses=(
        "NotFoundError: Could not find device for node: {{node CudnnRNNV3}} = "
        "CudnnRNNV3[T=DT_INT32]"
        "\nAll kernels registered for op CudnnRNNV3:\n  device='GPU'; T in [DT_FLOAT]\n",
    ),
)
