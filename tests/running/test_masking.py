"""Secrets are masked, and what is none is left as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.running.masking.mask import Masker
from envprobe.running.masking.names import is_secret_name
from envprobe.running.masking.shapes import MASK, without_shapes

LETTERS = "abcdefghijABCDEFGHIJ0123456789"
LONG = LETTERS * 3
HIDDEN = {
    "AKIA" + "ABCDEFGH12345678": "aws",
    "ghp_" + LONG[:36]: "github",
    "github_pat_" + LONG[:40]: "github",
    "glpat-" + LONG[:20]: "gitlab",
    "hf_" + LONG[:34]: "hugging face",
    "sk-" + LONG[:48]: "openai",
    "sk-ant-api03-" + LONG[:60]: "anthropic",
    "xoxb-" + "123456789012-" + LETTERS: "slack",
    "AIza" + LONG[:35]: "google",
    "eyJ" + LETTERS + ".eyJ" + LETTERS + "." + LETTERS: "jwt",
}


@pytest.mark.parametrize("secret", HIDDEN, ids=HIDDEN.values())
@pytest.mark.parametrize("line", ["{}", "got {} today", '{{"x": "{}"}}', "key='{}',", "?t={}&u=1"])
def test_the_forms_of_known_tokens_are_masked(secret: str, line: str) -> None:
    masked = without_shapes(line.format(secret))
    assert secret not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    ("line", "hidden", "kept"),
    [
        ("Authorization: Bearer abcdef123", "abcdef123", "Authorization"),
        ("{'authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz", "authorization"),
        ("curl -H 'Authorization: token abc123def'", "abc123def", "curl"),
        ("https://user:hunter2@host/path", "hunter2", "host/path"),
        ("mongodb+srv://me:p4ss!w@cluster0.net/db", "p4ss!w", "cluster0.net"),
        ("train.py --password hunter2 --epochs 3", "hunter2", "--epochs 3"),
        ("train.py --api-key=abcd1234 -v", "abcd1234", "-v"),
        ("Namespace(lr=0.1, wandb_token='abcd1234', epochs=3)", "abcd1234", "epochs=3"),
        ('{"db_password": "s3cret", "rows": 4}', "s3cret", '"rows": 4'),
        ("GET /x?X-Amz-Signature=deadbeef01&part=2", "deadbeef01", "part=2"),
        ("Set-Cookie: sid=abc123; Path=/\nnext", "abc123", "next"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\nxyz\n-----END RSA PRIVATE KEY-----\nafter",
            "MIIEabc",
            "after",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIEabc\nthe log ends", "MIIEabc", ""),
    ],
)
def test_what_stands_behind_a_telling_word_is_masked(line: str, hidden: str, kept: str) -> None:
    masked = without_shapes(line)
    assert hidden not in masked
    assert kept in masked


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-01 10:00:00.1: I tensorflow/core/platform/cpu_feature_guard.cc:210] This",
        "OOM when allocating tensor with shape[64,8,256,256] and type float on /job:localhost",
        "tokenizer.json: 100%|##########| 1.2M/1.2M [00:00<00:00, 3.1MB/s]",
        "KeyError: 'dense_1'",
        "mask_token=None, pad_token=None",
        "InvalidArgumentError: Key: label. Can't parse serialized Example.",
        "Downloading data from https://storage.googleapis.com/tensorflow/mnist.npz",
        "session = tf.compat.v1.Session(config=config)",
        "git clone git@github.com:keras-team/keras.git",
        "I0000 00:00:1700000000.123456 4711 cuda_dnn.cc:529] Loaded cuDNN version 90300",
    ],
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert without_shapes(line) == line


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *(
            (name, True)
            for name in ("HF_TOKEN", "WANDB_API_KEY", "aws_secret_access_key", "DB_PASS")
        ),
        *((name, True) for name in ("--api-key", "PGPASSWORD", "GH_PAT", "NPM_AUTH", "SESSION_ID")),
        *((name, False) for name in ("PATH", "PWD", "TOKENIZERS_PARALLELISM", "KERAS_BACKEND")),
        *((name, False) for name in ("XDG_SESSION_TYPE", "GIT_AUTHOR_NAME", "SSH_AUTH_SOCK")),
    ],
)
def test_names(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


def test_a_value_is_masked_wherever_it_stands() -> None:
    masker = Masker({"MY_TOKEN": 'we"ird\\väl', "HOME": "/root"}, ["x", "--password", "p w1234"])
    told = {"a": ['say we"ird\\väl', {"p w1234": json.dumps('we"ird\\väl')}], "b": 3, "c": None}
    masked = json.dumps(masker.document(told))
    for text, there in (("we", False), ("p w1234", False), ('"b": 3', True), ("null", True)):
        assert (text in masked) is there
    assert masker.command(["x", "--password", "p w1234", "HF_TOKEN=ab"]) == (
        *("x", "--password", MASK, f"HF_TOKEN={MASK}"),
    )
    assert masker.environment({"MY_TOKEN": "x", "A": "b", "EMPTY_KEY": ""}) == {
        "A": "b",
        "EMPTY_KEY": "",
        "MY_TOKEN": MASK,
    }
    assert masker.document({"name": "NVIDIA_KEY", "value": "ab"})["value"] == MASK


def test_a_short_value_and_a_path_that_exists_are_not_looked_for() -> None:
    masker = Masker({"MY_KEY": "cat", "KEY_FILE": "/etc/passwd", "AUTH": "tensorflow"})
    line = "concatenate /etc/passwd with tensorflow"
    assert masker.text(line) == line


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_pass(data: bytes) -> None:
    masked = Masker({}).bytes(data)
    assert masked == data or MASK.encode() in masked


def test_a_long_log_is_masked_quickly() -> None:
    import time

    line = "step 100 token_loss: 0.12345 password: hunter22 https://a.b/c?token=abcdefgh --x 1\n"
    started = time.perf_counter()
    masked = Masker({"A_TOKEN": "abcdefgh"}).text(line * 60_000)  # 5 MB
    assert time.perf_counter() - started < 10
    assert "hunter22" not in masked
    hostile = "http://" + ":" * 200_000 + " --" + "password " * 20_000 + "=" * 100_000
    started = time.perf_counter()
    without_shapes(hostile)
    assert time.perf_counter() - started < 10
