"""Installed software, from folders that look like site-packages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from envprobe.inventory import take_inventory
from envprobe.inventory.distributions import ask_distributions, normalised, parse_distributions
from envprobe.inventory.guard import Answer
from envprobe.inventory.libraries import ask_libraries
from envprobe.inventory.python import ask_python, parse_python, parse_python_answer
from envprobe.inventory.reading import no_command, run_command
from envprobe.inventory.software import Software, SoftwareAnswer, parse_software
from envprobe.inventory.tensorflow_build import ask_build

BUILD = (
    "import collections\n"
    "build_info = collections.OrderedDict([('cpu_compiler', 'clang'), "
    "('cuda_compute_capabilities', ['sm_80', 'compute_90']), ('cuda_version', '12.5.1'), "
    "('cudnn_version', '9'), ('is_cuda_build', True), ('is_tensorrt_build', False)])\n"
)


def install(site: Path, name: str, version: str, *files: str) -> None:
    """A distribution as pip leaves it."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text("".join(f"{file},sha256=x,1\n" for file in files))
    for file in files:
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).touch()


def tensorflow(site: Path, name: str = "tensorflow", version: str = "2.21.0") -> None:
    build = "tensorflow/python/platform/build_info.py"
    install(site, name, version, "tensorflow/__init__.py", build)
    (site / build).write_text(BUILD)


def look(*sites: Path, environ: Mapping[str, str] | None = None) -> Software:
    """The software of an interpreter whose path is these folders."""
    path = [str(site) for site in sites]
    told = {"version": "3.11.7", "prefix": "/v", "base_prefix": "/", "path": path}
    folder = next((site for site in sites if (site / "tensorflow").is_dir()), None)
    found = ask_libraries(sites[0] / "no-root", environ or {}, path, no_command)
    answer = SoftwareAnswer(
        python=Answer(value={**told, "executable": "/v/bin/python"}),
        installed=Answer(value=ask_distributions(path)),
        module_folder=str(folder) if folder else None,
        build=ask_build(folder) if folder else None,
        libraries=Answer(value=found),
        toolkits=Answer(value=[]),
    )
    return parse_software(answer, environ or {})


def providers(software: Software) -> list[str]:
    return [one.name for one in software.tensorflow or ()]


def test_one_tensorflow_is_fine(tmp_path: Path) -> None:
    tensorflow(tmp_path)
    install(tmp_path, "ml_dtypes", "0.5.0", "ml_dtypes/__init__.py")
    install(tmp_path, "unrelated", "1.0", "unrelated.py")
    software = look(tmp_path)
    assert [(d.name, d.version) for d in software.tensorflow or ()] == [("tensorflow", "2.21.0")]
    assert [d.name for d in software.packages or ()] == ["ml-dtypes"]
    assert software.build is not None
    assert software.build.cuda_compute_capabilities == ("sm_80", "compute_90")


def test_two_distributions_that_provide_tensorflow(tmp_path: Path) -> None:
    tensorflow(tmp_path)
    tensorflow(tmp_path, "tf_nightly", "2.22.0.dev1")
    assert providers(look(tmp_path)) == ["tensorflow", "tf-nightly"]


def test_a_stub_beside_the_real_one_provides_nothing(tmp_path: Path) -> None:
    tensorflow(tmp_path, "tensorflow-cpu-aws", "2.15.0")
    install(tmp_path, "tensorflow", "2.15.0", "tensorflow-2.15.0.dist-info/LICENSE")
    assert providers(look(tmp_path)) == ["tensorflow-cpu-aws"]


def test_a_second_tensorflow_further_down_the_path(tmp_path: Path) -> None:
    tensorflow(tmp_path / "a")
    tensorflow(tmp_path / "b", version="2.13.1")
    software = look(tmp_path / "a", tmp_path / "b")
    assert [one.folder for one in software.tensorflow or ()] == [
        str(tmp_path / "a"),
        str(tmp_path / "b"),
    ]
    assert software.tensorflow_folder == str(tmp_path / "a")


