"""The report of a release: its figures, its page, and what must never stand in it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from harmonize.insight.report.page import report_page
from harmonize.insight.report.queries import OWNER_GROUP
from harmonize.insight.report.words import load_report_words
from harmonize.pipeline import reporting, run
from harmonize.pipeline.reporting import report_pages
from harmonize.project import Project
from harmonize.spoken_words import LANGUAGES
from tests.insight.report.pages import Node, read_page, table_rows
from tests.pipeline.worlds import AS_OF, ROOT, TODAY, Release, alone, contents, demo_world, settings, small_inbox

PAGES = ("report.html", "report.vi.html")


def _pages(release: Release, **linkage: Any) -> dict[str, str]:
    with duckdb.connect(str(release.database), read_only=True) as connection:
        return report_pages(connection, release.database, alone(), linkage)


@cache
def _demo() -> dict[str, str]:
    return _pages(demo_world().release)


@cache
def _tree(name: str) -> Node:
    return read_page(_demo()[name])


def _table(section: str, place: int = 0, name: str = "report.html") -> Node:
    return [*_tree(name).one("section", id=section).all("table")][place]


def _query(sql: str) -> list[tuple[Any, ...]]:
    return demo_world().release.query(sql)


def test_there_is_a_page_in_every_language() -> None:
    assert tuple(_demo()) == PAGES
    assert [_tree(name).one("html").attributes["lang"] for name in PAGES] == [*LANGUAGES]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_runs(name: str) -> None:
    page = _demo()[name]
    for node in _tree(name).all():
        assert node.name not in {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
        assert not [key for key in node.attributes if key.startswith("on") or key in {"src", "style", "srcset"}]
        target = node.attributes.get("href") or node.attributes.get("xlink:href")
        assert target is None or target.startswith("#") or target in PAGES
    assert "@import" not in page
    assert "url(" not in page
    # The one address is the name of the language that the charts are written in.
    assert set(re.findall(r"https?://[^\"'\s<]+", page)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", PAGES)
def test_a_screen_reader_finds_its_way(name: str) -> None:
    tree = _tree(name)
    assert len([*tree.all("h1")]) == 1
    assert len([*tree.all("h2")]) == len([*tree.all("section")]) == 10
    for chart in tree.all("svg"):
        assert chart.attributes["role"] == "img"
        assert chart.one("title").text
    for figure in tree.all("figure"):
        assert figure.one("figcaption").text
    for table in tree.all("table"):
        assert table.one("caption").text
        assert {head.attributes["scope"] for head in table.one("thead").all("th")} == {"col"}
        for row in table.one("tbody").all("tr"):
            first, *cells = row.all("th", "td")
            assert first.attributes["scope"] == "row"
            spans = sum(int(cell.attributes.get("colspan") or 1) for cell in cells)
            assert spans == len([*table.one("thead").all("th")]) - 1
    ids = [node.attributes["id"] for node in tree.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    assert not [node for node in tree.all("details") if "open" in node.attributes]


def test_every_section_with_a_chart_has_a_table_and_says_what_it_says_and_cannot_say() -> None:
    words = load_report_words(ROOT / "schemas/report_words.yml").spoken("en")
    for section in _tree("report.html").all("section"):
        if section.attributes["id"] in {"release", "reading"}:
            continue
        assert [*section.all("table")], section.attributes["id"]
        assert words("says") in section.text
        assert words("cannot") in section.text
        assert "Source:" in section.text


def test_a_reader_derives_every_figure_from_the_queries_on_the_page() -> None:
    """The queries run as they stand on the page, and say what its tables say."""
    tree = _tree("report.html")
    with duckdb.connect(str(demo_world().release.database), read_only=True) as connection:
        connection.execute(OWNER_GROUP)
        found = {}
        for details in tree.one("section", id="reading").all("details"):
            name = str(details.attributes["id"]).removeprefix("query-")
            cursor = connection.execute(details.one("code").text)
            columns = [column[0] for column in cursor.description or ()]
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    assert len(found) > 10
    told = {row[0]: row[1:] for row in table_rows(_table("duplication"))}
    for row in found["duplication"]:
        parts = ("deliveries", "assessments", "copies", "reuploads", "amended")
        assert told[row["instrument"]] in ([str(row[part]) for part in parts], ["withheld: too few owners"])
    assert sum(len(row) > 1 for row in told.values()) > 2
    assert [row[0] for row in table_rows(_table("refusals", 1))] == [row["code"] for row in found["causes"]]
    years = {row[0].split()[0]: row for row in table_rows(_table("burden")) if len(row) > 2}
    assert years
    for row in found["burden"]:
        if str(row["year"]) in years:
            assert years[str(row["year"])][2:7] == [
                str(row[name]) for name in ("deliveries", "assessments", "visits", "questions", "again")
            ]


def test_the_figures_are_those_of_the_release_counted_another_way() -> None:
    facts = dict(
        zip(
            [node.text for node in _tree("report.html").all("dt")],
            [node.text.replace("\u202f", "") for node in _tree("report.html").all("dd")],
            strict=True,
        )
    )
    assert facts["Answers"] == str(_query("SELECT count(*) FROM answer")[0][0])
    assert facts["Visits"] == str(_query("SELECT count(*) FROM v_visit")[0][0])
    assert facts["Files refused"] == str(_query("SELECT count(*) FROM file WHERE status = 'refused'")[0][0])
    by_country = dict(_query("SELECT country, count(*) FROM facility GROUP BY ALL"))
    assert {row[1] for row in table_rows(_table("countries"))} == {str(count) for count in by_country.values()}
    visits = dict(_query("SELECT country, count(*) FROM v_visit GROUP BY ALL"))
    shown = {row[0]: row for row in table_rows(_table("countries")) if len(row) == 5}
    assert all(row[2] == str(visits["VN"]) for name, row in shown.items() if name == "Vietnam")
    mapped = _query(
        "SELECT count(*) FILTER (indicator_id IS NOT NULL), count(*) FROM answer JOIN assessment USING (assessment_id) "
        "JOIN instrument USING (instrument) WHERE title = 'Higg Facility Environmental Module'"
    )[0]
    higg = next(row for row in table_rows(_table("coverage")) if row[0] == "Higg Facility Environmental Module")
    assert higg[1:4] == [str(mapped[1]), str(mapped[0]), str(mapped[1] - mapped[0])]
    clusters = dict(
        _query(
            "SELECT coalesce(parent_id, topic_id), count(*) FROM finding JOIN topic USING (topic_id) "
            "JOIN assessment USING (assessment_id) WHERE pillar = 'labour' AND published GROUP BY ALL"
        )
    )
    labels = {json.loads(said)["en"]: name for name, said in _query("SELECT topic_id, labels FROM topic")}
    sums = [row for row in table_rows(_table("compliance", 0)) if len(row) > 2]
    assert sums
    assert all(row[1] == str(clusters[labels[row[0]]]) for row in sums)


@pytest.mark.parametrize("name", PAGES)
def test_no_factory_is_named(name: str) -> None:
    text = _tree(name).text
    names = _query("SELECT name FROM facility_mention UNION SELECT name_local FROM facility_mention")
    ids = _query("SELECT facility_id FROM facility UNION SELECT value FROM facility_identifier WHERE length(value) > 6")
    said = [one for (one,) in [*names, *ids] if one and one in text]
    assert not said
    assert not re.search(r"\b(compliant|non-compliant|equivalent)\b", text, re.IGNORECASE)


def test_no_severity_of_a_cluster_tells_of_few_owners() -> None:
    """Of one owner group a factory, as the page's own query counts them: what is shown has at least five of them."""
    counted = {
        label: owners
        for label, *owners in _query(
            """
            SELECT p.labels ->> 'en',
                count(DISTINCT s.facility_id) FILTER (n.severity IN ('zero_tolerance', 'critical')),
                count(DISTINCT s.facility_id) FILTER (n.severity = 'major'),
                count(DISTINCT s.facility_id) FILTER (n.severity IN ('minor', 'observation')),
                count(DISTINCT s.facility_id) FILTER (n.severity IS NULL)
            FROM finding n JOIN assessment s USING (assessment_id) JOIN topic t USING (topic_id)
            JOIN topic p ON p.topic_id = coalesce(t.parent_id, t.topic_id)
            WHERE s.published AND t.pillar = 'labour' GROUP BY ALL
            """
        )
    }
    hidden = 0
    for cells in table_rows(_table("compliance")):
        if len(cells) < 6:
            continue
        for said, owners in zip(cells[2:], counted[cells[0]], strict=True):
            hidden += said == "withheld"
            assert said == "withheld" or not owners or owners >= 5, cells
    assert hidden


