"""The nodes of a cluster as Kubernetes wants to hear them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from envprobe.cluster.nodelist import natural

_HEAD = """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            - key: kubernetes.io/hostname
              operator: {operator}
              values:
"""


def node_affinity(names: Iterable[str], *, exclude: bool = False) -> str:
    """A pod's `affinity` in YAML that lets it run on these nodes alone, or on any other."""
    # A JSON string is a YAML string too; unquoted, a host `1e3` or `no` would be something else.
    values = "".join(
        f"                - {json.dumps(name)}\n" for name in sorted(set(names), key=natural)
    )
    return _HEAD.format(operator="NotIn" if exclude else "In") + values
