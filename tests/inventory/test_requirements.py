"""What distributions ask of each other, and GPU code where the build does not state it."""

from __future__ import annotations

import json
from pathlib import Path

from envprobe.inventory import take_inventory
from envprobe.inventory.distributions import ask_distributions, parse_distributions


def distribution(site: Path, name: str, *requires: str) -> None:
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {line}" for line in requires)]
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, ""]))
    (info / "RECORD").write_text("")


def test_what_a_framework_asks_of_others_with_a_role_is_kept(tmp_path: Path) -> None:
    cudnn = "nvidia-cudnn-cu12==9.1.0.70; platform_system == 'Linux'"
    distribution(tmp_path, "torch", cudnn, "sympy==1.13.1", "typing_extensions>=4.8.0")
    distribution(tmp_path, "tensorflow-text", "tensorflow<2.20,>=2.19.0")
    distribution(tmp_path, "numpy", "typing-extensions")
    found = parse_distributions(ask_distributions([str(tmp_path)]))
    assert {one.name: one.requires for one in found} == {
        "numpy": (),
        "tensorflow-text": ("tensorflow<2.20,>=2.19.0",),
        "torch": (cudnn, "typing_extensions>=4.8.0"),
    }


def interpreter(folder: Path, site: Path) -> str:
    """A program that answers as an interpreter with this module search path would."""
    told = {
        "version": "3.11.7",
        "implementation": "CPython",
        "executable": "/venv/bin/python",
        "prefix": "/venv",
        "base_prefix": "/usr",
        "platform": "linux-x86_64",
        "path": [str(site)],
    }
    program = folder / "python"
    program.write_text(f"#!/bin/sh\ncat <<'END'\nenvprobe:{json.dumps(told)}\nEND\n")
    program.chmod(0o755)
    return str(program)


def build_info(site: Path, text: str) -> None:
    file = site / "tensorflow/python/platform/build_info.py"
    file.parent.mkdir(parents=True)
    file.write_text(f"build_info = {text}\n")
    (site / "tensorflow/__init__.py").touch()


def why_unread(tmp_path: Path, text: str) -> str:
    build_info(tmp_path / "site", text)
    software = take_inventory(python=interpreter(tmp_path, tmp_path / "site")).software
    assert software.gpu_code is None
    return software.unknown["gpu_code"]


def test_a_build_that_states_its_capabilities_is_not_read(tmp_path: Path) -> None:
    stated = "{'is_cuda_build': True, 'cuda_compute_capabilities': ['sm_80']}"
    assert why_unread(tmp_path, stated) == "not read: the build states its compute capabilities"


def test_a_cpu_build_is_not_read(tmp_path: Path) -> None:
    assert why_unread(tmp_path, "{'is_cuda_build': False}") == "it is not known to be a CUDA build"


def test_a_cuda_build_that_states_none_is_looked_into(tmp_path: Path) -> None:
    reason = why_unread(tmp_path, "{'is_cuda_build': True}")
    assert "libtensorflow_cc.so.2" in reason
    assert str(tmp_path / "site" / "tensorflow") in reason
