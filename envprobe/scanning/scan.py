"""The whole scan: inventory, devices, support, timing, matrix."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from envprobe.doctor.examination import Examination
from envprobe.doctor.judge import judge
from envprobe.errors import Interrupted, UsageError
from envprobe.evidence.registered import beside_registry
from envprobe.inventory import Inventory, take_inventory, with_tensorflow
from envprobe.matrix.cell import Cell
from envprobe.matrix.digest import digest
from envprobe.matrix.matrix import Device, Environment, Matrix, ScanRecord
from envprobe.ops.catalog import load_catalog
from envprobe.probe.environment import (
    devices_from,
    environment_from,
    environment_without_tensorflow,
)
from envprobe.probe.interpreter import interpreter
from envprobe.probe.lane import LaneFailed
from envprobe.probe.lanes import MAX_WORKERS, WORKER_FOLDER, Seats, assign_seats, first_lane
from envprobe.probe.ledger import Ledger
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.plan import Probe, plan
from envprobe.probe.pool import Pool
from envprobe.probe.progress import Narrator, Progress
from envprobe.probe.registry import NO_REGISTRY, Registry, ask_registry
from envprobe.probe.selection import Selection
from envprobe.probe.support import ask_support, untested
from envprobe.probe.timing import QUICK_RULE, ROUNDS, RULE, TimingJob, time_cells
from envprobe.scanning.destination import journal_path, require_writable, save
from envprobe.scanning.findings import (
    fails_at_timed_shapes,
    start_findings,
    workers_keep_dying,
)
from envprobe.scanning.result import ScanResult
from envprobe.terms import Finding, Status
from envprobe.version import __version__


def scan(  # noqa: PLR0913  the options of the command, all of them named
    *,
    preset: str = "standard",
    devices: Sequence[str] = (),
    ops: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    modes: Sequence[str] = (),
    timing: bool = True,
    python: str | None = None,
    libraries: Sequence[Path] = (),
    output: Path | None = None,
    resume: bool = False,
    progress: Callable[[Progress], None] | None = None,
    cpu_devices: int = 1,
    workers: int | None = None,
) -> ScanResult:
    """Measure this machine's support matrix and save it.

    `preset` is quick, standard or full; `devices`, `ops` (globs), `dtypes` and `modes` narrow
    it. `python` probes another interpreter's TensorFlow, in which nothing is installed. `libraries`
    are files of custom ops to load into it; the registry that is saved holds them too. `output`
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
    custom = _existing(libraries)
    count = min(workers or _cores(), MAX_WORKERS)
    with Pool([interpreter(python), str(WORKER_FOLDER)]) as pool:
        running = _Scan(pool, selection, custom, output, progress or (lambda _: None))
        try:
            return running.run(python, cpu_devices, count, resume=resume)
        except KeyboardInterrupt:
            raise Interrupted(str(running.ledger)) from None
        finally:
            running.ledger.close()


# What a worker needs for TensorFlow, Keras and the largest timed cell.
WORKER_BYTES = 3 << 29


