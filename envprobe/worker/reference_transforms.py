"""Fourier transforms in numpy."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]
Reference = Callable[[Inputs, Attrs], list[Any]]


def _axes(rank: int) -> list[int]:
    return list(range(-rank, 0))


def _complex(function: Callable[..., Any], rank: int) -> Reference:
    return lambda inputs, attrs: [function(inputs["input"], axes=_axes(rank))]


def _real(function: Callable[..., Any], rank: int) -> Reference:
    def reference(inputs: Inputs, attrs: Attrs) -> list[Any]:
        lengths = [int(length) for length in inputs["fft_length"]]
        return [function(inputs["input"], s=lengths, axes=_axes(rank))]

    return reference


REFERENCES: dict[str, Reference] = {
    "FFT": _complex(np.fft.fftn, 1),
    "FFT2D": _complex(np.fft.fftn, 2),
    "FFT3D": _complex(np.fft.fftn, 3),
    "IFFT": _complex(np.fft.ifftn, 1),
    "IFFT2D": _complex(np.fft.ifftn, 2),
    "IFFT3D": _complex(np.fft.ifftn, 3),
    "IRFFT": _real(np.fft.irfftn, 1),
    "IRFFT2D": _real(np.fft.irfftn, 2),
    "IRFFT3D": _real(np.fft.irfftn, 3),
    "RFFT": _real(np.fft.rfftn, 1),
    "RFFT2D": _real(np.fft.rfftn, 2),
    "RFFT3D": _real(np.fft.rfftn, 3),
}
