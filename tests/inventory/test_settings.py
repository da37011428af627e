"""keras.json, files in the way of an import, and paths that variables name in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.inventory.settings import (
    Settings,
    ask_settings,
    named_paths,
    parse_keras_json,
    parse_settings,
)

HERE = Path("/")


def settings(root: Path, **environ: str) -> Settings:
    return parse_settings(ask_settings(root, environ))


def test_keras_json_of_the_home_is_read(tmp_path: Path) -> None:
    (tmp_path / "home/me/.keras").mkdir(parents=True)
    (tmp_path / "home/me/.keras/keras.json").write_text('{"floatx": "float16"}')
    found = settings(tmp_path, HOME="/home/me")
    assert found.keras_json == {"floatx": "float16"}
    assert found.keras_json_path == "/home/me/.keras/keras.json"


def test_keras_home_goes_before_the_home(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k/keras.json").write_text('{"backend": "jax"}')
    assert settings(tmp_path, HOME="/home/me", KERAS_HOME="/k").keras_json == {"backend": "jax"}


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"x"', "[" * 100_000])
def test_what_is_no_object_says_nothing(text: str) -> None:
    assert parse_keras_json(text) == {}


def test_a_missing_keras_json_is_none_with_its_reason(tmp_path: Path) -> None:
    found = settings(tmp_path, HOME="/home/me")
    assert found.keras_json_path is None
    assert found.unknown["keras_json_path"]


def test_files_named_like_modules_are_seen_where_python_looks_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, path = tmp_path / "here", tmp_path / "path"
    for folder in (here, path, path / "numpy", here / "keras"):
        folder.mkdir()
    (here / "random.py").touch()
    (here / "keras/__init__.py").touch()
    (path / "tensorflow.py").touch()
    (path / "numpy/__init__.py").touch()  # a cluster's own numpy
    monkeypatch.chdir(here)
    found = settings(HERE, PYTHONPATH=f"{path}::relative")
    assert set(found.shadowing_modules) == {
        str(here / "random.py"),
        str(here / "keras/__init__.py"),
        str(path / "tensorflow.py"),
    }


def test_a_folder_of_packages_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    (site / "tensorflow").mkdir(parents=True)
    (site / "tensorflow/__init__.py").touch()
    monkeypatch.chdir(site)
    assert settings(HERE).shadowing_modules == ()


def test_a_recorded_machine_has_no_working_folder(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.working_folder is None
    assert found.unknown["working_folder"]


def test_named_paths_are_those_of_every_variable() -> None:
    environ = {
        "XLA_FLAGS": "--xla_dump_to=/d --xla_gpu_cuda_data_dir=/cuda --xla_x",
        "CUDA_HOME": "/home-of-cuda",
        "LD_PRELOAD": "/a.so:/b.so libc.so.6",
    }
    assert list(named_paths(environ)) == [
        ("XLA_FLAGS", "/cuda"),
        ("CUDA_HOME", "/home-of-cuda"),
        ("LD_PRELOAD", "/a.so"),
        ("LD_PRELOAD", "/b.so"),
    ]
    assert list(named_paths({"XLA_FLAGS": "/flags"})) == [("XLA_FLAGS", "/flags")]


def test_only_missing_paths_are_kept(tmp_path: Path) -> None:
    (tmp_path / "cuda").mkdir()
    missing = settings(tmp_path, CUDA_HOME="/cuda", CUDA_PATH="/gone").missing_paths
    assert [(one.variable, one.path) for one in missing] == [("CUDA_PATH", "/gone")]