def test_both_languages_have_every_word_and_the_page_uses_them_all() -> None:
    raw = yaml.safe_load((ROOT / "schemas/report_words.yml").read_text(encoding="utf-8"))
    assert all(set(texts) == set(LANGUAGES) for texts in (*raw["words"].values(), *raw["countries"].values()))
    blanks = re.compile(r"\{\w+\}")
    for name, texts in raw["words"].items():
        assert set(blanks.findall(texts["en"])) == set(blanks.findall(texts["vi"])), name
        assert texts["vi"], name
    assert not blanks.search(_tree("report.html").one("main").text.split("CREATE TEMP")[0])
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/harmonize/insight/report").glob("*.py"))
    made = re.compile(r"^(fact|link|\w+)_(says|cannot|drawn|id|exact|model|decision|single)$|^fact_")
    assert not [name for name in raw["words"] if not re.search(rf"[\"']{name}[\"']", source) and not made.match(name)]


def test_a_language_without_a_report_is_refused() -> None:
    with (
        duckdb.connect(str(demo_world().release.database), read_only=True) as connection,
        pytest.raises(Exception, match="no words in 'km'"),
    ):
        report_pages(connection, demo_world().release.database, alone(), {}, ["km"])


def test_estimates_of_the_links_are_told_with_their_interval() -> None:
    found = {"value": 0.9871, "low": 0.9512, "high": 0.9966}
    page = _pages(demo_world().release, precision=found, recall={"value": None})
    assert "precision: 0.987 (0.951 – 0.997); recall: no estimate" in read_page(page["report.html"]).text
    assert "0,987 (0,951 – 0,997)" in page["report.vi.html"]


