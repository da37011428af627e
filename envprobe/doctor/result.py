"""What an examination found: the file kind `doctor`, and what `envprobe.doctor()` returns."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.doctor.examination import Examination, StartFailure
from envprobe.doctor.forecast import Forecast
from envprobe.inventory import Inventory
from envprobe.terms import Finding, Severity
from envprobe.version import __version__

FORMAT_VERSION = 1


class DoctorResult(msgspec.Struct, frozen=True, kw_only=True):
    """The findings, errors first, and what they were found on.

    asked_tensorflow  whether TensorFlow was to be started; where it was and
                      `inventory.tensorflow` is None, `start_failure` says why
    openings          the shared libraries of a GPU build with the loader's errors; None: not tried
    forecast          None: the findings are on what is installed; else on what would be, and
                      `inventory` is still the machine as it is
    rules             how many rules have looked
    """

    kind: Literal["doctor"] = "doctor"
    format_version: int = FORMAT_VERSION
    findings: tuple[Finding, ...]
    inventory: Inventory
    start_failure: StartFailure | None = None
    openings: dict[str, str | None] | None = None
    asked_tensorflow: bool
    forecast: Forecast | None = None
    rules: int
    envprobe: str = __version__

    @property
    def examination(self) -> Examination:
        """What the rules looked at on the machine as it is."""
        return Examination(
            inventory=self.inventory, start_failure=self.start_failure, openings=self.openings
        )

    def count(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def blocked(self) -> bool:
        """Whether it does not work: an error, or a release that cannot be installed here."""
        cannot = self.forecast is not None and any(c.blocks for c in self.forecast.changes)
        return cannot or bool(self.count(Severity.ERROR))

    @property
    def told_nothing(self) -> bool:
        """Whether the question stays open: nothing is known to be wrong, and nothing to be well."""
        if self.blocked:
            return False
        inventory = self.inventory
        unanswered = self.asked_tensorflow and inventory.tensorflow is None
        nothing = inventory.host.machine is None and inventory.software.python.version is None
        return unanswered or nothing


def encode_result(result: DoctorResult) -> bytes:
    """The result as an indented JSON document with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
