"""XLA may reorder and approximate floating-point arithmetic, by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import flags
from envprobe.terms import Severity

# Of them, `true` is not the default.
LOOSENING = ("xla_cpu_enable_fast_math", "xla_gpu_ftz")


def _detect(examination: Examination) -> Iterator[Seen]:
    told = dict(flags(examination, "XLA_FLAGS"))
    loose = [name for name in LOOSENING if told.get(name, "false").lower() in ("true", "1")]
    if loose:
        yield Seen(seen="XLA_FLAGS has " + " ".join(f"--{name}" for name in loose))


RULE = Rule(
    code="DOC512",
    name="xla-fast-math-on",
    severity=Severity.WARNING,
    why="Compiled functions may drop NaN and infinity, flush small numbers to zero and reorder "
    "sums: a loss that becomes NaN is no longer seen, and results differ from uncompiled ones.",
    fix="Take these flags out of XLA_FLAGS.",
    source="https://github.com/openxla/xla/blob/main/xla/xla.proto",
    detect=_detect,
    hits=(lambda: with_environ(healthy_cpu(), XLA_FLAGS="--xla_cpu_enable_fast_math=true"),),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_cpu(), XLA_FLAGS="--xla_cpu_enable_fast_math=false"),
    ),
)
