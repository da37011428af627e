"""The scan as a whole: inventory, doctor's findings, the support matrix and where it is kept."""

from __future__ import annotations
