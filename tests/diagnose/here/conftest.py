"""Scans of machines with and without GPUs, as the tests of check make them."""

from __future__ import annotations

from tests.check.conftest import make_cell, make_gpu, make_scan, write_scan

__all__ = ["make_cell", "make_gpu", "make_scan", "write_scan"]
