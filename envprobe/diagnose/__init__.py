"""Diagnose: from a failed run's log to its root cause and the fix.

The package can be called: `envprobe.diagnose(log)`; see `envprobe/check/__init__.py` for why.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envprobe.diagnose.result import Diagnosis

# `logs/train.log`, `slurm-77.out`: one word with a folder or an ending. A message has blanks.
NAME = re.compile(r"\S*[/\\]\S*|[^\s:]+\.\w{1,5}|-")


class _CallablePackage(ModuleType):
    def __call__(
        self,
        *logs: str | os.PathLike[str],
        matrix: Sequence[os.PathLike[str]] = (),
        machine: bool = False,
    ) -> Diagnosis:
        """Why a run failed, from the path of its log, those of its ranks' logs, or a log's text.

        A string is a path where there is such a file, or where it can be nothing else; `-` is
        standard input. `machine=True` asks this machine as well, `matrix` these matrix or cluster
        files, as the command does. Raises UsageError for a file that cannot be read.
        """
        from envprobe.diagnose.diagnose import diagnose, diagnose_text

        as_text = len(logs) == 1 and isinstance(logs[0], str) and not _names_a_file(logs[0])
        found = diagnose_text(str(logs[0])) if as_text else diagnose(*logs)
        if not machine and not matrix:
            return found
        from envprobe.diagnose.here.join import with_machine

        return with_machine(found, matrix=[Path(path) for path in matrix], examine=machine)


def _names_a_file(text: str) -> bool:
    try:
        return os.path.exists(text) or NAME.fullmatch(text) is not None  # noqa: PTH110  any text
    except ValueError:  # a zero byte
        return False


sys.modules[__name__].__class__ = _CallablePackage
