"""Diagnose: from a failed run's log to its root cause and the fix.

The package can be called: `envprobe.diagnose(log)`; see `envprobe/check/__init__.py` for why.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envprobe.diagnose.result import Diagnosis


class _CallablePackage(ModuleType):
    def __call__(self, *logs: str | os.PathLike[str]) -> Diagnosis:
        """Why a run failed, from the path of its log, those of its ranks' logs, or a log's text.

        A string of several lines is a log itself, any other is a path; `-` is standard input.
        Raises UsageError for a file that cannot be read.
        """
        from envprobe.diagnose.diagnose import diagnose, diagnose_text

        if len(logs) == 1 and isinstance(logs[0], str) and "\n" in logs[0]:
            return diagnose_text(logs[0])
        return diagnose(*logs)


sys.modules[__name__].__class__ = _CallablePackage
