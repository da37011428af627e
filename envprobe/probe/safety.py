"""Whether a model's file can be loaded without harm, before any of it is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from envprobe.errors import FileFormatError
from envprobe.models.archive import WEIGHTS, config_of_archive
from envprobe.models.graph_file import require_readable_graph
from envprobe.models.hdf5 import require_closed, require_harmless_hdf5, structure_from_answer
from envprobe.models.keras_config import require_harmless
from envprobe.models.request import TraceRequest
from envprobe.probe.lane import LaneFailed, LaneWorker
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.model_worker import not_started


def require_safe(request: TraceRequest) -> None:
    """What can be told of a file without TensorFlow, before anything of it is unpacked."""
    path = Path(request.target.path)
    if request.target.kind == "keras":
        config = config_of_archive(path)
        if not request.trust:
            require_harmless(path, config)
    elif request.target.kind == "graph_def":
        require_readable_graph(path)
    elif request.target.kind == "saved_model":
        require_readable_graph(path / "saved_model.pb")


def require_safe_hdf5(request: TraceRequest, worker: LaneWorker) -> None:
    """The same for HDF5, whose structure only its own library reads."""
    if request.trust or request.target.kind not in {"keras", "hdf5"}:
        return
    path = request.target.path
    whole = request.target.kind == "hdf5"
    question = {"ask": "inspect_hdf5", "path": path, "member": None if whole else WEIGHTS}
    try:
        structure = structure_from_answer(worker.ask(question))
    except LaneFailed as failed:
        raise not_started(failed) from failed
    except (WorkerRefused, WorkerLost, msgspec.ValidationError) as error:
        raise FileFormatError(f"{path} cannot be inspected as HDF5: {error}") from error
    if whole:
        require_harmless_hdf5(path, structure)
    else:
        require_closed(path, structure)
