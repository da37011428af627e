"""What the MODEL argument is taken for, by its content before its extension."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.errors import EnvprobeError
from envprobe.models.target import Target, target_of

ZIP, HDF5 = b"PK\x03\x04rest", b"\x89HDF\r\n\x1a\nrest"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("m.keras", ZIP, "keras"),
        ("wrong-name.h5", ZIP, "keras"),
        ("m.h5", HDF5, "hdf5"),
        ("wrong-name.keras", HDF5, "hdf5"),
        ("frozen.pb", b"\n\x0a\x08x", "graph_def"),
        ("list.json", b'{"kind": "oplist"}', "oplist"),
        ("list.txt", b"Conv2D float32\n", "oplist_text"),
    ],
)
def test_a_file_is_what_it_holds(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert target_of(str(tmp_path / name)).kind == kind


def test_python_is_named_with_its_function(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text("")
    assert target_of(f"{file}:build") == Target(
        kind="python_file", path=str(file), function="build"
    )
    assert target_of("pack.age:make.it") == Target(
        kind="python_module", path="pack.age", function="make.it"
    )


def test_a_saved_model_is_a_folder_and_may_name_a_signature(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    assert target_of(str(tmp_path)).kind == "saved_model"
    assert target_of(f"{tmp_path}:embed").function == "embed"


@pytest.mark.parametrize(
    ("name", "data", "seen"),
    [
        ("m.keras", b"not a zip", "is no zip archive"),
        ("m.h5", b"not hdf5", "is no HDF5 file"),
        ("m.keras", b"", "is empty"),
        ("m.py", b"def build(): ...", "name the function that makes the model"),
        ("m.pkl", b"\x80\x04rest", "is a pickle"),
        ("m.bin", b"\x80\x04rest", "is a pickle"),
        ("m.onnx", b"\x08\x07\x12\x00", "is of no kind that is read here"),
        ("saved_model.pb", b"x", "give its folder"),
    ],
)
def test_a_file_that_is_not_read_is_told_in_one_line(
    tmp_path: Path, name: str, data: bytes, seen: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EnvprobeError, match=seen) as raised:
        target_of(str(tmp_path / name))
    assert "\n" not in str(raised.value)


def test_folders_and_names_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(EnvprobeError, match="is empty: expected a SavedModel"):
        target_of(str(tmp_path))
    with pytest.raises(EnvprobeError, match="does not exist"):
        target_of(str(tmp_path / "no.keras"))
    with pytest.raises(EnvprobeError, match="does not exist"):
        target_of(str(tmp_path / "no.py") + ":build")
    with pytest.raises(EnvprobeError, match="for a Python module name its function: models:build"):
        target_of("models")
    (tmp_path / "m.py").write_text("")
    with pytest.raises(EnvprobeError, match="is no name of a function"):
        target_of(str(tmp_path / "m.py") + ":2x")
