"""Whether the kernel that a run lacked is there on the machines that were scanned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from envprobe.cluster.cluster import Cluster
from envprobe.cluster.known_registry import Registries
from envprobe.diagnose.here.kernel_asked import KernelAsked, kernel_asked
from envprobe.diagnose.here.kernel_known import Answer, known_of
from envprobe.diagnose.here.kernel_nodes import NodesKnown, known_by_nodes, names_by_answer
from envprobe.diagnose.here.other_machine import model
from envprobe.diagnose.here.scans import Scans, name_of
from envprobe.diagnose.result import DiagnosisFinding, Here, Surroundings
from envprobe.evidence.excerpt import ops_of
from envprobe.matrix.matrix import Matrix
from envprobe.registrations import known_releases

ANSWERS: dict[Answer, Literal["confirmed", "contradicted", "unknown"]] = {
    "lacks": "confirmed",
    "has": "contradicted",
}
# What is told of the nodes, in this order.
DO: dict[Answer, str] = {
    "has": "a kernel for it on {nodes}",
    "lacks": "no kernel for it on {nodes}",
    "mixed": "on {nodes} it depends on what the log does not tell",
    "no_device": "no such device on {nodes}",
    "untold": "not known of {nodes}",
}


def kernel_here(
    finding: DiagnosisFinding,
    log: Surroundings,
    scans: Scans,
    *,
    host: str | None,
    now: datetime,
) -> Here:
    """By the matrix, else by the registry of its TensorFlow. `host` is this machine."""
    asked = kernel_asked(finding, log, _ops(scans))
    if isinstance(asked, str):
        return Here(answer="unknown", told=asked)
    if scans.matrix is not None:
        return _of_matrix(asked, scans.matrix, log, now)
    if scans.cluster is not None:
        return _of_cluster(asked, scans.cluster, log, host)
    return Here(answer="unknown", told=scans.unknown)


def _ops(scans: Scans) -> frozenset[str]:
    """All that have a name: in the newest release, and in what was scanned."""
    cells = scans.matrix.cells if scans.matrix else ()
    profiles = scans.cluster.profiles if scans.cluster else ()
    every = {cell.op for one in (cells, *(p.cells for p in profiles)) for cell in one}
    return frozenset(every).union(ops_of(known_releases()[-1]), ops_of(known_releases()[0]))


def _of_matrix(asked: KernelAsked, matrix: Matrix, log: Surroundings, now: datetime) -> Here:
    registrations = Registries().of(matrix).registrations
    known = known_of(asked, matrix.cells, matrix.devices, registrations)
    told = f"{name_of(matrix, now)} {known.words}"
    if known.answer == "has":
        runs = "it runs there" if known.measured else "it may run there"
        told += f": {runs}, so the log is of another machine or release{_releases(matrix, log)}"
    if known.answer == "mixed":
        told += ": the log does not tell which it asked for"
    return Here(answer=ANSWERS.get(known.answer, "unknown"), told=told)


def _releases(matrix: Matrix, log: Surroundings) -> str:
    here = matrix.environment.tensorflow
    if not here or not log.tensorflow or here == log.tensorflow:
        return ""
    return f" (there TensorFlow {here}, in the log {log.tensorflow})"


def _of_cluster(asked: KernelAsked, cluster: Cluster, log: Surroundings, host: str | None) -> Here:
    """This machine's own node decides, else those with the log's GPUs, else all of them."""
    found = known_by_nodes(cluster, asked)
    deciding = _deciding(found, log, host)
    answers = {one.known.answer for one in deciding}
    names = names_by_answer(found)
    told = [DO[answer].format(nodes=names[answer]) for answer in DO if answer in names]
    own = f"; {host} is this machine" if any(host in one.nodes for one in found) else ""
    # Nodes that lack it are the reason, wherever others have it: that is then the way out.
    answer = next((one for one in ("lacks", "mixed", "untold", "has") if one in answers), None)
    return Here(
        answer=ANSWERS.get(answer, "unknown") if answer else "unknown",
        told=f"{asked}: {'; '.join(told) or 'there is no node'}{own}",
    )


def _deciding(
    found: Sequence[NodesKnown], log: Surroundings, host: str | None
) -> Sequence[NodesKnown]:
    own = [one for one in found if host in one.nodes]
    models = {model(name) for name in log.gpus}
    alike = [one for one in found if models & {model(name) for name in one.gpus}]
    return own or alike or found
