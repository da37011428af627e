"""The CPU has AVX and neither AVX2 nor FMA."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import model
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    cpu, host = examination.inventory.cpu, examination.inventory.host
    if cpu.architecture != "x86_64" or cpu.isa is None or "avx" not in cpu.isa:
        return
    missing = [name for name in ("avx2", "fma") if name not in cpu.isa]
    if missing:
        hidden = host.surroundings.virtual_machine not in (None, "none")
        yield Seen(
            seen=f"{model(examination)} shows no {' and no '.join(missing)}",
            severity=Severity.WARNING if hidden else None,
            fix="Pass the host's CPU through to the virtual machine (QEMU: -cpu host)."
            if hidden
            else None,
        )


def _plain_avx() -> Examination:
    return changed(healthy_cpu(), "inventory.cpu.isa", ("sse4_2", "avx"))


RULE = Rule(
    code="DOC339",
    name="cpu-without-fma",
    severity=Severity.INFO,
    why="oneDNN, XLA and Eigen's matrix kernels use half-width or unfused arithmetic: float32 "
    "products run at half the rate of a CPU that has both, or less. In a virtual machine they "
    "are often only hidden.",
    fix=None,
    source="https://www.intel.com/content/www/us/en/docs/intrinsics-guide/index.html",
    detect=_detect,
    hits=(
        _plain_avx,
        lambda: changed(_plain_avx(), "inventory.host.surroundings.virtual_machine", "kvm"),
    ),
    misses=(healthy_cpu, lambda: changed(healthy_cpu(), "inventory.cpu.isa", ("sse4_2",))),
)
