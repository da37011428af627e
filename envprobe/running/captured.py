"""A bounded copy of what a run printed: its beginning and its end."""

from __future__ import annotations

import threading
from collections import deque

HEAD_BYTES = 4 * 2**20
TAIL_BYTES = 16 * 2**20
# An unfinished line is held back so that the other stream does not get into the middle of it.
LONGEST_WAIT_BYTES = 65536


class Captured:
    """The lines of all streams in the order in which they came; a gap is marked.

    Filled by the threads that pass the output on.
    """

    def __init__(self, head_bytes: int = HEAD_BYTES, tail_bytes: int = TAIL_BYTES) -> None:
        self._most_head, self._most_tail = head_bytes, tail_bytes
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._in_tail = self._left_out = 0
        self._unfinished: dict[int, bytes] = {}
        self._lock = threading.Lock()

    def add(self, stream: int, data: bytes) -> None:
        """Take in what came on a stream."""
        with self._lock:
            data = self._unfinished.pop(stream, b"") + data
            end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
            if len(data) - end < LONGEST_WAIT_BYTES:
                data, self._unfinished[stream] = data[:end], data[end:]
            self._keep(data)

    def data(self) -> bytes:
        """Everything that was kept."""
        with self._lock:
            for data in self._unfinished.values():
                self._keep(data)
            self._unfinished.clear()
            if not self._left_out:
                return bytes(self._head) + b"".join(self._tail)
            return b"".join((self._whole_lines_of_head(), self._whole_lines_of_tail()))

    def _keep(self, data: bytes) -> None:
        room = self._most_head - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._in_tail += len(data)
        while self._in_tail > self._most_tail and len(self._tail) > 1:
            gone = len(self._tail.popleft())
            self._in_tail -= gone
            self._left_out += gone

    def _whole_lines_of_head(self) -> bytes:
        end = self._head.rfind(b"\n") + 1 or len(self._head)
        self._left_out += len(self._head) - end
        del self._head[end:]
        return bytes(self._head)

    def _whole_lines_of_tail(self) -> bytes:
        tail = b"".join(self._tail)
        start = tail.find(b"\n") + 1
        left_out = self._left_out + start
        mark = f"[envprobe: {left_out:,} bytes are left out here]\n".encode()
        return mark + tail[start:]
