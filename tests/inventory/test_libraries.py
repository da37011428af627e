from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.libraries import (
    FoundFile,
    ask_libraries,
    file_version,
    parse_ldconfig,
    parse_libraries,
)
from envprobe.inventory.reading import no_command
from envprobe.inventory.toolkits import ask_toolkits, parse_toolkit, parse_version_json

CACHE = """2 libs found in cache `/etc/ld.so.cache'
\tlibcudnn.so.9 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcudnn.so.9
\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcuda.so.1
\tlibicudata.so.72 (libc6,x86-64) => /lib/x86_64-linux-gnu/libicudata.so.72
"""


def test_ldconfig() -> None:
    folder = "/usr/lib/x86_64-linux-gnu"
    assert parse_ldconfig(CACHE) == [f"{folder}/libcudnn.so.9", f"{folder}/libcuda.so.1"]


def test_links_are_one_library_with_its_soname_and_version() -> None:
    target = "/a/libcudart.so.11.8.89"
    names = ("libcudart.so", "libcudart.so.11.0", "libcudart.so.11.8.89")
    found = [FoundFile("default", f"/a/{name}", target) for name in names]
    (library,) = parse_libraries(found)
    assert (library.soname, library.version, library.order) == ("libcudart.so.11.0", "11.8.89", 0)


def test_the_loader_takes_the_first_and_never_a_toolkit() -> None:
    found = [
        FoundFile("LD_LIBRARY_PATH", "/l/libcudnn.so.9", "/l/libcudnn.so.9"),
        FoundFile("ld.so.cache", "/c/libcudnn.so.9", "/c/libcudnn.so.9"),
        FoundFile("default", "/c/libcudnn.so.9", "/c/libcudnn.so.9"),
        FoundFile("toolkit", "/t/libcudnn.so.9", "/t/libcudnn.so.9"),
    ]
    orders = [(x.path, x.order) for x in parse_libraries(found)]
    assert orders == [("/l/libcudnn.so.9", 0), ("/c/libcudnn.so.9", 1), ("/t/libcudnn.so.9", None)]


def test_a_toolkit_on_disk(tmp_path: Path) -> None:
    toolkit = tmp_path / "usr/local/cuda-12.4"
    for name in ("bin/ptxas", "nvvm/libdevice/libdevice.10.bc", "lib64/libcudart.so.12"):
        (toolkit / name).parent.mkdir(parents=True, exist_ok=True)
        (toolkit / name).touch()
    (toolkit / "version.json").write_text('{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}}')
    (tmp_path / "usr/local/cuda").symlink_to("cuda-12.4")
    (told,) = ask_toolkits(tmp_path, {"CUDA_HOME": "/usr/local/cuda"}, (), no_command)
    read = parse_toolkit(told)
    assert (read.version, read.has_ptxas, read.has_libdevice) == ("12.4.1", True, True)
    (library,) = parse_libraries(ask_libraries(tmp_path, {}, (), no_command))
    assert (library.source, library.order) == ("toolkit", None)


def test_versions_in_file_names() -> None:
    assert file_version("/x/libcudnn.so.9.3.0") == "9.3.0"
    assert file_version("/x/libcudnn.so.9") is None
    assert file_version("/x/libcudnn.so") is None


@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    parse_ldconfig(text)
    parse_version_json(text)
    file_version(text)
