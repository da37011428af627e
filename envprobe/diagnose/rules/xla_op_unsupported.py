"""XLA has no kernel for an op, and the function that holds it must be compiled."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import dtype_name
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

REQUESTED = r"Requested Attributes: [^\n]*?\bT=DT_(\w+)"
CREATED = r"(?s)The op is created at: *\n(.*?)(?:\n\ttf2xla|\n\n|$)"
PLACE = r'(?m)^\s*File "([^"]+)", line ([0-9]+)'
NODE = r"\{\{node ([^}]+)\}\}"
UNCOMPILABLE = r"Uncompilable (?:nodes|operations):\s*(\w+)"
MOST_OPS = 5
OPS = r"(\w+) \(No registered '"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Ops, device, node and the line of code, as far as they are told."""
    text = sighting.text
    found: dict[str, str | None] = {
        "op": _ops(sighting),
        "node": sighting.fields.get("node") or _first(NODE, text),
        "dtype": _dtype(text),
        "place": _place(text),
        "device": _device(sighting),
    }
    told = {name: value for name, value in found.items() if value}
    tpu = (found["device"] or "") == "TPU"
    return Reading(fields={**told}, confidence=Confidence.CERTAIN, fix=TPU_FIX if tpu else None)


def _ops(sighting: Sighting) -> str:
    """The ops that are not compiled; a long list is cut."""
    ops = list(dict.fromkeys(compiled(OPS).findall(sighting.line.text)))
    listed = _first(UNCOMPILABLE, sighting.text)
    told = ", ".join(ops[:MOST_OPS]) or sighting.fields.get("op") or listed
    return told or "an op of this function"


def _device(sighting: Sighting) -> str | None:
    found = compiled(r"XLA_([A-Z]+)_JIT").search(sighting.text)
    return str(found.group(1)) if found else None


def _dtype(text: str) -> str | None:
    dtype = _first(REQUESTED, text)
    return dtype_name(dtype) if dtype else None


def _place(text: str) -> str | None:
    """The innermost line of the user's own code where the op was made."""
    created = _first(CREATED, text)
    places = compiled(PLACE).findall(created or "")
    own = [(file, line) for file, line in places if "site-packages" not in file]
    return f"{own[-1][0]}:{own[-1][1]}" if own else None


def _first(regex: str, text: str) -> str | None:
    found = compiled(regex).search(text)
    return str(found.group(1)) if found else None


TPU_FIX = (
    "Let TensorFlow run this op on the host: tf.config.set_soft_device_placement(True) before the "
    "TPU is set up. Or do without {op} in the compiled step: move it into the tf.data pipeline, or "
    "use an op that TPUs have."
)

RULE = Rule(
    code="LOG350",
    name="xla-op-unsupported",
    cause=Cause.XLA_UNSUPPORTED_OP,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Detected unsupported operations when trying to compile graph (?P<graph>[^\s\[]+)"
        ),
        Pattern(
            r"No registered '(?P<op>[^']+)' OpKernel for '?XLA_(?P<device>[A-Z]+)_JIT'? devices "
            r"compatible with (?:node )?(?:\{\{)?node (?P<node>[^\s}]+)"
        ),
        Pattern(
            r"Could not satisfy explicit device .* no supported kernel for XLA_(?P<device>[A-Z]+)",
            anchors=("no supported kernel for XLA_",),
        ),
        Pattern(
            r"Function invoked by the following node is not compilable: "
            r"(?:\{\{node )?(?P<node>[^\s}]+)"
        ),
        Pattern(r"The following operations cannot be compiled: (?P<op>\S+)"),
        Pattern(r"Op type (?P<op>\w+) is not (?:supported|compilable) (?:by|with|in) XLA"),
        Pattern(r"failed to legalize operation 'tf\.(?P<op>\w+)'"),
        Pattern(r"Const op with type DT_(?P<dtype>\w+) is not supported by XLA"),
        Pattern(
            r"(?P<op>\w+) is not supported (?:by|in|with|on) (?:XLA|TPU)\b",
            anchors=("is not supported",),
        ),
        Pattern(r"This operation not supported on TPU"),
    ),
    read=read,
    seen=(
        "XLA[ for the {device}] cannot compile {op}[ in {dtype}][ (node {node})][, made at "
        "{place}]."
    ),
    why=(
        "The function must be compiled as a whole (jit_compile=True, or a TPU), and for this op "
        "there is no XLA kernel: ops with strings, tables, Python functions, printing or results "
        "of unknown size, and some gradients, are not compiled."
    ),
    fix=(
        "Take jit_compile=True away (model.compile(jit_compile=False), @tf.function without it, "
        "no TF_XLA_FLAGS), or take {op} out of the compiled function: do it in the data pipeline, "
        "or replace it by an op that XLA knows."
    ),
    candidates=(
        Candidate(
            cause=Cause.UNSUPPORTED_PRECISION,
            check="If the message says 'attributes didn't match': try the function in float32.",
        ),
    ),
    source="tensorflow/compiler/tf2xla/xla_compiler.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Detected unsupported "
        "operations when trying to compile graph __inference_step_31[_XlaMustCompile=true,"
        "config_proto=6001,executor_type=1116] on XLA_GPU_JIT: LookupTableFindV2 (No registered "
        "'LookupTableFindV2' OpKernel for XLA_GPU_JIT devices compatible with node {{node "
        "string_lookup/LookupTableFindV2}}){{node string_lookup/LookupTableFindV2}}\n"
        'The op is created at: \nFile "train.py", line 31, in <module>\n  model.fit(data)\n'
        "\ttf2xla conversion failed while converting __inference_step_31[_XlaMustCompile=true].\n",
        "InvalidArgumentError: {{function_node __inference_train_9}} Compilation failure: Detected "
        "unsupported operations when trying to compile graph cluster_train_9[] on XLA_TPU_JIT: "
        "PyFunc (No registered 'PyFunc' OpKernel for XLA_TPU_JIT devices compatible with node "
        "{{node PyFunc}})\n\tTPU compilation failed\n\t [[tpu_compile_succeeded_assert/_7]]\n",
        "InvalidArgumentError: Function invoked by the following node is not compilable: {{node "
        "__inference_f_4}} = __inference_f_4[_XlaMustCompile=true](x).\nUncompilable nodes:\n"
        "StringSplitV2: unsupported op: No registered 'StringSplitV2' OpKernel for XLA_CPU_JIT "
        "devices compatible with node {{node StringSplitV2}}\n",
    ),
    misses=(
        "NotFoundError: No registered 'Where' OpKernel for 'GPU' devices compatible with node "
        "{{node Where}}\n\t.  Registered:  device='XLA_CPU_JIT'; T in [DT_FLOAT]\n",
        "I tensorflow/compiler/xla/service/service.cc:168] XLA service 0x7f9190 initialized for "
        "platform CUDA (this does not guarantee that XLA will be used). Devices:\n",
    ),
)
