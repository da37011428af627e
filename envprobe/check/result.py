"""What a check found: the verdict for each target, what it rests on, and what to change."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.terms import Cause, Severity, Verdict

FORMAT_VERSION = 1


class CheckFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why the model fails or may fail, or one thing to know of its step.

    `code` never changes its meaning (`CHK201`). `op`, `dtype`, `layer`, `file` and `line` are the
    culprit's, None where there is none or nobody told. `seen` is what was seen, `why` why it fails
    there, `fix` the smallest change that helps, None where there is none.
    """

    code: str
    cause: Cause
    severity: Severity
    op: str | None = None
    dtype: str | None = None
    layer: str | None = None
    file: str | None = None
    line: int | None = None
    seen: str
    why: str
    fix: str | None = None


class EvidenceCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many requirements stand on which evidence."""

    measured: int = 0
    registered: int = 0
    none: int = 0


class TargetResult(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict for one device of one machine, or of the machines that share a profile.

    `name` is the matrix's host, the profile's digest or `this machine`; `nodes` are the machines
    that it holds for. `reason` says the verdict in one line. `affected_flops` is the share (0 to 1)
    of the step's FLOPs that runs on the CPU instead, or in emulated precision; None where FLOPs are
    not known. `trains_here` is False for a device that the machine's training would not use, as a
    CPU beside a GPU.
    """

    name: str
    device: str
    device_type: str
    model: str | None = None
    compute_capability: str | None = None
    tensorflow: str | None = None
    nodes: tuple[str, ...] = ()
    trains_here: bool = True
    verdict: Verdict
    reason: str
    evidence: EvidenceCounts = EvidenceCounts()
    affected_flops: float | None = None
    findings: tuple[CheckFinding, ...] = ()


class PrecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes on which the whole model runs at a precision; `nodelist` is Slurm's list."""

    precision: str
    nodes: tuple[str, ...]
    nodelist: str | None = None


class ClusterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a cluster the model trains, ready for the scheduler.

    `can`, `cannot` and `unknown` are nodes; `nodelist` and `exclude` are Slurm's compact lists of
    those that can and of all others, `affinity` is the Kubernetes snippet for those that can. None
    where there is nothing to list. `partly` are those among `can` on which a part runs on the CPU
    or emulated; `precisions` says where the model runs whole, at its own precision first.
    """

    can: tuple[str, ...]
    cannot: tuple[str, ...]
    unknown: tuple[str, ...]
    nodelist: str | None = None
    exclude: str | None = None
    affinity: str | None = None
    partly: tuple[str, ...] = ()
    precisions: tuple[PrecisionAnswer, ...] = ()


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """A model against its targets (JSON kind `check`).

    `verdict` is that of the machine, or of the cluster: `supported` where every node can train,
    `partial` where some can. `evidence` is that of the target with the least measured.
    `requirements` counts the kinds of nodes that the step has, `findings` are all of them, the
    gravest first; each target has those that hold there. `notes` say what was assumed.
    """

    kind: Literal["check"] = "check"
    format_version: int = FORMAT_VERSION
    source: str
    verdict: Verdict
    evidence: EvidenceCounts
    requirements: int
    mode: str | None = None
    precision: str | None = None
    batch: int | None = None
    loss: str | None = None
    optimizer: str | None = None
    jit: bool = False
    tensorflow: str | None = None
    findings: tuple[CheckFinding, ...] = ()
    targets: tuple[TargetResult, ...] = ()
    cluster: ClusterAnswer | None = None
    notes: tuple[str, ...] = ()

    @property
    def unreadable(self) -> bool:
        """Whether the model could not be looked at, by a fault that is not the step's: its file is
        unsafe or damaged, its code does not come so far, or the request does not fit it."""
        if self.requirements or self.verdict is not Verdict.UNKNOWN:
            return False
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def encode_result(result: CheckResult) -> bytes:
    """The result as an indented JSON document with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
