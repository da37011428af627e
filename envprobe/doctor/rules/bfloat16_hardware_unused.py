"""The CPU has bfloat16, and oneDNN, which would use it, is off."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable, unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import (
    CPU_TABLE,
    WITHOUT_BF16,
    a_cpu,
    computes_on_cpu,
    model,
    uses_onednn,
)
from envprobe.facts.cpu_precision import precision_on_cpu
from envprobe.facts.unknown import Unknown
from envprobe.inventory.onednn import SWITCH
from envprobe.terms import Severity


def is_unused(examination: Examination) -> bool:
    """Whether turning oneDNN on would make bfloat16 native here."""
    isa = examination.inventory.cpu.isa
    if isa is None or not computes_on_cpu(examination) or uses_onednn(examination) is not False:
        return False
    way = precision_on_cpu("bfloat16", isa, onednn=True)
    return not isinstance(way, Unknown) and way.speed in ("matrix", "native")


def _detect(examination: Examination) -> Iterator[Seen]:
    if is_unused(examination):
        isa = examination.inventory.cpu.isa or ()
        has = ", ".join(name for name in isa if name in ("avx512_bf16", "amx_bf16"))
        switched = examination.environ.get(SWITCH)
        yield Seen(
            seen=f"{model(examination)} has {has}; oneDNN is off"
            + (f" ({SWITCH}={switched})" if switched is not None else ""),
            command=unset_variable(SWITCH) if switched else set_variable(SWITCH, "1"),
        )


def _off() -> Examination:
    off = a_cpu("avx", "avx2", "avx512f", "avx512bw", "avx512_bf16", onednn=False)
    return with_environ(off, TF_ENABLE_ONEDNN_OPTS="0")


RULE = Rule(
    code="DOC406",
    name="bfloat16-hardware-unused",
    severity=Severity.INFO,
    why="Without oneDNN bfloat16 goes through float32. With it matrix products and convolutions "
    "take about half of float32's time (0.6 and 0.4 times, against 0.8 and 0.7 without, with "
    "TensorFlow 2.21 on a Zen 4 server).",
    fix="Leave oneDNN on for bfloat16.",
    source=CPU_TABLE,
    detect=_detect,
    hits=(_off,),
    misses=(healthy_cpu, healthy_gpu, lambda: a_cpu(*WITHOUT_BF16, onednn=False)),
)
