"""The run's side of the process that watches it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import msgspec

from envprobe.running.sample import Samples
from envprobe.running.series import Series
from envprobe.running.watcher_words import (
    Machine,
    Measured,
    Members,
    Order,
    Ready,
    Signalled,
    Word,
)

PERIOD_SECONDS = 0.5
END_SECONDS = 0.3
# The search path comes with the order to start: nothing of the run's folder is imported.
START = "import sys; sys.path[:] = sys.argv[1:]; from envprobe.running.watcher import main; main()"


class Watching:
    """Samples as they come. Whatever happens to the watching process, the run goes on."""

    def __init__(self, signals: Sequence[int], on_signal: Callable[[int], None]) -> None:
        self._signals = tuple(int(number) for number in signals)
        self._on_signal = on_signal
        self._series = Series()
        self._machine = Machine()
        self._pids: set[int] = set()
        self.witnesses = False
        self.fault: str | None = None
        self._process = self._started()
        self._reader: threading.Thread | None = None

    def begin(self, pid: int, started: float) -> None:
        """Watch that process from now on; `started` as `time.monotonic()` told it."""
        process = self._process
        self._pids.add(pid)
        if process is None or process.stdin is None:
            return
        order = Order(
            pid=pid, started=started, period_seconds=PERIOD_SECONDS, signals=self._signals
        )
        with self._kept():
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            process.stdin.flush()
        self._reader = threading.Thread(target=self._read, name="watcher", daemon=True)
        self._reader.start()

    def end(self) -> None:
        """Stop watching; a process that hangs is left to the kernel."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        if self._reader is not None:
            self._reader.join(END_SECONDS)
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):
            process.wait(END_SECONDS)
        if process.poll() is None:
            process.kill()
            # Not waited for in the destructor either, which would warn.
            process.returncode = -signal.SIGTERM

    @property
    def pids(self) -> frozenset[int]:
        """The processes of the run that were seen."""
        return frozenset(self._pids)

    def samples(self) -> Samples:
        """The curve up to now."""
        machine = self._machine
        unknown = dict(machine.unknown)
        if self.fault is not None:
            unknown["samples"] = self.fault
        return Samples(
            period_seconds=PERIOD_SECONDS * self._series.each,
            samples=self._series.samples(),
            total_bytes=machine.total_bytes,
            limit_bytes=machine.group.limit_bytes if machine.group else None,
            gpus=machine.gpus,
            unknown=unknown,
        )

    def _started(self) -> subprocess.Popen[bytes] | None:
        path = [folder for folder in sys.path if folder]
        with self._kept():
            return subprocess.Popen(
                [sys.executable or "python3", "-I", "-c", START, *path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return None

    def _read(self) -> None:
        process = self._process
        with self._kept():
            for line in process.stdout if process and process.stdout else ():
                self._take(msgspec.json.decode(line, type=Word))
        self.witnesses = False

    def _take(self, word: Word) -> None:
        match word:
            case Measured(sample=sample):
                if sample.processes:  # taken behind the end, it tells nothing
                    self._series.add(sample)
            case Signalled(number=number):
                self._on_signal(number)
            case Members(pids=pids):
                self._pids.update(pids)
            case Machine():
                self._machine = word
            case Ready():
                self.witnesses = True

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """What goes wrong with watching is told at the end, and stops nothing."""
        try:
            yield
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            self.fault = f"{type(error).__name__}: {error}"
