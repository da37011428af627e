from __future__ import annotations

from envprobe.inventory.variables import judge_variables, parse_variables


def test_known_variables_say_what_they_do() -> None:
    found = {v.name: v for v in parse_variables({"TF_XLA_FLAGS": "--x", "HOME": "/root"})}
    assert set(found) == {"TF_XLA_FLAGS"}
    assert found["TF_XLA_FLAGS"].decides_support
    assert found["TF_XLA_FLAGS"].effect


def test_unknown_names_with_a_known_prefix_are_kept() -> None:
    (variable,) = parse_variables({"TF_SOMETHING_NEW": "1"})
    assert variable.effect is None
    assert variable.unknown["effect"]


def test_terraform_and_secrets_stay_out() -> None:
    environ = {
        "TF_TOKEN_app_terraform_io": "s",
        "TF_VAR_x": "s",
        "NVIDIA_API_KEY": "s",
        "KERAS_TOKEN": "s",
        "TF_CLI_CONFIG_FILE": "s",
    }
    assert parse_variables(environ) == ()


def test_settings_that_do_harm() -> None:
    environ = {
        "TF_ENABLE_ONEDNN_OPTS": "yes",
        "CUDA_FORCE_PTX_JIT": "1",
        "CUDA_LAUNCH_BLOCKING": "1",
    }
    assert [f.code for f in judge_variables(environ)] == ["INV230", "INV231", "INV232"]
    assert judge_variables({"TF_ENABLE_ONEDNN_OPTS": "0"}) == []