def test_tensorflow_missing_or_left_over(tmp_path: Path) -> None:
    assert look(tmp_path).tensorflow_folder is None
    (tmp_path / "tensorflow").mkdir()
    left_over = look(tmp_path)
    assert (left_over.tensorflow, left_over.tensorflow_folder) == ((), str(tmp_path))


def test_leftovers_of_a_broken_installation_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "~ensorflow-2.21.0.dist-info").mkdir()
    (tmp_path / "x-1.dist-info").mkdir()
    (tmp_path / "x-1.dist-info/METADATA").write_bytes(b"\xff\xfe\x00")
    assert parse_distributions(ask_distributions([str(tmp_path)])) == ()


def test_wheels_bring_the_libraries_and_their_versions(tmp_path: Path) -> None:
    tensorflow(tmp_path)
    wheels = {
        "nvidia-cuda-runtime-cu12": ("12.5.82", "nvidia/cuda_runtime/lib/libcudart.so.12"),
        "nvidia-cublas-cu12": ("12.5.3.2", "nvidia/cublas/lib/libcublas.so.12"),
        "nvidia-cufft-cu12": ("11.2.3.61", "nvidia/cufft/lib/libcufft.so.11"),
        "nvidia-cusparse-cu12": ("12.5.1.3", "nvidia/cusparse/lib/libcusparse.so.12"),
        "nvidia-cudnn-cu12": ("9.3.0.75", "nvidia/cudnn/lib/libcudnn.so.9"),
    }
    for name, (version, library) in wheels.items():
        install(tmp_path, name, version, library)
    software = look(tmp_path)
    cudnn = next(x for x in software.libraries or () if x.name == "cudnn")
    assert (cudnn.version, cudnn.distribution, cudnn.order) == ("9.3.0.75", "nvidia-cudnn-cu12", 0)
    other = tmp_path / "no-root/opt/lib"
    other.mkdir(parents=True)
    (other / "libcudnn.so.9.1.0").touch()
    (other / "libcudnn.so.9").symlink_to("libcudnn.so.9.1.0")
    shadowed = look(tmp_path, environ={"LD_LIBRARY_PATH": ":/opt/lib"})
    first = next(x for x in shadowed.libraries or () if x.name == "cudnn")
    assert (first.source, first.version, first.order) == ("LD_LIBRARY_PATH", "9.1.0", 0)


def test_another_interpreter_tells_of_itself() -> None:
    told = parse_python(ask_python(sys.executable, run_command))
    assert told.path
    asked = parse_python(run_and_read("import sys; sys.executable"))
    assert asked.version is None


def run_and_read(_script: str) -> Answer[dict[str, Any]]:
    return parse_python_answer("no answer\n")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\nexit 3\n", "ended with 3"),
        ("#!/bin/sh\necho hello\n", "not what it was asked"),
        ("#!/bin/sh\necho 'envprobe:{\"version\": 3}'\n", "not what it was asked"),
        ("#!/bin/sh\necho 'envprobe:[1'\n", "not what it was asked"),
    ],
)
def test_an_interpreter_that_is_broken(
    tmp_path: Path, script: str, reason: str, nones_without_reason: Callable[[Any], list[str]]
) -> None:
    broken = tmp_path / "python"
    broken.write_text(script)
    broken.chmod(0o755)
    inventory = take_inventory(python=str(broken))
    assert reason in inventory.software.python.unknown["version"]
    assert inventory.memory.total_bytes
    assert nones_without_reason(inventory) == []


def test_an_interpreter_that_prints_at_start(tmp_path: Path) -> None:
    noisy = tmp_path / "python"
    noisy.write_text(f'#!/bin/sh\necho noise; exec {sys.executable} "$@"\n')
    noisy.chmod(0o755)
    told = parse_python(ask_python(str(noisy), run_command))
    assert told.version == sys.version.split()[0]


def test_names_are_compared_normalised() -> None:
    assert normalised("Ml_Dtypes") == normalised("ml-dtypes") == "ml-dtypes"
