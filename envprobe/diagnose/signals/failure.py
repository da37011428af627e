"""Signs that something ended badly, whatever it was."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

CRASHES = (
    Pattern(r"core dumped"),
    Pattern(r"[Ss]egmentation fault", anchors=("egmentation fault",)),
    Pattern(r"Fatal Python error"),
    Pattern(r"Windows fatal exception: "),
    Pattern(r"fatal error has been detected by"),
    Pattern(r"Check failed: "),
    Pattern(r"(?:^|[ \]])F[0-9 ].{0,60}\.cc:[0-9]+\]", anchors=(".cc:",)),
    Pattern(r"Assertion `.+' failed"),
    Pattern(r"terminate called "),
    Pattern(r"^panic: "),
    Pattern(r"[Ii]llegal (?:hardware )?instruction\b", anchors=("llegal instruc", "llegal hardw")),
    Pattern(r"^Bus error\b"),
    Pattern(r"^Floating point exception\b"),
    Pattern(r"\*\*\* stack smashing detected \*\*\*"),
    Pattern(r"double free or corruption"),
    Pattern(r"corrupted size vs\. prev_size"),
    Pattern(r"\b(?:free|malloc|realloc|munmap_chunk)\(\): \w", anchors=("(): ",)),
    Pattern(r"\*\*\* Process received signal \*\*\*"),
    Pattern(r"received signal SIG[A-Z]+"),
    Pattern(r"by signal (?:SIG[A-Z]+|[0-9]+)", anchors=(" by signal ",)),
    Pattern(r"\bAbort trap: "),
    Pattern(r"^Aborted\b"),
    Pattern(r"^Killed\b"),
    Pattern(r"^Terminated\b"),
    Pattern(r"^zsh: (?:abort|killed|bus error|trace trap|terminated)", anchors=("zsh: ",)),
    Pattern(r"appears to have died"),
    Pattern(r"Kernel crashed while executing"),
    Pattern(r"Canceled future for execute_request"),
)
ERRORS = (
    Pattern(r"Traceback \(most recent call last\)"),
    Pattern(r"[A-Za-z]Error: \S", anchors=("Error: ",)),
    Pattern(r"[A-Za-z]Exception: \S", anchors=("Exception: ",)),
    # An error without a word of its own stands alone on its line.
    Pattern(r"^(?:[a-zA-Z_]\w*\.)*[A-Z]\w*Error\s*$", anchors=("Error",)),
    Pattern(r"^(?:[a-zA-Z_]\w*\.)*[A-Z]\w*Exception\s*$", anchors=("Exception",)),
    Pattern(r"^KeyboardInterrupt\b"),
    Pattern(r"^StopIteration\b"),
    Pattern(r"^SystemExit\b"),
    Pattern(r"[Uu]nhandled exception", anchors=("nhandled exception",)),
    Pattern(r"Exception in thread "),
    Pattern(r"^Error in \w+\("),
    Pattern(r"\.py: error: "),
    Pattern(r"can't open file '[^']+': \[Errno"),
    Pattern(r": (?:command )?not found$", anchors=(": not found", ": command not found")),
    Pattern(r"^FAILED \S+::"),
    Pattern(r"^make(?:\[[0-9]+\])?: \*\*\* ", anchors=(": *** ",)),
    Pattern(r"Node number [0-9]+ \(\w+\) failed to"),
    Pattern(r"\bE tensorflow_serving/\S+\.cc:"),
)
EXITS = (
    Pattern(r"exited with (?:code|exit code|exit status|status) -?[1-9]"),
    Pattern(r"finished with exit code -?[1-9]"),
    Pattern(r"completed with exit code -?[1-9]"),
    Pattern(r"non-zero exit (?:code|status)"),
    Pattern(r"^exit (?:code|status):? -?[1-9]", anchors=("exit code", "exit status")),
    Pattern(r"[Cc]ommand terminated"),
    Pattern(r"process has died \[pid"),
    Pattern(r"\bdied with <Signals\."),
    Pattern(r"Main process exited, code="),
)
SIGNALS = (
    Signal(
        name="failure", patterns=(*CRASHES, *ERRORS, *EXITS)
    ),  # TensorFlow's own errors: a log of known noise only has none but known ones.
    Signal(
        name="error-line",
        patterns=(
            Pattern(
                r"(?:^|: )E (?:tensorflow|external|tsl|xla)\S{0,200}\.cc:[0-9]+\] \S",
                anchors=("E tensorflow/", "E external/"),
            ),
            Pattern(r"E0000 00:00:[0-9.]+ +[0-9]+ \S{1,100}:[0-9]+\] \S"),
        ),
    ),
)
