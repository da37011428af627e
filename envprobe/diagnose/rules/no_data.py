"""There is no data: an empty dataset, folder, generator or split."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG512",
    name="no-data",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Expected input data to be non-empty"),
        Pattern(r"(?:ValueError: |with \"?)Empty training data", anchors=("Empty training data",)),
        Pattern(r"Expect x to be a non-empty array or dataset"),
        Pattern(
            r"Unexpected result of `?(?P<function>\w+_function)`? \(Empty "
            r"(?:[Ll]ogs|batch_outputs)\)"
        ),
        Pattern(
            r"Asked to retrieve element (?P<element>[0-9]+), but the (?:Sequence|PyDataset) has "
            r"length (?P<length>[0-9]+)"
        ),
        Pattern(r"PyDataset has length 0"),
        Pattern(r"the generator must yield at least one batch\. Received an empty generator"),
        Pattern(
            r"Received an empty (?:Dataset|list dataset|generator|dataset|batch)\b",
            anchors=("Received an empty ",),
        ),
        Pattern(
            r"(?P<what>Your dataset|The dataset|Training set|Validation set|[Tt]he training data|"
            r"[Dd]ata(?:set)? at \S+) is empty",
            anchors=(" is empty",),
        ),
        Pattern(r"No images found in directory (?P<folder>\S+?)\. Allowed formats"),
        Pattern(
            r"No (?:text|audio|wav) files found in directory (?P<folder>\S+?)\. Allowed",
            anchors=("files found in directory ",),
        ),
        Pattern(
            r"Training data contains (?P<length>"
            r"[0-9]+) samples, which is not sufficient to split it into a validation",
            anchors=("which is not sufficient to split",),
        ),
        Pattern(r"With n_samples=(?P<length>0), test_size="),
        Pattern(
            r"local variable '(?P<variable>logs|epoch_logs|batch_outputs|batch_logs)' referenced "
            r"before assignment"
        ),
        Pattern(
            r"cannot access local variable '(?P<variable>logs|batch_outputs|outputs)'",
            before=(r"(?:keras|trainer)",),
        ),
        Pattern(
            r"need at least one array to "
            r"(?:concatenate|stack)",
            anchors=("need at least one array to ",),
            before=(r"keras|tensorflow|model\.",),
        ),
        Pattern(r"zero-size array to reduction operation (?P<function>\w+) which has no identity"),
        Pattern(r"Found array with 0 (?:sample|feature)\(s\) \(shape=(?P<shape>\([^)]*\))\)"),
        Pattern(r"adapt\(\) received an empty iterable"),
        Pattern(
            r"num_samples should be a positive "
            r"integer value, but got num_samples=(?P<length>0)",
            anchors=("num_samples should be a positive",),
        ),
        Pattern(
            r"Found (?P<length>0) (?:images|validated image filenames|files|samples) belonging to",
            after=(r"(?:Error|Exception|Traceback)",),
            anchors=("Found 0 ",),
        ),
        Pattern(
            r"ZeroDivisionError: ",
            before=(
                r"(?:preprocessing[/\\._]+image|_flow_index|data_utils\.py|iterator\.py|"
                r"index_generator)",
            ),
        ),
        Pattern(r"Invalid `elements?`\. `elements?` should not be empty"),
        Pattern(r"Resulting (?P<function>\w+) side dataset split will be empty"),
        Pattern(r"No data provided for \"(?P<function>[^\"{%]+)\"\. Need data for each key"),
    ),
    seen="There is no data[ in {folder}][: {length} elements][ (shape {shape})].",
    why="A wrong folder, a pattern or filter that matches nothing, a batch larger than the data "
    "with drop_remainder, or an iterator that was already read leave nothing to train on.",
    fix="Take one batch by hand: next(iter(dataset)). Print the number of files found and of "
    "samples behind each filter and split; folders need one sub-folder for each class. Make the "
    "batch smaller, and do not read a generator twice.",
    source="keras/src/trainers/trainer.py, keras/src/utils/dataset_utils.py",
    hits=(
        "Found 0 images belonging to 12 classes.\nEpoch 1/4\nTraceback (most recent call last):\n",
        'Traceback (most recent call last):\n  File "/x/keras_preprocessing/image/iterator.py", '
        "line 80, in _flow_index\nZeroDivisionError: integer division or modulo by zero\n",
        "ValueError: Received an empty batch. Batches should at least contain one item.\n",
        "Found 0 images belonging to 0 classes.\nTraceback (most recent call last):\n  File "
        '"train.py", line 22, in <module>\nValueError: Asked to retrieve element 0, but the '
        "Sequence has length 0\n",
        "ValueError: Unexpected result of `train_function` (Empty Logs). Please use "
        "`Model.compile(..., run_eagerly=True)`\n",
        "ValueError: No images found in directory /data/flowers. Allowed formats: ('.bmp', '.gif', "
        "'.jpeg', '.jpg', '.png')\n",
    ),
    misses=(
        "Found 2381 images belonging to 7 classes.\n",
        "    raise ValueError('Expect x to be a non-empty ' + kind)\n",
    ),
)
