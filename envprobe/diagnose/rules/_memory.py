"""What rules about memory share: which findings say more, other causes, what helps."""

from __future__ import annotations

from envprobe.diagnose.rule import Candidate
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Every cause of this family, for findings that only repeat what another says better.
MEMORY_CAUSES = (
    "oom-gpu",
    "oom-gpu-fragmentation",
    "oom-gpu-other-process",
    "oom-host",
    "disk-full",
)
# Words near "No space left on device" where shared memory is full and no disk.
IN_SHARED_MEMORY = (
    r"/dev/shm|shm_open|_posixshmem|SharedMemory|SemLock|shared memory|multiprocessing/heap"  # noqa: S108
)
HOST_ALLOCATORS = ("cpu", "mklcpu", "cuda_host_bfc", "gpu_host_bfc", "xpu_host_bfc", "host_bfc")

LESS_AT_ONCE = (
    "Make the batch smaller until it fits, then smaller images or sequences, or a smaller model. "
    "Mixed precision (keras.mixed_precision.set_global_policy('mixed_float16')) halves the "
    "activations; adding up gradients over several small batches keeps the effective batch."
)
GROWTH = (
    "Set tf.config.experimental.set_memory_growth(gpu, True) for each GPU before anything else "
    "uses it, or the variable TF_FORCE_GPU_ALLOW_GROWTH=true."
)
END_OTHERS = (
    "Look with nvidia-smi which processes hold the memory, and end those that are not needed: "
    "notebooks that are still open, runs that did not end. Or take another GPU with "
    "CUDA_VISIBLE_DEVICES."
)
LESS_ON_HOST = (
    "Load the data piece by piece (tf.data from files, a generator, numpy.memmap) instead of all "
    "of it, make shuffle, prefetch and cache smaller and use fewer workers, or give the job more "
    "memory."
)
OTHER_PROCESS = Candidate(
    cause=Cause.OOM_GPU_OTHER_PROCESS,
    check="Does nvidia-smi show memory in use before this program starts?",
)
TOO_LARGE = Candidate(
    cause=Cause.OOM_GPU, check="Does it run with a batch of 1 while nothing else uses the GPU?"
)
IN_PIECES = Candidate(
    cause=Cause.OOM_GPU_FRAGMENTATION,
    check="Does it run with TF_GPU_ALLOCATOR=cuda_malloc_async and the same batch?",
)
HOST = Candidate(
    cause=Cause.OOM_HOST,
    check="Does the kernel's log (dmesg) name the process as killed for want of memory?",
)


def on_host(sighting: Sighting) -> bool:
    """Whether the message is about the computer's own memory, by the device and the allocator."""
    allocator = sighting.fields.get("allocator", "").lower()
    if allocator:
        return allocator in HOST_ALLOCATORS
    return "cpu" in sighting.fields.get("device", "").lower()
