"""Failures made for real: names, files and libraries of another release; broken installations."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.result import DiagnosisFinding
from envprobe.terms import Severity

SCRIPT = Path(__file__).with_name("failing_versions.py")
MARK = "@@@ "
KERAS, PROTOBUF = "keras-tf-version-mismatch", "protobuf-abi-mismatch"
NUMPY, ABI = "numpy-abi-mismatch", "abi-mismatch"
Expected = dict[str, tuple[str, dict[str, str]]]
ALWAYS: Expected = {
    "name_of_tensorflow_one": (KERAS, {"module": "tensorflow", "name": "placeholder"}),
    "contrib": (KERAS, {"module": "tensorflow.contrib"}),
    "name_not_there": (KERAS, {"name": "CuDNNLSTM"}),
    "empty_session": (KERAS, {}),
    "gradients_of_graphs": (KERAS, {"name": "tf.gradients"}),
    "old_optimizer_argument": (KERAS, {}),
    "old_method": (KERAS, {"object": "Sequential", "name": "predict_classes"}),
    "class_of_own_not_given": (KERAS, {"object": "NoSuchLayer"}),
    "message_of_newer_release": (KERAS, {"attribute": "an_attribute_to_come", "op": "NodeDef"}),
    "graph_of_much_newer_release": (KERAS, {"graph": "99999"}),
    "library_of_other_machine": (ABI, {"found": "invalid ELF header"}),
    "metric_under_old_name": (KERAS, {"metric": "acc"}),
    "numpy_name": (NUMPY, {"missing": "object"}),
    "message_twice": (PROTOBUF, {}),
    "descriptor_by_hand": (PROTOBUF, {}),
}
NEW_ONLY: Expected = {
    "message_of_newer_protoc": (PROTOBUF, {"file": "tests/new.proto", "needed": "99.1.0"}),
    "keras_three_and_saved_model": (KERAS, {}),
    "keras_three_and_checkpoint_name": (KERAS, {"needed": ".keras"}),
    "keras_three_and_old_argument": (KERAS, {"layer": "DepthwiseConv2D"}),
    "keras_three_and_fit": (KERAS, {"argument": "workers"}),
    "keras_three_and_shape": (KERAS, {"object": "Dense", "name": "output_shape"}),
    "keras_three_and_legacy_optimizer": (KERAS, {"argument": "keras.optimizers.legacy"}),
}
LIBRARIES: Expected = {
    "library_of_other_release": (ABI, {"library": "undefined.so", "symbol": "a_symbol_to_come"}),
    "library_of_old_framework": (ABI, {"library": "libtensorflow_framework.so.1"}),
}


def output_of(*command: str, **variables: str) -> str:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", **variables}
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    return run.stderr + run.stdout


def sections_of(output: str) -> dict[str, str]:
    """What stands behind each name, up to the next one."""
    parts = output.split(MARK)[1:]
    return {part.split("\n", 1)[0].strip(): part.split("\n", 1)[1] for part in parts}


def root_of(log: str) -> DiagnosisFinding:
    found = diagnose_text(log)
    assert found.root is not None, log[-600:]
    return found.root


def told(log: str, fields: dict[str, str]) -> tuple[str, dict[str, object]]:
    root = root_of(log)
    return root.cause.value, {name: root.fields.get(name) for name in fields}


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two libraries that cannot be loaded, where a compiler is at hand to make them."""
    folder = tmp_path_factory.mktemp("libraries")
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler and sys.platform == "linux":
        source, framework = folder / "one.c", folder / "libtensorflow_framework.so.1"
        source.write_text(
            "extern int a_symbol_to_come;\nint *one(void) { return &a_symbol_to_come; }"
        )
        empty = folder / "empty.c"
        empty.write_text("int nothing;\n")
        shared = [compiler, "-shared", "-fPIC"]
        subprocess.run([*shared, "-o", folder / "undefined.so", source], check=True)
        soname = f"-Wl,-soname,{framework.name}"
        subprocess.run([*shared, soname, "-o", framework, empty], check=True)
        needs = folder / "needs_framework.so"
        subprocess.run([*shared, "-Wl,--no-as-needed", "-o", needs, empty, framework], check=True)
        framework.unlink()
    return folder


