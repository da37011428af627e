"""Cluster files: a node and a cell each on a line, read with clear refusals."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from envprobe.cluster.cluster import FORMAT_VERSION, Cluster, Profile, fields_without_none
from envprobe.errors import FileFormatError, require_known_format
from envprobe.matrix.atomic import write_atomically

_ROWS = ("findings", "outliers", "superseded", "nodes")


class _Head(msgspec.Struct, frozen=True):
    kind: Any = None
    format_version: Any = None


def write_cluster(path: Path, cluster: Cluster) -> None:
    """Save the cluster, whole or not at all; raises `UsageError` when that cannot be done."""
    write_atomically(path, encode_cluster(cluster))


def read_cluster(path: Path) -> Cluster:
    """The cluster in the file; raises `FileFormatError` that says in one line what is wrong."""
    data = read_bytes(path)
    try:
        cluster = msgspec.json.decode(data, type=Cluster)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        seen = kind_of(path, data)
        if seen != "cluster":
            expected = "expected a cluster file (from `envprobe merge`)"
            raise FileFormatError(f"{path} is a file of kind {seen!r}: {expected}") from None
        check_version(path, data)
        raise FileFormatError(f"{path} is not a valid cluster file: {error}") from error
    require_known_format(path, cluster.format_version, FORMAT_VERSION)
    _check_positions(path, cluster)
    return cluster


def encode_cluster(cluster: Cluster) -> bytes:
    """The file's bytes: JSON, one row a line, no NaN, newline last."""
    fields = msgspec.structs.asdict(cluster)
    members = [b'  "%s": %s' % (name.encode(), _member(name, fields[name])) for name in fields]
    return b"{\n" + b",\n".join(members) + b"\n}\n"


def kind_of(path: Path, data: bytes) -> str:
    """The `kind` that the file states. Raises `FileFormatError` where it is no JSON or has none."""
    if not data.strip():
        raise FileFormatError(f"{path} is empty: expected a matrix or cluster file")
    try:
        head = msgspec.json.decode(data, type=_Head)
    except msgspec.ValidationError:
        head = _Head()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        cut = "truncated" in str(error)
        seen = f"is cut short after {len(data)} bytes" if cut else f"is not JSON ({error})"
        raise FileFormatError(f"{path} {seen}: expected a matrix or cluster file") from error
    if not isinstance(head.kind, str):
        raise FileFormatError(f"{path} is JSON of no kind: expected a matrix or cluster file")
    return head.kind


def check_version(path: Path, data: bytes) -> None:
    """Raises `FileFormatError` for a cluster file of a newer format."""
    require_known_format(path, msgspec.json.decode(data, type=_Head).format_version, FORMAT_VERSION)


def read_bytes(path: Path) -> bytes:
    """The file's bytes; raises `FileFormatError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}") from error


def _member(name: str, value: Any) -> bytes:
    if name == "profiles":
        return _lines(map(_profile, value), 2)
    return (
        _lines(map(msgspec.json.encode, value), 2) if name in _ROWS else msgspec.json.encode(value)
    )


def _profile(profile: Profile) -> bytes:
    members = []
    for name, value in msgspec.structs.asdict(profile).items():
        if name == "cells":
            rows = (msgspec.json.encode(fields_without_none(cell)) for cell in value)
            members.append(b'"cells": ' + _lines(rows, 4))
        else:
            members.append(b'"%s": %s' % (name.encode(), msgspec.json.encode(value)))
    return b"{" + b",\n    ".join(members) + b"}"


def _lines(rows: Iterable[bytes], indent: int) -> bytes:
    blanks = b"\n" + b" " * (indent + 2)
    text = (b"," + blanks).join(rows)
    return b"[" + blanks + text + b"\n" + b" " * indent + b"]" if text else b"[]"


def _check_positions(path: Path, cluster: Cluster) -> None:
    """A file that points at what it does not hold is refused here, not met as an IndexError."""
    surveys = {profile.digest: len(profile.surveys) for profile in cluster.profiles}
    found = len(cluster.findings)
    for node in cluster.nodes:
        known = 0 <= node.survey < surveys.get(node.profile, 0)
        if not known or not all(0 <= at < found for at in node.findings):
            raise FileFormatError(
                f"{path} is not a valid cluster file: node {node.name} points at"
                " a profile, survey or finding that it does not hold"
            )
    for profile in cluster.profiles:
        size = len(profile.cells)
        pointed = [at for survey in profile.surveys for ends in survey.cells for at in ends]
        pointed += [row.cell for row in profile.timed]
        pointed += [row.cell for row in profile.disagreements]
        if not all(0 <= at < size for at in pointed):
            raise FileFormatError(
                f"{path} is not a valid cluster file: profile {profile.digest}"
                " points at cells that it does not hold"
            )
