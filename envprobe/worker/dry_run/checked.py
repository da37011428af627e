"""Which node made the first NaN or infinity of a step that runs as a graph, by TensorFlow's checks.

An infinity that is meant, as in a mask, is taken for the first as well: the look op by op comes
before this one.
"""

from __future__ import annotations

import re
from typing import Any, Callable

from ..model.progress import Progress
from .blame import PLACED, failure_at_run

Answer = dict[str, Any]
# As tensorflow/python/debug/lib/check_numerics_callback.py words it.
_DETECTED = re.compile(r"!!! Detected Infinity or NaN in output \d+ of [\w-]+ op \"(\w+)\"")


def origin_checked(tf: Any, progress: Progress, step: Callable[[], Any]) -> Answer:
    """`origin`, or nothing where no check told anything; the step is taken once more."""
    tf.debugging.enable_check_numerics()
    try:
        step()
    except Exception as error:
        found = _DETECTED.search(str(error))
        if found is None:
            return {}
        failure = failure_at_run(tf, error, progress.lines)
        told = {name: failure[name] for name in PLACED}
        made = "NaN" if "has NaN" in str(error) or "and NaN" in str(error) else "infinity"
        return {"origin": {"op": found.group(1), "made": made, **told}}
    finally:
        tf.debugging.disable_check_numerics()
    return {}
