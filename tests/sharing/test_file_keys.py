"""Keys of audiences: where they come from, and which are refused; no refusal prints one."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import ConfigurationError
from harmonize.sharing.audiences import Audience, load_audiences
from harmonize.sharing.file_keys import FileKey, file_keys

SECRET = b"a secret of tests that is long enough for this"
KEY, OTHER = (base64.b64encode(bytes(range(number, number + 32))).decode() for number in (7, 70))
BY_FILE = Audience(name="gap", kind="buyer", key_file="gap.key")
BY_VARIABLE = Audience(name="pvh", kind="buyer", key_variable="KEY_OF_PVH")
NONE = Audience(name="levis", kind="buyer")


def _put(folder: Path, text: str | bytes, name: str = "gap.key", mode: int = 0o600) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def _refusal(folder: Path, *audiences: Audience, secret: bytes = SECRET, **environment: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        file_keys(audiences, [one.name for one in audiences], folder, environment, secret)
    said = str(refused.value)
    assert KEY not in said
    assert "\n" not in said
    return said


def test_keys_come_from_a_file_or_a_variable(tmp_path: Path) -> None:
    _put(tmp_path, f"{KEY}\n")
    audiences = [BY_FILE, BY_VARIABLE, NONE]
    found = file_keys(audiences, [one.name for one in audiences], tmp_path, {"KEY_OF_PVH": OTHER}, SECRET)
    assert {name: key.text for name, key in found.items()} == {"gap": KEY, "pvh": OTHER}
    assert found["gap"].key_id != found["pvh"].key_id
    assert KEY not in repr(found)


def test_a_whole_path_is_taken_as_it_is(tmp_path: Path) -> None:
    path = _put(tmp_path, KEY, "elsewhere.key")
    one = BY_FILE.model_copy(update={"key_file": str(path)})
    assert file_keys([one], ["gap"], tmp_path / "nowhere", {}, SECRET)["gap"].text == KEY


def test_an_audience_without_a_key_has_none(tmp_path: Path) -> None:
    assert file_keys([NONE], ["levis"], tmp_path, {}, SECRET) == {}


@pytest.mark.parametrize(
    "text",
    ["", KEY[:-8], f"{KEY}AAAA", "a phrase that people remember well and long", "é" * 44, f"{KEY[:-2]}*=", "\x00"],
)
def test_what_is_no_key_of_32_bytes_is_refused(text: str, tmp_path: Path) -> None:
    _put(tmp_path, text)
    assert "is not 32 bytes in base64" in _refusal(tmp_path, BY_FILE)
    assert "openssl rand -base64 32" in _refusal(tmp_path, BY_FILE)


@pytest.mark.parametrize("content", [bytes(32), b"0123456701234567" * 2, b"abababab" * 4])
def test_a_key_that_is_not_random_is_refused(content: bytes, tmp_path: Path) -> None:
    assert "can be guessed" in _refusal(tmp_path, BY_VARIABLE, KEY_OF_PVH=base64.b64encode(content).decode())


@given(st.randoms(use_true_random=True))
def test_random_keys_are_taken(luck: object) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    found = file_keys([BY_VARIABLE], ["pvh"], Path(), {"KEY_OF_PVH": key}, SECRET)
    assert found["pvh"].text == key


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666, 0o602])
def test_a_file_that_others_can_read_or_change_is_refused(mode: int, tmp_path: Path) -> None:
    path = _put(tmp_path, KEY, mode=mode)
    assert f"chmod 600 {path}" in _refusal(tmp_path, BY_FILE)


def test_a_key_that_is_missing_is_told_with_the_cure(tmp_path: Path) -> None:
    assert "umask 077; openssl rand -base64 32 >" in _refusal(tmp_path, BY_FILE)
    assert "variable KEY_OF_PVH is not set" in _refusal(tmp_path, BY_VARIABLE)
    (tmp_path / "gap.key").mkdir()
    assert "cannot be read" in _refusal(tmp_path, BY_FILE)


def test_two_audiences_do_not_share_a_key(tmp_path: Path) -> None:
    _put(tmp_path, KEY)
    said = _refusal(tmp_path, BY_FILE, BY_VARIABLE, KEY_OF_PVH=f" {KEY} ")
    assert "'pvh'" in said
    assert "'gap'" in said


def test_the_key_of_an_audience_that_is_not_published_now_counts_where_it_is_at_hand(tmp_path: Path) -> None:
    _put(tmp_path, KEY)
    with pytest.raises(ConfigurationError, match="is also that of"):
        file_keys([BY_FILE, BY_VARIABLE], ["pvh"], tmp_path, {"KEY_OF_PVH": KEY}, SECRET)
    assert file_keys([BY_FILE, BY_VARIABLE], ["gap"], tmp_path, {}, SECRET).keys() == {"gap"}


def test_the_publishers_secret_is_nobodys_key(tmp_path: Path) -> None:
    _put(tmp_path, KEY)
    assert "the publisher's secret" in _refusal(tmp_path, BY_FILE, secret=KEY.encode())


def test_a_key_does_not_show() -> None:
    assert KEY not in repr(FileKey(KEY, "id"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{name: gap, kind: buyer, key_file: a, key_variable: B}", "has two keys"),
        ("{name: gap, kind: buyer, key_variable: 'no name'}", "key_variable"),
        ("{name: gap, kind: buyer, key_file: ''}", "key_file"),
    ],
)
def test_an_audience_names_one_key(line: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "audiences.yml"
    path.write_text(f"audiences:\n  - {line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words):
        load_audiences(path)
