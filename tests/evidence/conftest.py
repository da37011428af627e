"""The recorded matrix, and a home without any scan."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def recorded() -> Path:
    """A matrix of a real machine without a GPU, measured with TensorFlow 2.21.0."""
    folder = Path(str(resources.files("kernels_matrix"))) / "recorded"
    return min(folder.glob("*-tensorflow-2.21.0-*.json"))


@pytest.fixture
def no_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder that holds no matrix; returns the folder for matrices in it."""
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / name)
    return tmp_path / "envprobe" / "matrices"
