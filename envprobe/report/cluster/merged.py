"""A merge's report on a terminal or in a file; pure but for the last function, which prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from envprobe.cluster.cluster import Cluster, Profile
from envprobe.cluster.merge import MergeResult
from envprobe.report.cluster.disagreeing import disagreeing
from envprobe.report.cluster.names import few_names
from envprobe.report.cluster.node_findings import node_findings
from envprobe.report.cluster.slower import slower
from envprobe.report.cluster.superseded import superseded
from envprobe.report.parts import print_parts
from envprobe.report.units import count
from envprobe.terms import Status

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def print_merged(result: MergeResult, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(merged_report(result), console)


def merged_report(result: MergeResult) -> Iterator[RenderableType]:
    """Totals, profiles, who asked less, disagreements, slow and faulty nodes, the file."""
    cluster = result.cluster
    yield Text(_totals(result), style="bold")
    yield from _section("Profiles", [_profiles(cluster)])
    yield from _section("Not all nodes were asked the same", _surveys(cluster))
    yield from _section("Disagreements within a profile", disagreeing(cluster), empty="none")
    yield from _section("Slower than their like", slower(cluster))
    yield from _section("Findings of nodes", node_findings(cluster), empty="no errors, no warnings")
    yield from _section("Older scans left out", superseded(cluster))
    yield Text()
    saved = f"Saved: {result.path}" if result.path else "Not saved: give -o FILE"
    yield Text(saved, style="bold", no_wrap=True, overflow="ignore")


def _totals(result: MergeResult) -> str:
    cluster = result.cluster
    parts = [
        f"{count(len(cluster.nodes), 'node')} in {count(len(cluster.profiles), 'profile')}",
        f"from {count(result.files, 'file')}",
    ]
    if result.unreadable:
        parts.append(f"{len(result.unreadable):,} could not be read")
    return ", ".join(parts)


def _profiles(cluster: Cluster) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("profile", no_wrap=True)
    table.add_column("nodes", justify="right", no_wrap=True)
    for heading in ("devices", "TensorFlow", "driver"):
        table.add_column(heading, overflow="fold")
    table.add_column("cells supported", justify="right", overflow="fold")
    for profile in cluster.profiles:
        nodes = sum(node.profile == profile.digest for node in cluster.nodes)
        table.add_row(*map(Text, (profile.digest, f"{nodes:,}", *_columns(profile))))
    return table


def _columns(profile: Profile) -> tuple[str, ...]:
    environment = profile.environment
    supported = sum(cell.status is Status.SUPPORTED for cell in profile.cells)
    return (
        devices_line(profile),
        environment.tensorflow or "does not start",
        environment.driver or "none",
        f"{supported:,} of {len(profile.cells):,}",
    )


def devices_line(profile: Profile) -> str:
    """`AMD EPYC, 8 x NVIDIA H200`."""
    models: dict[str, int] = {}
    for device in profile.devices:
        name = device.model or f"{device.device_type} of unknown model"
        models[name] = models.get(name, 0) + 1
    return ", ".join(name if many == 1 else f"{many} x {name}" for name, many in models.items())


def _surveys(cluster: Cluster) -> Iterator[Text]:
    for profile in cluster.profiles:
        if len(profile.surveys) < 2:
            continue
        for at, survey in enumerate(profile.surveys):
            names = [
                node.name
                for node in cluster.nodes
                if node.profile == profile.digest and node.survey == at
            ]
            cells = sum(last - first + 1 for first, last in survey.cells)
            how = f"preset {survey.preset}" + (", narrowed" if survey.narrowed else "")
            how += "" if survey.complete else ", interrupted"
            yield Text(
                f"{profile.digest}: {cells:,} of {len(profile.cells):,} cells ({how}) on"
                f" {few_names(names)}"
            )


def _section(
    title: str, body: Iterator[RenderableType] | Sequence[RenderableType], empty: str | None = None
) -> Iterator[RenderableType]:
    """A heading over its body; no heading where there is neither a body nor a word for it."""
    parts = list(body)
    if parts or empty is not None:
        yield Text()
        yield Text(title, style="bold underline")
        yield from parts or [Text(empty or "")]
