"""The GPU's memory has had uncorrectable errors before the driver was last loaded."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import MEMORY_ERRORS, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        # Those of this time are an error of their own (ecc-uncorrected).
        if gpu.ecc_uncorrected_aggregate and not gpu.ecc_uncorrected_volatile:
            remapped = gpu.remapped_rows_uncorrected
            rows = "" if remapped is None else f"; {remapped} rows replaced for them"
            yield Seen(
                seen=f"{who(gpu)}: {gpu.ecc_uncorrected_aggregate} uncorrectable memory errors in "
                f"its life{rows}",
            )


RULE = Rule(
    code="DOC128",
    name="ecc-errors-before",
    severity=Severity.INFO,
    why="Runs have died of them. Bad rows are replaced by spare ones at the next reset, so a few "
    "are no fault; a count that grows is.",
    fix="Watch the count (nvidia-smi -q -d ECC,ROW_REMAPPER); when it grows, have the GPU tested.",
    source=MEMORY_ERRORS,
    detect=_detect,
    hits=(lambda: with_gpu(ecc_uncorrected_aggregate=3, remapped_rows_uncorrected=1),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(ecc_corrected_aggregate=7),
        lambda: with_gpu(ecc_uncorrected_aggregate=3, ecc_uncorrected_volatile=1),
    ),
)
