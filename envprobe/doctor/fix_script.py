"""The fixes as a shell script to read first: nothing is changed by making it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.result import DoctorResult
from envprobe.terms import Finding, Severity

NO_FAULT = "it may be meant so: nothing fails for it"


def _runs(*programs: str) -> re.Pattern[str]:
    """Commands that start one of the programs, by name or by path."""
    names = "|".join(programs)
    return re.compile(rf"(?:^|[;&|]\s*|\bsudo\s+)(?:\S*/)?(?:{names})(?:\.exe)?(?=\s|$)", re.M)


# Commands that nobody should run unread, and why; the first that matches is told.
RESERVED = (
    (re.compile(r"<[A-Za-z_ ]+>|\.\.\.|…|\bFOLDER\b"), "it has a gap that you have to fill in"),
    (re.compile(r"--break-system-packages\b"), "it changes the Python that belongs to the system"),
    (re.compile(r"\bsudo\b"), "it takes an administrator and can affect everybody here"),
    (
        _runs("reboot", "shutdown", "modprobe", "rmmod", "systemctl", "nvidia-smi"),
        "it changes the whole machine",
    ),
    (_runs("docker", "podman", "kubectl", "srun", "sbatch"), "it belongs where this was started"),
    (_runs("apt", "apt-get", "dnf", "yum", "conda", "mamba"), "it changes more than TensorFlow"),
    (_runs("rm", "mv"), "it takes files away"),
    (_runs("patchelf"), "it rewrites a library's file"),
    (_runs("wsl", "powershell"), "it belongs to Windows, not to this shell"),
    (
        _runs("export", "unset", "ulimit"),
        "a script cannot set this for its caller: enter it in your shell or its profile",
    ),
)


def fix_script(result: DoctorResult) -> str:
    """The script: each finding as a comment, and its command below it, once.

    Commands that reach beyond the examined environment, and those of mere remarks, are comments
    too, with the reason.
    """
    lines = ["#!/bin/sh", *_head(result), "set -eu"]
    if result.forecast is not None:
        lines += ["", *_comment("install", result.forecast.requirement)]
        lines += _runnable(result.forecast.command)
    seen: set[str] = set()
    for finding in result.findings:
        lines += ["", *_finding(finding, seen)]
    if not result.findings and result.forecast is None:
        lines += ["", "# Nothing was found that needs mending."]
    return "\n".join(lines) + "\n"


def _head(result: DoctorResult) -> Iterator[str]:
    host = result.inventory.host.hostname or "an unknown host"
    yield from _comment("", f"Fixes for {host}, by envprobe doctor {result.envprobe}.")
    yield "# Nothing has been changed yet. Read it all, then run it with sh."


def _finding(finding: Finding, seen: set[str]) -> Iterator[str]:
    yield from _comment("", f"{finding.code} {finding.name} ({finding.severity.value})")
    yield from _comment("seen", finding.seen)
    if finding.fix:
        yield from _comment("fix", finding.fix)
    if finding.command is None:
        yield "# (no command does this)" if finding.fix else "# (nothing to be done)"
    elif finding.command in seen:
        yield "# (the command stands above)"
    else:
        seen.add(finding.command)
        harmless = finding.severity is Severity.INFO
        yield from _runnable(finding.command, NO_FAULT if harmless else None)


def _runnable(command: str, reason: str | None = None) -> Iterator[str]:
    reason = reason or next((why for pattern, why in RESERVED if pattern.search(command)), None)
    if reason is None:
        yield command
        return
    yield f"# left to you, since {reason}:"
    yield from (f"# {line}" for line in command.splitlines())


def _comment(label: str, text: str) -> Iterator[str]:
    """On one line each: whatever stands in the text must not become a command."""
    words = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
    yield f"# {label}: {words}" if label else f"# {words}"
