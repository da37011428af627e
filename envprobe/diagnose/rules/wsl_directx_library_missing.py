"""The DirectX libraries through which WSL reaches the GPU are not there."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, NO_LIBRARIES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    call = sighting.fields.get("call", "")
    if call.startswith("DXCore"):  # the way of WSL alone
        return Reading(kind=Kind.FATAL)
    on_windows = (
        sighting.fields.get("library", "").lower().endswith(".dll") or log.platform == "windows"
    )
    return Reading(
        cause=Cause.GPU_DRIVER_MISSING if on_windows else None, kind=Kind.FATAL if call else None
    )


RULE = Rule(
    code="LOG113",
    name="wsl-directx-library-missing",
    cause=Cause.WSL_ISSUE,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(
            r"Could not load dynamic library "
            r"'(?P<library>(?:\S*/)?(?:libd3d12|libdxcore|libdirectml|DirectML|directml|d3d12|"
            r"dxcore)[^']*)'"
        ),
        Pattern(r"(?P<library>lib(?:d3d12|dxcore|d3d12core)\.so\S*): cannot open shared object"),
        Pattern(
            r"(?:HRESULT failed with (?P<code>0x[0-9a-fA-F]+)|Check failed).{0,40}: "
            r".*(?P<call>DXCoreCreateAdapterFactory|D3D12CreateDevice|D3D12GetDebugInterface|"
            r"DMLCreateDevice1?|CreateAdapterList)",
            anchors=(
                "DXCoreCreateAdapterFactory",
                "D3D12CreateDevice",
                "D3D12GetDebugInterface",
                "DMLCreateDevice",
                "CreateAdapterList",
            ),
        ),
        Pattern(r"DirectML device enumeration: found 0 compatible adapters"),
    ),
    seen="TensorFlow with DirectML finds no adapter[: {library} cannot be opened][: {call} "
    "failed][ with {code}].",
    why="DirectML reaches the GPU through libraries that Windows puts into /usr/lib/wsl/lib. They "
    "come with a Windows build and a GPU driver that support GPUs inside WSL2; one of the two "
    "is missing.",
    fix="Update Windows (21H2 or newer), run `wsl --update` and install the GPU maker's current "
    "driver for Windows; then `wsl --shutdown` and look whether /dev/dxg and "
    "/usr/lib/wsl/lib/libd3d12.so exist.",
    candidates=(NO_DRIVER, NO_LIBRARIES),
    read=_read,
    source="https://learn.microsoft.com/windows/ai/directml/gpu-tensorflow-wsl",
    hits=(
        "2021-01-05 10:00:00.1: W tensorflow/stream_executor/platform/default/dso_loader.cc:108] "
        "Could not load dynamic library 'libd3d12.so'; dlerror: libd3d12.so: cannot open shared "
        "object file: No such file or directory\n",
        "I tensorflow/core/common_runtime/dml/dml_device_cache.cc:250] DirectML device "
        "enumeration: found 0 compatible adapters.\n",
        "2021-03-03 10:00:00.1: F tensorflow/core/common_runtime/dml/dml_adapter_impl.cc:300] "
        "HRESULT failed with 0x80070057: DXCoreCreateAdapterFactory(IID_PPV_ARGS(&factory))\n"
        "Aborted (core dumped)\n",
    ),
    misses=(
        "I tensorflow/core/common_runtime/dml/dml_device_cache.cc:250] DirectML device "
        "enumeration: found 1 compatible adapters.\n",
    ),
)
