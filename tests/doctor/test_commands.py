"""Commands suit the environment that they are for."""

from __future__ import annotations

from envprobe.doctor.commands import install, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, without_start
from envprobe.doctor.judge import judge
from envprobe.doctor.rules._start import failing, reinstall

PYTHON = "inventory.software.python"


def test_an_environment_without_pip_is_changed_with_uv() -> None:
    machine = changed(healthy_cpu(), f"{PYTHON}.has_pip", False)
    assert install(machine, "a<2") == "uv pip install --python /venv/bin/python 'a<2'"
    assert uninstall(machine, "a") == "uv pip uninstall --python /venv/bin/python a"


def test_pip_is_told_where_it_would_refuse() -> None:
    machine = changed(healthy_cpu(), f"{PYTHON}.externally_managed", True)
    assert uninstall(machine, "a") == (
        "/venv/bin/python -m pip uninstall --break-system-packages -y a"
    )


def test_tensorflow_goes_into_an_environment_of_its_own_and_not_into_the_systems_python() -> None:
    machine = changed(without_start(healthy_cpu()), f"{PYTHON}.externally_managed", True)
    machine = changed(machine, "inventory.software.tensorflow", ())
    machine = changed(machine, "inventory.software.tensorflow_folder", None)
    (found,) = (f for f in judge(machine) if f.code == "DOC201")
    assert found.command == (
        "/venv/bin/python -m venv ~/tensorflow && ~/tensorflow/bin/python -m pip install tensorflow"
    )


def broken(**fields: str) -> Examination:
    machine = failing("SIGSEGV", kind="crashed", signal="SIGSEGV")
    for name, value in fields.items():
        machine = changed(machine, f"inventory.software.tensorflow.0.{name}", value)
    return machine


def test_what_conda_brought_is_brought_again_by_conda() -> None:
    command = reinstall(broken(installer="conda"))
    assert command == "conda install -p /venv --force-reinstall tensorflow-base"


def test_a_vendors_build_is_not_looked_for_on_pypi() -> None:
    assert reinstall(broken(version="2.17.0+nv25.1")) is None
