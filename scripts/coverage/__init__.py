"""Traces training steps and counts their nodes; runs in an interpreter that has TensorFlow.

`python -m scripts.coverage GROUP OUTPUT`, started by `scripts/measure_coverage.py`.
"""
