from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.cuda_visible import Target, cuda_order, resolve_visible, strtoul
from envprobe.inventory.gpu import Gpu, MigInstance

H100, T4 = ("H100", "9.0"), ("T4", "7.5")


def gpus(*models: tuple[str, str], mig: dict[int, int] | None = None) -> list[Gpu]:
    """GPUs of these models; `mig` maps an index to its number of instances."""
    return [_gpu(index, *model, (mig or {}).get(index)) for index, model in enumerate(models)]


def _gpu(index: int, name: str, capability: str, instances: int | None) -> Gpu:
    return Gpu(
        nvml_index=index,
        name=name,
        compute_capability=capability,
        uuid=f"GPU-{index}abc-{index}",
        pci_bus_id=f"00000000:{index:02X}:00.0",
        mig_enabled=instances is not None,
        mig_instances=tuple(
            MigInstance(index=n, uuid=f"MIG-{index}{n}", gpu_instance=n + 1, compute_instance=0)
            for n in range(instances or 0)
        ),
    )


def shown(
    value: str | None, found: list[Gpu], **environ: str
) -> list[tuple[int, int | None]] | None:
    environ |= {} if value is None else {"CUDA_VISIBLE_DEVICES": value}
    targets = resolve_visible(found, environ).targets
    return None if targets is None else [tuple(t) for t in targets]  # type: ignore[misc]


ALL = [(0, None), (1, None), (2, None)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, [0, 1, 2]),
        ("0,1,2", [0, 1, 2]),
        ("2,1", [2, 1]),
        ("1", [1]),
        (" 1 , 0", [1, 0]),
        ("1gpu2,2ampere", [1, 2]),  # as strtoul reads it
        ("0,2,-1,1", [0, 2]),  # the CUDA guide's own example
        ("0,7,1", [0]),
        ("0,1,", [0, 1]),
        ("0,x,1", [0]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("7", []),
        ("1,1", []),  # a repeated entry hides all
        ("0,1,0", []),
        ("GPU-1", [1]),
        ("GPU-2abc-2,GPU-0", [2, 0]),
        ("GPU-", []),  # ambiguous
        ("GPU-0,GPU-9,GPU-1", [0]),
        ("GPU-0,GPU-0abc", []),
        ("GPU-0,1", [0]),  # an entry of another kind ends the list
        ("gpu-0", []),
    ],
)
def test_whole_gpus(value: str | None, expected: list[int]) -> None:
    found = gpus(H100, H100, H100)
    assert shown(value, found) == [(index, None) for index in expected]


@pytest.mark.parametrize(
    ("value", "invalid", "duplicate"),
    [
        ("0,7,1", "7", None),
        ("0,1,", None, None),
        ("0,-1,1", None, None),
        ("1,1", None, "1"),
        ("GPU-9", "GPU-9", None),
        ("GPU-0,GPU-0", None, "GPU-0"),
        ("", None, None),
    ],
)
def test_what_is_wrong_with_a_list(value: str, invalid: str | None, duplicate: str | None) -> None:
    seen = resolve_visible(gpus(H100, H100), {"CUDA_VISIBLE_DEVICES": value})
    assert (seen.invalid, seen.duplicate) == (invalid, duplicate)


def test_a_mixture_has_an_order_only_by_the_bus() -> None:
    found = gpus(T4, H100)
    assert cuda_order(found, {}) is None
    assert cuda_order(found, {"CUDA_DEVICE_ORDER": "FASTEST_FIRST"}) is None
    assert cuda_order(found, {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}) == [0, 1]
    assert shown("0", found) is None
    assert shown("1,0", found) is None
    assert shown("1", found, CUDA_DEVICE_ORDER="PCI_BUS_ID") == [(1, None)]
    assert shown("", found) == []
    assert shown("GPU-1,GPU-0", found) == [(1, None), (0, None)]


def test_one_mig_instance_at_most_and_no_gpu_beside_it() -> None:
    found = gpus(H100, H100, mig={1: 2})
    assert shown(None, found) == [(1, 0)]
    assert shown("0", found) == [(0, None)]
    assert shown("1", found) == [(1, 0)]
    assert shown("0,1", found) == [(1, 0)]
    assert shown("MIG-11", found) == [(1, 1)]
    assert shown("MIG-11,MIG-10", found) == [(1, 1)]
    assert shown("MIG-GPU-1abc-1/2/0", found) == [(1, 1)]
    assert shown("MIG-GPU-1abc-1/9/0", found) == []
    assert shown("MIG-1", found) == []  # a MIG UUID is not abbreviated


def test_mig_without_an_instance_shows_nothing() -> None:
    seen = resolve_visible(gpus(H100, H100, mig={0: 0}), {})
    assert seen.targets == (Target(1),)
    assert "no instance" in seen.hidden[Target(0)]


def test_nothing_there() -> None:
    assert resolve_visible([], {"CUDA_VISIBLE_DEVICES": "0"}).targets == ()


ENTRIES = st.one_of(
    st.integers(-3, 9).map(str),
    st.sampled_from(["", "GPU-0", "GPU-", "MIG-10", "NoDevFiles", "x", " 1", "0x1", "+1", "１"]),
    st.text(max_size=4),
)


@given(
    st.lists(ENTRIES, max_size=5).map(",".join),
    st.integers(0, 4),
    st.booleans(),
    st.booleans(),
)
def test_every_gpu_is_shown_once_or_has_a_reason(
    value: str, count: int, mixed: bool, mig: bool
) -> None:
    models = [T4 if mixed and index % 2 else H100 for index in range(count)]
    found = gpus(*models, mig={1: 2} if mig else None)
    seen = resolve_visible(found, {"CUDA_VISIBLE_DEVICES": value})
    targets = seen.targets or ()
    assert len(set(targets)) == len(targets)
    for gpu in found:
        whole = Target(gpu.nvml_index)
        parts = [Target(gpu.nvml_index, m.index) for m in gpu.mig_instances or ()]
        for target in (whole, *parts):
            assert (target in targets) != bool(seen.hidden.get(target))


@given(st.text(max_size=12))
def test_strtoul_never_raises(text: str) -> None:
    assert isinstance(strtoul(text), int)


@given(st.permutations(range(4)).flatmap(lambda p: st.integers(0, 4).map(lambda n: p[:n])))
def test_a_valid_list_is_taken_as_it_is(indexes: list[int]) -> None:
    found = gpus(*[H100] * 4)
    expected = [(index, None) for index in indexes]
    assert shown(",".join(map(str, indexes)), found) == expected
    assert shown(",".join(f"GPU-{index}" for index in indexes), found) == expected
