"""Keys are read from where only their owner can, and stand in nothing that is written."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from dataexplore.errors import JudgeError
from dataexplore.judge.endpoint.address import check_address, in_the_open
from dataexplore.judge.endpoint.key import Hider, find_key, hider

KEY = "sk-canary/1+2=="


def test_a_key_is_found_by_its_variable_or_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    assert find_key() == KEY
    monkeypatch.delenv("OPENAI_API_KEY")
    assert find_key() == ""
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o600)
    assert find_key(file=str(file)) == KEY


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(mode)
    with pytest.raises(JudgeError, match=f"mode 0{mode:o}.; chmod 600 it") as refused:
        find_key(file=str(file))
    assert KEY not in str(refused.value)


def test_what_cannot_be_a_key_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("two words", "schlüssel-canary", "a\nb"):
        monkeypatch.setenv("MY_KEY", wrong)
        with pytest.raises(JudgeError, match="MY_KEY") as refused:
            find_key("MY_KEY")
        assert wrong not in str(refused.value)
    with pytest.raises(JudgeError, match="name of an environment variable") as refused:
        find_key(KEY)
    assert KEY not in str(refused.value)
    (tmp_path / "empty").touch(0o600)
    for file in (tmp_path / "empty", tmp_path / "none", tmp_path):
        with pytest.raises(JudgeError, match=r"is empty|cannot be read|no regular file"):
            find_key(file=str(file))


def test_a_key_is_hidden_however_it_is_spelled() -> None:
    hide = Hider([KEY])
    packed = base64.b64encode(KEY.encode()).decode()
    for spelled in (KEY, quote(KEY), quote(KEY, safe=""), json.dumps(KEY), packed):
        assert hide(f"<{spelled}>") in ("<[key]>", '<"[key]">')
    assert Hider(["none", ""])("none is left") == "none is left"


def test_headers_of_the_environment_are_hidden_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: Token gateway-canary\nX-Team: a")
    monkeypatch.setenv("https_proxy", "http://me:proxy-canary@proxy:3128")
    assert hider(KEY)(f"{KEY} gateway-canary proxy-canary a") == "[key] [key] [key] a"


def test_an_address_is_kept_as_it_is_without_its_last_slash() -> None:
    for address in (
        "http://localhost:8000/v1",
        "https://api.example.com/v1",
        "http://[::1]:8000/v1",
        "https://x.openai.azure.com/openai/deployments/d?api-version=2024-06-01",
    ):
        assert check_address(f" {address}/ ".replace("01/", "01")) == address


@pytest.mark.parametrize(
    "address",
    [
        "https://user:canary@host/v1",
        "https://canary@host/v1",
        "https://host/v1?api_key=canary",
        "https://host/v1?access_token=canary",
        "https://host/v1?x=" + "canary" * 8,
        "ftp://host/canary",
        "localhost:8000/v1",
        "http://",
        "http://host:99999/v1",
        "http://[::1/v1",
        "http://ho st/v1",
        "http://host/v1#canary",
        "http://host/\x1b[31m",
        "",
    ],
)
def test_an_address_with_a_secret_or_without_a_host_is_refused(address: str) -> None:
    with pytest.raises(JudgeError) as refused:
        check_address(address)
    if "://host/v1#" not in address and "ftp" not in address:
        assert "canary" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_a_key_crosses_the_network_in_the_open_only_by_plain_http() -> None:
    assert [in_the_open(address) for address in ("http://box:8000", "http://10.0.0.4")] == [True, True]
    closed = ("https://box", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1")
    assert not any(map(in_the_open, closed))
