from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from envprobe.evidence.excerpt import excerpt_about, excerpts, ops_of
from envprobe.registrations import known_releases, read_release

NEWEST = known_releases()[-1]


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(sorted(read_release(NEWEST).ops)), min_size=1, max_size=4))
def test_an_excerpt_says_of_its_ops_what_the_whole_file_says(ops: set[str]) -> None:
    excerpt, whole = excerpts(ops)[-1], read_release(NEWEST)
    assert (excerpt.tensorflow, excerpt.build, excerpt.xla) == (
        whole.tensorflow,
        whole.build,
        whole.xla,
    )
    assert set(excerpt.ops) == ops
    for op in ops:
        assert excerpt.ops[op] == whole.ops[op]
        assert excerpt.kernels_of(op) == whole.kernels_of(op)
        assert excerpt.gradients.get(op) == whole.gradients.get(op)


def test_every_release_is_there_oldest_first() -> None:
    assert [release.tensorflow for release in excerpts(["Conv3D"])] == list(known_releases())


def test_a_release_without_the_op_has_an_empty_excerpt() -> None:
    oldest = excerpts(["Conv"])[0]
    assert (oldest.ops, oldest.kernels, oldest.gradients) == ({}, {}, {})


def test_names() -> None:
    assert set(ops_of("2.15.1")) == set(read_release("2.15.1").ops)


def test_an_excerpt_about_an_op_holds_what_its_gradient_uses() -> None:
    about = excerpt_about("lgamma", NEWEST)
    assert set(about.ops) == {"Lgamma", "Digamma", "Mul"}
    assert about.kernels_of("Digamma") == read_release(NEWEST).kernels_of("Digamma")
    assert excerpt_about("Conv9D", NEWEST).ops == {}
