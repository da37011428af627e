"""Which CUDA a PTX ISA came with: a driver older than that CUDA refuses such PTX."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from envprobe.facts.table import rows
from envprobe.facts.unknown import Unknown


def cuda_of_ptx_isa(ptx_isa: str) -> str | Unknown:
    """The first CUDA whose driver compiles PTX of that ISA: `8.5` came with `12.5`."""
    return cudas_by_ptx_isa().get(ptx_isa) or Unknown(f"no table knows PTX ISA {ptx_isa}")


@functools.cache
def cudas_by_ptx_isa() -> Mapping[str, str]:
    """PTX ISA -> CUDA, oldest first; read once."""
    return MappingProxyType({row["ptx_isa"]: row["cuda"] for row in rows("ptx_isa.csv")})
