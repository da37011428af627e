"""The files that `envprobe run` is asked for beside the bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from envprobe.cli._streams import say
from envprobe.errors import UsageError

if TYPE_CHECKING:
    from envprobe.diagnose.result import Diagnosis
    from envprobe.running.result import RunResult
    from envprobe.running.sample import Samples


def require_places(*files: Path | None) -> None:
    """UsageError for a file that could not be written: better told before hours of work."""
    for file in files:
        if file is None:
            continue
        if file.is_dir() or not os.access(file.absolute().parent, os.W_OK):
            raise UsageError(
                f"cannot write {file}: it is a folder, or its folder cannot be written to"
            )


def page_of(diagnosis: Diagnosis, samples: Samples) -> str:
    """The HTML report; its templates are loaded when one is asked for."""
    from envprobe.report.diagnose_page.page import page

    return page(diagnosis, samples)


def write_files(result: RunResult, html: Path | None, as_json: Path | None) -> None:
    """Write them; one that cannot be written is told, and does not change the exit code."""
    from envprobe.matrix.atomic import write_atomically
    from envprobe.running.result import encode_run

    try:
        if html is not None and result.diagnosis is not None:
            write_atomically(html, page_of(result.diagnosis, result.samples).encode())
        if as_json is not None:
            write_atomically(as_json, encode_run(result))
    except UsageError as error:
        say(str(error))
