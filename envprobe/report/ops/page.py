"""All that is known of one op, what was measured apart from what is registered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from envprobe.evidence.op_view import DefinitionView, OpView
from envprobe.evidence.ops_result import OpsResult
from envprobe.evidence.why_not import WhyNot
from envprobe.report.ops.measured import measured, recorded
from envprobe.report.ops.registered import registered
from envprobe.report.ops.section import Part, section, words
from envprobe.report.ops.signs import shown_dtypes
from envprobe.report.symbols import Alphabet


def page(view: OpView, result: OpsResult, width: int, alphabet: Alphabet) -> Iterator[Part]:
    """Definition, what is registered, why a dtype lacks, the gradient, the catalog, the cells."""
    if view.definition is None:
        told = "a composite of the catalog: a program of many ops, which no registry knows"
        yield from words(f"{view.op} is {told}", width, alphabet)
    else:
        yield from section("Definition", _definition(view.definition), width, alphabet)
        yield from section(
            "Registered: what TensorFlow has kernels for, whether they work or not",
            registered(view, width, alphabet),
            width,
            alphabet,
        )
        yield from section("Why not", _why_not(view.why_not), width, alphabet)
        yield from section("Gradient, as registered", _gradient(view), width, alphabet)
    yield from section("Asked by envprobe's catalog", _catalog(view), width, alphabet)
    yield from section("Measured", measured(view, result, width, alphabet), width, alphabet)
    elsewhere = f"Recorded on another machine's CPU, TensorFlow {result.tensorflow}"
    yield from section(elsewhere, recorded(view, alphabet), width, alphabet)


def _definition(definition: DefinitionView) -> Iterator[str]:
    if definition.deprecated:
        yield f"deprecated {definition.deprecated}"
    for title, arguments in (("inputs", definition.inputs), ("outputs", definition.outputs)):
        words = [
            f"{argument.name}: "
            + (argument.dtype or argument.type_attr or f"{argument.type_list_attr} (mixed)")
            + (f" × {argument.number_attr}" if argument.number_attr else "")
            for argument in arguments
        ]
        yield f"{title:<8}{', '.join(words) or 'none'}"
    others = []
    for name, attr in definition.attrs.items():
        allowed = shown_dtypes(attr.allowed) if attr.allowed else "any"
        if attr.type == "type":
            told = " (its dtype)" if name == definition.dtype_attr else ""
            default = f", {attr.default} if not given" if attr.default else ""
            yield f"{name}{told} may be {allowed}{default}"
        else:
            default = "" if attr.default is None else f" = {attr.default}"
            others.append(
                f"{name} {'|'.join(attr.allowed) if attr.allowed else attr.type}{default}"
            )
    if others:
        yield f"attributes: {', '.join(others)}"


def _why_not(reasons: Sequence[WhyNot]) -> Iterator[str]:
    for reason in reasons:
        where = " ".join(reason.device_types)
        if reason.cause == "combination":
            ways = [_spelled(way) for way in reason.needs]
            yield f"{where}: {shown_dtypes(reason.dtypes)}: only with {'; or '.join(ways)}"
        elif reason.cause == "not_allowed":
            yield f"{shown_dtypes(reason.dtypes)}: {reason.reason}"
        else:
            yield f"{where}: {shown_dtypes(reason.dtypes)}: {reason.reason}"


def _spelled(way: dict[str, tuple[str, ...]]) -> str:
    return " and ".join(f"{name} {shown_dtypes(values)}" for name, values in way.items())


def _gradient(view: OpView) -> Iterator[str]:
    gradient = view.gradient
    if gradient is None or not gradient.registered:
        yield "none: TensorFlow has no gradient function for it"
    elif not gradient.differentiable:
        yield "none: TensorFlow declares it not differentiable"
    elif gradient.unknown:
        yield f"a function is registered; what it needs is not known: {gradient.unknown}"
    else:
        yield f"a function is registered; what it needs is known in {' '.join(gradient.known_in)}"
        for gap in gradient.gaps:
            where = f"{' '.join(gap.device_types)}: {' '.join(gap.dtypes)}"
            yield f"{where}: no kernel for {', '.join(gap.lacking)}, which it needs"
        if not gradient.gaps:
            yield "all that it needs has a kernel wherever the op itself has one"


def _catalog(view: OpView) -> Iterator[str]:
    found = view.in_catalog
    if found is None:
        yield "no: a scan does not measure it"
        return
    if found.covered_by:
        yield f"inside the composites {', '.join(found.covered_by)}"
    together: dict[tuple[str, str, str], list[str]] = {}
    for variant in found.variants:
        key = (variant.preset, " ".join(variant.dtypes), " and ".join(variant.directions))
        together.setdefault(key, []).append(variant.name)
    for (preset, dtypes, directions), names in together.items():
        yield f"{', '.join(names)}: {dtypes}; {directions}; from preset {preset} on"
    if found.variants and not found.composite:
        yield "preset full asks every dtype, and xla"
