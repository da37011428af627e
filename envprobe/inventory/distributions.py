"""Installed distributions: those that provide TensorFlow, and those that feed it."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

Role = Literal["tensorflow", "keras", "feeds", "plugin", "nvidia", "framework"]

ROLES: dict[str, Role] = {
    **dict.fromkeys(("keras", "tf-keras", "keras-nightly", "tf-keras-nightly"), "keras"),
    **dict.fromkeys(
        (
            "numpy",
            "protobuf",
            "ml-dtypes",
            "h5py",
            "absl-py",
            "astunparse",
            "flatbuffers",
            "gast",
            "google-pasta",
            "grpcio",
            "libclang",
            "opt-einsum",
            "optree",
            "packaging",
            "scipy",
            "setuptools",
            "six",
            "tensorboard",
            "tensorflow-estimator",
            "tensorflow-io-gcs-filesystem",
            "termcolor",
            "typing-extensions",
            "wrapt",
        ),
        "feeds",
    ),
    **dict.fromkeys(
        (
            "horovod",
            "intel-extension-for-tensorflow",
            "tensorflow-directml-plugin",
            "tensorflow-metal",
            "tensorflow-text",
            "tensorflow-io",
            "tensorflow-addons",
            "tensorflow-probability",
            "tensorflow-decision-forests",
            "tensorflow-gpu",
            "tensorflow-hub",
            "tensorflow-text-nightly",
            "onednn-cpu",
        ),
        "plugin",
    ),
    **dict.fromkeys(("torch", "jax", "jaxlib", "cupy", "triton", "mpi4py"), "framework"),
}
PREFIXES: tuple[tuple[str, Role], ...] = (
    ("nvidia-", "nvidia"),
    ("tensorrt", "nvidia"),
    ("jax-cuda", "framework"),
    ("cupy-cuda", "framework"),
)
LIBRARY = re.compile(r"^(nvidia/[^,\n]*?\.so[.0-9]*),", re.M)
ASKING: tuple[Role, ...] = ("tensorflow", "keras", "plugin", "framework")


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """One installed distribution. `folder` is where its modules lie; `role` why it is listed.

    `requires` is what its metadata asks of others that have a role, as it stands there
    (`numpy<2.1.0,>=1.26.0`); kept for those that bring TensorFlow, Keras, or another framework.
    `installer` is what put it there (`pip`, `uv`, `conda`); asked of TensorFlow alone.
    """

    name: str
    version: str
    folder: str
    role: Role
    requires: tuple[str, ...] = ()
    installer: str | None = None


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """One distribution as its metadata tells, unread. `libraries` are its shared objects of
    `nvidia/`, relative to `folder`."""

    name: str
    version: str
    folder: str
    provides_tensorflow: bool = False
    installer: str | None = None
    requires: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


def normalised(name: str) -> str:
    """PEP 503: `ml_dtypes` and `ml-dtypes` are one name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def ask_distributions(path: Iterable[str]) -> tuple[Installed, ...]:
    """Every distribution on a module search path, in its order."""
    every = importlib.metadata.distributions(path=list(path))
    return tuple(one for one in map(_installed, every) if one is not None)


def _installed(distribution: importlib.metadata.Distribution) -> Installed | None:
    try:
        metadata = distribution.metadata
        name, version = metadata["Name"], metadata["Version"]  # `.version` would parse again
        if not name or not version:
            return None  # the leftover of an interrupted installation
        # RECORD has a line a file: read as text it is a hundred times faster than parsed.
        record = distribution.read_text("RECORD") or distribution.read_text("SOURCES.txt") or ""
        tops = (distribution.read_text("top_level.txt") or "").split()
        folder = str(Path(str(distribution.locate_file(""))))
        requires = tuple(str(line) for line in metadata.get_all("Requires-Dist") or ())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    owns = bool(re.search(r"^tensorflow/__init__\.py\b", record, re.M))
    # Some repackaged builds carry no RECORD.
    provides = owns or (not record and "tensorflow" in tops)
    return Installed(
        name=name,
        version=version,
        folder=folder,
        provides_tensorflow=provides,
        installer=_installer(distribution) if provides else None,
        requires=requires,
        libraries=tuple(LIBRARY.findall(record)) if "nvidia/" in record else (),
    )


def _installer(distribution: importlib.metadata.Distribution) -> str | None:
    try:
        words = (distribution.read_text("INSTALLER") or "").split()
    except (OSError, ValueError):
        return None
    return words[0] if words else None


def parse_distributions(installed: Iterable[Installed]) -> tuple[Distribution, ...]:
    """Those that have a role, sorted by name; of two with one name and folder, the first."""
    found: dict[tuple[str, str], Distribution] = {}
    for one in installed:
        name, role = normalised(one.name), _role(one)
        if role is not None:
            found.setdefault(
                (name, one.folder),
                Distribution(
                    name=name,
                    version=one.version,
                    folder=one.folder,
                    role=role,
                    requires=_requires(one) if role in ASKING else (),
                    installer=one.installer,
                ),
            )
    return tuple(found[key] for key in sorted(found))


def _requires(one: Installed) -> tuple[str, ...]:
    """Only what is asked of distributions that have a role: torch alone asks for forty."""
    names = ((line, re.match(r"[\w.-]+", line)) for line in one.requires)
    return tuple(line for line, name in names if name and _listed(normalised(name[0])))


def _listed(name: str) -> bool:
    listed = name in ROLES or name.startswith(tuple(start for start, _ in PREFIXES))
    return listed or name.startswith(("tensorflow", "tf-nightly"))


def _role(one: Installed) -> Role | None:
    if one.provides_tensorflow:
        return "tensorflow"
    name = normalised(one.name)
    listed = ROLES.get(name)
    return listed or next((role for start, role in PREFIXES if name.startswith(start)), None)
