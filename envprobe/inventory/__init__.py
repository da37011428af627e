"""What this machine is: host, CPU, memory, NVIDIA GPUs, software. Facts only.

Each source asks and parses in two functions; only the asking touches the machine. What the facts
mean is judged in `envprobe/doctor/`.
"""

from envprobe.inventory.gpu import Gpu, GpuProcess, MigInstance
from envprobe.inventory.gpu_sample import GpuSample, gpu_clock_sample
from envprobe.inventory.inventory import Inventory
from envprobe.inventory.take import take_inventory, with_tensorflow
from envprobe.inventory.tensorflow_report import LoadedLibrary, TensorFlowDevice, TensorFlowReport

__all__ = [
    "Gpu",
    "GpuProcess",
    "GpuSample",
    "Inventory",
    "LoadedLibrary",
    "MigInstance",
    "TensorFlowDevice",
    "TensorFlowReport",
    "gpu_clock_sample",
    "take_inventory",
    "with_tensorflow",
]
