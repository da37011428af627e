"""A model uses an op that nothing in this process has registered."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Of which package an op is, by its name's beginning or as a whole.
PACKAGES = (
    (r"^Addons>", "tensorflow_addons", "import tensorflow_addons as tfa; tfa.register_all()"),
    (r"^IO>", "tensorflow_io", "import tensorflow_io"),
    (r"^TFRA>", "tensorflow_recommenders_addons", "import tensorflow_recommenders_addons"),
    (r"^Horovod", "horovod", "import horovod.tensorflow"),
    (r"^(?:DecisionForests|SimpleML|YggdrasilDF)", "tensorflow_decision_forests",
     "import tensorflow_decision_forests"),
    (r"^TRTEngineOp", "TensorFlow with TensorRT", "use a build of TensorFlow with TensorRT"),
    (r"^(?:Sentencepiece|CaseFold|NormalizeUTF8|RegexSplit|WordpieceTokenize|UnicodeScript|"
     r"FastWordpiece|FastBert|WhitespaceTokenize|ConstrainedSequence|TFText>|RougeL|SplitMerge|"
     r"NgramsString|RaggedTensorToTensorText|MaxSpanningTree|TokenizerFromLogits|BoiseTags)",
     "tensorflow_text", "import tensorflow_text"),
)  # fmt: skip
GENERATIONS = r"GraphDef was built when GraphDef version was|forward compatibility guarantee"


# TensorFlow's own: whoever does not know them is older than the model, or a build with few ops.
OWN = (
    r"^(?:(?:Stateful|Stateless)?PartitionedCall|Stateless(?:Random\w+|While|If|Case|Multinomial"
    r"|TruncatedNormal\w*)|While|If|Case|AddV2|SelectV2|BatchMatMulV[23]|FusedBatchNorm(?:Grad)?V[23]"
    r"|NonMaxSuppressionV[2-5]|CombinedNonMaxSuppression|RaggedTensorTo(?:Tensor|Sparse|Variant)"
    r"|RaggedRange|RaggedGather|VarHandleOp|ReadVariableOp|AssignVariableOp|VarIsInitializedOp"
    r"|ResourceGather|TensorList\w+|(?:FIFO|PaddingFIFO|RandomShuffle)QueueV2|HashTableV2"
    r"|MutableHashTableV2|LookupTable\w+V2|AnonymousHashTable|AnonymousIteratorV[23]|EnsureShape"
    r"|ParseExampleV2|ParseExampleDatasetV2|ParallelMapDatasetV2|MapAndBatchDataset|ModelDataset"
    r"|OptimizeDataset(?:V2)?|ShardDataset|AutoShardDataset|MatrixDiag(?:Part)?V[23]|MatrixSetDiagV[23]"
    r"|ImageProjectiveTransformV[23]|StringSplitV2|StringLower|StaticRegex(?:Replace|FullMatch)"
    r"|UnicodeDecodeWithOffsets|UnsortedSegmentJoin|LeakyRelu(?:Grad)?|DenseBincount|TopKV2|UniqueV2"
    r"|RngReadAndSkip|TensorScatter(?:Add|Update|Max|Min)|SparseCrossHashed|XlaHostCompute"
    r"|DisableCopyOnRead|MergeV2Checkpoints|SaveV2|RestoreV2)$"
)
TOLD_BELOW = r"Op type not registered '"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The op, and the package that brings it where its name tells."""
    op = sighting.fields.get("op", "")
    if "KeyError" in sighting.line.text and compiled(TOLD_BELOW).search(sighting.after):
        return None
    if compiled(GENERATIONS).search(sighting.before[-600:] + sighting.line.text):
        return Reading(cause=Cause.KERAS_TF_VERSION_MISMATCH, fix=NEWER)
    if compiled(OWN).search(op):
        return Reading(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            confidence=Confidence.LIKELY,
            seen="The op {op} is TensorFlow's own, and this process does not know it.",
            why=OLDER,
            fix=NEWER,
            candidates=(LEFT_OUT,),
        )
    for regex, package, step in PACKAGES:
        if compiled(regex).search(op):
            return Reading(fields={"package": package, "step": step}, confidence=Confidence.CERTAIN)
    return Reading()


