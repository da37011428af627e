"""The HTML page stands alone, escapes what logs hold, and shows the memory's curve."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.errors import UsageError
from envprobe.report.diagnose_page.curve import HEIGHT, WIDTH, curves
from envprobe.report.diagnose_page.page import page, write_page
from envprobe.running.sample import GpuUse, Sample, Samples, WatchedGpu

GIB = 1 << 30
OOM = (
    "OOM when allocating tensor with shape[64,8,256,256] and type float on /job:localhost/replica:0"
    "/task:0/device:GPU:0 by allocator GPU_0_bfc"
)
SAMPLES = Samples(
    period_seconds=0.5,
    limit_bytes=4 * GIB,
    total_bytes=64 * GIB,
    gpus=(WatchedGpu(index=1, name="Tesla T4", total_bytes=16 * GIB),),
    samples=tuple(
        Sample(
            seconds=step / 2,
            processes=1,
            resident_bytes=step * GIB // 2,
            gpus=(GpuUse(index=1, used_bytes=step * GIB, free_bytes=0),) if step else (),
        )
        for step in range(8)
    ),
)


class Checked(HTMLParser):
    """Which elements are open, and that each is closed in its turn."""

    VOID = ("meta", "br", "line", "polyline")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in self.VOID or self.open.pop() == tag


def checked(text: str) -> Checked:
    parser = Checked()
    parser.feed(text)
    assert parser.open == []
    return parser


@pytest.mark.parametrize(
    "log", [OOM, "", "MadeUpError: nobody knows\n", f"{OOM}\nValueError: <script>x</script>\n"]
)
def test_the_page_is_whole_and_needs_nothing_else(log: str) -> None:
    text = page(diagnose_text(log), SAMPLES)
    parser = checked(text)
    assert {"h1", "svg"} <= parser.seen
    assert not {"script", "link", "img"} & parser.seen
    assert not re.search(r"(?:src|href)=|url\(|@import", text)


def test_what_a_log_holds_is_text() -> None:
    evil = "MadeUpError: <script>alert(1)</script> & \x1b]0;x\x07 {{ 7 * 7 }}\n"
    text = page(diagnose_text(evil))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in text
    assert "{{ 7 * 7 }}" in text
    assert "\x1b" not in text


def test_the_answer_the_proof_and_the_fix_are_on_it() -> None:
    diagnosis = diagnose_text(OOM)
    root = diagnosis.root
    assert root is not None
    assert root.fix
    text = page(diagnosis)
    assert "oom-gpu" in text
    assert "shape[64,8,256,256]" in text
    assert root.why.split(".")[0].replace("'", "&#39;") in text


def test_curves() -> None:
    host, gpu = curves(SAMPLES)
    assert (host.title, host.peak) == ("Host memory of the run", "peak 3.5 GiB of 4 GiB")
    assert gpu.title == "GPU 1, Tesla T4"
    points = [tuple(map(float, point.split(","))) for point in host.points.split()]
    assert len(points) == 8
    assert points[0] == (0.0, HEIGHT)
    assert points[-1][0] == WIDTH
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert host.limit is not None
    assert host.limit < points[-1][1]
    assert len(gpu.points.split()) == 7


def test_a_limit_far_above_is_not_drawn() -> None:
    low = Samples(
        period_seconds=1.0,
        total_bytes=64 * GIB,
        samples=(Sample(seconds=0.0, processes=1, resident_bytes=GIB),),
    )
    (host,) = curves(low)
    assert host.limit is None
    assert host.peak == "peak 1 GiB of 64 GiB"


def test_without_samples_there_is_no_curve() -> None:
    assert curves(Samples(period_seconds=1.0)) == ()
    assert "<svg" not in page(diagnose_text(OOM))


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    write_page(diagnose_text(OOM), tmp_path / "new" / "page.html")
    assert (tmp_path / "new" / "page.html").read_text().startswith("<!doctype html>")
    with pytest.raises(UsageError):
        write_page(diagnose_text(OOM), tmp_path)
