"""The JSON Schemas of the files, generated from the structs that read and write them."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.check.result import CheckResult
from envprobe.cluster.cluster import Cluster
from envprobe.cluster.difference import Diff
from envprobe.diagnose.result import Diagnosis
from envprobe.doctor.result import DoctorResult
from envprobe.evidence.ops_result import OpsResult
from envprobe.matrix.matrix import Matrix
from envprobe.models.oplist import OpList
from envprobe.running.result import RunResult

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each file kind, by kind; the same that `kernels_matrix/schema/` ships."""
    kinds = {
        "check": CheckResult,
        "cluster": Cluster,
        "diagnosis": Diagnosis,
        "diff": Diff,
        "doctor": DoctorResult,
        "matrix": Matrix,
        "oplist": OpList,
        "ops": OpsResult,
        "run": RunResult,
    }
    found = {
        kind: {"$schema": DIALECT, **msgspec.json.schema(struct)} for kind, struct in kinds.items()
    }
    # As a file holds them: defaults that are tuples become arrays.
    decoded: dict[str, dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(found))
    return decoded