@pytest.fixture(scope="module")
def new_sections(tensorflow_python: str, libraries: Path) -> dict[str, str]:
    return sections_of(output_of(tensorflow_python, str(SCRIPT), "fail", str(libraries)))


@pytest.fixture(scope="module")
def old_sections(
    old_tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("old")
    return sections_of(output_of(old_tensorflow_python, str(SCRIPT), "fail", str(folder)))


@pytest.mark.parametrize("name", [*ALWAYS, *NEW_ONLY])
def test_what_this_release_lacks_is_named(name: str, new_sections: dict[str, str]) -> None:
    cause, fields = {**ALWAYS, **NEW_ONLY}[name]
    assert told(new_sections[name], fields) == (cause, fields), new_sections[name][-500:]


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_that_cannot_be_loaded_is_named(
    name: str, new_sections: dict[str, str], libraries: Path
) -> None:
    if not (libraries / "undefined.so").exists():
        pytest.skip("no C compiler to make the libraries")
    cause, fields = LIBRARIES[name]
    assert told(new_sections[name], fields) == (cause, fields)


@pytest.mark.parametrize("name", ALWAYS)
def test_an_old_release_says_it_in_other_words(name: str, old_sections: dict[str, str]) -> None:
    cause, fields = ALWAYS[name]
    assert told(old_sections[name], fields) == (cause, fields), old_sections[name][-500:]


def test_files_of_a_newer_keras(
    tensorflow_python: str, old_tensorflow_python: str, tmp_path: Path
) -> None:
    output_of(tensorflow_python, str(SCRIPT), "save", str(tmp_path))
    loaded = sections_of(output_of(old_tensorflow_python, str(SCRIPT), "load", str(tmp_path)))
    assert set(loaded) == {"model.keras", "model.h5"}
    for file, log in loaded.items():
        assert root_of(log).cause.value == KERAS, f"{file}: {log[-500:]}"


def test_a_file_of_an_older_keras(
    tensorflow_python: str, old_tensorflow_python: str, tmp_path: Path
) -> None:
    output_of(old_tensorflow_python, str(SCRIPT), "save", str(tmp_path))
    loaded = sections_of(output_of(tensorflow_python, str(SCRIPT), "load", str(tmp_path)))
    assert root_of(loaded["model.h5"]).cause.value == KERAS, loaded["model.h5"][-500:]


def test_an_interpreter_without_tensorflow() -> None:
    log = output_of(sys.executable, "-I", "-S", "-c", "import tensorflow as tf")
    assert root_of(log).name == "tensorflow-not-installed"


@pytest.mark.parametrize("code", ["import tensorflow.keras", "import tensorflow; tensorflow.Graph"])
def test_a_file_of_ones_own_in_tensorflows_place(code: str, tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("import tensorflow as tf\nx = 1\n")
    log = output_of(sys.executable, "-c", code, PYTHONPATH=str(tmp_path))
    assert root_of(log).cause.value == "tf-not-installed", log[-500:]


@pytest.mark.parametrize(
    ("wheel", "name"),
    [
        ("tensorflow==2.7.99", "tensorflow-wheel-not-found"),
        ("tensorflow-2.9.0-cp27-cp27m-win_amd64.whl", "wheel-for-another-platform"),
    ],
)
def test_pip_refuses(wheel: str, name: str, tmp_path: Path) -> None:
    if "No module named pip" in output_of(sys.executable, "-m", "pip", "--version"):
        pytest.skip("this interpreter has no pip")
    wanted = wheel
    if wheel.endswith(".whl"):
        (tmp_path / wheel).touch()
        wanted = str(tmp_path / wheel)
    target = str(tmp_path / "target")
    command = ("-m", "pip", "install", "--no-index", "--no-deps", "--target", target, wanted)
    assert root_of(output_of(sys.executable, *command)).name == name


def test_a_run_that_works_is_no_failure(tensorflow_python: str) -> None:
    code = (
        "import tensorflow as tf; print(tf.reduce_sum(tf.ones((2, 2))).numpy())\n"
        "@tf.function\ndef f(x): return x + 1\n"
        "for i in range(8): f(i)\n"
    )
    log = output_of(tensorflow_python, "-c", code, TF_CPP_MIN_LOG_LEVEL="0")
    assert "retracing" in log
    root = diagnose_text(log).root
    # A build for GPUs says that it finds none.
    assert root is None or root.severity is Severity.WARNING, log
