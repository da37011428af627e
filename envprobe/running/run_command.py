"""Runs a command unchanged, watches it, and explains its end."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from envprobe.diagnose.result import Diagnosis
from envprobe.errors import UsageError
from envprobe.running.bundle import Bundle
from envprobe.running.bundled import Page, bundle_files
from envprobe.running.explain import explained
from envprobe.running.facts import Facts, sentences, signal_name
from envprobe.running.follow import Followed, Follower
from envprobe.running.kernel_log import KernelLog
from envprobe.running.masking.mask import Masker
from envprobe.running.pressure import Counters, counters, shared_memory
from envprobe.running.result import RunResult
from envprobe.running.sample import peaks_of
from envprobe.running.signals import Reception, is_key_pressed
from envprobe.running.streams import closed_kept


class _EndNow(BaseException):
    """A signal came after the command's end: nothing more is wanted."""


def run_command(
    argv: Sequence[str],
    bundle: str | os.PathLike[str] | None = None,
    *,
    page: Page | None = None,
    explain_always: bool = False,
) -> RunResult:
    """Run the command as it would run alone, and tell how it ended, and why.

    Its input, output, terminal and signals are its own; envprobe keeps a copy of the output and
    samples its memory. `bundle` is a new or empty folder for all that is known afterwards; `page`
    makes the bundle's HTML report. A diagnosis is made where the command fails,
    `explain_always` also where it ends well or with ctrl-C.

    Raises UsageError for a bundle that cannot be written, before the command starts, and
    CommandNotStartedError where it cannot be started.
    """
    if not argv:
        raise UsageError("which command? envprobe run -- python train.py")
    folder = Bundle(Path(bundle)) if bundle is not None else None
    with closed_kept() as closed, _discarding(folder), Reception(lambda _: None) as reception:
        return _Run(argv, Follower(reception, closed), reception).to_its_end(
            folder, page, explain_always=explain_always or folder is not None
        )


@contextlib.contextmanager
def _discarding(bundle: Bundle | None) -> Iterator[None]:
    try:
        yield
    finally:
        if bundle is not None:
            bundle.discard()


class _Run:
    """One run, and what is made of it afterwards. Nothing of that may cost the command's result."""

    def __init__(self, argv: Sequence[str], follower: Follower, reception: Reception) -> None:
        self._argv, self._follower, self._reception = argv, follower, reception
        self._folder = _working_folder()
        self._started = datetime.now(timezone.utc)
        self._before, self._kernel = counters(), KernelLog()
        self._notes: list[str] = []

    def to_its_end(
        self, folder: Bundle | None, page: Page | None, *, explain_always: bool
    ) -> RunResult:
        """Follow the command, and explain its end."""
        with contextlib.closing(self._kernel):
            followed = self._follower.follow(self._argv)
            self._reception.on_signal = _end_now
            return self._looked_at(followed, folder, page, explain_always=explain_always)

    def _looked_at(
        self, followed: Followed, folder: Bundle | None, page: Page | None, *, explain_always: bool
    ) -> RunResult:
        result = _bare(self._argv, followed, self._started, self._folder)
        try:
            masker = Masker(os.environ, self._argv)
            result = self._with_facts(result, followed, masker)
            log = masker.bytes(followed.output)
            if explain_always or _failed(result, followed):
                result = self._with_diagnosis(result, log, masker)
            if folder is not None:
                result = self._with_bundle(result, folder, log, masker, page)
        except _EndNow:
            self._notes.append("a signal ended envprobe before it had looked at everything")
        except Exception as error:  # noqa: BLE001 - a fault here must not cost the exit code
            self._notes.append(f"a fault in envprobe itself: {type(error).__name__}: {error}")
        notes = (*followed.faults, *self._notes)
        return msgspec.structs.replace(result, notes=notes)

    def _with_facts(self, result: RunResult, followed: Followed, masker: Masker) -> RunResult:
        facts = Facts(
            argv=tuple(self._argv),
            pid=followed.pid,
            end=followed.end,
            seconds=followed.seconds,
            received=followed.received,
            before=self._before,
            after=counters() if result.exit_code else Counters(),
            kernel=self._kernel.lines(followed.pids),
            samples=followed.samples,
            shared_memory=shared_memory(),
        )
        return msgspec.structs.replace(
            result,
            command=masker.command(self._argv),
            folder=self._folder and masker.text(self._folder),
            facts=tuple(map(masker.text, sentences(facts))),
        )

    def _with_diagnosis(self, result: RunResult, log: bytes, masker: Masker) -> RunResult:
        diagnosis = explained(log, result.facts, failed=result.exit_code != 0)
        masked = masker.document(msgspec.to_builtins(diagnosis))
        return msgspec.structs.replace(result, diagnosis=msgspec.convert(masked, Diagnosis))

    def _with_bundle(
        self, result: RunResult, folder: Bundle, log: bytes, masker: Masker, page: Page | None
    ) -> RunResult:
        result = msgspec.structs.replace(result, bundle=str(folder.place))
        try:
            place = folder.finish(bundle_files(result, log, self._argv, masker, page))
        except OSError as error:
            self._notes.append(f"cannot write the bundle {folder.place}: {error.strerror}")
            return msgspec.structs.replace(result, bundle=None)
        if place != folder.place:
            self._notes.append(f"{folder.place} was taken meanwhile: the bundle is {place}")
        return msgspec.structs.replace(result, bundle=str(place))


def _end_now(number: int) -> None:
    if number in (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")):
        raise _EndNow


def _working_folder() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:  # it has been removed
        return None


def _bare(
    argv: Sequence[str], followed: Followed, started: datetime, folder: str | None
) -> RunResult:
    """The result before anything is asked that could fail."""
    end = followed.end
    return RunResult(
        command=(argv[0],),
        folder=folder,
        started=started.isoformat(timespec="milliseconds"),
        duration_seconds=round(followed.seconds, 3),
        exit_code=end.exit_code,
        signal=None if end.signal is None else signal_name(end.signal),
        interrupted=end.exit_code != 0 and any(map(is_key_pressed, followed.received)),
        peaks=peaks_of(followed.samples, _largest(end.largest_process_bytes)),
        samples=followed.samples,
    )


def _largest(told: int | None) -> int | None:
    """What the kernel counts begins with what this process held when it started the command."""
    if told is None or sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return told if told > own else None


def _failed(result: RunResult, followed: Followed) -> bool:
    """Whether it is to be explained: not what ctrl-C or a reader like `head` has ended."""
    return result.exit_code != 0 and not result.interrupted and not followed.unread
