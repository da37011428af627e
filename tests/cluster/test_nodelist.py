"""Host lists: what Slurm writes, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.cluster.nodelist import expand, natural, nodelist
from envprobe.errors import UsageError

WORDS = st.text("ab-.", min_size=0, max_size=3)
NUMBERS = st.one_of(
    st.integers(0, 120).map(str),
    st.integers(0, 120).map(lambda number: f"{number:03d}"),
    st.integers(0, 10**20).map(str),
)
NAMES = st.lists(st.tuples(WORDS, NUMBERS), min_size=1, max_size=3).map(
    lambda parts: "x" + "".join(word + number for word, number in parts)
)
NAMES_OF_ANY_KIND = st.one_of(NAMES, st.text("ab-é٣_", min_size=1, max_size=4))


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["node01", "node02", "node03", "node12"], "node[01-03,12]"),
        (["node15", *(f"node{n:02d}" for n in range(12, 0, -1))], "node[01-12,15]"),
        (["gpu-a1", "gpu-a2", "gpu-a3", "login"], "gpu-a[1-3],login"),
        ([f"r{r}n{n:02d}" for r in (1, 2) for n in (1, 2, 3, 4)], "r[1-2]n[01-04]"),
        (["n8", "n9", "n10", "n11"], "n[8-11]"),
        (["n098", "n099", "n100"], "n[098-100]"),
        (["n1", "n01"], "n[1,01]"),
        (["n7", "n7"], "n7"),
        (["7", "8"], "[7-8]"),
        (["a", "b"], "a,b"),
        (["node1-ib", "node2-ib"], "node1-ib,node2-ib"),
        ([], ""),
    ],
)
def test_the_compact_form(names: list[str], text: str) -> None:
    assert nodelist(names) == text
    assert set(expand(text)) == set(names)


def test_blocks_that_are_no_product_stay_apart() -> None:
    names = ["r1n1", "r1n2", "r2n1"]
    text = nodelist(names)
    assert sorted(expand(text)) == names
    assert len(expand(text)) == 3


@given(st.lists(NAMES_OF_ANY_KIND, max_size=40))
def test_expanding_gives_the_names_back(names: list[str]) -> None:
    assert sorted(expand(nodelist(names))) == sorted(set(names))


@given(st.sets(st.integers(0, 3000), min_size=1))
def test_a_run_of_numbers_is_as_short_as_its_gaps_allow(numbers: set[int]) -> None:
    text = nodelist(f"n{number:04d}" for number in numbers)
    runs = sum(number - 1 not in numbers for number in numbers)
    assert text.count(",") == runs - 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("node[1-3]-ib", ["node1-ib", "node2-ib", "node3-ib"]),
        (" a[1-2] , b ", ["a1", "a2", "b"]),
        ("n[08-11]", ["n08", "n09", "n10", "n11"]),
        ("n[1,3-4]m[1-2]", ["n1m1", "n1m2", "n3m1", "n3m2", "n4m1", "n4m2"]),
    ],
)
def test_what_slurm_reads_is_read(text: str, names: list[str]) -> None:
    assert expand(text) == names


@pytest.mark.parametrize(
    "text",
    ["n[1-", "n]1[", "n[[1]]", "n[]", "n[a-b]", "n[3-1]", "a,,b", "n[1-2],", f"n[1-{'9' * 5000}]"],
)
def test_what_is_no_host_list_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="host list"):
        expand(text)


@pytest.mark.parametrize("text", ["n[1-99999999]", "n[1-2000]m[1-2000]"])
def test_a_list_that_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="1,000,000"):
        expand(text)


@pytest.mark.parametrize("name", ["", "a b", "a,b", "a[1]"])
def test_what_is_no_host_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="host list"):
        nodelist([name])


def test_the_natural_order() -> None:
    assert sorted(["n10", "n2", "a", "n02"], key=natural) == ["a", "n02", "n2", "n10"]
