"""Findings on what is installed (INV201 to INV229): TensorFlow, its build, its libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from envprobe.inventory.distributions import Distribution
from envprobe.inventory.libraries import Library
from envprobe.inventory.software import Software
from envprobe.terms import Finding, Severity

# CUDA major -> sonames that TensorFlow opens at start (tsl/platform/default/dso_loader.cc; the
# numbers are those of the toolkit's own release notes).
SONAMES = {
    "11": ("libcudart.so.11.0", "libcublas.so.11", "libcufft.so.10", "libcusparse.so.11"),
    "12": ("libcudart.so.12", "libcublas.so.12", "libcufft.so.11", "libcusparse.so.12"),
    "13": ("libcudart.so.13", "libcublas.so.13", "libcufft.so.12", "libcusparse.so.12"),
}


def judge_software(software: Software, environ: Mapping[str, str], has_gpu: bool) -> list[Finding]:
    """What the installed packages mean; `has_gpu`: NVML has at least one NVIDIA GPU."""
    if software.python.version is None:
        return [_interpreter(software)]
    found = [*_providers(software), *_keras(software, environ)]
    build = software.build
    if has_gpu and build is not None and build.is_cuda_build is False:
        found.append(_cpu_build(build.is_rocm_build))
    if has_gpu and build is not None and build.is_cuda_build:
        found += [*_missing_libraries(software), *_compiler(software)]
    return [*found, *_shadowed(software), *_clashes(software)]


def _interpreter(software: Software) -> Finding:
    return Finding(
        code="INV206",
        name="interpreter-unusable",
        severity=Severity.ERROR,
        seen=software.python.unknown.get("version", "the interpreter does not answer"),
        why="Without it neither its packages nor its TensorFlow can be looked at.",
        fix="Name a working interpreter with --python.",
    )


def _providers(software: Software) -> Iterator[Finding]:
    providers = software.tensorflow or ()
    if software.tensorflow_folder is None and not providers:
        yield Finding(
            code="INV201",
            name="tensorflow-missing",
            severity=Severity.ERROR,
            seen=f"no module tensorflow for {software.python.executable}",
            why="Nothing can be probed without it.",
            fix="pip install tensorflow (with an NVIDIA GPU: pip install 'tensorflow[and-cuda]'), "
            "or name the interpreter that has it with --python.",
        )
    elif not providers and software.tensorflow is not None:
        yield Finding(
            code="INV204",
            name="tensorflow-without-distribution",
            severity=Severity.WARNING,
            seen=f"{software.tensorflow_folder}/tensorflow belongs to no installed distribution",
            why="It is a source tree, the leftover of an uninstallation, or a build put there by "
            "hand; pip does not know its version or what it needs.",
            fix="When it is a leftover, delete the folder and install TensorFlow again.",
        )
    by_folder: dict[str, list[Distribution]] = {}
    for provider in providers:
        by_folder.setdefault(provider.folder, []).append(provider)
    for folder, several in by_folder.items():
        if len(several) > 1:
            names = ", ".join(f"{d.name} {d.version}" for d in several)
            yield Finding(
                code="INV202",
                name="tensorflow-provided-twice",
                severity=Severity.ERROR,
                seen=f"{names} all install the module tensorflow into {folder}",
                why="Each has overwritten files of the other: what is imported is a mixture of "
                "both, and uninstalling one breaks the other.",
                fix="Uninstall all of them, then install the one you want.",
            )
    if len(by_folder) > 1:
        names = ", ".join(f"{d.name} {d.version} in {d.folder}" for d in providers)
        yield Finding(
            code="INV203",
            name="tensorflow-shadowed",
            severity=Severity.WARNING,
            seen=names,
            why="Only the first on the module search path is imported.",
            fix="Remove the other, or leave it out of PYTHONPATH and the user site (python -s).",
        )


def _keras(software: Software, environ: Mapping[str, str]) -> Iterator[Finding]:
    names = {d.name for d in software.packages or ()}
    legacy = environ.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true")
    if legacy and software.packages is not None and not names & {"tf-keras", "tf-keras-nightly"}:
        yield Finding(
            code="INV220",
            name="legacy-keras-missing",
            severity=Severity.WARNING,
            seen="TF_USE_LEGACY_KERAS is set and tf_keras is not installed",
            why="From TensorFlow 2.16 on tf.keras then fails to import.",
            fix="pip install tf_keras of TensorFlow's own version, or unset the variable.",
        )


def _cpu_build(rocm: bool | None) -> Finding:
    kind = "a ROCm (AMD) build" if rocm else "a CPU build"
    return Finding(
        code="INV205",
        name="tensorflow-without-cuda",
        severity=Severity.WARNING,
        seen=f"there is an NVIDIA GPU and the installed TensorFlow is {kind}",
        why="It will never list the GPU.",
        fix="Uninstall it and pip install 'tensorflow[and-cuda]' (PyPI's wheels for aarch64 and "
        "Windows have no CUDA: use NVIDIA's container or WSL2 there).",
    )


def _missing_libraries(software: Software) -> Iterator[Finding]:
    build = software.build
    if build is None or software.libraries is None:
        return
    wanted = list(SONAMES.get((build.cuda_version or "").partition(".")[0], ()))
    if build.cudnn_version:
        wanted.append(f"libcudnn.so.{build.cudnn_version.partition('.')[0]}")
    found = {x.soname for x in software.libraries if x.order is not None}
    missing = [name for name in wanted if name not in found]
    if missing:
        outside = [x.path for x in software.libraries if x.soname in missing]
        also = f"; outside of the loader's search: {', '.join(outside)}" if outside else ""
        yield Finding(
            code="INV210",
            name="cuda-library-missing",
            severity=Severity.ERROR,
            seen=f"{', '.join(missing)} not found (built for CUDA {build.cuda_version}, cuDNN "
            f"{build.cudnn_version}){also}",
            why="TensorFlow skips all GPUs when it cannot open one of its GPU libraries, with one "
            "line in the log that does not name it.",
            fix="pip install 'tensorflow[and-cuda]' of the installed version, or add the folder to "
            "LD_LIBRARY_PATH.",
        )


def _compiler(software: Software) -> Iterator[Finding]:
    toolkits = software.toolkits
    if toolkits is not None and not any(t.has_libdevice for t in toolkits):
        yield Finding(
            code="INV222",
            name="libdevice-missing",
            severity=Severity.WARNING,
            seen="no toolkit and no nvidia-cuda-nvcc wheel with nvvm/libdevice/libdevice.10.bc",
            why="XLA (jit_compile, Keras 3's default) fails with: libdevice not found.",
            fix="pip install nvidia-cuda-nvcc-cu12, or XLA_FLAGS=--xla_gpu_cuda_data_dir=FOLDER.",
        )


def _shadowed(software: Software) -> Iterator[Finding]:
    by_soname: dict[str, list[Library]] = {}
    for library in software.libraries or ():
        if library.order is not None:
            by_soname.setdefault(library.soname, []).append(library)
    for soname, places in by_soname.items():
        first, wheel = places[0], next((x for x in places if x.source == "site-packages"), None)
        if wheel is not None and first.source == "LD_LIBRARY_PATH":
            yield Finding(
                code="INV211",
                name="library-shadowed",
                severity=Severity.WARNING,
                seen=f"{soname}: {first.path} ({first.version or 'version unknown'}) comes "
                f"before {wheel.path} ({wheel.version or 'version unknown'})",
                why="LD_LIBRARY_PATH goes before the wheels' folders: TensorFlow runs with a "
                "library that it was not installed with.",
                fix="Unset LD_LIBRARY_PATH, or take that folder out of it.",
            )


def _clashes(software: Software) -> Iterator[Finding]:
    cudnn = [d for d in software.packages or () if d.name.startswith("nvidia-cudnn-cu")]
    by_folder: dict[str, set[str]] = {}
    for distribution in cudnn:
        by_folder.setdefault(distribution.folder, set()).add(
            f"{distribution.name} {distribution.version}"
        )
    for folder, names in by_folder.items():
        if len(names) > 1:
            yield Finding(
                code="INV212",
                name="cudnn-wheels-clash",
                severity=Severity.WARNING,
                seen=f"{', '.join(sorted(names))} in {folder}",
                why="They unpack into the same folder nvidia/cudnn: which files are there depends "
                "on the order of installation.",
                fix="Keep the one of the CUDA version that TensorFlow was built for.",
            )
