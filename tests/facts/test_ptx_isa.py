from __future__ import annotations

from envprobe.facts.ptx_isa import cuda_of_ptx_isa, cudas_by_ptx_isa
from envprobe.facts.tensorflow_binaries import fatbins_by_release
from envprobe.facts.unknown import Unknown


def test_checked_examples() -> None:
    assert cuda_of_ptx_isa("8.5") == "12.5"
    assert cuda_of_ptx_isa("8.6") == "12.7"
    assert cuda_of_ptx_isa("7.0") == "11.0"
    assert cuda_of_ptx_isa("99.0") == Unknown("no table knows PTX ISA 99.0")


def test_every_ptx_in_a_wheel_is_known() -> None:
    wheels = {isa for groups in fatbins_by_release().values() for g in groups for isa in g.ptx_isa}
    assert wheels <= cudas_by_ptx_isa().keys()