def test_what_anybody_writes_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "<script>alert(1)</script>\"'&<img src=x onerror=y>{0}{release}"
    seen: list[Any] = []
    gather: Any = vars(reporting)["gather"]

    def poisoned(*words: Any) -> Any:
        material = gather(*words)
        seen.append(material)
        return material

    monkeypatch.setattr(reporting, "gather", poisoned)
    _pages(demo_world().release)
    (material,) = seen
    for rows in material.rows.values():
        for row in rows:
            row.update({name: hostile for name, value in row.items() if name in _TEXTS and value is not None})
            if "contributors" in row and isinstance(row["contributors"], list):
                row["contributors"] = [hostile]
    for row in material.overlap:
        row |= {"earlier_instrument": hostile, "later_instrument": hostile, "facilities": 9}
    for texts in material.labels.values():
        texts["en"] = hostile
    words = load_report_words(ROOT / "schemas/report_words.yml").spoken("en")
    tree = read_page(report_page(material, words, {hostile: (hostile, hostile)}))
    assert not [*tree.all("script", "img")]
    assert tree.text.count(hostile) > 50


_TEXTS = frozenset({"instrument", "contributor", "code", "country", "pipeline", "release_id"})


@pytest.mark.slow
def test_a_run_writes_the_report_and_what_is_added_later_tells_what_a_rebuild_tells(tmp_path: Path) -> None:
    inbox = small_inbox(tmp_path / "demo")
    late = sorted(path for path in inbox.rglob("*.csv"))[-1]
    kept = late.read_bytes()
    late.unlink()

    def made(out: str) -> Release:
        return Release(run(alone(), settings(report=True), inbox, tmp_path / out, AS_OF, TODAY))

    first = made("grown")
    late.write_bytes(kept)
    grown, whole = made("grown"), made("whole")
    assert {name: contents(grown)[name] for name in PAGES} == {name: contents(whole)[name] for name in PAGES}
    assert contents(first)["report.html"] != contents(grown)["report.html"]
    assert set(PAGES) <= set(grown.result.manifest["files"])
    without = Release(run(alone(), settings(), inbox, tmp_path / "without", AS_OF, TODAY))
    assert without.result.release_id == grown.result.release_id
    assert not [*without.result.folder.glob("*.html")]


def test_a_run_leaves_out_what_would_cost_it_too_much(tmp_path: Path) -> None:
    rules = (ROOT / "schemas/report.yml").read_text(encoding="utf-8")
    few = tmp_path / "schemas/report.yml"
    few.parent.mkdir()
    few.write_text(rules.replace("overlap_answers: 200000", "overlap_answers: 10"), encoding="utf-8")
    project = Project((tmp_path, *alone().roots), None)
    release = demo_world().release
    with duckdb.connect(str(release.database), read_only=True) as connection:
        in_run = report_pages(connection, release.database, project, {}, ["en"], is_run=True)
        by_hand = report_pages(connection, release.database, project, {}, ["en"])
    assert "Run harmonize report for this figure" in in_run["report.html"]
    assert by_hand["report.html"] == _demo()["report.html"]


def test_long_lists_are_cut_and_say_where_the_rest_is(tmp_path: Path) -> None:
    rules = (ROOT / "schemas/report.yml").read_text(encoding="utf-8")
    short = tmp_path / "schemas/report.yml"
    short.parent.mkdir()
    short.write_text(rules.replace("printed: 10", "printed: 2").replace("shown: 200", "shown: 5"), encoding="utf-8")
    release = demo_world().release
    with duckdb.connect(str(release.database), read_only=True) as connection:
        pages = report_pages(connection, release.database, Project((tmp_path, *alone().roots), None), {}, ["en"])
    section = read_page(pages["report.html"]).one("section", id="duplication")
    count = len(table_rows(_table("duplication")))
    rows = [*section.one("tbody").all("tr")]
    assert [row.attributes.get("class") for row in rows] == [None, None, "more", "more", "more"]
    assert f"and {count - 5} more; see assessment_copy" in section.text
    assert f"and {count - 2} more on the screen" in section.text
