"""TensorFlow does not come up in time."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import failing, said
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    failure = examination.start_failure
    if failure is None or failure.kind != "timed_out":
        return
    # The driver hangs, and whoever opens the GPU with it: told by nvml-timed-out.
    if examination.inventory.nvml.state != "timed_out":
        yield Seen(seen=said(examination))


def _hanging() -> Examination:
    return failing("no answer within 120 s", kind="timed_out")


RULE = Rule(
    code="DOC616",
    name="start-timed-out",
    severity=Severity.ERROR,
    why="The import or the initialisation of the devices hangs: a package folder on a network disk "
    "that does not answer, a GPU that hangs in the driver, or kernels compiled for minutes for a "
    "GPU that the build does not know.",
    fix="See where it stands: python -X faulthandler -c 'import faulthandler; "
    "faulthandler.dump_traceback_later(30); import tensorflow as tf; "
    "tf.config.list_logical_devices()'.",
    source="https://docs.python.org/3/library/faulthandler.html",
    detect=_detect,
    hits=(_hanging,),
    misses=(
        healthy_gpu,
        lambda: changed(_hanging(), "inventory.nvml.state", "timed_out"),
        lambda: failing("SIGSEGV", kind="crashed", signal="SIGSEGV"),
    ),
)
