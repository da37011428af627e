"""A file of data or weights does not exist, or cannot be opened."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# What no data is: programs and libraries that something wanted to start or load.
NO_DATA = (
    r"(?:\.so\b|\.so\.[0-9]|\.dll\b|\.dylib|nvidia-smi|ptxas|nvcc|nvlink|libdevice|\.pyd\b|/dev/"
    r"|/proc/|/sys/|shared object|Could not find module|cuda|'?(?:dot|git|gcc|g\+\+|cl|ninja|cmake|"
    r"which|"
    r"python[0-9.]*|conda|pip[0-9]?|docker|ffmpeg|java|bash|sh|node)'?$)"
)


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    name = sighting.fields.get("file", "")
    if compiled(NO_DATA).search(name or sighting.line.text):
        return None
    if sighting.fields.get("errno") == "11" or "unable to lock file" in sighting.line.text:
        return LOCKED
    return Reading()


LOCKED = Reading(
    seen="The HDF5 file[ {file}] is locked by another process.",
    why="HDF5 lets one process write a file and locks it meanwhile; some network file systems do "
    "not support its locks.",
    fix="End the other process that has it open (a notebook, another rank), let one rank only "
    "write it, or set HDF5_USE_FILE_LOCKING=FALSE on file systems without locks.",
)

RULE = Rule(
    code="LOG515",
    name="file-not-there",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Unable to (?:synchronously )?(?:open|create) file \((?:unable to "
            r"(?:open|lock|create) "
            r"file: name = '(?P<file>[^']*)'|unable to lock file|file signature not "
            r"found|truncated "
            r"file|bad object header|file is already open|.*unable to lock file)"
            r"(?:, errno = (?P<errno>[0-9]+))?",
            anchors=(
                "Unable to open file (",
                "Unable to synchronously open file (",
                "Unable to create file (",
                "Unable to synchronously create file (",
            ),
        ),
        Pattern(r"unable to lock file, errno = (?P<errno>[0-9]+)"),
        Pattern(
            r"(?:FileNotFoundError|IOError|OSError): \[Errno 2\] No such file or directory: "
            r"b?['\"]?(?P<file>[^'\"]+)",
            anchors=("No such file or directory: ",),
        ),
        Pattern(
            r"(?:FileNotFoundError|OSError): \[WinError [23]\] (?P<file>.*)",
            anchors=("[WinError ",),
        ),
        Pattern(
            r"(?:FileNotFoundError|IOError|OSError): (?:\[Errno 2\] )?(?P<file>\S+) (?:does not "
            r"exist|"
            r"not found)\.?$",
            anchors=(" does not exist", " not found"),
        ),
        Pattern(
            r"File b?['\"](?P<file>[^'\"]+)['\"] does not exist",
            before=(r"pandas|parsers|read_csv",),
        ),
        Pattern(
            r"(?:NotFoundError|Not found|NOT_FOUND):? .*?(?:NewRandomAccessFile failed to "
            r"Create/Open: )?"
            r"(?P<file>[^\s;{]+)(?: : .*)?; No such file or directory",
            anchors=("; No such file or directory",),
        ),
        Pattern(
            r"NewRandomAccessFile failed to (?:Create/)?[Oo]pen: (?P<file>.*?) : (?:The system|No "
            r"such|"
            r"Access|.*cannot find)"
        ),
        Pattern(
            r"(?:NewRandomAccessFile|NewWrite?ableFile|NewAppendableFile|"
            r"NewReadOnlyMemoryRegionFromFile) failed to (?:Create/)?[Oo]pen:+ *"
            r"(?P<file>[^\s:;]+(?::[/\\]+[^\s:;]+)?)?",
            anchors=("failed to Create/Open:", "failed to Open:", "failed to open:"),
        ),
        Pattern(
            r"(?P<file>\S+); No such file or directory(?: \[Op:(?P<op>\w+)\])?",
            before=(r"Traceback|Error",),
        ),
        Pattern(r"[Nn]o files matched pattern:? (?P<file>\S+)"),
        Pattern(
            r"(?:SavedModel file does not exist at|No file or directory found at):? (?P<file>\S+)",
            anchors=("file does not exist at", "No file or directory found at"),
        ),
        Pattern(
            r"File not found: filepath=(?P<file>\S+?)\.? Please ensure the file is an accessible"
        ),
        Pattern(
            r"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
            r"(?P<file>\S+)"
        ),
        Pattern(r"Could not find (?:directory|folder) (?P<file>\S+)"),
        Pattern(r"The directory does not exist:? (?P<file>\S+)"),
        Pattern(r"Vocabulary file (?P<file>\S+) does not exist"),
        Pattern(
            r"File system scheme '(?P<scheme>[^']+)' not implemented \(file: '(?P<file>[^']+)'"
        ),
        Pattern(
            r"(?P<file>\S+); (?:Permission denied|Input/output error|Is a directory|Not a "
            r"directory|"
            r"Stale file handle|Too many open files)",
            anchors=(
                "; Permission denied",
                "; Input/output",
                "; Is a directory",
                "; Not a directory",
                "; Stale file handle",
                "; Too many open files",
            ),
        ),
        Pattern(
            r"PermissionError: \[(?:Errno 13|WinError [0-9]+)\] (?P<file>.*)",
            anchors=("PermissionError: [",),
        ),
        Pattern(
            r"\[Errno (?P<errno>116|5|24)\] (?:Stale file handle|Input/output error|Too many open "
            r"files)",
            anchors=("Stale file handle", "Input/output error", "Too many open files"),
        ),
        Pattern(
            r"NotADirectoryError: \[(?:Errno 20|WinError 267)\] .*: ?(?P<file>.*)",
            anchors=("NotADirectoryError: [",),
        ),
    ),
    read=_read,
    yields_to=(
        "disk-full",
        "gpu-libs-missing",
        "keras-tf-version-mismatch",
        "ptxas-libdevice-missing",
        "tf-not-installed",
        "windows-vc-runtime-missing",
        "custom-op-not-registered",
        "download-failed",
    ),
    seen="The file[ {file}][ {folder}] is not there, or cannot be opened.",
    why="The path is wrong from where the program runs (another working directory, a container "
    "without the volume, another machine), the file was never written or downloaded, or it is "
    "incomplete.",
    fix="Print os.path.abspath(path) and os.path.exists(path) just before. Give an absolute path, "
    "mount the folder on every worker, and check that a callback (save_best_only) really wrote the "
    "file; for s3:// or hdfs:// install and import tensorflow-io.",
    candidates=(
        Candidate(
            cause=Cause.CHECKPOINT_MISMATCH,
            check="Does the file exist, and only its format or name (.index, .weights.h5, a "
            "folder) "
            "is another?",
        ),
    ),
    source="tensorflow/tsl/platform/default/posix_file_system.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.NotFoundError: NewRandomAccessFile failed to "
        "Create/Open: ./data/words.txt : \u7cfb\u7edf\u627e\u4e0d\u5230\n",
        "OSError: Unable to open file (unable to open file: name = 'model/best.h5', errno = 2, "
        "error "
        "message = 'No such file or directory', flags = 0, o_flags = 0)\n",
        "tensorflow.python.framework.errors_impl.NotFoundError: {{function_node "
        "__wrapped__ReadFile_device_/job:localhost/replica:0/task:0/device:CPU:0}} /data/a/17.png; "
        "No "
        "such file or directory [Op:ReadFile]\n",
        "ValueError: File not found: filepath=out/final.keras. Please ensure the file is an "
        "accessible `.keras` zip file.\n",
        "BlockingIOError: [Errno 11] Unable to open file (unable to lock file, errno = 11, error "
        "message = 'Resource temporarily unavailable')\n",
    ),
    misses=(
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic "
        "library 'libnvinfer.so.7'; dlerror: libnvinfer.so.7: cannot open shared object file: No "
        "such file or directory\n",
        "FileNotFoundError: [Errno 2] No such file or directory: 'nvidia-smi'\n",
    ),
)