NEWER = (
    "Install the TensorFlow release that wrote the model, or a newer one: this one is too old to "
    "know {op}."
)

OLDER = (
    "A saved graph names its ops. A release that is older than the one that wrote the model lacks "
    "those that were added in between; servers and libraries for Java, C and mobile devices have "
    "releases of their own."
)
LEFT_OUT = Candidate(
    cause=Cause.CUSTOM_OP_NOT_REGISTERED,
    check="Is it a build with few ops (mobile, selective registration)? Then {op} was left out.",
)

RULE = Rule(
    code="LOG380",
    name="custom-op-not-registered",
    cause=Cause.CUSTOM_OP_NOT_REGISTERED,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Op type not registered '(?P<op>[^']+)'(?: in binary)?"),
        # The first of two tracebacks, where the second is cut off before its end.
        Pattern(r"^\W*KeyError: '(?P<op>[\w>]+)'", before=(r"_op_def_cache\[",)),
        Pattern(r"Unrecognized Op name (?P<op>[\w>]+)"),
        Pattern(r"Unknown op '(?P<op>[\w>]+)'\. File an issue"),
        Pattern(r"Tensorflow op \[\S+: (?P<op>\w+)\] is not supported"),
        Pattern(r"No op named (?P<op>[\w>]+) in defined operations"),
        Pattern(
            r"'(?P<op>[\w>]+)' is neither a type of a primitive operation nor a name of a func"
        ),
        Pattern(
            r"Could not find (?:op|custom op) '(?P<op>[\w>]+)' in the (?:op )?registry",
            anchors=("in the registry", "in the op registry"),
        ),
    ),
    read=read,
    yields_to=("nccl-not-in-build",),
    seen="The op {op} is not known to this process[; it is part of {package}].",
    why=(
        "A saved graph names its ops, and the library that brings this one was not loaded. "
        "TensorFlow registers an extension's ops when the extension is imported."
    ),
    fix=(
        "Import the library before the model is loaded[: {step}]. For a library of your own: "
        "tf.load_op_library('/path/to/it.so'). In a server or another language the library must be "
        "linked or loaded as well. If the op is TensorFlow's own, this release is older than the "
        "one that saved the model: install that one."
    ),
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check=(
                "If hasattr(tf.raw_ops, '{op}') holds in a newer release: the model is from there."
            ),
        ),
    ),
    source="tensorflow/core/framework/op.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.NotFoundError: Op type not registered "
        "'SentencepieceTokenizeOp' in binary running on node-7. Make sure the Op and Kernel are "
        "registered in the binary running in this process. Note that if you are loading a saved "
        "graph which used ops from tf.contrib, accessing (e.g.) `tf.contrib.resampler` should be "
        "done before importing the graph.\n",
        "ValueError: No op named RotatedNms in defined operations.\n",
        '  File "/opt/tf/python/framework/ops.py", line 3962, in _get_op_def\n    return '
        "self._op_def_cache[type]\nKeyError: 'WordpieceTokenizeWithOffsets'\n\nDuring handling of "
        "the above exception, another exception occurred:\n\nTraceback (most recent call last):\n",
        "org.tensorflow.TensorFlowException: Op type not registered 'StatefulPartitionedCall' in "
        "binary running on worker-3. Make sure the Op and Kernel are registered in the binary "
        "running in this process.\n",
    ),
    misses=(
        "    return self._columns[name]\nKeyError: 'CaseFoldUTF8'\n",
        "NotFoundError: No registered 'Where' OpKernel for 'GPU' devices compatible with node "
        "{{node Where}}\n",
    ),
)
