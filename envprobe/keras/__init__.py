"""For programs that train: a check of the live model, in the process that holds it.

`Preflight` is a Keras callback: `model.fit(…, callbacks=[envprobe.keras.Preflight()])`. Importing
this package imports TensorFlow; nothing else of envprobe does so.
"""

from __future__ import annotations

from envprobe.keras.check_live import check_live
from envprobe.keras.preflight import Preflight, PreflightError

__all__ = ["Preflight", "PreflightError", "check_live"]
