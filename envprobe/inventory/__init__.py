"""What this machine is: host, CPU, memory, NVIDIA GPUs, software, and what is wrong with it.

Each source asks, parses and judges in three functions; only the asking touches the machine.
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
