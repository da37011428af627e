"""A saved graph was written by a newer TensorFlow than the one that reads it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG643",
    name="graph-of-newer-tensorflow",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"NodeDef mentions attr(?:ibute)? '?(?P<attribute>[\w.]+)'? (?:that is )?not in "
            r"(?:the op|Op<name=(?P<op>\w+))"
        ),
        Pattern(r"NodeDef mentions attr(?:ibute)? '?(?P<attribute>[\w.]+)'? not in Op"),
        Pattern(r"Check whether your GraphDef-interpreting binary is up to date with your"),
        Pattern(
            r"GraphDef (?:min consumer|producer) version (?P<graph>[0-9]+) (?:above|below) "
            r"(?:current|min producer)(?: version)? (?P<here>[0-9]+)"
        ),
        Pattern(
            r"binary trying to import the GraphDef was built when GraphDef version was "
            r"(?P<here>[0-9]+)\. The GraphDef was produced by a binary built when GraphDef "
            r"version was (?P<graph>[0-9]+)"
        ),
        Pattern(r"Op (?P<op>\w+) is not available in GraphDef version (?P<here>[0-9]+)"),
        Pattern(
            r"NodeDef expected inputs '[^']*' do not match [0-9]+ inputs specified; Op<name="
            r"(?P<op>\w+)"
        ),
        Pattern(r"Protocol message (?P<op>\w+) has no \"(?P<attribute>\w+)\" field"),
        Pattern(
            r"Message type "
            r"\"(?P<op>(?:tensorflow|object_detection|tensorboard|inference)[\w.]*)"
            r"\" has no field named \"(?P<attribute>\w+)\""
        ),
        Pattern(
            r"SavedModel (?:was )?(?:saved|written) (?:by|with) (?:a )?newer (?:version of "
            r")?Tens"
        ),
    ),
    yields_to=("protobuf-definitions-twice",),
    seen="This TensorFlow is older than the saved graph or file[: {op} has no {attribute}][: "
    "graph version {graph}, here {here}].",
    why="Each release adds attributes and ops. A graph or configuration written by a newer "
    "release uses some that this one does not have; only the other direction is promised to work.",
    fix="Install the release that wrote the file, or a newer one, in the process that reads it "
    "(TensorFlow Serving and the C library too). Or export the model again with the release that "
    "will read it, or from the Keras weights.",
    candidates=(
        Candidate(cause=Cause.ABI_MISMATCH, check="A custom op's library is of another release."),
    ),
    source="tensorflow/core/framework/node_def_util.cc",
    hits=(
        "ValueError: NodeDef mentions attr 'half_pixel_centers' not in Op<name=ResizeBilinear; "
        "signature=images:T, size:int32 -> resized_images:float; attr=align_corners:bool>; "
        "NodeDef: {{node r}}. (Check whether your GraphDef-interpreting binary is up to date with "
        "your GraphDef-generating binary.).\n",
        "ValueError: GraphDef min consumer version 27 above current version 24 for TensorFlow "
        "1.9.0.  Please upgrade TensorFlow.\n",
    ),
    misses=("NotFoundError: Op type not registered 'NgramText' in binary running on host\n",),
)
