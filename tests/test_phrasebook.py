"""The phrasebooks know every sentence that the source can say, and no other; speaking never fails."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.cli.speech import ENGLISH, LANGUAGES
from harmonize.phrasebook import COLUMNS, KINDS, Phrasebook, is_vague, placeholders, read_phrasebook
from tests.pipeline.worlds import ROOT
from tests.spoken import Said, said_by_typer, said_in, said_in_expectations, said_in_help, said_in_source

FOLDER = ROOT / "schemas" / "messages"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]


@cache
def _said() -> dict[tuple[str, str], str]:
    """What the program says, and where."""
    found = [
        *said_in_source(ROOT / "src" / "harmonize"),
        *said_in_help(),
        *said_by_typer(),
        *said_in_expectations(ROOT / "pipelines" / "expectations"),
    ]
    return {(one.kind, one.text): one.place for one in reversed(found)}


@cache
def _lines(language: str) -> list[tuple[str, ...]]:
    rows = (FOLDER / f"{language}.tsv").read_text(encoding="utf-8").split("\n")
    assert tuple(rows[0].split("\t")) == COLUMNS
    assert rows[-1] == ""
    return [tuple(row.split("\t")) for row in rows[1:-1]]


@cache
def _book(language: str) -> Phrasebook:
    return read_phrasebook(FOLDER / f"{language}.tsv")


def test_there_is_a_phrasebook_for_every_language() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.tsv")) == sorted(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_source_stands_in_the_phrasebook(language: str) -> None:
    """What is missing is to be written into `schemas/messages/<language>.tsv`, in order, with the status `machine`."""
    known = {(line[0], line[1]) for line in _lines(language)}
    assert [f"{place}: {kind}\t{text}" for (kind, text), place in _said().items() if (kind, text) not in known] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_line_of_the_phrasebook_is_said_somewhere(language: str) -> None:
    assert [line[:2] for line in _lines(language) if (line[0], line[1]) not in _said()] == []


@pytest.mark.parametrize("language", OTHERS)
def test_lines_are_whole_ordered_and_stand_once(language: str) -> None:
    lines = _lines(language)
    assert [line for line in lines if len(line) != len(COLUMNS) or not all(line)] == []
    assert [line[:2] for line in lines] == sorted({line[:2] for line in lines})
    assert {line[0] for line in lines} <= set(KINDS)
    assert {line[3] for line in lines} <= {"machine", "reviewed"}
    assert [line for line in lines if not all(unicodedata.is_normalized("NFC", cell) for cell in line)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_both_sides_have_the_same_placeholders(language: str) -> None:
    assert [line[1] for line in _lines(language) if placeholders(line[1]) != placeholders(line[2])] == []


@pytest.mark.parametrize("language", OTHERS)
def test_commands_options_and_codes_stay_as_they_are(language: str) -> None:
    """What stands in `...`, options, and names with underscores or of files are no words to translate."""
    kept = re.compile(
        r"`[^`{]+`|(?<![\w-])--[a-z][a-z-]*|\b[a-z]+(?:_[a-z]+)+\b|\b[\w/]+\.(?:yml|csv|json|tsv|xlsx|parquet)\b"
    )
    lost = [(line[1], found) for line in _lines(language) for found in kept.findall(line[1]) if found not in line[2]]
    assert lost == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_filled_template_is_spoken_by_its_own_line(language: str) -> None:
    """Each placeholder filled with a word that nothing else says: no other template takes the sentence."""
    wrong = []
    for kind, english, translation, _ in _lines(language):
        words = [f"<{number}>" for number in placeholders(english)]
        if _book(language).speak(english.format(*words), kind) != translation.format(*words):
            wrong.append((english, _book(language).speak(english.format(*words), kind)))
    assert wrong == []


BOOK = Phrasebook(
    [
        ("message", "{0}: there is no file {1}. Mend it.", "{1} không có trong {0}. Hãy sửa."),
        ("message", "The file is empty.", "Tệp trống."),
        ("message", "Export it again.", "Xuất lại."),
        ("message", "{0} of {1} {2} are left", "còn {0} trên {1} {2}"),
        ("message", "{0}: refused ({1}). {2} {3}", "{0}: bị từ chối ({1}). {2} {3}"),
        ("message", "{{0}} is {0}", "{{0}} là {0}"),
        ("message", "{0} {1} of {2}", "sai {0} {1} {2}"),
        ("message", "broken {1}", "hỏng {0}"),
        ("part", "visits", "lần"),
        ("part", "no {0} at all", "không {0} nào"),
        ("heading", "visits", "số lần"),
    ]
)


@pytest.mark.parametrize(
    ("english", "spoken"),
    [
        ("a.csv: there is no file 'x'. Mend it.", "'x' không có trong a.csv. Hãy sửa."),
        ("The file is empty.", "Tệp trống."),
        ("  The file is empty.", "  Tệp trống."),
        ("a.csv: The file is empty.", "a.csv: Tệp trống."),
        ("a.csv: The file is empty. Export it again.", "a.csv: Tệp trống. Xuất lại."),
        ("The file is empty. Nobody knows why.", "The file is empty. Nobody knows why."),
        ("3 of 4 visits are left", "còn 3 trên 4 lần"),
        ("3 of 4 no visits at all are left", "còn 3 trên 4 không lần nào"),
        ("x: refused (c). The file is empty. Export it again.", "x: bị từ chối (c). Tệp trống. Xuất lại."),
        ("x: refused (c). Some other words. Export it again.", "x: bị từ chối (c). Some other words. Xuất lại."),
        ("x: refused (visits). The file is empty.", "x: bị từ chối (visits). Tệp trống."),
        ("{0} is x", "{0} là x"),
        ("visits", "visits"),
        ("one two of three", "one two of three"),
        ("broken x", "broken x"),
        ("The file is empty.\n3 of 4 of them are left", "Tệp trống.\ncòn 3 trên 4 of them"),
        ("", ""),
    ],
)
def test_a_sentence_is_spoken_as_far_as_it_is_known(english: str, spoken: str) -> None:
    assert BOOK.speak(english) == spoken


def test_a_heading_is_no_part_of_a_sentence() -> None:
    assert BOOK.speak("visits", "heading") == "số lần"
    assert BOOK.speak("The file is empty.", "heading") == "The file is empty."


@given(st.text())
def test_speaking_never_fails(text: str) -> None:
    for kind in KINDS:
        assert isinstance(_book(OTHERS[0]).speak(text, kind), str)


@given(st.text(alphabet=st.characters(whitelist_categories=("Lo", "So", "Nd", "Zs"))))
def test_what_nothing_knows_stays_as_it_is(text: str) -> None:
    assert _book(OTHERS[0]).speak(text) == text


@given(st.lists(st.text(max_size=30).map(str.strip), min_size=2, max_size=2))
def test_what_fills_a_sentence_is_kept(filled: list[str]) -> None:
    said = Phrasebook([("message", "{0}: there is no such file, {1} says.", "{1} nói không có {0}.")]).speak(
        f"{filled[0]}: there is no such file, {filled[1]} says."
    )
    if "\n" not in "".join(filled) and ": there is" not in filled[0] + filled[1]:
        assert said == f"{filled[1]} nói không có {filled[0]}.".strip()


def test_an_endless_text_stays_english() -> None:
    assert BOOK.speak("a: " * 4000) == "a: " * 4000


@pytest.mark.parametrize("text", ["a: b. of (x) in ", "no x at all ", "1 of 2 of ", "a. ", ": "])
def test_a_text_full_of_beginnings_is_looked_up_a_bounded_number_of_times(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = _book(OTHERS[0])
    asked: list[str] = []
    look = book._of_kind

    def counted(kind: str) -> object:
        asked.append(kind)
        return look(kind)

    monkeypatch.setattr(book, "_of_kind", counted)
    book.speak(text * 200)
    assert len(asked) <= 300


@pytest.mark.parametrize("language", OTHERS)
def test_a_failed_expectation_is_spoken_whole(language: str) -> None:
    said = _book(language).speak(
        "expectation failed: facility.country expect_it: Countries are ISO 3166-1 alpha-2. Found: 3 rows, first HF1. "
        "The last release stays. (2 critical in all.)"
    )
    assert not re.search(r"\b(?:Countries|Found|rows|The|in all)\b", said)
    assert "facility.country expect_it" in said


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.tsv", tmp_path / "good.tsv"
    bad.write_bytes(b"\xff\xfe")
    good.write_text("kind\ten\ttranslation\tstatus\nmessage\tHello you.\nmessage\tYes it is.\tVâng.\tmachine\n")
    book = read_phrasebook(bad, tmp_path / "nowhere.tsv", good)
    assert (book.speak("Yes it is."), book.speak("Hello you.")) == ("Vâng.", "Hello you.")


def test_the_first_file_decides(tmp_path: Path) -> None:
    for name, word in (("own", "Ừ."), ("shipped", "Vâng.")):
        (tmp_path / name).write_text(f"kind\ten\ttranslation\tstatus\nmessage\tYes {{0}} is.\t{word}{{0}}\tmachine\n")
    assert read_phrasebook(tmp_path / "own", tmp_path / "shipped").speak("Yes it is.") == "Ừ.it"


@pytest.mark.parametrize(
    ("template", "vague"),
    [("{0} {1} of {2}", True), ("{0}: {1}", True), ("{0} files", False), ("at {0}", False), ("{0} -> {1}", True)],
)
def test_a_template_that_fits_anything_is_vague(template: str, vague: bool) -> None:
    assert is_vague(template) is vague


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("say('Nothing here.')", ["message Nothing here."]),
        ("say(f'{a}: {b} rows')", ["message {0}: {1} rows"]),
        ("say(f'{\"run\":<5} {a}')", ["message run   {0}"]),
        ("say('one ' + f'{a} two')", ["message one {0} two"]),
        ("say('this way' if a else 'that way')", ["message this way", "message that way"]),
        ("say(f'it is {\"some red\" if a else \"green\"}')", ["part some red", "part green", "message it is {0}"]),
        ("WORD = 'Mend it.'\nsay(f'{a} broke. {WORD}')", ["message {0} broke. Mend it."]),
        ("WORD = 'Mend it.'\nsay(WORD)", ["message Mend it."]),
        ("def f(a):\n    what = 'gone away' if a else 'here'\n    say(f'it is {what}')",
         ["part gone away", "part here", "message it is {0}"]),
        ("def f():\n    return 'far away'\nsay(f'it is {f()}')", ["part far away", "message it is {0}"]),
        ("def f(what):\n    say(f'it is {what}')\nf('very odd')", ["part very odd", "message it is {0}"]),
        ("MEANS = {'a': 'all good'}\nsay(f'it is {MEANS[b]}')", ["part all good", "message it is {0}"]),
        ("say('first line\\nsecond line')", ["message first line", "message second line"]),
        ("raise Odd(f'{a} is odd.')", ["message {0} is odd."]),
        ("raise Other(f'{a} is odd.')", []),
        ("raise RefusedFile('code_of_it', 'It broke.', hint='Mend it.')", ["message It broke.", "message Mend it."]),
        ("show_table(f'{a} found', ['kind', 'row_id', *MORE], rows)\nMORE = ('what it is',)",
         ["heading {0} found", "heading kind", "heading what it is"]),
        ("clock.stage('reading')", ["step reading"]),
        ("say(f'{a} {b}')", []),
        ("say(text)", []),
        ("say('{}')", []),
        ("say('{a} is so')", ["message {{a}} is so"]),
    ],
)  # fmt: skip
def test_what_a_program_says_is_found(program: str, said: list[str]) -> None:
    assert sorted(f"{one.kind} {one.text}" for one in said_in(program, "Odd")) == sorted(said)


def test_a_finding_names_its_place() -> None:
    assert said_in("\nsay('Nothing here.')") == [Said("message", "Nothing here.", "program:2")]
    assert said_in("\nsay('Nothing here.')")[0].place == "program:2"
