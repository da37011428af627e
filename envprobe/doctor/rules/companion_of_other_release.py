"""A package that is built against TensorFlow was built against another release of it."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, changed, healthy_cpu, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._bounds import asked_of_tensorflow
from envprobe.doctor.rules.nightly_beside_release import COMPILED
from envprobe.inventory.distributions import Distribution
from envprobe.terms import Severity

# Its minor version is TensorFlow's own: its compiled ops are linked against that release.
SAME_MINOR = "tensorflow-text"
# rules of their own: DOC279, DOC281, DOC287
TOLD = ("tf-keras", "tensorflow-addons", "tensorflow-metal")


def _detect(examination: Examination) -> Iterator[Seen]:
    tensorflow = examination.tensorflow
    for one in examination.inventory.software.packages or ():
        if tensorflow is None or one.name in TOLD or one.role not in ("plugin", "feeds", "keras"):
            continue
        if tensorflow.is_devrelease and one.name in COMPILED:
            continue  # nightly-beside-release tells it
        asked = asked_of_tensorflow(one, examination)
        installed = examination.package(one.name)
        if asked is not None:
            if not asked.specifier.contains(tensorflow, prereleases=True):
                yield Seen(
                    seen=f"{one.name} {one.version} asks for {asked.name}{asked.specifier}; "
                    f"installed is TensorFlow {tensorflow}",
                    command=_install(examination, one.name),
                )
        elif installed is None or installed.release[:2] == tensorflow.release[:2]:
            continue
        elif one.name == SAME_MINOR:
            yield Seen(
                seen=f"{one.name} {one.version} with TensorFlow {tensorflow}",
                command=_install(examination, one.name),
            )
        elif one.name == "tensorflow-estimator":
            yield Seen(
                severity=Severity.INFO,
                seen=f"{one.name} {one.version} with TensorFlow {tensorflow}",
                why="It is Python alone, and made for the TensorFlow of its own minor version; "
                "from 2.16 on TensorFlow has no tf.estimator: this one is a leftover.",
                fix="Uninstall it.",
                command=uninstall(examination, one.name),
            )


def _install(examination: Examination, name: str) -> str | None:
    tensorflow = examination.tensorflow
    if name != SAME_MINOR or tensorflow is None:
        return None
    return install(examination, f"{name}=={tensorflow.major}.{tensorflow.minor}.*")


def _with_asking(name: str, version: str, requires: str) -> Examination:
    machine = healthy_cpu()
    one = Distribution(name=name, version=version, folder=SITE, role="plugin", requires=(requires,))
    packages = (*(machine.inventory.software.packages or ()), one)
    return changed(machine, "inventory.software.packages", packages)


RULE = Rule(
    code="DOC282",
    name="companion-of-other-release",
    severity=Severity.WARNING,
    why="Its compiled ops are linked against the other release: its import fails with an undefined "
    "symbol (tensorflow.python.framework.errors_impl.NotFoundError: …_ops.so: undefined symbol).",
    fix="Install the version that was made for this TensorFlow, or uninstall it if nothing uses "
    "it.",
    source="https://www.tensorflow.org/guide/versions",
    detect=_detect,
    hits=(
        lambda: with_package(healthy_cpu(), "tensorflow-text", "2.16.1"),
        lambda: with_package(healthy_cpu(), "tensorflow-estimator", "2.15.0"),
        lambda: _with_asking("tensorflow-decision-forests", "1.12.0", "tensorflow==2.19.0"),
    ),
    misses=(
        healthy_cpu,
        lambda: with_package(healthy_cpu(), "tensorflow-text", "2.20.0"),
        lambda: _with_asking("tensorflow-hub", "0.16.1", "tensorflow>=2.12"),
        lambda: _with_asking("tensorflow-io", "0.37.1", 'tensorflow<2.17; extra == "tensorflow"'),
    ),
)
