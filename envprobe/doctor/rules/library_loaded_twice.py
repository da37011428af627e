"""Two files of one CUDA library are loaded in TensorFlow's process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory import LoadedLibrary
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    report = examination.inventory.tensorflow
    by_name: dict[str, set[str]] = defaultdict(set)
    for library in report.loaded if report else ():
        by_name[library.soname.partition(".so")[0]].add(library.path)
    for name, paths in sorted(by_name.items()):
        if len(paths) > 1:
            yield Seen(seen=f"{name}: {', '.join(sorted(paths))}")


def _with_loaded(soname: str, path: str) -> Examination:
    report = healthy_gpu().inventory.tensorflow
    loaded = report.loaded if report else ()
    return changed(
        healthy_gpu(),
        "inventory.tensorflow.loaded",
        (*loaded, LoadedLibrary(soname=soname, path=path)),
    )


RULE = Rule(
    code="DOC241",
    name="library-loaded-twice",
    severity=Severity.WARNING,
    why="Two versions of one library in a process answer each other's calls.",
    fix="Remove the one that TensorFlow was not built for.",
    source="https://man7.org/linux/man-pages/man3/dlopen.3.html",
    detect=_detect,
    hits=(lambda: _with_loaded("libcudnn.so.8", "/usr/lib/libcudnn.so.8"),),
    misses=(healthy_gpu, lambda: _with_loaded("libnccl.so.2", "/usr/lib/libnccl.so.2")),
)
