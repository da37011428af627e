"""The whole scan: inventory, devices, support, timing, matrix."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import psutil

from envprobe import __version__
from envprobe.errors import Interrupted
from envprobe.inventory import Inventory, take_inventory, with_tensorflow
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.digest import digest
from envprobe.matrix.matrix import Device, Environment, Matrix, ScanRecord
from envprobe.ops.catalog import load_catalog
from envprobe.probe.destination import journal_path, require_writable, save
from envprobe.probe.environment import (
    devices_from,
    environment_from,
    environment_without_tensorflow,
)
from envprobe.probe.findings import tensorflow_does_not_start, workers_keep_dying
from envprobe.probe.journal import Journal, JournalHeader
from envprobe.probe.lane import Lane, LaneFailed
from envprobe.probe.lanes import WORKER_FOLDER, Seat, first_lane, seats
from envprobe.probe.plan import Probe, plan
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.pool import Pool
from envprobe.probe.progress import Phase, Progress
from envprobe.probe.result import ScanResult
from envprobe.probe.selection import Selection
from envprobe.probe.support import ask_support, untested
from envprobe.probe.timing import TimingJob, time_cells
from envprobe.terms import Finding, Status

Report = Callable[[Progress], None]


def scan(
    *,
    preset: str = "standard",
    devices: Sequence[str] = (),
    ops: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    modes: Sequence[str] = (),
    timing: bool = True,
    python: str | None = None,
    output: Path | None = None,
    resume: bool = False,
    progress: Report | None = None,
    cpu_devices: int = 1,
    workers: int | None = None,
) -> ScanResult:
    """Measure this machine's support matrix and save it.

    `preset` is quick, standard or full; `devices`, `ops` (globs), `dtypes` and `modes` narrow
    it. `python` probes another interpreter's TensorFlow, in which nothing is installed. `output`
    is the matrix file (default: a new one in the user's data folder). `resume` takes over the
    cells of an interrupted scan. `cpu_devices` splits the CPU into that many logical devices;
    `workers` is how many processes share the CPU's support cells (default: one a core).

    Raises UsageError for names that do not exist and files that cannot be written,
    `errors.Interrupted` on Ctrl-C. When TensorFlow does not start, the matrix has no cells and a
    finding says why.
    """
    selection = Selection(
        preset=preset,
        devices=tuple(devices),
        ops=tuple(ops),
        dtypes=tuple(dtypes),
        modes=tuple(modes),
        timing=timing,
    ).checked(load_catalog())
    require_writable(output)
    command = [python or sys.executable, str(WORKER_FOLDER)]
    with Pool(command) as pool:
        running = _Scan(pool, selection, output, progress or (lambda _: None))
        try:
            lane = first_lane(
                cpu_devices=cpu_devices,
                workers=workers or _cores(),
                available_bytes=psutil.virtual_memory().available,
            )
            return running.run(lane, python, resume)
        except KeyboardInterrupt:
            raise Interrupted(running.interrupted()) from None
        finally:
            running.close()


class _Scan:
    """One scan under way: what is known so far, and the journal that keeps it."""

    def __init__(
        self, pool: Pool, selection: Selection, output: Path | None, report: Report
    ) -> None:
        self.pool = pool
        self.selection = selection
        self.output = output
        self.report = report
        self.started = datetime.now(timezone.utc)
        self.clock = time.monotonic()
        self.cells: dict[CellKey, Cell] = {}
        self.journal: Journal | None = None
        self.resumed = 0
        self.seconds: dict[Phase, float] = {}
        self.findings: list[Finding] = []

    def run(self, lane: Lane, python: str | None, resume: bool) -> ScanResult:
        """From the first question to the saved file."""
        self._say("inventory")
        inventory, hello = self._introduce(lane, python)
        if isinstance(hello, LaneFailed):
            self.findings.append(tensorflow_does_not_start(hello))
            return self._finish(environment_without_tensorflow(inventory), inventory, (), [], lane)
        environment = environment_from(inventory, hello, os.environ)
        devices = devices_from(inventory, hello)
        probes = self._plan(devices)
        self._open_journal(digest(environment), resume, probes)
        places = seats(lane, devices)
        by_name = {device.name: device for device in devices}
        self._support(probes, by_name, places)
        self._time(probes, by_name, places)
        inventory = with_tensorflow(inventory, self._with_loaded_libraries(hello, places))
        return self._finish(environment, inventory, devices, probes, lane)

    def _introduce(
        self, lane: Lane, python: str | None
    ) -> tuple[Inventory, dict[str, Any] | LaneFailed]:
        """Inventory and TensorFlow's import side by side: both mostly wait."""
        with ThreadPoolExecutor(1) as thread:
            greeting = thread.submit(self.pool.start, lane)
            try:
                inventory = take_inventory(python=python)
                self._say("starting", current="importing TensorFlow")
                hello = greeting.result()
            except LaneFailed as failed:
                return inventory, failed
            except BaseException:
                self.pool.kill()  # or leaving the block would wait for the import
                raise
        return with_tensorflow(inventory, hello), hello

    def _plan(self, devices: Sequence[Device]) -> list[Probe]:
        wanted = self.selection.devices_of(device.name for device in devices)
        catalog = load_catalog()
        return [
            probe
            for device in devices
            if device.name in wanted
            for probe in plan(catalog, self.selection, device)
        ]

    def _open_journal(self, environment_digest: str, resume: bool, probes: list[Probe]) -> None:
        header = JournalHeader(
            environment_digest=environment_digest,
            preset=self.selection.preset,
            narrowed=self.selection.narrowed,
            envprobe=__version__,
        )
        path = journal_path(self.output)
        if not resume:
            self.journal = Journal.create(path, header)
            return
        self.journal, kept = Journal.resume(path, header)
        planned = {probe.key for probe in probes}
        self.cells = {key: cell for key, cell in kept.items() if key in planned}
        self.resumed = len(self.cells)

    def _support(
        self, probes: Sequence[Probe], devices: Mapping[str, Device], places: Mapping[str, Seat]
    ) -> None:
        begin = time.monotonic()
        left = [probe for probe in probes if probe.key not in self.cells]
        pace = _Pace(len(left))

        def answered(cell: Cell) -> None:
            self._keep(cell)
            self._say("support", pace=pace.step(), current=_name(cell))

        failed = ask_support(self.pool, left, devices, places, answered)
        for probe in left:
            if probe.key not in self.cells:
                lane = places[probe.key.device].lane.name
                why = failed[lane].reason if lane in failed else "it was not asked"
                self.cells[probe.key] = untested(probe, why)
        self.findings += [workers_keep_dying(lane) for lane in failed.values()]
        self.seconds["support"] = time.monotonic() - begin

    def _time(
        self, probes: Sequence[Probe], devices: Mapping[str, Device], places: Mapping[str, Seat]
    ) -> None:
        begin = time.monotonic()
        jobs = [
            TimingJob(probe, cell, devices[probe.key.device], places[probe.key.device].local_name)
            for probe in probes
            if probe.timed
            and (cell := self.cells[probe.key]).status is Status.SUPPORTED
            and cell.seconds_median is None
        ]
        pace = _Pace(len(jobs))

        def answered(cell: Cell) -> None:
            self._keep(cell)
            self._say("timing", pace=pace.step(), current=_name(cell))

        for name in devices:
            of_device = [job for job in jobs if job.probe.key.device == name]
            if of_device:
                with self.pool.exclusive(places[name].lane) as worker:
                    time_cells(worker, of_device, answered)
        self.seconds["timing"] = time.monotonic() - begin

    def _with_loaded_libraries(
        self, hello: dict[str, Any], places: Mapping[str, Seat]
    ) -> dict[str, Any]:
        """The worker's introduction, with the libraries that its ops have opened since."""
        loaded = set(hello["libraries"])
        for lane in {place.lane.name: place.lane for place in places.values()}.values():
            with self.pool.exclusive(lane) as worker:
                with suppress(WorkerLost, WorkerRefused, LaneFailed):
                    if worker.alive:
                        loaded.update(worker.ask({"ask": "libraries"})["libraries"])
        return {**hello, "libraries": sorted(loaded)}

    def _finish(
        self,
        environment: Environment,
        inventory: Inventory,
        devices: Sequence[Device],
        probes: Sequence[Probe],
        lane: Lane,
    ) -> ScanResult:
        self._say("saving")
        cells = tuple(self.cells[probe.key] for probe in probes)
        matrix = Matrix(
            environment=environment,
            environment_digest=digest(environment),
            devices=tuple(devices),
            inventory=msgspec.to_builtins(inventory),
            findings=(*inventory.findings, *self.findings),
            cells=cells,
            scan=self._record(inventory, probes, lane),
        )
        path, notes = save(matrix, self.output, self.started)
        if self.journal is not None:
            if self.journal.broken:
                notes += (f"the scan could not have been resumed: {self.journal.broken}",)
            if matrix.scan.complete:
                self.journal.discard()
        return ScanResult(matrix=matrix, path=path, notes=notes)

    def _record(self, inventory: Inventory, probes: Sequence[Probe], lane: Lane) -> ScanRecord:
        return ScanRecord(
            preset=self.selection.preset,
            narrowed=self.selection.narrowed,
            started=self.started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self.clock, 3),
            support_seconds=round(self.seconds.get("support", 0.0), 3),
            timing_seconds=round(self.seconds.get("timing", 0.0), 3),
            workers=lane.workers,
            restarts=self.pool.restarts,
            resumed=self.resumed,
            planned=len(probes),
            complete=all(cell.status is not Status.UNTESTED for cell in self.cells.values()),
            envprobe=__version__,
            host=inventory.host.hostname or "unknown-host",
        )

    def _keep(self, cell: Cell) -> None:
        self.cells[cell.key] = cell
        if self.journal is not None:
            self.journal.write(cell)

    def _say(self, phase: Phase, *, pace: _Pace | None = None, current: str = "") -> None:
        self.report(
            Progress(
                phase=phase,
                done=pace.done if pace else 0,
                total=pace.total if pace else 0,
                current=current,
                elapsed_seconds=time.monotonic() - self.clock,
                remaining_seconds=pace.remaining_seconds if pace else None,
            )
        )

    def interrupted(self) -> str:
        """What a user who pressed Ctrl-C should know."""
        if not self.cells:
            return "interrupted before anything was measured"
        return (
            f"interrupted; {len(self.cells)} cells are kept in {journal_path(self.output)}: "
            "the same command with --resume goes on from there"
        )

    def close(self) -> None:
        """Let go of the journal; a scan that did not end can be resumed from it."""
        if self.journal is not None:
            self.journal.close()


class _Pace:
    """How far a phase is, and how long it will take at the speed so far."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self._begin = time.monotonic()

    def step(self) -> _Pace:
        self.done += 1
        return self

    @property
    def remaining_seconds(self) -> float:
        return (time.monotonic() - self._begin) / self.done * (self.total - self.done)


def _name(cell: Cell) -> str:
    return f"{cell.op} {cell.variant} {cell.dtype} {cell.direction} {cell.mode} on {cell.device}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
