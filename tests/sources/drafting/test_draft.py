"""Drafts of invented layouts, and of every layout that is known, as if nobody had ever profiled it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.errors import ConfigurationError
from harmonize.model.staged import StagedFile
from harmonize.sources.drafting.codes import Code
from harmonize.sources.drafting.draft import DraftedSource
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.numbers import NumberStyle
from tests.sources.delivering import Staged, table
from tests.sources.drafting.drafting import NAME, draft, fixture_text, read_fixture, unaccounted
from tests.sources.exports import FIXTURES, delivered, exports
from tests.sources.workbooks import build

GERMAN = """\
Kestrel GmbH;;;;;;;;;;;;
Lieferantenprüfungen, erstes Halbjahr;;;;;;;;;;;;
Prüfung;Werksnummer;Betrieb;Anschrift;Land;Beschäftigte;Prüftag;Gesamtnote;Kodexpunkt;Schwere;Abweichung;Bis wann;Laune
P-17;W-31;Sao Mai Garment Ltd;12 Road 3;Vietnam;1.240;07.03.2026;B;4.2 Notausgänge;kritisch;Ausgang zu;07.04.2026;gut
P-17;W-31;Sao Mai Garment Ltd;12 Road 3;Vietnam;1.240;07.03.2026;B;5.1 Ruhetag;gering;Kein Ruhetag;30.05.2026;gut
P-18;W-44;Angkor Thmey Apparel;Road 4;Cambodia;310;21.03.2026;D;7.3 Löhne;wesentlich;Nicht bezahlt;bald;mittel
P-19;W-52;Chao Fah Sewing;88 Soi 5;Thailand;95;02.04.2026;A;;;;;gut
"""
TWO_SHEETS: dict[str, list[list[Any]]] = {
    "Read me": [["How to read this file"], ["Contact", "Nguyen Van Minh"]],
    "Visits": [
        ["Visits of 2026"],
        ["Ref", "Plant", "Plant Code", "Street", "Province", "Country", "Headcount", "Visited", "Visited by"],
        ["KX-1", "Sao Mai Garment", "P1", "12 Road 3", "Dong Nai", "Vietnam", 1240, {"date": "2026-03-07"}, "Minh"],
        ["KX-2", "Angkor Thmey Apparel", "P2", "Road 4", "Kandal", "Cambodia", 310, {"date": "2026-03-21"}, "Dara"],
        ["KX-3", "Chao Fah Sewing", "P3", "88 Soi 5", "Rayong", "Thailand", 95, {"date": "2026-04-02"}, "Dara"],
    ],
    "Issues": [
        ["Ref", "Issue No", "Topic", "Grade", "What was seen", "Deadline", "State"],
        ["KX-1", "1", "Fire safety", "Major", "Exit blocked", "04/05/2026", "Open"],
        ["KX-1", "2", "Working hours", "Minor", "Rest day missed", "05/06/2026", "Closed"],
        ["KX-2", "1", "Wages", "Critical", "Overtime unpaid", "06/07/2026", "Open"],
    ],
}  # fmt: skip
FORM: dict[str, list[list[Any]]] = {
    "Report": [
        ["Kestrel audit report"],
        [],
        ["Site name:", "Sao Mai Garment"],
        ["Site address:", "12 Road 3"],
        ["Country:", "Vietnam"],
        ["Audit date:", {"date": "2026-03-07"}],
        ["Audit ref:", "K-77"],
        ["Inspector:", "Nguyen Van Minh"],
        [],
        ["Checkpoint No", "Own words", "Result", "Seen"],
        ["1.1", "Own words here", "Yes", None],
        ["1.2", "Own words there", "No", "Exit blocked"],
    ]
}
NAMES = (
    "Sao Mai",
    "Angkor",
    "Chao Fah",
    "12 Road",
    "Road 4",
    "88 Soi",
    "W-31",
    "W-44",
    "P-17",
    "KX-",
    "Minh",
    "Dara",
    "K-77",
)


@pytest.fixture(scope="module")
def known(profiles: Mapping[str, Profile]) -> list[Profile]:
    return list(profiles.values())


def _meanings(drafted: DraftedSource) -> dict[str, str]:
    return {one.column.title: one.meaning.name for part in drafted.layout.parts for one in part.understood}


def _read(drafted: DraftedSource) -> StagedFile:
    assert isinstance(drafted.read, StagedFile), drafted.read
    assert unaccounted(drafted.read) == 0
    return drafted.read


def test_a_list_of_findings_in_other_words(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    drafted = draft(GERMAN, known, vocabulary)
    assert drafted.layout.kind == "findings"
    assert drafted.layout.table.header_row == 2
    assert _meanings(drafted) == {
        "Werksnummer": "factory", "Betrieb": "name", "Anschrift": "address", "Land": "country",
        "Beschäftigte": "workers", "Prüftag": "assessed_on", "Gesamtnote": "rating", "Kodexpunkt": "clause",
        "Schwere": "severity", "Abweichung": "description",
    }  # fmt: skip
    assert [column.title for column in drafted.layout.table.left] == ["Prüfung", "Bis wann", "Laune"]
    assert [(one.code, one.title) for one in drafted.codes.listed] == [
        ("4.2", "Notausgänge"),
        ("5.1", "Ruhetag"),
        ("7.3", "Löhne"),
    ]
    staged = Staged(_read(drafted))
    assert staged.column("finding", "clause") == ["4.2", "5.1", "7.3"]
    assert staged.column("mention", "workers") == [1240, 310, 95]
    assert len(staged["assessment"]) == 3
    assert staged.counts.total == 3


def test_its_profile_says_what_a_person_must_look_at(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    drafted = draft(GERMAN, known, vocabulary)
    profile = drafted.profile
    assert profile.ratings == ["B", "D", "A"]
    assert profile.severities == {"kritisch": None, "gering": None, "wesentlich": None}
    assert profile.number_style is NumberStyle.COMMA
    assert profile.layouts[0].dates == ["dd.mm.yyyy"]
    assert profile.layouts[0].clean_visit_field == ["clause", "description"]
    assert not profile.rights.cleared
    assert profile.rights.who_may_grant == "nobody"
    assert "assessed_on: Prüftag   # check: no other column of dates is left" in drafted.text
    assert "# known: [Prüfung, Bis wann, Laune]" in drafted.text


def test_visits_and_findings_in_two_sheets(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    drafted = draft(build(TWO_SHEETS), known, vocabulary, path="kestrel.xlsx")
    assert drafted.layout.headers is not None
    assert (drafted.layout.headers.sheet, drafted.layout.table.sheet) == ("Visits", "Issues")
    assert drafted.layout.passed_over == ("Read me",)
    assert drafted.profile.severities == {"Major": "major", "Minor": "minor", "Critical": "critical"}
    assert drafted.profile.finding_statuses == {"Open": "open", "Closed": "closed"}
    staged = Staged(_read(drafted))
    assert staged.column("assessment", "native_id") == ["KX-1", "KX-2", "KX-3"]
    assert staged.column("finding", "assessment_no") == [0, 0, 1]


def test_an_order_of_days_that_is_not_proven_keeps_dates_out(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    drafted = draft(build(TWO_SHEETS), known, vocabulary, path="kestrel.xlsx")
    assert drafted.profile.layouts[0].dates == []
    assert "dd/mm/yyyy or mm/dd/yyyy" in drafted.text
    assert "04/05/2026" in drafted.text
    staged = Staged(_read(drafted))
    assert staged.column("finding", "due_on") == [None, None, None]
    assert [code for _, code in staged.issues() if code != "drift"] == ["unreadable_date"] * 3


def test_a_form_has_its_visit_in_a_block(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    drafted = draft(build(FORM), known, vocabulary, path="kestrel.xlsx")
    assert drafted.layout.kind == "long"
    assert drafted.layout.block is not None
    assert drafted.layout.block.sheet is None
    staged = Staged(_read(drafted))
    assert staged.column("mention", "name") == ["Sao Mai Garment"]
    assert [(row["question_id"], row["raw_value"]) for row in staged["answer"]] == [("1.1", "Yes"), ("1.2", "No")]
    assert drafted.codes.listed == (Code("1.1", "", ("Yes",)), Code("1.2", "", ("No",)))


def test_a_block_in_a_sheet_of_its_own(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    sheets = {"Overview": FORM["Report"][2:8], "Answers": FORM["Report"][9:]}
    drafted = draft(build(sheets), known, vocabulary, path="kestrel.xlsx")
    assert drafted.layout.block is not None
    assert (drafted.layout.block.sheet, drafted.layout.table.sheet) == ("Overview", "Answers")
    assert Staged(_read(drafted)).column("assessment", "native_id") == ["K-77"]


def test_a_register_lists_factories(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    text = "Betrieb;Werksnummer;Straße;Land\nSao Mai;W1;12 Road 3;Vietnam\nChao Fah;W2;88 Soi 5;Thailand\n"
    drafted = draft(text, known, vocabulary)
    assert (drafted.layout.kind, drafted.profile.kind) == ("register", "register")
    assert drafted.codes.listed == ()
    staged = Staged(_read(drafted))
    assert [(row["scheme"], row["value"]) for row in staged["identifier"]] == [
        ("kestrel_factory", "W1"),
        ("kestrel_factory", "W2"),
    ]


def test_what_a_person_says_of_a_column_holds(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    told = {"Prüfung": "native_id", "Bis wann": "due_on", "Betrieb": "assessor", "Laune": "name"}
    drafted = draft(GERMAN, known, vocabulary, told=told)
    assert _meanings(drafted).items() >= told.items()
    assert Staged(_read(drafted)).column("assessment", "native_id") == ["P-17", "P-18", "P-19"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"Unbekannt": "name"}, "Unbekannt"),
        ({"Laune": "mood"}, "mood"),
        ({"Laune": "kestrel_factory"}, "kestrel_factory"),
    ],
)
def test_what_cannot_be_said_is_refused(
    known: Iterable[Profile], vocabulary: Vocabulary, told: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        draft(GERMAN, known, vocabulary, told=told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("only a title\n", "no table"),
        ("Plant;Country;Clause\n", "no table"),
        ("Apples;Pears;Plums\nred;green;blue\n", "--kind"),
        ('[{"plant": "Sao Mai"}]', "JSON"),
        (",".join(f"q{number}" for number in range(300)) + "\n" + ",".join(["Yes"] * 300) + "\n", "columns"),
    ],
    ids=["title", "header", "other", "json", "wide"],
)
def test_a_sample_that_does_not_tell_is_refused_with_what_would_help(
    known: Iterable[Profile], vocabulary: Vocabulary, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        draft(text, known, vocabulary)


def test_a_list_of_answers_without_answers_is_refused(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    with pytest.raises(ConfigurationError, match=r"--column answer=HEADER"):
        draft("Plant;Question;Number\nSao Mai;Is it so;7\n", known, vocabulary, kind="long")


def test_wording_is_no_code(known: Iterable[Profile], vocabulary: Vocabulary) -> None:
    wording = "Own words that go on and on about what an auditor must look at in every hall"
    rows = [
        ["Plant", "Country", "Clause", "Severity"],
        ["A", "Vietnam", wording, "Major"],
        ["B", "Laos", "7.1", "Minor"],
    ]
    drafted = draft(table(rows), known, vocabulary)
    assert drafted.codes.listed == (Code("7.1", "", ()),)
    assert drafted.codes.wordings == 1
    assert wording not in drafted.text + fixture_text(drafted)


def test_titles_are_told_from_codes_only_where_no_code_has_two(
    known: Iterable[Profile], vocabulary: Vocabulary
) -> None:
    head = ["Plant", "Country", "Clause", "Severity"]
    same = [head, ["A", "Vietnam", "4 Wages", "Major"], ["B", "Laos", "4 Hours", "Minor"]]
    assert [one.code for one in draft(table(same), known, vocabulary).codes.listed] == ["4 Wages", "4 Hours"]


# What names somebody.


@pytest.mark.parametrize(
    ("data", "path"),
    [(GERMAN, "a.csv"), (build(TWO_SHEETS), "a.xlsx"), (build(FORM), "a.xlsx")],
    ids=["findings", "two sheets", "form"],
)
def test_a_fixture_is_read_as_its_sample_and_names_nobody(
    known: list[Profile], vocabulary: Vocabulary, data: str | bytes, path: str
) -> None:
    drafted = draft(data, known, vocabulary, path=path)
    text = fixture_text(drafted)
    assert [name for name in NAMES if name in text] == []
    assert [name for name in NAMES if name in drafted.text] == []
    staged, sample = read_fixture(drafted, known, vocabulary), _read(drafted)
    assert staged.instrument == NAME
    assert unaccounted(staged) == 0
    assert staged.counts.total == sample.counts.total
    for name in ("clause", "severity", "status"):
        assert Staged(staged).column("finding", name) == Staged(sample).column("finding", name)
    assert (
        Staged(staged).column("mention", "country")
        == Staged(sample).column("mention", "country")[: len(Staged(staged)["mention"])]
    )


SECRET = st.text("abcdefgh", min_size=6, max_size=12).map(lambda text: f"zq{text}")


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[SECRET] * 6), min_size=2, max_size=5),
    st.permutations(["Plant", "Street", "Audit no", "Inspector", "What was seen", "Finding"]),
)
def test_no_name_address_person_id_or_text_of_a_sample_reaches_profile_or_fixture(
    profiles: Mapping[str, Profile], vocabulary: Vocabulary, secrets: list[tuple[str, ...]], titles: list[str]
) -> None:
    head = [*titles, "Country", "Clause", "Severity"]
    rows = [[*values, "Vietnam", "7.1", "Major"] for values in secrets]
    drafted = draft(table([[f"List of {secrets[0][0]}"], head, *rows], ";"), profiles.values(), vocabulary)
    assert "zq" not in drafted.text
    assert "zq" not in fixture_text(drafted)


# Layouts that are known, as if they were not.


REFUSED = frozenset(
    {
        "accord_rsc/plan_2018.xlsx.json",
        "accord_rsc/plan_2024.xlsx.json",
        "better_work_cat/improvement_plan.csv",
        "better_work_cat/transparency.csv",
        "consent/grants.csv",
        "higg_fem/bulk.csv",
        "higg_fem/bulk.xlsx.json",
        "slcp_caf/survey.xlsx.json",
    }
)
"""Plans, grants and questionnaires of a column per question are no lists that are drafted, or not without a word."""


def _unseen() -> list[Path]:
    """Exports whose families are drafted."""
    return [path for path in exports() if not (path.name.endswith((".json", ".jsonl")) and ".xlsx" not in path.name)]


@pytest.mark.parametrize("export", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in _unseen()])
def test_a_known_layout_without_its_profile_is_drafted_or_refused_with_the_cure(
    export: Path, profiles: Mapping[str, Profile], vocabulary: Vocabulary
) -> None:
    others = [profile for name, profile in profiles.items() if name != export.parent.name]
    data, path = delivered(export)
    if export.relative_to(FIXTURES).as_posix() in REFUSED:
        with pytest.raises(ConfigurationError, match=r"--kind|--column|rows below it|copy of"):
            draft(data, others, vocabulary, path=path)
        return
    drafted = draft(data, others, vocabulary, path=path)
    _read(drafted)
    staged = read_fixture(drafted, others, vocabulary)
    assert (staged.instrument, unaccounted(staged)) == (NAME, 0)


def test_most_columns_of_known_layouts_are_understood_without_their_profiles_and_few_wrongly(
    profiles: Mapping[str, Profile], vocabulary: Vocabulary
) -> None:
    right = wrong = 0
    for brand in ("adidas", "gap", "levis", "nike", "pvh", "wrap"):
        others = [profile for name, profile in profiles.items() if name != brand]
        truth = _stated(profiles[brand])
        for export in exports(brand):
            data, path = delivered(export)
            for title, name in _meanings(draft(data, others, vocabulary, path=path)).items():
                right += title in truth.get(name, ())
                wrong += name in truth and title not in truth[name]
    assert right > 50
    assert wrong < right / 20


def _stated(profile: Profile) -> dict[str, set[str]]:
    """Headers by field; the brand's own number of a factory is `factory`."""
    found: dict[str, set[str]] = {}
    for layout in profile.layouts:
        for part in (layout.table, layout.header_table):
            if part is not None:
                for name, titles in part.columns.items():
                    found.setdefault(name, set()).update(titles)
                for scheme, titles in part.identifiers.items():
                    found.setdefault("os_id" if scheme == "os_id" else "factory", set()).update(titles)
    return found
