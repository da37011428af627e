"""The rules on what is installed, on folders that look like site-packages to an interpreter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.judge import judge
from envprobe.inventory import take_inventory
from envprobe.terms import Finding

OF_TENSORFLOW = ("DOC201", "DOC202", "DOC203", "DOC204", "DOC205", "DOC206", "DOC220")
OF_LIBRARIES = ("DOC210", "DOC211", "DOC212", "DOC222")
BUILD = "tensorflow/python/platform/build_info.py"
CUDA = (
    "build_info = {'is_cuda_build': True, 'cuda_version': '12.5.1', 'cudnn_version': '9', "
    "'cuda_compute_capabilities': ['sm_80', 'compute_90']}\n"
)
WHEELS = {
    "nvidia-cuda-runtime-cu12": ("nvidia/cuda_runtime/lib/libcudart.so.12",),
    "nvidia-cublas-cu12": (
        "nvidia/cublas/lib/libcublas.so.12",
        "nvidia/cublas/lib/libcublasLt.so.12",
    ),
    "nvidia-cufft-cu12": ("nvidia/cufft/lib/libcufft.so.11",),
    "nvidia-cusolver-cu12": ("nvidia/cusolver/lib/libcusolver.so.11",),
    "nvidia-cusparse-cu12": ("nvidia/cusparse/lib/libcusparse.so.12",),
    "nvidia-cudnn-cu12": ("nvidia/cudnn/lib/libcudnn.so.9",),
}


def install(site: Path, name: str, version: str, *files: str) -> None:
    """A distribution as pip leaves it."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text("".join(f"{file},sha256=x,1\n" for file in files))
    for file in files:
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).touch()


def tensorflow(site: Path, name: str = "tensorflow", version: str = "2.20.0") -> None:
    """A TensorFlow with CUDA, as far as its files tell."""
    install(site, name, version, "tensorflow/__init__.py", BUILD)
    (site / BUILD).write_text(CUDA)


def findings(*sites: Path, gpu: bool = False, **environ: str) -> dict[str, Finding]:
    """What the rules say of an interpreter that searches these folders, by code."""
    python = sites[0].parent / "python"
    answer = {
        "version": "3.11.7",
        "implementation": "CPython",
        "executable": str(python),
        "prefix": "/v",
        "base_prefix": "/",
        "platform": "linux-x86_64",
        "path": [str(site) for site in sites],
    }
    python.write_text(f"#!/bin/sh\ncat <<'END'\nenvprobe:{json.dumps(answer)}\nEND\n")
    python.chmod(0o755)
    examination = Examination(inventory=take_inventory(python=str(python), environ=environ))
    if gpu:
        examination = changed(examination, "inventory.nvml", healthy_gpu().inventory.nvml)
    return {finding.code: finding for finding in judge(examination)}


def codes(*sites: Path, gpu: bool = False, **environ: str) -> set[str]:
    """Only those of this file: the machine that runs the tests may have faults of its own."""
    wanted = (*OF_TENSORFLOW, *OF_LIBRARIES) if gpu else OF_TENSORFLOW
    return set(findings(*sites, gpu=gpu, **environ)).intersection(wanted)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def test_one_tensorflow_is_fine(site: Path) -> None:
    tensorflow(site)
    assert codes(site) == set()


def test_two_distributions_that_provide_tensorflow(site: Path) -> None:
    tensorflow(site)
    tensorflow(site, "tf_nightly", "2.22.0.dev1")
    found = findings(site)
    assert found["DOC202"].command is not None
    assert "uninstall -y tensorflow tf-nightly && " in found["DOC202"].command
    assert found["DOC202"].command.endswith("install tensorflow==2.20.0")


def test_a_stub_beside_the_real_one_is_fine(site: Path) -> None:
    tensorflow(site, "tensorflow-cpu-aws", "2.15.0")
    install(site, "tensorflow", "2.15.0", "tensorflow-2.15.0.dist-info/LICENSE")
    assert codes(site) == set()


def test_a_second_tensorflow_further_down_the_path(site: Path, tmp_path: Path) -> None:
    tensorflow(site)
    tensorflow(tmp_path / "other", version="2.13.1")
    assert codes(site, tmp_path / "other") == {"DOC203"}


def test_tensorflow_missing_or_left_over(site: Path) -> None:
    found = findings(site)["DOC201"]
    assert found.command is not None
    assert found.command.endswith("-m pip install tensorflow")
    with_gpu = findings(site, gpu=True)["DOC201"].command
    assert with_gpu is not None
    assert with_gpu.endswith("install 'tensorflow[and-cuda]'")
    (site / "tensorflow").mkdir()
    assert codes(site) == set()  # half an installation: DOC602
    (site / "tensorflow/__init__.py").touch()
    assert codes(site) == {"DOC204"}


def test_legacy_keras_that_is_not_there(site: Path) -> None:
    tensorflow(site)
    assert codes(site, TF_USE_LEGACY_KERAS="1") == {"DOC220"}
    install(site, "tf_keras", "2.20.0", "tf_keras/__init__.py")
    assert codes(site, TF_USE_LEGACY_KERAS="1") == set()


def test_cuda_libraries_that_are_missing_matter_with_a_gpu_only(site: Path) -> None:
    tensorflow(site)
    (site / BUILD).write_text(CUDA.replace("'cudnn_version': '9'", "'cudnn_version': '99'"))
    assert "DOC210" not in findings(site)
    missing = findings(site, gpu=True)["DOC210"]
    assert "libcudnn.so.99" in missing.seen  # the others may be there by themselves
    assert missing.command is not None
    assert missing.command.endswith("install 'tensorflow[and-cuda]==2.20.0'")


def test_wheels_bring_the_libraries(site: Path, tmp_path: Path) -> None:
    tensorflow(site)
    for name, files in WHEELS.items():
        install(site, name, "12.5.82", *files)
    assert "DOC210" not in codes(site, gpu=True)
    other = tmp_path / "lib"
    other.mkdir()
    (other / "libcudnn.so.9.1.0").touch()
    (other / "libcudnn.so.9").symlink_to("libcudnn.so.9.1.0")
    shadowed = findings(site, LD_LIBRARY_PATH=f"{other}:/opt/lib")["DOC211"]
    assert "9.1.0" in shadowed.seen
    assert shadowed.command == "export LD_LIBRARY_PATH=/opt/lib"
    install(site, "nvidia-cudnn-cu11", "8.9.6.50", "nvidia/cudnn/lib/libcudnn.so.8")
    clash = findings(site)["DOC212"]
    assert clash.command is not None
    assert clash.command.endswith("install nvidia-cudnn-cu12==12.5.82")


def test_a_cpu_build_beside_a_gpu(site: Path) -> None:
    tensorflow(site, "tensorflow-cpu")
    (site / BUILD).write_text("build_info = {'is_cuda_build': False}\n")
    assert codes(site) == set()
    found = findings(site, gpu=True)["DOC205"]
    assert found.command is not None
    assert "uninstall -y tensorflow-cpu && " in found.command
    assert found.command.endswith("install 'tensorflow[and-cuda]==2.20.0'")


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho hello\n", "#!/nowhere/sh\n"]
)
def test_an_interpreter_that_is_broken(tmp_path: Path, script: str) -> None:
    broken = tmp_path / "python"
    broken.write_text(script)
    broken.chmod(0o755)
    found = judge(Examination(inventory=take_inventory(python=str(broken), environ={})))
    of_software = [f.code for f in found if f.code.startswith("DOC2")]
    assert of_software == ["DOC206"]
