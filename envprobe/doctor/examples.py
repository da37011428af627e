"""Changes to healthy machines: what rules give as their hits and misses."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.doctor.examination import Examination
from envprobe.doctor.healthy import GIB, SITE, healthy_a100, healthy_cpu, healthy_gpu
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown
from envprobe.inventory.distributions import Distribution
from envprobe.inventory.tensorflow_build import TensorFlowBuild
from envprobe.inventory.variables import parse_variables

__all__ = [
    "GIB",
    "SITE",
    "changed",
    "healthy_a100",
    "healthy_cpu",
    "healthy_gpu",
    "with_environ",
    "with_gpu",
    "with_library",
    "with_package",
    "with_release",
    "with_tensorflow_version",
    "without_start",
]


def changed(examination: Examination, path: str, value: Any) -> Examination:
    """The examination with one value replaced.

    `path` is dotted: `inventory.nvml.gpus.0.compute_mode`; numbers are places in a tuple, names
    the fields of a struct or the keys of a dict. An unknown name is an error.
    """
    changed_whole: Examination = _replaced(examination, path.split("."), value)
    return changed_whole


def with_environ(examination: Examination, **variables: str) -> Examination:
    """The examination with these environment variables set."""
    merged = {**examination.environ, **variables}
    return changed(examination, "inventory.software.variables", parse_variables(merged))


def with_package(examination: Examination, name: str, version: str | None) -> Examination:
    """The examination with a distribution in that version; None takes it away."""
    packages = examination.inventory.software.packages or ()
    kept = tuple(package for package in packages if package.name != name)
    old = next((package for package in packages if package.name == name), None)
    if version is not None:
        role = old.role if old else "feeds"
        kept += (Distribution(name=name, version=version, folder=SITE, role=role),)
    ordered = tuple(sorted(kept, key=lambda package: package.name))
    return changed(examination, "inventory.software.packages", ordered)


def with_tensorflow_version(examination: Examination, version: str) -> Examination:
    """The examination with that version of TensorFlow, installed and running."""
    changed_one = changed(examination, "inventory.software.tensorflow.0.version", version)
    if changed_one.inventory.tensorflow is None:
        return changed_one
    return changed(changed_one, "inventory.tensorflow.version", version)


def with_release(examination: Examination, version: str) -> Examination:
    """The examination with that release's own build, installed and running; CUDA where it has it.

    The packages beside it stay what they were.
    """
    release = tensorflow_release(version)
    assert not isinstance(release, Unknown)  # noqa: S101  a slip in an example
    one = with_tensorflow_version(examination, version)
    if not (one.inventory.software.build or TensorFlowBuild()).is_cuda_build:
        return one
    build = "inventory.software.build"
    one = changed(one, f"{build}.cuda_version", release.cuda_of_build)
    one = changed(one, f"{build}.cudnn_version", release.cudnn_major_of_build)
    one = changed(one, f"{build}.is_tensorrt_build", release.tensorrt)
    return changed(one, f"{build}.cuda_compute_capabilities", release.targets_of_build)


def with_gpu(examination: Examination, model: str, capability: str) -> Examination:
    """The GPU machine with another model in the place of its A100."""
    one = changed(examination, "inventory.nvml.gpus.0.name", model)
    one = changed(one, "inventory.nvml.gpus.0.compute_capability", capability)
    if one.inventory.tensorflow is None:
        return one
    one = changed(one, "inventory.tensorflow.devices.1.model", model)
    return changed(one, "inventory.tensorflow.devices.1.compute_capability", capability)


def with_library(examination: Examination, name: str, **fields: Any) -> Examination:
    """The examination with the library `name` (`cudnn`) changed, on disk and loaded."""
    on_disk, report = (
        examination.inventory.software.libraries or (),
        examination.inventory.tensorflow,
    )
    replaced = tuple(
        msgspec.structs.replace(one, **fields) if one.name == name else one for one in on_disk
    )
    examination = changed(examination, "inventory.software.libraries", replaced)
    if report is None:
        return examination
    known = {name: value for name, value in fields.items() if name in ("soname", "path", "version")}
    loaded = tuple(
        msgspec.structs.replace(one, **known) if one.soname.startswith(f"lib{name}.so") else one
        for one in report.loaded
    )
    return changed(examination, "inventory.tensorflow.loaded", loaded)


def without_start(examination: Examination) -> Examination:
    """The examination with TensorFlow not asked: what is installed is all that is known."""
    return changed(examination, "inventory.tensorflow", None)


def _replaced(whole: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    name, rest = path[0], path[1:]
    if isinstance(whole, tuple):
        place = int(name)
        return (*whole[:place], _replaced(whole[place], rest, value), *whole[place + 1 :])
    if isinstance(whole, dict):
        return {**whole, name: _replaced(whole.get(name), rest, value)}
    return msgspec.structs.replace(whole, **{name: _replaced(getattr(whole, name), rest, value)})
