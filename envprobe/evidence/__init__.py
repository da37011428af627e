"""What is known of an op: catalog row, kernel registry, measured cells."""

from __future__ import annotations
