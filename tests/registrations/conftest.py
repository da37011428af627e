"""The registries of the TensorFlows that the tests probe, each asked for once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.registry import registrations_of
from envprobe.registrations import Registrations

SOURCE = Path(__file__).with_name("custom_op.cc")
TELL_FLAGS = (
    "import tensorflow as tf;"
    "print('\\n' + ' '.join(tf.sysconfig.get_compile_flags() + tf.sysconfig.get_link_flags()))"
)


@pytest.fixture(scope="session")
def installed(tensorflow_python: str) -> Registrations:
    """The registry of the newest TensorFlow, its gradients traced."""
    return registrations_of([tensorflow_python, str(WORKER_FOLDER)], gradient_uses=True)


@pytest.fixture(scope="session")
def installed_old(old_tensorflow_python: str) -> Registrations:
    """The registry of the old TensorFlow, its gradients traced."""
    return registrations_of([old_tensorflow_python, str(WORKER_FOLDER)], gradient_uses=True)


@pytest.fixture(scope="session")
def custom_op(tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """`custom_op.cc`, built for the newest TensorFlow."""
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++ here to build a custom op with")
    told = subprocess.run(
        [tensorflow_python, "-c", TELL_FLAGS],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    library = str(tmp_path_factory.mktemp("custom_op") / "custom_op.so")
    command = [compiler, "-w", "-O0", "-fPIC", "-shared", str(SOURCE), "-o", library]
    flags = told.stdout.splitlines()[-1].split()
    done = subprocess.run(
        [*command, *flags], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return library


@pytest.fixture(scope="session")
def installed_with_custom_op(tensorflow_python: str, custom_op: str) -> Registrations:
    """The registry of the newest TensorFlow after the custom op was loaded; nothing traced."""
    return registrations_of([tensorflow_python, str(WORKER_FOLDER)], libraries=[custom_op])
