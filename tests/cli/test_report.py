"""`harmonize report`: what it writes and refuses, and that a browser prints it on few pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harmonize.cli import app
from harmonize.errors import HarmonizeError
from tests.browsing import asked_urls, browsing, grave_faults, needs_browser, set_width
from tests.pipeline.worlds import demo_world

MOST_PAGES = 10


def _run(*words: str | Path, out: Path | None = None) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, words), "--out", str(out or demo_world().out)])


@pytest.mark.parametrize(("lang", "heading"), [("en", "Burden, before and after"), ("vi", "Gánh nặng, trước và sau")])
def test_a_report_is_written_in_each_language(tmp_path: Path, lang: str, heading: str) -> None:
    path = tmp_path / "a report.html"
    said = _run("--lang", lang, "-o", path)
    assert said.exit_code == 0, said.output
    assert said.stdout == f"{path}: written\n"
    page = path.read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert heading in page
    again = tmp_path / "again.html"
    _run("--lang", lang, "-o", again)
    assert again.read_bytes() == path.read_bytes()


def test_without_a_name_it_stands_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = demo_world().out
    monkeypatch.chdir(tmp_path)
    assert _run("--lang", "vi", out=out).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["report.vi.html"]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("--lang", "km"), "There are no words in 'km'; there are en, vi"),
        (("-o", "report.pdf"), "a report is written as .html"),
        (("-o", "nowhere/report.html"), "Choose another place with -o"),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], cure: str
) -> None:
    out = demo_world().out
    monkeypatch.chdir(tmp_path)
    said = _run(*words, out=out)
    assert isinstance(said.exception, HarmonizeError), said.output
    assert cure in str(said.exception)
    assert not [*tmp_path.iterdir()]


def test_without_a_release_there_is_no_report(tmp_path: Path) -> None:
    said = _run(out=tmp_path)
    assert "there is no release yet" in str(said.exception)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_browser_prints_it_on_few_pages(tmp_path: Path, lang: str) -> None:
    browser, count = shutil.which("chromium"), shutil.which("pdfinfo")
    if browser is None or count is None:
        pytest.skip("chromium and pdfinfo (poppler-utils) are not installed here")
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    assert _run("--lang", lang, "-o", page).exit_code == 0
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    told = subprocess.run([count, str(paper)], check=True, capture_output=True, text=True).stdout
    assert "A4" in told
    (pages,) = re.findall(r"^Pages:\s+(\d+)", told, re.MULTILINE)
    assert 2 < int(pages) <= MOST_PAGES
    written = subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, capture_output=True, text=True)
    # Tables that are folded on a screen are open on paper, queries are not.
    assert "Higg Facility Environmental Module" in written.stdout
    assert "WITH at_factory" not in written.stdout


@pytest.mark.slow
@needs_browser
def test_from_disk_it_asks_for_nothing_fits_a_telephone_and_has_no_serious_fault(tmp_path: Path) -> None:
    with browsing(tmp_path / "profile") as driver:
        for lang in ("en", "vi"):
            page = tmp_path / f"report.{lang}.html"
            assert _run("--lang", lang, "-o", page).exit_code == 0
            for width in (1280, 360):
                set_width(driver, width)
                driver.get(page.as_uri())
                assert driver.execute_script("return document.documentElement.lang") == lang
                assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), (lang, width)
                assert not grave_faults(driver), (lang, width)
        asked = asked_urls(driver)
    assert {url for url in asked if url.startswith("file:")} == {
        (tmp_path / f"report.{lang}.html").as_uri() for lang in ("en", "vi")
    }
    assert not {url for url in asked if not url.startswith(("file:", "data:", "chrome:", "about:"))}
