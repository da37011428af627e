"""Doctor's first line: how much was found, and what that means for TensorFlow."""

from __future__ import annotations

from rich.text import Text

from envprobe.doctor.result import DoctorResult
from envprobe.report.units import count
from envprobe.terms import Severity


def verdict(result: DoctorResult) -> Text:
    """`2 errors, 1 warning: TensorFlow will run on the CPU`."""
    errors, warnings = result.count(Severity.ERROR), result.count(Severity.WARNING)
    if result.blocked:
        style = "bold red"
    elif result.told_nothing or warnings:
        style = "bold yellow"
    else:
        style = "bold green"
    return Text(f"{_numbers(errors, warnings)}: {consequence(result)}", style=style)


def consequence(result: DoctorResult) -> str:
    """What becomes of TensorFlow here, in a clause."""
    if result.forecast is not None:
        return _forecast(result)
    inventory, failure = result.inventory, result.start_failure
    if failure is not None:
        return (
            "TensorFlow is not installed"
            if failure.kind == "missing"
            else ("TensorFlow does not start")
        )
    if inventory.tensorflow is not None:
        return _devices(result)
    software = inventory.software
    if software.tensorflow == () and software.tensorflow_folder is None:
        return "TensorFlow is not installed"
    return "TensorFlow was not started"


def _numbers(errors: int, warnings: int) -> str:
    told = [count(errors, "error")] if errors else []
    told += [count(warnings, "warning")] if warnings else []
    return ", ".join(told) or "no errors, no warnings"


def _forecast(result: DoctorResult) -> str:
    assert result.forecast is not None  # noqa: S101  asked by the caller
    name = f"TensorFlow {result.forecast.release}"
    if any(change.blocks for change in result.forecast.changes):
        return f"{name} cannot be installed here as it is (a forecast)"
    if result.blocked:
        return f"{name} would not work here as it is (a forecast)"
    return f"{name} would work here, as far as its tables tell (a forecast)"


def _devices(result: DoctorResult) -> str:
    inventory = result.inventory
    assert inventory.tensorflow is not None  # noqa: S101  asked by the caller
    listed = [one for one in inventory.tensorflow.devices if one.device_type != "CPU"]
    if listed:
        names = ", ".join(f"{one.name} ({one.model})" if one.model else one.name for one in listed)
        return f"TensorFlow runs on {names}"
    on_bus = any(gpu.vendor == "NVIDIA" for gpu in inventory.pci_gpus)
    if inventory.nvml.gpus or on_bus:
        return "TensorFlow will run on the CPU, though there is an NVIDIA GPU"
    return "TensorFlow runs on the CPU; there is no NVIDIA GPU"
