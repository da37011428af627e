"""What an error says, without what Keras, AutoGraph and TensorFlow put around it."""

from __future__ import annotations

import re

# AutoGraph ends its listing of frames with the error, indented, after an empty line.
_IN_USER_CODE = re.compile(r"\n\n {4}\w+(?:\.\w+)*: ")
_INFERRED = "Error encountered:\n\n"
# Keras shows the whole config of what it could not make again, and then why.
_DESERIALIZED = re.compile(
    r"could not be deserialized properly\..*Exception encountered: ", re.DOTALL
)
_CALLING = re.compile(r"Exception encountered when calling [^\n]*\n\n")
_ARGUMENTS = re.compile(r"\n\n(?:Arguments received by|Call arguments received by) .*", re.DOTALL)
# '{{node NAME}} = Op[T=DT_FLOAT, …](inputs)' tells a reader no more than the node's name.
_NODE = re.compile(r"'?\{\{node ([^}]+)\}\}(?: = (\w+)\[.*?\]\([^']*\))?'?", re.DOTALL)
_ADVICE = re.compile(
    r"\s*(?:Full object config:|Target variable: |You can attempt the following resolutions"
    r"|You are likely doing something like|(?:Please )?[Ss]ee https?://|For more information"
    r"|<tf\.Tensor [^>]*> was defined here:).*",
    re.DOTALL,
)
_MOST_CHARACTERS = 400


def reason_of(message: str) -> str:
    """The innermost error's own words on one line, in full."""
    text = message
    if "in user code:" in text:
        text = _IN_USER_CODE.split(text)[-1]
    text = text.rsplit(_INFERRED, 1)[-1]
    text = _CALLING.split(_DESERIALIZED.split(text)[-1])[-1]
    text = _ARGUMENTS.sub("", text)
    return " ".join(text.split())


def told(reason: str) -> str:
    """The same for a person: nodes by their op, no long advice, at most some lines."""
    text = _NODE.sub(lambda found: _node(found.group(1), found.group(2)), reason)
    text = _ADVICE.sub("", text).strip() or text
    text = text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
    return text if text.endswith((".", "…", "?", "!")) else text + "."


def _node(name: str, op: str | None) -> str:
    return f"{op} (node {name})" if op else f"node {name}"
