"""Where it happened: the user's own line, the layer, the op and the node."""

from __future__ import annotations

import pytest

from envprobe.diagnose.judging.situation import situation_of
from envprobe.diagnose.line import Line
from envprobe.diagnose.sighting import Sighting


def situation(before: str, text: str = "x", after: str = "") -> dict[str, str | int]:
    line = Line(file="x", number=1, order=0, text=text)
    return situation_of(Sighting(name="x", line=line, fields={}, before=before, after=after))


PYTHON = (
    "Traceback (most recent call last):\n"
    '  File "/home/me/train.py", line 30, in main\n'
    "    fit()\n"
    '  File "/home/me/model.py", line 7, in fit\n'
    "    model.fit(x)\n"
    '  File "/venv/lib/python3.11/site-packages/keras/src/trainers/trainer.py", line 9, in fit\n'
)
OLD_NOTEBOOK = (
    "<ipython-input-7-aabbccddeeff> in <module>()\n"
    "      1 x = 1\n"
    "----> 2 model.fit(x)\n"
    "\n"
    "/usr/lib/python3.6/site-packages/keras/training.py in fit(self, x)\n"
    "     64   def fit(self):\n"
    "---> 65     return 1\n"
)
CUT_NOTEBOOK = "<ipython-input-7-aabbccddeeff> in <module>\n...\n   1504   a\n-> 1505   return b\n"
NEW_NOTEBOOK = (
    "Cell In[9], line 36\n     34 x\n---> 36 model.fit(x)\n"
    "File /opt/conda/lib/python3.10/site-packages/k.py:7, in f()\n"
)


@pytest.mark.parametrize(
    ("before", "file", "line"),
    [
        (PYTHON, "/home/me/model.py", 7),
        ("other\n" + PYTHON.replace("/home/me/", "C:\\work\\"), "C:\\work\\model.py", 7),
        (OLD_NOTEBOOK, "<ipython-input-7-aabbccddeeff>", 2),
        (NEW_NOTEBOOK, "Cell In[9]", 36),
    ],
)
def test_the_users_line(before: str, file: str, line: int) -> None:
    found = situation(before)
    assert (found["code_file"], found["code_line"]) == (file, line)


def test_a_line_of_a_library_is_not_the_users() -> None:
    assert "code_file" not in situation(CUT_NOTEBOOK)
    assert "code_file" not in situation('  File "/v/lib/python3.9/site-packages/a.py", line 3\n')


def test_only_the_last_traceback_counts() -> None:
    old = PYTHON.replace("model.py", "old.py").replace("train.py", "older.py")
    assert situation(f"{old}ValueError: x\n{PYTHON}")["code_file"] == "/home/me/model.py"


@pytest.mark.parametrize(
    ("text", "after", "fields"),
    [
        ("bad [Op:Conv2D] name:", "", {"op": "Conv2D"}),
        ("{{function_node __wrapped__MatMul_device_/job:x}} bad", "", {"op": "MatMul"}),
        (
            "bad",
            "\t [[{{node model/dense/MatMul}}]] [Op:__inference_f_3]",
            {"node": "model/dense/MatMul"},
        ),
        (
            'Exception encountered when calling layer "dense_1" (type Dense).',
            "",
            {"layer": "dense_1", "layer_class": "Dense"},
        ),
        ("Exception encountered when calling Dense.call().", "", {"layer_class": "Dense"}),
        ("nothing", "", {}),
    ],
)
def test_the_place_in_the_model(text: str, after: str, fields: dict[str, str]) -> None:
    assert situation("", text, after) == fields
