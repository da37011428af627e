"""A record of the data is damaged, cut off, or not what the parser was told."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG513",
    name="record-broken",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"corrupted record at (?P<place>[0-9]+)"),
        Pattern(r"truncated record at (?P<place>[0-9]+)"),
        Pattern(
            r"(?:truncated block read|block checksum mismatch|inflate\(\) failed with error)",
            anchors=("truncated block read", "block checksum mismatch", "inflate() failed"),
        ),
        Pattern(r"Could not parse example input, value: '(?P<record>.{0,40})"),
        Pattern(r"Can't parse serialized Example"),
        Pattern(
            r"[Ff]eature:? \(?(?P<feature>[^\s{]+) ?\(data type: (?P<dtype>\w+)\) is required but "
            r"could not be found"
        ),
        Pattern(
            r"Key: (?P<feature>\S+)\.  (?:Can't parse|Data types don't match|Number of \w+ values "
            r"!= expected)",
            anchors=("Data types don't match", "Can't parse ", " values != expected"),
        ),
        Pattern(
            r"Number of (?P<dtype>\w+) values != expected\. +[Vv]alues size: (?P<size>[0-9]+) but "
            r"output shape: (?P<shape>\S+)"
        ),
        Pattern(r"Expect (?P<wanted>[0-9]+) fields but have (?P<held>[0-9]+) in record"),
        Pattern(
            r"Field (?P<feature>[0-9]+) (?:in record [0-9]+ )?is (?:not a valid (?P<dtype>\w+): ?"
            r"(?P<record>.{0,40})|required but missing in record)",
            anchors=("is not a valid ", "missing in record"),
        ),
        Pattern(r"[Rr]ecord has too few fields"),
        Pattern(r"Input to DecodeRaw has length (?P<size>[0-9]+) that is not a multiple of"),
        Pattern(r"DecodeRaw requires input strings to all be the same size"),
        Pattern(r"DataLossError: (?:\{\{function_node .*\}\} )?(?P<record>\S.{0,60})"),
        Pattern(r"ParserError: Error tokenizing data\. C error: (?P<record>.*)"),
        Pattern(r"_pickle\.UnpicklingError: (?P<record>.*)"),
        Pattern(r"pickle data was truncated"),
        Pattern(r"BadZipFile: (?P<record>.*)"),
        Pattern(
            r"(?:EOFError: (?:No data left in file|Compressed file ended)|BadGzipFile|Not a "
            r"gzipped "
            r"file)",
            anchors=(
                "No data left in file",
                "Compressed file ended",
                "BadGzipFile",
                "Not a gzipped file",
            ),
        ),
        Pattern(r"Failed to interpret file (?P<file>\S+) as a pickle"),
        Pattern(r"Object arrays cannot be loaded when allow_pickle=False"),
        Pattern(
            r"'utf-?8' codec can't decode byte (?P<record>0x[0-9a-f]+) in position (?P<place>"
            r"[0-9]+)",
            anchors=("codec can't decode byte",),
        ),
    ),
    yields_to=("disk-full", "checkpoint-mismatch", "protobuf-abi-mismatch"),
    seen="A record of the data cannot be read[ at byte {place}][: {feature}][ ({dtype})]"
    "[: {record}].",
    why="The file was cut off while it was written or copied, is compressed in another way than "
    "the "
    "reader thinks, or its records hold other features than the description says. The same file "
    "failing at another place in each run points to memory or disk.",
    fix="Read the file alone and count its records (tf.data.TFRecordDataset(file)), compare its "
    "size and checksum with the origin, and write or copy it again. Give compression_type= where "
    "it is compressed; make the feature description match what was written. "
    "dataset.ignore_errors() skips damaged records.",
    candidates=(
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT,
            check="Does the damaged place move from run to run? Then test memory (memtest) and "
            "the disk.",
        ),
        Candidate(
            cause=Cause.CHECKPOINT_MISMATCH,
            check="Is the file a checkpoint? Then it is damaged or of another format.",
        ),
    ),
    source="tensorflow/core/lib/io/record_reader.cc, tensorflow/core/util/example_proto_helper.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.DataLossError: corrupted record at 31337 "
        "[Op:IteratorGetNext]\n",
        "InvalidArgumentError: {{function_node __wrapped__IteratorGetNext}} Key: label.  Can't "
        "parse "
        "serialized Example.\n\t [[{{node ParseSingleExample/ParseExample/ParseExampleV2}}]]\n",
        "InvalidArgumentError: Feature: image/raw (data type: string) is required but could not be "
        "found.\n\t [[{{node ParseSingleExample}}]]\n",
    ),
    misses=(
        "DataLossError: Unable to open table file ./w.h5: Data loss: not an sstable (bad magic "
        "number): perhaps your file is in a different file format\n",
        "AvailabilityZone record kept at 12\n",
    ),
)
