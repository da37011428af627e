"""Findings about kernels: what fails on a target, and why."""
