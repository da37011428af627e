"""A library that TensorFlow opens on the GPU is in no folder that the loader searches."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, without_start
from envprobe.doctor.openings import sonames_of_build
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import lists_gpus
from envprobe.doctor.rules._build import with_its_cuda
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.terms import Severity

CUDNN = "libcudnn.so."


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    wanted, build = sonames_of_build(examination), software.build
    # Where the loader itself was asked, its answers count and not the folders.
    asked = examination.openings is not None
    # One that lists GPUs has opened them all.
    if (
        asked
        or lists_gpus(examination)
        or wanted is None
        or build is None
        or software.libraries is None
    ):
        return
    # conda's TensorFlow looks into its environment's own folder first.
    own = f"{software.python.prefix}/lib/"
    found = {x.soname for x in software.libraries if x.order is not None or x.path.startswith(own)}
    # Another major version of cuDNN is a fault of its own (cudnn-of-other-major).
    other_cudnn = any(soname.startswith(CUDNN) for soname in found)
    missing = [
        soname
        for soname in wanted
        if soname not in found and not (other_cudnn and soname.startswith(CUDNN))
    ]
    if not missing or not gpus_in_use(examination):
        return
    outside = [library.path for library in software.libraries if library.soname in missing]
    also = f"; outside of the loader's search: {', '.join(outside)}" if outside else ""
    yield Seen(
        seen=f"{', '.join(missing)} not found (built for CUDA {build.cuda_version}, cuDNN "
        f"{build.cudnn_version or 'unknown'}){also}",
        command=_command(examination),
    )


def _command(examination: Examination) -> str | None:
    wanted = with_its_cuda(examination)
    if wanted is None:
        return None  # no extra there that brings the libraries
    return install(examination, wanted)


def _without_cudnn() -> Examination:
    machine = changed(without_start(healthy_gpu()), "openings", None)
    libraries = machine.inventory.software.libraries or ()
    kept = tuple(library for library in libraries if library.name != "cudnn")
    return changed(machine, "inventory.software.libraries", kept)


def _other_cudnn() -> Examination:
    machine = changed(without_start(healthy_gpu()), "openings", None)
    libraries = machine.inventory.software.libraries or ()
    place = next(n for n, one in enumerate(libraries) if one.name == "cudnn")
    return changed(machine, f"inventory.software.libraries.{place}.soname", "libcudnn.so.8")


RULE = Rule(
    code="DOC210",
    name="cuda-library-missing",
    severity=Severity.ERROR,
    why="TensorFlow skips all GPUs when it cannot open one of its GPU libraries, with one line in "
    "the log that does not name it.",
    fix="Install tensorflow[and-cuda] of the installed version, or add the library's folder to "
    "LD_LIBRARY_PATH.",
    source="https://github.com/tensorflow/tensorflow/blob/master/third_party/xla/third_party/tsl/"
    "tsl/platform/default/dso_loader.cc",
    detect=_detect,
    hits=(_without_cudnn,),
    misses=(
        healthy_gpu,
        healthy_cpu,
        lambda: changed(healthy_gpu(), "openings", None),
        lambda: changed(_without_cudnn(), "inventory.software.libraries", None),
        lambda: changed(_without_cudnn(), "inventory.nvml.gpus", ()),
        lambda: changed(
            _without_cudnn(), "inventory.tensorflow", healthy_gpu().inventory.tensorflow
        ),
        _other_cudnn,
    ),
)
