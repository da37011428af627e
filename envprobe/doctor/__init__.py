"""Doctor: what is wrong with this machine, why it matters, and what mends it.

The package can be called: `envprobe.doctor(python=…)` is `envprobe.doctor.examine.examine`. A
function of that name beside the package would be replaced by it on the first import from within.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envprobe.doctor.result import DoctorResult


class _CallablePackage(ModuleType):
    def __call__(self, **options: Any) -> DoctorResult:
        """What `examine` returns for the same options."""
        from envprobe.doctor.examine import examine

        return examine(**options)


sys.modules[__name__].__class__ = _CallablePackage
