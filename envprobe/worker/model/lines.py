"""Which lines are the user's: of a traceback, of a node's stack, of a layer's creation."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
import weakref
from collections.abc import Iterator
from typing import Any

Line = tuple[str, int, str]  # file, line, function
_PACKAGE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
_OURS = os.path.join(_PACKAGE, "")
_LIBRARIES = ("site-packages", "dist-packages")
# AutoGraph's copies of the user's functions; the frames below them carry the true lines.
_GENERATED = ("__autograph_generated_file", "<frozen", "<string>", "<__array_function__")


class UserLines:
    """Tells the user's files from everybody else's; `root` is the folder of the target itself."""

    def __init__(self, root: str | None = None) -> None:
        self._root = os.path.realpath(root) + os.sep if root else None
        self._known: dict[str, bool] = {}
        self._stdlib = tuple(
            {
                os.path.join(sysconfig.get_paths()[name], "")
                for name in ("stdlib", "platstdlib")
                if sysconfig.get_paths().get(name)
            }
        )
        self._created: Any = weakref.WeakKeyDictionary()

    def is_user(self, file: str) -> bool:
        """Whether the file is part of the user's program."""
        if file not in self._known:
            self._known[file] = self._judged(file)
        return self._known[file]

    def innermost_of(self, frames: Any) -> Line | None:
        """The last of a node's frames that is the user's."""
        for at in range(len(frames) - 1, -1, -1):
            frame = frames[at]  # made anew at each access: read from the end, and not all
            if frame.filename.startswith(_OURS):
                return None  # around it stands the program that asked for the check
            if self.is_user(frame.filename):
                return frame.filename, frame.lineno, frame.name
        return None

    def created_at(self, layer: Any) -> Line | None:
        """Where a layer was made, when it was made while `noting_layers` was open."""
        try:
            found: Line | None = self._created.get(layer)
        except TypeError:  # a layer that cannot be hashed
            return None
        return found

    @contextlib.contextmanager
    def noting_layers(self, layer_class: Any) -> Iterator[None]:
        """Note the user's line at which each layer is made.

        A functional model calls its layers from Keras' own files, so that the stack of a node
        does not show where the user wrote the layer.
        """
        own = layer_class.__dict__.get("__new__")
        before = layer_class.__new__

        def noting(cls: Any, *args: Any, **kwargs: Any) -> Any:
            # object's own takes no arguments.
            made = before(cls) if before is object.__new__ else before(cls, *args, **kwargs)
            with contextlib.suppress(Exception):
                line = self._calling_line()
                if line is not None:
                    self._created[made] = line
            return made

        layer_class.__new__ = staticmethod(noting)
        try:
            yield
        finally:
            if own is not None:
                layer_class.__new__ = own
            else:
                del layer_class.__new__

    def _calling_line(self) -> Line | None:
        frame: Any = sys._getframe(2)
        while frame is not None:
            if self.is_user(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name
            frame = frame.f_back
        return None

    def _judged(self, file: str) -> bool:
        if any(mark in file for mark in _GENERATED) or file.startswith("<"):
            return False
        path = os.path.realpath(file)
        if path.startswith(_OURS):
            return False
        parts = path.split(os.sep)
        if self._root and path.startswith(self._root):
            inside = path[len(self._root) :].split(os.sep)
            return not any(folder in inside for folder in _LIBRARIES)
        return not any(folder in parts for folder in _LIBRARIES) and not path.startswith(
            self._stdlib
        )
