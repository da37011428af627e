"""The inventory: what this machine is. What is wrong with it is doctor's to say."""

from __future__ import annotations

import msgspec

from envprobe.inventory.cpu import Cpu
from envprobe.inventory.host import Host
from envprobe.inventory.memory import Memory
from envprobe.inventory.nvml import Nvml
from envprobe.inventory.pci import PciGpu
from envprobe.inventory.settings import Settings
from envprobe.inventory.software import Software
from envprobe.inventory.tensorflow_report import TensorFlowReport


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """One machine. `tensorflow` is None until a worker has reported (`with_tensorflow`).

    Every None inside has its reason in the `unknown` of the struct that holds it.
    """

    host: Host
    cpu: Cpu
    memory: Memory
    pci_gpus: tuple[PciGpu, ...] = ()
    nvml: Nvml
    software: Software
    settings: Settings = Settings()
    tensorflow: TensorFlowReport | None = None
    unknown: dict[str, str] = {}

    @property
    def environ(self) -> dict[str, str]:
        """The variables that matter, as they were set."""
        return {variable.name: variable.value for variable in self.software.variables}
