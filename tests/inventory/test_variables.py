from __future__ import annotations

from envprobe.inventory.variables import parse_variables


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
