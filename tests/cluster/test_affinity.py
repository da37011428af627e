"""The Kubernetes snippet."""

from __future__ import annotations

from envprobe.cluster.affinity import node_affinity

WANTED = """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            - key: kubernetes.io/hostname
              operator: In
              values:
                - "node2"
                - "node10"
                - "no"
"""


def test_the_nodes_in_natural_order_each_a_string() -> None:
    expected = WANTED.splitlines()
    found = node_affinity(["node10", "node2", "node2", "no"]).splitlines()
    assert sorted(found) == sorted(expected)
    assert found[:8] == expected[:8]
    assert found.index('                - "node2"') < found.index('                - "node10"')


def test_excluding_them() -> None:
    assert "operator: NotIn\n" in node_affinity(["a"], exclude=True)
