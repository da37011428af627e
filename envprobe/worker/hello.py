"""The first question: import TensorFlow, shape its devices, say what it is."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from typing import Any

from .placement import short_device

Answer = dict[str, Any]
FEEDING = ("keras", "keras-nightly", "tf_keras", "numpy", "ml_dtypes", "protobuf", "h5py", "scipy")


def hello(question: Answer) -> Answer:
    """Import TensorFlow and answer what it is, which devices it lists, what it has loaded.

    `config["cpu_devices"]` asks for that many logical CPU devices, `config["gpus"]` ("all",
    "none" or a list of indexes) for the GPUs that are to be visible, `config["libraries"]` for
    custom-op libraries to be loaded.
    """
    import tensorflow as tf

    config = question.get("config", {})
    _shape_devices(tf, int(config.get("cpu_devices", 1)), config.get("gpus", "all"))
    for library in config.get("libraries", []):
        _load_custom_ops(tf, library)
    tf.config.set_soft_device_placement(False)
    devices = _devices(tf)  # initialises the runtime: from here on libraries are loaded
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "tensorflow": {
            "version": tf.version.VERSION,
            "git_version": tf.version.GIT_VERSION,
            "compiler": tf.version.COMPILER_VERSION,
            "compile_flags": _compile_flags(tf),
            "build_info": {key: _plain(value) for key, value in _build_info(tf).items()},
        },
        "packages": {name: version for name in FEEDING if (version := _version(name))},
        "onednn": _onednn(),
        "devices": devices,
        "libraries": loaded_libraries(),
    }


def libraries(_question: Answer) -> Answer:
    """What is loaded by now: cuDNN and its kin are opened by the first op that needs them."""
    return {"libraries": loaded_libraries()}


def _shape_devices(tf: Any, cpu_devices: int, gpus: Any) -> None:
    if cpu_devices > 1:
        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0],
            [tf.config.LogicalDeviceConfiguration() for _ in range(cpu_devices)],
        )
    present = tf.config.list_physical_devices("GPU")
    if gpus == "none":
        present = []
    elif gpus != "all":
        present = [present[index] for index in gpus]
    tf.config.set_visible_devices(present, "GPU")
    for gpu in present:
        # Otherwise one worker would take all the memory of the GPU for itself.
        tf.config.experimental.set_memory_growth(gpu, True)


def _load_custom_ops(tf: Any, library: str) -> None:
    try:
        tf.load_op_library(library)
    except Exception as error:
        raise ImportError(f"the custom ops in {library} cannot be loaded: {error}") from error


def _devices(tf: Any) -> list[Answer]:
    details: dict[str, Answer] = {}
    for physical in tf.config.get_visible_devices():
        kind = physical.device_type
        index = len([name for name in details if name.startswith(kind + ":")])
        details[f"{kind}:{index}"] = _details(tf, physical)
    return [
        {
            "name": short_device(device.name),
            "device_type": device.device_type,
            "details": details.get(short_device(device.name) or "", {}),
        }
        for device in tf.config.list_logical_devices()
    ]


def _details(tf: Any, physical: Any) -> Answer:
    try:
        found = tf.config.experimental.get_device_details(physical)
    except Exception as error:
        return {"unknown": str(error)}
    if "compute_capability" in found:
        found["compute_capability"] = ".".join(map(str, found["compute_capability"]))
    return {key: _plain(value) for key, value in found.items()}


def _build_info(tf: Any) -> Answer:
    try:
        return dict(tf.sysconfig.get_build_info())
    except Exception:  # vendors' builds leave it out
        return {}


def _compile_flags(tf: Any) -> list[str]:
    """What custom ops have to be compiled with; the ABI, without this machine's folders."""
    try:
        return [flag for flag in tf.sysconfig.get_compile_flags() if not flag.startswith("-I")]
    except Exception:
        return []


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _onednn() -> bool | None:
    """Whether TensorFlow runs its oneDNN kernels, as it decided itself; None where it hides it."""
    try:
        from tensorflow.python.util import _pywrap_util_port

        return bool(_pywrap_util_port.IsMklEnabled())
    except Exception:
        return None


def loaded_libraries() -> list[str]:
    """The shared objects in this process by path, extension modules of Python left out."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            paths = {line.split(None, 5)[5].strip() for line in maps if ".so" in line}
    except OSError:
        return []
    return sorted(path for path in paths if path.startswith("/") and ".cpython-" not in path)
