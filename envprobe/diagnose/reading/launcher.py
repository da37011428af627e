"""What Slurm, MPI, Kubernetes, Docker and others put in front of each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from envprobe.diagnose.reading.blocks import clean
from envprobe.diagnose.reading.shown import shown

Strip = Callable[[str], tuple[str, str | None]]
LOOK_LINES = 200
MOST = 0.6
DEEPEST = 3

# Each: what stands in front; the group `rank` says which process the line is of.
FRONTS = tuple(
    re.compile(front)
    for front in (
        # mpirun --tag-output: [1,0]<stderr>, [prterun-node-7@1,0]<stderr>; horovodrun: [0]<stderr>
        r"\[(?:(?:[\w.-]{1,200}@)?\d+,)?(?P<rank>\d+)\]<std(?:out|err|diag)>: ?",
        r"\[(?:rank|default)(?P<rank>\d+)\]:? ?",  # torchrun and its like
        r"\[pod/(?P<rank>[^\]/\s]{1,200})/[^\]\s]{1,200}\] ?",  # kubectl logs --prefix
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] ",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)[ \t]",
        r"(?P<rank>[A-Za-z][\w.-]{0,100}[-_]\d{1,6}) {1,40}\| ?",  # docker compose logs
        r"\(\w{1,80} pid=\d+(?:, ip=(?P<rank>[\d.]{1,40}))?\) ?",  # ray
        r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,100} \S{1,100}\[\d+\]: ",  # journald, syslog
        r" {0,5}(?P<rank>\d{1,6}): ?",  # srun --label
        r"> ?",  # quoted in a letter or an issue
    )
)
JSON_NESTED = ("jsonPayload",)
JSON_TRACEBACKS = ("exc_info", "stack_trace", "exception")
JSON_KEYS = ("log", "message", "textPayload", "msg", "text")


class Launcher(msgspec.Struct, frozen=True, kw_only=True):
    """How to take the fronts of a log's lines away; `fronts` from the outermost on."""

    json: bool = False
    fronts: tuple[re.Pattern[str], ...] = ()

    def strip(self, line: str) -> tuple[str, str | None]:
        """The line itself, and the rank that its front tells."""
        rank = None
        if self.json:
            line = _inside(line)
        for front in self.fronts:
            found = front.match(line)
            if found:
                line = line[found.end() :]
                rank = found.groupdict().get("rank") or rank
        return line, rank


def launcher_of(lines: Sequence[str]) -> Launcher:
    """What most of a log's first lines begin with; a front that few have is part of their text."""
    looked = [line for line in lines if line.strip()][:LOOK_LINES]
    as_json = _most(looked, lambda line: _inside(line) is not line)
    if as_json:
        looked = [_inside(line) for line in looked]
    fronts: list[re.Pattern[str]] = []
    for _ in range(DEEPEST):
        front = _front_of(looked)
        if front is None:
            break
        fronts.append(front)
        looked = [front.sub("", line, count=1) if front.match(line) else line for line in looked]
    return Launcher(json=as_json, fronts=tuple(fronts))


def _front_of(lines: Sequence[str]) -> re.Pattern[str] | None:
    return next((front for front in FRONTS if _most(lines, front.match)), None)


def _most(lines: Sequence[str], holds: Callable[[str], object]) -> bool:
    # Of two lines one alone is no sign: an error's number, a quotation.
    return len(lines) >= 2 and sum(bool(holds(line)) for line in lines) >= MOST * len(lines)


def _inside(line: str) -> str:
    """The message in a line of JSON, or the line."""
    if not line.startswith("{"):
        return line
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return line
    message = _message(record)
    return line if message is None else message


def _message(record: object) -> str | None:
    """What a record says, and the traceback beside it, without the escape sequences in them."""
    if not isinstance(record, dict):
        return None
    record = next((one for key in JSON_NESTED if isinstance(one := record.get(key), dict)), record)
    texts = (
        next((one for key in keys if isinstance(one := record.get(key), str)), None)
        for keys in (JSON_KEYS, JSON_TRACEBACKS)
    )
    told = [text for text in texts if text is not None]
    if not told:
        return None
    raw = clean("\n".join(told).encode("utf-8", "replace"))
    return shown(raw.replace(b"\r", b"\n")).strip("\n")
