"""Takes the inventory: every source asked on its own, at once, within its own time limit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.cgroup import Cgroup, CgroupAnswer, ask_cgroup, parse_cgroup
from envprobe.inventory.container import (
    Surroundings,
    SurroundingsAnswer,
    ask_surroundings,
    parse_surroundings,
)
from envprobe.inventory.cpu import Cpu, CpuAnswer, ask_cpu, parse_cpu
from envprobe.inventory.cuda_visible import Target, Visibility, resolve_visible
from envprobe.inventory.gpu import Gpu, MigInstance
from envprobe.inventory.gpu_questions import Reply
from envprobe.inventory.guard import Answer, Question
from envprobe.inventory.host import Host, HostAnswer, ask_host, parse_host
from envprobe.inventory.inventory import Inventory
from envprobe.inventory.limits import Limits, LimitsAnswer, ask_limits, parse_limits
from envprobe.inventory.memory import ask_memory, parse_memory
from envprobe.inventory.nvml import NVML_SECONDS, NvmlAnswer, ask_nvml_within, parse_nvml
from envprobe.inventory.pci import PciAnswer, ask_pci, parse_kernel_module_version, parse_pci
from envprobe.inventory.reading import no_command, run_command
from envprobe.inventory.settings import SettingsAnswer, ask_settings, parse_settings
from envprobe.inventory.software import (
    SOFTWARE_SECONDS,
    SoftwareAnswer,
    ask_software,
    parse_software,
)
from envprobe.inventory.tensorflow_report import TensorFlowReport, parse_hello
from envprobe.inventory.unknown import all_unknown

FILES_SECONDS = 5.0


@dataclass(frozen=True)
class MachineAnswers:
    """Everything the machine was asked, unread: enough to build the inventory elsewhere."""

    host: Answer[HostAnswer]
    surroundings: Answer[SurroundingsAnswer]
    cgroup: Answer[CgroupAnswer]
    limits: Answer[LimitsAnswer]
    cpu: Answer[CpuAnswer]
    memory: Answer[str | None]
    pci: Answer[PciAnswer]
    nvml: NvmlAnswer
    software: Answer[SoftwareAnswer]
    settings: Answer[SettingsAnswer]


def take_inventory(
    *,
    root: Path = Path("/"),
    environ: Mapping[str, str] = os.environ,
    python: str | None = None,
) -> Inventory:
    """What this machine is. Never raises: what could not be asked is None with its reason.

    `root` is where the system's files lie (another one than `/` is read as a recorded machine:
    NVML and commands are not asked), `python` the interpreter whose packages are listed, this
    one by default. Takes about half a second, with a limit for every source.
    """
    return build_inventory(ask_machine(root, dict(environ), python), dict(environ))


def ask_machine(root: Path, environ: Mapping[str, str], python: str | None) -> MachineAnswers:
    """Puts all questions at once, and waits for each as long as it may take."""
    running = root == Path("/")
    run = run_command if running else no_command
    software = Question(lambda: ask_software(root, environ, python, run), "the software")
    settings = Question(lambda: ask_settings(root, environ), "the settings' files")
    host = Question(lambda: ask_host(root), "the system's files")
    surroundings = Question(lambda: ask_surroundings(root, environ), "the system's files")
    cgroup = Question(lambda: ask_cgroup(root), "/sys/fs/cgroup")
    limits = Question(lambda: ask_limits(root), "/proc/self/limits")
    cpu = Question(lambda: ask_cpu(root), "/proc/cpuinfo")
    memory = Question(lambda: ask_memory(root), "/proc/meminfo")
    pci = Question(lambda: ask_pci(root), "/sys/bus/pci")
    return MachineAnswers(
        nvml=ask_nvml_within(NVML_SECONDS) if running else NOT_ASKED,
        host=host.within(FILES_SECONDS),
        surroundings=surroundings.within(FILES_SECONDS),
        cgroup=cgroup.within(FILES_SECONDS),
        limits=limits.within(FILES_SECONDS),
        cpu=cpu.within(FILES_SECONDS),
        memory=memory.within(FILES_SECONDS),
        pci=pci.within(FILES_SECONDS),
        software=software.within(SOFTWARE_SECONDS),
        settings=settings.within(FILES_SECONDS),
    )


NOT_ASKED = NvmlAnswer(opened=Reply(error="a recorded machine has no NVML", code=12), finished=True)


def build_inventory(answers: MachineAnswers, environ: Mapping[str, str]) -> Inventory:
    """The answers read; pure."""
    cgroup = (
        parse_cgroup(answers.cgroup.value)
        if answers.cgroup.value
        else all_unknown(Cgroup, str(answers.cgroup.reason))
    )
    pci = answers.pci.value or PciAnswer()
    nvml = parse_nvml(answers.nvml, parse_kernel_module_version(pci.nvidia_version))
    nvml = msgspec.structs.replace(
        nvml,
        device_nodes=pci.device_nodes,
        closed_nodes=pci.closed_nodes,
        gpus=with_cuda_indexes(nvml.gpus, resolve_visible(nvml.gpus, environ)),
    )
    unread = SoftwareAnswer(python=Answer(reason=answers.software.reason))
    software = parse_software(answers.software.value or unread, environ)
    return Inventory(
        host=_host(answers, cgroup),
        cpu=parse_cpu(answers.cpu.value, cgroup, environ)
        if answers.cpu.value
        else all_unknown(Cpu, str(answers.cpu.reason)),
        memory=parse_memory(answers.memory.value, cgroup),
        pci_gpus=parse_pci(pci),
        nvml=nvml,
        software=software,
        settings=parse_settings(answers.settings.value or SettingsAnswer()),
        unknown={"tensorflow": "TensorFlow has not been started yet"},
    )


def _host(answers: MachineAnswers, cgroup: Cgroup) -> Host:
    told = answers.host.value
    host = parse_host(told) if told else all_unknown(Host, str(answers.host.reason))
    marks, limits = answers.surroundings, answers.limits
    return msgspec.structs.replace(
        host,
        cgroup=cgroup,
        surroundings=parse_surroundings(marks.value)
        if marks.value
        else all_unknown(Surroundings, str(marks.reason)),
        limits=parse_limits(limits.value)
        if limits.value
        else all_unknown(Limits, str(limits.reason)),
    )


def with_cuda_indexes(gpus: tuple[Gpu, ...], seen: Visibility) -> tuple[Gpu, ...]:
    """Each GPU and MIG instance with its CUDA index, or with the reason why it has none."""
    numbers = {target: index for index, target in enumerate(seen.targets or ())}
    return tuple(_with_index(gpu, numbers, seen) for gpu in gpus)


def _with_index(gpu: Gpu, numbers: Mapping[Target, int], seen: Visibility) -> Gpu:
    instances = gpu.mig_instances
    if instances is not None:
        instances = tuple(
            msgspec.structs.replace(
                mig, **_index(mig, Target(gpu.nvml_index, mig.index), numbers, seen)
            )
            for mig in instances
        )
    fields = _index(gpu, Target(gpu.nvml_index), numbers, seen)
    return msgspec.structs.replace(gpu, mig_instances=instances, **fields)


def _index(
    what: Gpu | MigInstance, target: Target, numbers: Mapping[Target, int], seen: Visibility
) -> dict[str, Any]:
    number = numbers.get(target)
    unknown = {name: why for name, why in what.unknown.items() if name != "cuda_index"}
    if number is None:
        unknown["cuda_index"] = seen.hidden.get(target, "CUDA does not enumerate it")
    return {"cuda_index": number, "unknown": unknown}


def with_tensorflow(inventory: Inventory, hello: Mapping[str, Any]) -> Inventory:
    """The inventory with what the worker reported after TensorFlow initialised.

    `hello` is the worker's answer of docs/protocol.md, asked with all GPUs visible. Where CUDA's
    order could not be told, it is learned from devices whose model only one GPU has.
    """
    gpus = inventory.nvml.gpus
    report = parse_hello(hello, gpus, inventory.software.libraries or ())
    unknown = {n: why for n, why in inventory.unknown.items() if n != "tensorflow"}
    nvml = msgspec.structs.replace(inventory.nvml, gpus=_learned(gpus, report))
    return msgspec.structs.replace(inventory, nvml=nvml, tensorflow=report, unknown=unknown)


def _learned(gpus: tuple[Gpu, ...], report: TensorFlowReport) -> tuple[Gpu, ...]:
    told = {
        d.nvml_index: int(d.name.rpartition(":")[2])
        for d in report.devices
        if d.nvml_index is not None and d.name.rpartition(":")[2].isdigit()
    }
    if any(gpu.cuda_index is not None for gpu in gpus) or any(g.mig_enabled for g in gpus):
        return gpus
    numbers = {Target(nvml_index): index for nvml_index, index in told.items()}
    return tuple(
        _with_index(gpu, numbers, Visibility(None, {Target(gpu.nvml_index): _why(gpu)}))
        for gpu in gpus
    )


def _why(gpu: Gpu) -> str:
    return gpu.unknown.get("cuda_index", "TensorFlow does not list it")
