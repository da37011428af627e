"""Which names are those of secrets."""

from __future__ import annotations

import re

WORDS = re.compile(
    "TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|CREDENTIAL|AUTH|COOKIE|SESSION|PRIVATE"
    "|BEARER|SIGNATURE|DSN|CONNECTION_STRING|(?:^|_)PASS(?:$|_)|(?:^|_)PWD$|(?:^|_)PAT$"
    "|WEBHOOK|NETRC|SALT(?:$|_)"
)
# They carry such a word and hold nothing secret; their values stand in many lines.
HARMLESS = re.compile(
    "TOKENIZERS_PARALLELISM|XDG_SESSION_.*|DESKTOP_SESSION|GDMSESSION|SESSION_MANAGER|SSH_AUTH_SOCK"
    "|XAUTHORITY|GIT_AUTHOR_.*|KEYBOARD.*|PWD|OLDPWD|TERM_SESSION_ID|SESSIONNAME|TMUX_SESSION"
    "|BYOBU_SESSION|DBUS_SESSION_BUS_ADDRESS|ZELLIJ_SESSION_NAME|KEYTIMEOUT|SLURM_.*KEYS"
)


def is_secret_name(name: str) -> bool:
    """Whether a variable or an option of that name holds a secret."""
    plain = re.sub(r"[-.\s]", "_", name.strip("-")).upper()
    return bool(WORDS.search(plain)) and not HARMLESS.fullmatch(plain)
