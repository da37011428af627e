"""Start of a worker: `PYTHON path/to/worker READ_FD WRITE_FD`."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import signal
import sys

PACKAGE = "envprobe_worker"
PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, even by SIGKILL."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def load_package(folder: str) -> None:
    """Make this folder importable under its own name, and its files under no other.

    Python puts the folder itself at the head of `sys.path`; left there, our `inputs.py` could
    shadow somebody's module of that name.
    """
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != folder]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError("cannot load the worker from " + folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def main() -> None:
    """Serve questions until the parent closes its pipe."""
    die_with_parent()
    load_package(os.path.dirname(os.path.abspath(__file__)))
    loop = importlib.import_module(PACKAGE + ".loop")
    loop.serve(int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
