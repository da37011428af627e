"""NVIDIA's driver reported an error of the GPU (Xid) in the kernel log."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._xid import SOFTWARE, XIDS
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SOFTWARE_FIX = (
    "The program's kernel is suspected first: run with CUDA_LAUNCH_BLOCKING=1 to learn which op it "
    "is, update driver and TensorFlow, check indices in custom ops. Where the same program runs on "
    "another GPU, test this one."
)
TEST_CARD = Candidate(
    cause=Cause.GPU_HARDWARE_FAULT,
    check="Does it follow the card into another machine, or fail in `dcgmi diag -r 3`?",
)
TEST_PROGRAM = Candidate(
    cause=Cause.CUDA_RUNTIME_FAULT,
    check="Does only this program cause it, on every GPU?",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    known = XIDS.get(int(sighting.fields["xid"]))
    if known is None:
        return Reading(confidence=Confidence.POSSIBLE, candidates=(TEST_PROGRAM,))
    fields = {"meaning": known.meaning}
    confidence = Confidence.CERTAIN if known.certain else Confidence.LIKELY
    if known.cause is SOFTWARE:
        return Reading(
            cause=SOFTWARE,
            fields=fields,
            confidence=confidence,
            # 43 and 45 follow from another fault, which the log may name itself.
            kind=Kind.SYMPTOM if sighting.fields["xid"] in ("43", "45") else None,
            why="By NVIDIA's table this number comes mostly from a fault of the program or the "
            "driver.",
            fix=SOFTWARE_FIX,
            candidates=(TEST_CARD,),
        )
    return Reading(
        fields=fields, confidence=confidence, candidates=() if known.certain else (TEST_PROGRAM,)
    )


RULE = Rule(
    code="LOG185",
    name="gpu-xid",
    cause=Cause.GPU_HARDWARE_FAULT,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"NVRM: Xid \((?P<bus>[^)]{1,60})\): (?P<xid>[0-9]+)"),
        Pattern(
            r"\b(?:GPU|gpu|device).{0,80}\bXid(?: error)?[ :#=]+(?P<xid>[0-9]+)\b",
            anchors=("Xid ", "Xid:", "Xid=", "Xid#"),
        ),
    ),
    seen="the driver reports Xid {xid}[: {meaning}][ (GPU {bus})]",
    why="By NVIDIA's table this number stands for a fault of the GPU, its memory, its link or its "
    "power supply; every CUDA call of the program fails afterwards.",
    fix="Reset the GPU (nvidia-smi --gpu-reset) or reboot. Check temperature and power "
    "(nvidia-smi -q -d TEMPERATURE,POWER,ECC,PAGE_RETIREMENT,ROW_REMAPPER), the "
    "card's seat and its power cables, run `dcgmi diag -r 3`, and have the card "
    "replaced where it comes again.",
    yields_to=("gpu-ecc-error",),
    source="https://docs.nvidia.com/deploy/xid-errors/index.html",
    read=_read,
    hits=(
        "[ 8123.456789] NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, "
        "GPU has fallen off the bus.\n2023-04-05 06:07:08.1: E "
        "tensorflow/compiler/xla/stream_executor/cuda/cuda_driver.cc:1] failed to query "
        "event: CUDA_ERROR_UNKNOWN: unknown error",
        "Mar 03 10:11:12 node7 kernel: NVRM: Xid (PCI:0000:af:00): 63, pid=4711, Row "
        "Remapper: New row marked for remapping, reset gpu to activate.",
        "kernel: NVRM: Xid (PCI:0000:65:00): 31, pid=991, Ch 00000010, intr 10000000. MMU Fault: "
        "ENGINE GRAPHICS GPCCLIENT_T1_0 faulted @ 0x7f00_00000000.",
    ),
    misses=("NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.15",),
)
