"""The NVIDIA libraries that TensorFlow runs with: loaded ones, else those the loader would take."""

from __future__ import annotations

import re

import msgspec

from envprobe.doctor.examination import Examination


class UsedLibrary(msgspec.Struct, frozen=True, kw_only=True):
    """One library file; `version` is that of its distribution or its name, if one tells it."""

    name: str
    soname: str
    path: str
    version: str | None
    distribution: str | None
    loaded: bool

    @property
    def major(self) -> str:
        """`9` of `libcudnn.so.9`."""
        return self.soname.partition(".so.")[2].partition(".")[0]


def used_libraries(examination: Examination, name: str) -> tuple[UsedLibrary, ...]:
    """Every `lib<name>.so.*` in TensorFlow's process; where it loaded none, or was not started,
    the first of each soname on the loader's way."""
    report = examination.inventory.tensorflow
    on_disk = examination.inventory.software.libraries or ()
    owners = {library.path: library.distribution for library in on_disk}
    loaded = tuple(
        UsedLibrary(
            name=name,
            soname=one.soname,
            path=one.path,
            version=one.version,
            distribution=owners.get(one.path)
            or (owners.get(one.expected_path or "") if one.as_expected else None),
            loaded=True,
        )
        for one in (report.loaded if report else ())
        if re.match(rf"lib{name}\.so", one.soname)
    )
    return loaded or tuple(
        UsedLibrary(
            name=name,
            soname=library.soname,
            path=library.path,
            version=library.version,
            distribution=library.distribution,
            loaded=False,
        )
        for library in on_disk
        if library.name == name and library.order == 0
    )


def used_cudnn(examination: Examination, major: str) -> UsedLibrary | None:
    """The cuDNN of that major version, if there is one."""
    found = used_libraries(examination, "cudnn")
    return next((library for library in found if library.major == major), None)
