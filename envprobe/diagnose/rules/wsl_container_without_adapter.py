"""A program inside WSL or one of its containers is not given the Windows GPU."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER
from envprobe.terms import Cause

RULE = Rule(
    code="LOG112",
    name="wsl-container-without-adapter",
    cause=Cause.WSL_ISSUE,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"WSL environment detected but no adapters were found"),
        Pattern(r"GPU access blocked by the operating system"),
        Pattern(r"dxcore initialization failed, continuing assuming a non-WSL environment"),
        Pattern(r"dxcore layer not initialized", anchors=("dxcore layer",)),
        Pattern(r"failed to initialize dxcore"),
        Pattern(r"Failed to (?:load|initialize) libdxcore"),
        Pattern(r"/usr/lib/wsl/(?:lib|drivers)\S*: (?:no such file|not found|permission denied)"),
    ),
    yields_to=(),
    seen="The Windows GPU is not given to WSL.",
    why="Programs inside WSL reach the GPU through /dev/dxg and the files that Windows mounts to "
    "/usr/lib/wsl/lib. That path is closed: the distribution is WSL 1, the Windows driver is "
    "too old or was updated under a running WSL, or a Linux driver was installed inside WSL "
    "over its files.",
    fix="In Windows: `wsl --update`, `wsl -l -v` (the distribution must be version 2), install "
    "the newest NVIDIA driver for Windows, then `wsl --shutdown`. Inside WSL remove every "
    "nvidia-driver and libnvidia package; then /usr/lib/wsl/lib/nvidia-smi must list the GPU.",
    candidates=(
        NO_DRIVER,
        Candidate(
            cause=Cause.DRIVER_LIBRARY_MISMATCH,
            check="`dpkg -l | grep -i nvidia` inside WSL shows driver packages",
        ),
    ),
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    hits=(
        "docker: Error response from daemon: failed to create task for container: failed to "
        "create shim task: OCI runtime create failed: runc create failed: unable to start "
        "container process: error during container init: error running hook #0: error running "
        "hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\n"
        "nvidia-container-cli: initialization error: WSL environment detected but no adapters "
        "were found: unknown.\n",
        "$ nvidia-smi\nFailed to initialize NVML: GPU access blocked by the operating system\n"
        "Failed to properly shut down NVML: GPU access blocked by the operating system\n",
    ),
    misses=(
        "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown.\n",
        "$ ls /usr/lib/wsl/lib\nlibcuda.so  libcuda.so.1  libd3d12.so  libdxcore.so  nvidia-smi\n",
    ),
)