class _Scan:
    """One scan under way."""

    def __init__(
        self,
        pool: Pool,
        selection: Selection,
        libraries: tuple[str, ...],
        output: Path | None,
        report: Callable[[Progress], None],
    ) -> None:
        self.pool = pool
        self.selection = selection
        self.libraries = libraries
        self.output = output
        self.started = datetime.now(timezone.utc)
        self.narrator = Narrator(report)
        self.ledger = Ledger(journal_path(output))
        self.findings: list[Finding] = []
        self.unasked = 0

    def run(
        self, python: str | None, cpu_devices: int, workers: int, *, resume: bool
    ) -> ScanResult:
        """From the first question to the saved file."""
        self.narrator.begin("inventory")
        inventory = take_inventory(python=python)
        workers = _affordable(workers, inventory)
        accelerated = bool(inventory.nvml.gpus or inventory.pci_gpus)
        lane = first_lane(
            cpu_devices=cpu_devices,
            workers=1 if accelerated else workers,  # every one of them sees the accelerators
            available_bytes=inventory.memory.usable_bytes,
            libraries=self.libraries,
        )
        self.narrator.begin("starting", current="importing TensorFlow")
        try:
            hello = self.pool.start(lane)
        except LaneFailed as failed:
            environment = environment_without_tensorflow(inventory)
            self.findings += start_findings(inventory, failed)
            return self._finish(environment, inventory, (), (), NO_REGISTRY, 0)
        inventory = with_tensorflow(inventory, hello)
        devices = {device.name: device for device in devices_from(inventory, hello)}
        environment = environment_from(inventory, hello, os.environ)
        probes = self._plan(devices)
        if not probes:
            raise UsageError("nothing to ask: no op of this selection makes sense on these devices")
        keys = [probe.key for probe in probes]
        self.ledger.open(digest(environment), self.selection, keys, resume=resume)
        seats = assign_seats(lane, list(devices.values()), cpu_workers=workers)
        if all(seat.lane is not lane for seat in seats.by_device.values()):
            self.pool.retire(lane)  # it holds a context on every GPU, which may be exclusive
        self._support(probes, devices, seats)
        self._time(probes, devices, seats)
        inventory = with_tensorflow(inventory, self._with_loaded_libraries(hello, seats))
        self.findings += judge(Examination(inventory=inventory))
        self.narrator.begin("registry")
        registry = ask_registry(self.pool, seats.lanes[0], self.libraries)
        return self._finish(
            environment, inventory, tuple(devices.values()), probes, registry, workers
        )

    def _plan(self, devices: Mapping[str, Device]) -> list[Probe]:
        catalog = load_catalog()
        types = Counter(device.device_type for device in devices.values())
        return [
            probe
            for name in self.selection.devices_of(devices)
            for probe in plan(
                catalog, self.selection, devices[name], of_its_type=types[devices[name].device_type]
            )
        ]

    def _support(
        self, probes: Sequence[Probe], devices: Mapping[str, Device], seats: Seats
    ) -> None:
        cells = self.ledger.cells
        left = [probe for probe in probes if probe.key not in cells]
        self.narrator.begin("support", total=len(left))
        failed = ask_support(self.pool, left, devices, seats, self._answered)
        for probe in left:
            if probe.key not in cells:
                lane = seats.of(probe.key.device, probe.row.least_devices).lane.name
                why = failed[lane].reason if lane in failed else "it was not asked"
                self.ledger.note(untested(probe, why))
                self.unasked += 1
        self.findings += [workers_keep_dying(lane) for lane in failed.values()]

    def _time(self, probes: Sequence[Probe], devices: Mapping[str, Device], seats: Seats) -> None:
        rule = QUICK_RULE if self.selection.preset == "quick" else RULE
        jobs = [
            TimingJob(
                probe,
                cell,
                devices[probe.key.device],
                seats.of(probe.key.device, probe.row.least_devices),
                rule,
            )
            for probe in probes
            if probe.timed
            and (cell := self.ledger.cells[probe.key]).status is Status.SUPPORTED
            and (cell.seconds_median is None or cell.unstable)
        ]
        self.narrator.begin("timing", total=len(jobs) * ROUNDS)
        for lane in seats.lanes:
            of_lane = [job for job in jobs if job.seat.lane.name == lane.name]
            if of_lane:
                with self.pool.exclusive(lane, most=ROUNDS) as workers:
                    time_cells(workers, of_lane, self._answered)
        lost = [self.ledger.cells[job.probe.key] for job in jobs if job.failure]
        if lost:
            self.findings.append(fails_at_timed_shapes(lost))

    def _answered(self, cell: Cell) -> None:
        self.ledger.keep(cell)
        self.narrator.step(cell)

    def _with_loaded_libraries(self, hello: dict[str, Any], seats: Seats) -> dict[str, Any]:
        """The worker's introduction, with the libraries that its ops have opened since."""
        loaded = set(hello["libraries"])
        for lane in seats.lanes:
            with (
                self.pool.exclusive(lane) as (worker,),
                suppress(WorkerLost, WorkerRefused, LaneFailed),
            ):
                if worker.alive:
                    loaded.update(worker.ask({"ask": "libraries"})["libraries"])
        return {**hello, "libraries": sorted(loaded)}

    def _finish(
        self,
        environment: Environment,
        inventory: Inventory,
        devices: Sequence[Device],
        probes: Sequence[Probe],
        registry: Registry,
        workers: int,
    ) -> ScanResult:
        self.narrator.begin("saving")
        cells = [self.ledger.cells[probe.key] for probe in probes]
        matrix = Matrix(
            environment=environment,
            environment_digest=digest(environment),
            devices=tuple(devices),
            inventory=msgspec.to_builtins(inventory),
            findings=tuple(self.findings),
            cells=beside_registry(cells, registry.registrations, devices),
            scan=self._record(inventory, workers),
            registrations=registry.record,
            registrations_unknown=registry.unknown,
        )
        path, notes = save(matrix, self.output, self.started)
        notes += self.ledger.finish(complete=matrix.scan.complete)
        return ScanResult(matrix=matrix, path=path, notes=notes)

    def _record(self, inventory: Inventory, workers: int) -> ScanRecord:
        cells = self.ledger.cells
        return ScanRecord(
            preset=self.selection.preset,
            narrowed=self.selection.narrowed,
            started=self.started.isoformat(timespec="seconds"),
            seconds=round(self.narrator.elapsed_seconds, 3),
            support_seconds=self.narrator.seconds_of("support"),
            timing_seconds=self.narrator.seconds_of("timing"),
            workers=workers,
            restarts=self.pool.restarts,
            resumed=self.ledger.resumed,
            planned=len(cells),
            complete=bool(cells) and not self.unasked,
            envprobe=__version__,
            host=inventory.host.hostname or "unknown-host",
        )


def _existing(libraries: Sequence[Path]) -> tuple[str, ...]:
    for library in libraries:
        if not library.is_file():
            raise UsageError(f"{library} is no file: --load-library takes a library of custom ops")
    return tuple(str(library.resolve()) for library in libraries)


def _affordable(workers: int, inventory: Inventory) -> int:
    """As many workers as the quota of CPU time and the memory carry."""
    quota, memory = inventory.cpu.quota_cores, inventory.memory.usable_bytes
    by_quota = workers if quota is None else max(1, int(quota))
    by_memory = workers if memory is None else max(1, memory // WORKER_BYTES)
    return min(workers, by_quota, by_memory)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
