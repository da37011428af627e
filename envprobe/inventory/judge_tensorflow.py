"""Findings on TensorFlow's own report against the machine (INV130 to INV139, INV240 to INV249)."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.inventory.cpu import Cpu
from envprobe.inventory.gpu import Gpu
from envprobe.inventory.tensorflow_report import LoadedLibrary, TensorFlowReport
from envprobe.terms import Finding, Severity


def judge_tensorflow(
    report: TensorFlowReport, gpus: tuple[Gpu, ...], cuda_visible: int | None, cpu: Cpu
) -> list[Finding]:
    """`cuda_visible`: how many devices CUDA should enumerate, None where that cannot be told."""
    return [
        *_devices(report, gpus, cuda_visible),
        *_loaded(report.loaded),
        *_onednn(report, cpu),
    ]


def _devices(
    report: TensorFlowReport, gpus: tuple[Gpu, ...], cuda_visible: int | None
) -> Iterator[Finding]:
    listed = [d for d in report.devices if d.device_type == "GPU"]
    if cuda_visible is not None and len(listed) < cuda_visible:
        missing = [g for g in gpus if g.cuda_index is not None and g.cuda_index >= len(listed)]
        names = ", ".join(f"GPU {g.nvml_index} ({g.name})" for g in missing)
        cpu_only = report.build.get("is_cuda_build") is False
        yield Finding(
            code="INV130",
            name="gpu-not-listed-by-tensorflow",
            severity=Severity.ERROR,
            seen=f"CUDA should show {cuda_visible} GPUs, TensorFlow lists {len(listed)}"
            + (f": without {names}" if names else ""),
            why="It is a CPU build."
            if cpu_only
            else "A library is missing or does not fit, the driver is too old for the build, or "
            "the GPU's compute capability is not among the build's.",
            fix="pip install 'tensorflow[and-cuda]'"
            if cpu_only
            else "Read TensorFlow's log without TF_CPP_MIN_LOG_LEVEL, and the findings INV205 to "
            "INV212.",
        )
    if cuda_visible is not None and len(listed) > cuda_visible:
        yield Finding(
            code="INV131",
            name="gpus-not-known-to-nvml",
            severity=Severity.INFO,
            seen=f"TensorFlow lists {len(listed)} GPUs where NVML leads to expect {cuda_visible}",
            why="They are no NVIDIA GPUs, or they are logical devices on one of them: their "
            "numbers cannot be matched with NVML's.",
        )


def _loaded(loaded: tuple[LoadedLibrary, ...]) -> Iterator[Finding]:
    for library in loaded:
        if library.as_expected is False:
            yield Finding(
                code="INV240",
                name="loaded-library-not-installed-one",
                severity=Severity.WARNING,
                seen=f"{library.soname} was loaded from {library.path} "
                f"({library.version or 'version unknown'}), not from {library.expected_path}",
                why="Results and speed are those of the loaded library, whatever pip lists.",
                fix="Look for it in LD_LIBRARY_PATH, LD_PRELOAD, a RPATH, or another framework "
                "that was imported first.",
            )
    by_name: dict[str, set[str]] = {}
    for library in loaded:
        by_name.setdefault(library.soname.partition(".so")[0], set()).add(library.path)
    for name, paths in sorted(by_name.items()):
        if len(paths) > 1:
            yield Finding(
                code="INV241",
                name="library-loaded-twice",
                severity=Severity.WARNING,
                seen=f"{name}: {', '.join(sorted(paths))}",
                why="Two versions of one library in a process answer each other's calls.",
                fix="Remove the one that TensorFlow was not built for.",
            )


def _onednn(report: TensorFlowReport, cpu: Cpu) -> Iterator[Finding]:
    expected, told = cpu.onednn_expected, report.onednn
    if expected is not None and told is not None and expected != told:
        yield Finding(
            code="INV242",
            name="onednn-unlike-expected",
            severity=Severity.INFO,
            seen=f"oneDNN is {'on' if told else 'off'}; TensorFlow's rule for this CPU says "
            f"{'on' if expected else 'off'}",
            why="Which CPU kernels run, and the last bits of their results, depend on it.",
            fix="Set TF_ENABLE_ONEDNN_OPTS to 0 or 1 to decide it.",
        )
