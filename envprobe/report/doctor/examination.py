"""Doctor's report on a terminal or in a file; pure but for the last function, which prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from envprobe.doctor.forecast import Change, Forecast
from envprobe.doctor.result import DoctorResult
from envprobe.doctor.unanswered import unanswered
from envprobe.report.doctor.verdict import verdict
from envprobe.report.findings import command, findings
from envprobe.report.machine import cpu_line, gpu_lines, host_line, memory_line
from envprobe.report.parts import print_parts
from envprobe.report.units import count

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def print_doctor(result: DoctorResult, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(doctor_report(result), console)


def doctor_report(result: DoctorResult) -> Iterator[RenderableType]:
    """Verdict, machine, forecast, findings, what was looked at, and what could not be told."""
    yield verdict(result)
    yield Text()
    yield _machine(result)
    if result.forecast is not None:
        yield from _forecast(result.forecast)
    if result.findings:
        yield Text()
        yield Text("Findings", style="bold underline")
        yield from findings(result.findings)
    yield Text()
    yield from _closing(result)


def _machine(result: DoctorResult) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in machine_lines(result):
        # As Text, so that square brackets in a driver's message are not read as markup.
        grid.add_row(Text(label), Text(value))
    return grid


def machine_lines(result: DoctorResult) -> Iterator[tuple[str, str]]:
    """Label and value: the machine, the interpreter, the installed and the running TensorFlow."""
    inventory = result.inventory
    plain = msgspec.to_builtins(inventory)
    yield "Host", host_line(plain, inventory.host.hostname or "unknown host")
    yield "CPU", cpu_line(plain, inventory.cpu.isa or ())
    yield "Memory", memory_line(plain)
    yield from gpu_lines(plain, ())
    python = inventory.software.python
    yield "Python", f"{python.version or 'unknown'}, {python.executable or 'unknown'}"
    yield "TensorFlow", _tensorflow(result)
    if inventory.tensorflow is not None:
        yield "Devices", ", ".join(one.name for one in inventory.tensorflow.devices) or "none"


def _tensorflow(result: DoctorResult) -> str:
    software, report = result.inventory.software, result.inventory.tensorflow
    installed = [f"{one.name} {one.version}" for one in software.tensorflow or ()]
    if not installed:
        unknown = software.tensorflow is None
        installed = [software.unknown.get("tensorflow", "unknown") if unknown else "not installed"]
        if software.tensorflow_folder:
            installed = [f"{software.tensorflow_folder}/tensorflow, of no distribution"]
    parts = list(installed)
    build = software.build
    if build is not None and build.is_cuda_build:
        cudnn = build.cudnn_version or "unknown"
        parts.append(f"built for CUDA {build.cuda_version or 'unknown'}, cuDNN {cudnn}")
    elif build is not None and build.is_cuda_build is False:
        parts.append("ROCm build" if build.is_rocm_build else "CPU build")
    if report is not None:
        same = report.version in {one.version for one in software.tensorflow or ()}
        parts.append("runs" if same or not report.version else f"runs as {report.version}")
    return ", ".join(parts)


def _forecast(forecast: Forecast) -> Iterator[RenderableType]:
    yield Text()
    yield Text(f"Forecast for {forecast.requirement}", style="bold underline")
    yield Text("Told from tables of what the release needs; it was not installed or started.")
    if not forecast.changes:
        yield Text("Nothing has to change: it is what is installed.")
    else:
        yield Text("What would change:")
    for change in forecast.changes:
        yield Padding(_change(change), (0, 0, 0, 2))
    for line in forecast.tried:
        yield Padding(Text(line), (0, 0, 0, 2))
    if not any(change.blocks for change in forecast.changes):
        yield Text("To install it:")
        yield command(forecast.command)


def _change(change: Change) -> Text:
    words = f"{change.name}: {change.here or 'none'} -> {change.needs}"
    if change.blocks:
        return Text(f"{words} (has to be changed first)", style="bold red")
    return Text(words)


def _closing(result: DoctorResult) -> Iterator[RenderableType]:
    what = "the files, NVML and a forecast" if result.forecast else "the files and NVML"
    if result.inventory.tensorflow is not None:
        what = "the files, NVML and a running TensorFlow"
    yield Text(f"{count(result.rules, 'rule')} looked at {what}.")
    unknown = list(unanswered(result))
    if not unknown:
        yield Text("Nothing that they ask was left unanswered.")
        return
    yield Text("Not told, so that nothing is claimed about it:")
    for subject, reason in unknown:
        yield Padding(Text(f"{subject}: {reason}"), (0, 0, 0, 2))
