"""The committed files: all there, small, canonical, and consistent in themselves."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import FileFormatError, UsageError
from envprobe.registrations import Kernel, Registrations, known_releases, read_release
from envprobe.registrations.store import (
    decode_registrations,
    encode_registrations,
    nearest_release,
    registrations_folder,
    release_path,
)
from envprobe.terms import DTYPES

RELEASES = (
    *("2.13.1", "2.14.1", "2.15.1", "2.16.2", "2.17.1"),
    *("2.18.1", "2.19.1", "2.20.0", "2.21.0"),
)
MOST_BYTES = 3_000_000
# Kernels that constrain an attribute which only their op's successor has: no node can have them.
OUT_OF_REACH = {("TileGrad", "Tmultiples"), ("TopK", "index_type")}

each_release = pytest.mark.parametrize("release", RELEASES)


def stored(release: str) -> bytes:
    return (registrations_folder() / f"tensorflow-{release}.json.gz").read_bytes()


def rows(release: str) -> list[tuple[str, Kernel]]:
    """Every kernel of a release with its op."""
    found = read_release(release)
    return [(op, kernel) for op, kernels in found.kernels.items() for kernel in kernels]


def test_all_releases_are_there_and_small() -> None:
    assert set(RELEASES) <= set(known_releases())
    assert sum(len(stored(release)) for release in known_releases()) < MOST_BYTES


@each_release
def test_a_file_is_its_release_s_and_canonical(release: str) -> None:
    found = read_release(release)
    assert found.tensorflow == release
    assert found.xla is None
    assert found.build["is_cuda_build"]
    # The bytes of gzip differ by its library; what is inside must not.
    encoded = encode_registrations(found)
    assert gzip.decompress(encoded) == gzip.decompress(stored(release))
    assert decode_registrations(encoded, "again") == found
    assert encode_registrations(found) == encoded


@each_release
def test_a_file_has_an_op_on_each_line(release: str) -> None:
    found = read_release(release)
    lines = gzip.decompress(stored(release)).decode().splitlines()
    starting = [line for line in lines if line.startswith('  "')]
    assert len(starting) == len(found.ops) + len(found.kernels) + len(found.gradients)


@each_release
def test_everything_is_in_order(release: str) -> None:
    found = read_release(release)
    for by_op in (found.ops, found.kernels, found.gradients):
        assert list(by_op) == sorted(by_op)
    for kernels in found.kernels.values():
        device_types = [kernel.device_type for kernel in kernels]
        assert device_types == sorted(device_types)
        assert len(set(map(repr, kernels))) == len(kernels) > 0
    for _, kernel in rows(release):
        assert list(kernel.host_memory) == sorted(set(kernel.host_memory))
        assert list(kernel.constraints) == sorted(kernel.constraints)
        for values in kernel.constraints.values():
            assert list(values) == sorted(set(values))
            assert values


@each_release
def test_kernels_speak_of_what_their_op_has(release: str) -> None:
    ops = read_release(release).ops
    assert {op for op, _ in rows(release)} <= ops.keys()
    strange = set()
    for op, kernel in rows(release):
        definition = ops[op]
        arguments = {argument.name for argument in (*definition.inputs, *definition.outputs)}
        assert set(kernel.host_memory) <= arguments
        strange |= {(op, name) for name in kernel.constraints.keys() - definition.attrs.keys()}
    assert strange == OUT_OF_REACH


@each_release
def test_constraints_are_of_kinds_that_are_understood(release: str) -> None:
    found = read_release(release)
    by_type: dict[str, set[str]] = {}
    for op, kernel in rows(release):
        for name, values in kernel.constraints.items():
            attr = found.ops[op].attrs.get(name)
            if attr is not None:
                by_type.setdefault(attr.type, set()).update(values)
    assert by_type.keys() == {"type", "list(type)", "string", "bool", "int"}
    assert by_type["bool"] == {"true"}
    assert by_type["int"] == {"-1"}
    types = by_type["type"] | by_type["list(type)"]
    assert set(DTYPES) & types >= {"float16", "bfloat16", "float32", "float64", "int32", "string"}
    assert not {name for name in types if name.startswith("dt_")}


@each_release
def test_few_kernels_are_for_dtypes_that_their_definition_refuses(release: str) -> None:
    """TensorFlow registers some by macros for more dtypes than the op admits; nothing checks it."""
    found = read_release(release)
    refused = [
        (op, name, value)
        for op, kernel in rows(release)
        for name, values in kernel.constraints.items()
        if name in found.ops[op].attrs
        for value in values
        if not found.ops[op].allows(name, value)
    ]
    assert 150 <= len(refused) <= 200
    assert {("Acos", "T", "int32"), ("MatMul", "T", "int16")} <= set(refused)
    assert not [line for line in refused if line[0] in ("Conv2D", "Relu", "Softmax")]


@each_release
def test_gradients_are_of_ops_and_use_ops(release: str) -> None:
    found = read_release(release)
    assert found.gradients.keys() <= found.ops.keys()
    for op, gradient in found.gradients.items():
        known = bool(gradient.uses), bool(gradient.unknown)
        assert known in (
            [(True, False), (False, True)] if gradient.differentiable else [(False,) * 2]
        )
        dtypes = [dtype for group in gradient.uses for dtype in group.dtypes]
        assert len(dtypes) == len(set(dtypes)), op
        for node in (node for group in gradient.uses for node in group.nodes):
            assert node.types.keys() == set(found.ops[node.op].type_attrs)
            assert node.device_type in (None, "CPU")


@each_release
def test_nearly_every_gradient_could_be_traced(release: str) -> None:
    gradients = read_release(release).gradients.values()
    functions = [gradient for gradient in gradients if gradient.differentiable]
    traced = [gradient for gradient in functions if gradient.uses]
    assert len(functions) > 400
    assert len(traced) / len(functions) > 0.85


def test_releases_differ_and_their_digests_say_so() -> None:
    assert len({read_release(release).digest for release in RELEASES}) == len(RELEASES)


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        *((release, release) for release in RELEASES),
        ("2.15.0", "2.15.1"),
        ("2.15.9", "2.15.1"),
        ("2.16", "2.16.2"),
        ("2.20.0rc0", "2.20.0"),
        ("2.21.0-rc1", "2.21.0"),
        ("2.21.0-dev20260101", "2.21.0"),
        ("2.22.0-dev20260311", "2.21.0"),
        ("2.14.0+nv23.11", "2.14.1"),
        ("2.22.0", "2.21.0"),
        ("2.99.3", "2.21.0"),
        ("3.0.0", "2.21.0"),
        ("3.13.1", "2.21.0"),
        ("2.13.0", "2.13.1"),
        ("2.12.0", "2.13.1"),
        ("2.0", "2.13.1"),
        ("1.15.5", "2.13.1"),
        ("0.12", "2.13.1"),
    ],
)
def test_the_nearest_release(asked: str, nearest: str) -> None:
    assert nearest_release(asked) == nearest


@pytest.mark.parametrize("asked", ["", "unknown", "latest", "2.x", "2.21.0 or newer", "../2.21.0"])
def test_what_is_no_version_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match=r"is no TensorFlow version.*such as 2\."):
        nearest_release(asked)


def test_a_release_without_a_file_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        read_release("2.12.0")


def edited(**fields: object) -> bytes:
    """The file of a release with other values for some of its fields."""
    content = msgspec.json.decode(gzip.decompress(stored("2.21.0")))
    return gzip.compress(msgspec.json.encode({**content, **fields}))


def cut() -> bytes:
    return stored("2.21.0")[:-2000]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a registrations file"),
        (b"[]", "not a registrations file"),
        (b'{"kind": "matrix"}', "not a registrations file"),
        (b'{"kind": "registrations"}', "missing required field"),
        (b"\xff\xfe", "not a registrations file"),
    ],
)
def test_another_file_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(FileFormatError, match=f"some.gz is .*{told}"):
        decode_registrations(gzip.compress(content), "some.gz")
    with pytest.raises(FileFormatError, match=r"some\.gz is not a registrations file"):
        decode_registrations(content, "some.gz")


def test_a_newer_or_mended_file_is_refused() -> None:
    with pytest.raises(FileFormatError, match=r"of format 2, .* a newer envprobe is needed"):
        decode_registrations(edited(format_version=2), "some.gz")
    with pytest.raises(FileFormatError, match=r"some\.gz is not a registrations file"):
        decode_registrations(edited(kind="matrix"), "some.gz")
    with pytest.raises(FileFormatError, match=r"some\.gz is not a registrations file"):
        decode_registrations(cut(), "some.gz")


@given(st.integers(min_value=0, max_value=2**32))
def test_a_damaged_file_is_refused_or_read(seed: int) -> None:
    """Whatever bits fall over: a FileFormatError, or what was written."""
    data = bytearray(stored("2.13.1"))
    place = random.Random(seed).randrange(len(data))
    data[place] ^= 0x55
    try:
        found = decode_registrations(bytes(data), "some.gz")
    except FileFormatError:
        return
    assert found == read_release("2.13.1")


def test_the_path_of_a_file_is_where_it_is_read_from() -> None:
    folder = Path(str(registrations_folder()))
    assert release_path(folder, "2.21.0").read_bytes() == stored("2.21.0")


def test_the_digest_ignores_what_gradients_are_computed_with() -> None:
    found = read_release("2.21.0")
    untraced = {
        op: msgspec.structs.replace(gradient, uses=(), unknown=None)
        for op, gradient in found.gradients.items()
    }
    assert replaced(found, gradients=untraced).digest == found.digest
    assert replaced(found, tensorflow="2.21.1", git_version="x", build={}).digest == found.digest
    assert replaced(found, gradients={}).digest != found.digest
    assert replaced(found, kernels={**found.kernels, "MatMul": ()}).digest != found.digest
    fewer = {op: definition for op, definition in found.ops.items() if op != "Fact"}
    assert replaced(found, ops=fewer).digest != found.digest


def replaced(found: Registrations, **fields: object) -> Registrations:
    return msgspec.structs.replace(found, **fields)
