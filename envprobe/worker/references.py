"""Right answers in numpy, for rows whose `reference` is "numpy", and checks for "property".

A reference gets the inputs by name as the kernel saw them: floats rounded to the cell's dtype
and held in float64, complex numbers in complex128, integers and booleans in their own type,
strings as bytes; lists for list inputs; and the attributes that the row names. It returns the
outputs in order; None stands for an output that devices may fill with what they like.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import (
    reference_arrays,
    reference_elementwise,
    reference_images,
    reference_networks,
    reference_properties,
    reference_quantization,
    reference_random,
    reference_strings,
    reference_transforms,
)

Inputs = dict[str, Any]
Attrs = dict[str, Any]
Reference = Callable[[Inputs, Attrs], Optional[list[Any]]]

_FUNCTIONS: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    **reference_arrays.REFERENCES,
    **reference_elementwise.REFERENCES,
    **reference_images.REFERENCES,
    **reference_networks.REFERENCES,
    **reference_quantization.REFERENCES,
    **reference_random.REFERENCES,
    **reference_strings.REFERENCES,
    **reference_transforms.REFERENCES,
}


def _silent(function: Callable[[Inputs, Attrs], list[Any]]) -> Reference:
    """The function, but None in a dtype that numpy refuses: that answer is TensorFlow's to give.

    The tests hold that no dtype which a row expects to work is refused.
    """

    def reference(inputs: Inputs, attrs: Attrs) -> list[Any] | None:
        try:
            return function(inputs, attrs)
        except (AttributeError, IndexError, TypeError, ValueError):  # as numpy words a refusal
            return None

    return reference


REFERENCES: dict[str, Reference] = {op: _silent(found) for op, found in _FUNCTIONS.items()}
PROPERTIES: dict[str, Callable[[list[Any], Inputs, Attrs], str | None]] = {
    **reference_properties.PROPERTIES,
}
