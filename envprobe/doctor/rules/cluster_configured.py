"""TF_CONFIG makes this process a member of a cluster, or cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

VARIABLE = "TF_CONFIG"


def _detect(examination: Examination) -> Iterator[Seen]:
    text = examination.environ.get(VARIABLE, "")
    if not text.strip():
        return
    config = _read(text)
    if config is None:
        yield Seen(
            seen=f"{VARIABLE}, {len(text)} characters, is no JSON object",
            severity=Severity.ERROR,
            why="tf.distribute reads it when a strategy is made, and fails there.",
            fix="Correct it, or unset it.",
            command=unset_variable(VARIABLE),
        )
    elif config.get("cluster"):
        task = config.get("task") or {}
        yield Seen(seen=f"{VARIABLE}: {_members(config['cluster'])}, this is {_task(task)}")


def _read(text: str) -> dict[str, Any] | None:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return config if isinstance(config, dict) else None


def _members(cluster: Any) -> str:
    if not isinstance(cluster, dict):
        return "a cluster of unknown form"
    sizes = {job: len(hosts) for job, hosts in cluster.items() if isinstance(hosts, (list, dict))}
    return ", ".join(f"{size} {job}" for job, size in sizes.items()) or "an empty cluster"


def _task(task: Any) -> str:
    if isinstance(task, dict) and "type" in task and "index" in task:
        return f"{task['type']} {task['index']}"
    return "not told which of them"


RULE = Rule(
    code="DOC522",
    name="cluster-configured",
    severity=Severity.INFO,
    why="MultiWorkerMirroredStrategy waits at its start until every member has come up; a program "
    "that is started alone with it hangs.",
    fix="Unset it for runs on one machine.",
    source="https://www.tensorflow.org/guide/distributed_training#setting_up_the_tf_config_"
    "environment_variable",
    detect=_detect,
    hits=(
        lambda: with_environ(
            healthy_cpu(),
            TF_CONFIG='{"cluster": {"worker": ["a:1", "b:1"]}, '
            '"task": {"type": "worker", "index": 0}}',
        ),
        lambda: with_environ(healthy_cpu(), TF_CONFIG="{'cluster': {}}"),
    ),
    misses=(healthy_cpu, lambda: with_environ(healthy_cpu(), TF_CONFIG="{}")),
)
