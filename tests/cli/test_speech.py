"""The language in which harmonize speaks: chosen by --lang or the environment, and English until then."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.cli import observers, output, speech
from tests.cli.conftest import Command, Said
from tests.pipeline.worlds import deliver
from tests.sources.delivering import gap

_RUN = ("run", "quick.yml", "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30")
_MODULES = "import sys; from harmonize.cli import main; sys.argv = ['harmonize', *sys.argv[1:]]\ntry: main()\nfinally: print('phrasebook' in ' '.join(sys.modules), file=sys.stderr)"  # noqa: E501


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(speech.VARIABLE, raising=False)
    speech.choose(speech.ENGLISH)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return deliver(
        tmp_path / "inbox", {"gap/a.csv": gap({"VisitDate": "20/13/2026"}), "gap/junk.bin": b"\x00\x01" * 50}
    )


def test_a_run_speaks_vietnamese(harmonize: Command, inbox: Path, tmp_path: Path) -> None:
    said = harmonize("--lang", "vi", *_RUN)
    assert said.code == 1, said
    lines = said.out.splitlines()
    assert "tệp          2: 0 đã nạp, 1 đã nạp nhưng có vấn đề, 0 trùng lặp, 1 bị từ chối" in lines
    assert "             một mã trong đó nghĩa là gì: `harmonize help CODE`" in lines
    assert [line for line in lines if line.startswith("phát hành    out/releases/2026-06-30-")]
    again = harmonize(*_RUN, "--lang", "vi")
    assert "No such option: --lang" in again.err
    kept = harmonize("--lang", "vi", *_RUN)
    assert [line for line in kept.out.splitlines() if line.endswith("(nội dung như trước: giữ nguyên)")]


def test_files_and_json_stay_as_they_are(harmonize: Command, inbox: Path, tmp_path: Path) -> None:
    english = harmonize(*_RUN, "--json")
    manifest = (tmp_path / "out/current/manifest.json").read_bytes()
    reports = {path.name: path.read_bytes() for path in (tmp_path / "out/current/reports").glob("*.csv")}
    spoken = harmonize("--lang", "vi", *_RUN, "--json")
    assert (english.code, spoken.code) == (1, 1)
    told = [
        [(line["event"], line.get("stage")) for line in map(json.loads, one.out.splitlines())]
        for one in (english, spoken)
    ]
    assert told[0][-1] == told[1][-1]
    assert {event for event, _ in told[0]} == {event for event, _ in told[1]}
    assert (tmp_path / "out/current/manifest.json").read_bytes() == manifest
    assert {path.name: path.read_bytes() for path in (tmp_path / "out/current/reports").glob("*.csv")} == reports


def test_a_failed_line_is_english_and_the_sentence_beside_it_is_spoken(harmonize: Command) -> None:
    said = harmonize("--lang", "vi", "run", "quick.yml", "--inbox", "nowhere", "--json")
    assert said.code == 2
    assert "there is no such inbox folder" in json.loads(said.out.splitlines()[-1])["message"]
    assert said.err == (
        "harmonize: nowhere: không có thư mục hộp thư đến này. Hãy tạo, bên trong mỗi bên gửi một thư mục.\n"
    )


def test_a_refusal_and_its_cure_are_spoken(harmonize: Command, inbox: Path) -> None:
    said = harmonize("--lang", "vi", "sources", "inspect", inbox / "gap/junk.bin")
    assert said.code == 2, said
    assert said.out.startswith(f"{inbox / 'gap/junk.bin'}: bị từ chối (")
    assert said.out.rstrip().endswith("Xuất lại tệp.")
    assert " The " not in said.out


def test_a_table_has_spoken_headings(harmonize: Command) -> None:
    said = harmonize("--lang", "vi", "sources")
    assert said.out.splitlines()[0] == "nguồn\tloại\tbố cục\ttiêu đề"
    assert said.out.splitlines()[1:] == harmonize("sources").out.splitlines()[1:]


def test_a_table_on_a_terminal_has_a_spoken_title(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    speech.choose("vi")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    output.show_table("Sources", ["source", "own_name"], [("gap", "source")])
    shown = capsys.readouterr().out
    assert "Nguồn dữ liệu" in shown
    assert "own_name" in shown
    assert shown.count("nguồn") == 1


def test_steps_of_a_run_are_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    speech.choose("vi")
    observer = observers.TerminalObserver()
    observer.stage("read")
    assert observer._progress.tasks[0].description == "đọc"


def test_the_environment_chooses_and_the_option_beats_it(harmonize: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(speech.VARIABLE, "vi")
    assert harmonize("sources").out.startswith("nguồn\t")
    assert harmonize("--lang", "en", "sources").out.startswith("source\t")
    assert harmonize("grants", "who", "--facility", "x").err.startswith("harmonize: data/current")
    monkeypatch.delenv(speech.VARIABLE)
    assert harmonize("sources").out.startswith("source\t")


@pytest.mark.parametrize("by_option", [True, False])
def test_another_language_is_refused(harmonize: Command, monkeypatch: pytest.MonkeyPatch, by_option: bool) -> None:
    if not by_option:
        monkeypatch.setenv(speech.VARIABLE, "fr")
    said = harmonize(*(["--lang", "fr"] if by_option else []), "sources")
    assert said == Said(
        2, "", "harmonize: --lang (or HARMONIZE_LANG) is 'fr'; harmonize speaks en and vi. Choose one of them.\n"
    )


def test_a_wrong_option_is_spoken(harmonize: Command) -> None:
    said = harmonize("--lang", "vi", "cap")
    assert said.code == 2
    assert "Nêu một nhà máy bằng --facility, hoặc tất cả bằng --all -o FOLDER." in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("reviw",), "Lỗi: Không có lệnh 'reviw'. Ý bạn là 'review'"),
        (("run", "--nosuch"), "Lỗi: Không có tùy chọn --nosuch (có thể là: "),
        (("review", "decide"), "Lỗi: Thiếu tham số 'item'."),
        (("review", "next", "-n", "x"), "Lỗi: Giá trị không hợp lệ cho '-n' / '--count': phải là số nguyên"),
        (("review", "next", "-n", "0"), "phải từ 1 trở lên"),
        (("run", "a", "b"), "Lỗi: Thừa tham số (b)"),
    ],
)
def test_what_is_wrong_with_a_call_is_spoken(harmonize: Command, arguments: tuple[str, ...], said: str) -> None:
    told = harmonize("--lang", "vi", *arguments)
    assert told.code == 2
    assert said in told.err
    assert told.err.startswith("Cách dùng: harmonize")
    assert "--help' để xem hướng dẫn." in told.err
    assert not any(word in told.err for word in ("Usage", "Error", "Try "))
    english = harmonize("--lang", "en", *arguments)
    assert (english.code, english.out) == (2, "")
    assert english.err.startswith("Usage: harmonize")


@pytest.mark.parametrize("arguments", [("--help",), ("cap", "--help"), ("facilities", "--help")])
def test_help_is_spoken(harmonize: Command, arguments: tuple[str, ...]) -> None:
    english, spoken = harmonize(*arguments).out, harmonize("--lang", "vi", *arguments).out
    assert "nhà máy" in spoken
    assert "nhà máy" not in english
    assert {word for word in english.split() if word.startswith("--")} <= set(spoken.split())


def test_labels_follow_the_chosen_language(harmonize: Command) -> None:
    asked = ("language", "find", "overtime", "--limit", "1")
    assert harmonize("--lang", "vi", *asked).out.splitlines()[1].endswith("Làm thêm giờ")
    assert harmonize("--lang", "vi", *asked, "--lang", "en").out.splitlines()[1].endswith("Overtime")
    assert harmonize(*asked).out.splitlines()[1].endswith("Overtime")


def test_a_project_speaks_its_own_words_first(harmonize: Command, tmp_path: Path) -> None:
    deliver(
        tmp_path,
        {"schemas/messages/vi.tsv": "kind\ten\ttranslation\tstatus\nheading\tsource\tgốc dữ liệu\treviewed\n"},
    )
    assert harmonize("--lang", "vi", "sources").out.splitlines()[0] == "gốc dữ liệu\tloại\tbố cục\ttiêu đề"


def test_a_broken_phrasebook_leaves_english(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"schemas/messages/vi.tsv": b"\xff\xfe\x00"})
    assert harmonize("--lang", "vi", "sources").out.startswith("nguồn\t")


@given(st.text())
def test_english_is_what_was_written(text: str) -> None:
    assert speech.speak(text) is text


@pytest.mark.parametrize(("arguments", "loaded"), [(["sources"], "False"), (["--lang", "vi", "sources"], "True")])
def test_english_loads_no_phrasebook(tmp_path: Path, arguments: list[str], loaded: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _MODULES, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stderr.strip() == loaded


def _shell(tmp_path: Path, script: str) -> str:
    """What a script for bash prints, in which `harmonize` is the program."""
    program = tmp_path / "bin" / "harmonize"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m harmonize "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_the_shell_completes_what_was_typed(tmp_path: Path) -> None:
    script = "harmonize --show-completion > it.sh; . ./it.sh; COMP_WORDS=(harmonize fac); COMP_CWORD=1; "
    assert _shell(tmp_path, f'{script} _harmonize_completion harmonize; echo "${{COMPREPLY[@]}}"') == "facilities\n"
    assert "complete -o default -F _harmonize_completion harmonize" in (tmp_path / "it.sh").read_text()
