"""The page in a real Chromium without a head: by keys alone, on a narrow screen, and before axe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from harmonize.review.kinds import KINDS
from tests.browsing import asked_urls, browsing, grave_faults, needs_browser, served, set_width
from tests.review.worlds import world_in

pytestmark = [pytest.mark.slow, needs_browser]
PAGES = ("queue", "acts", "facilities", "coverage", "history", *(f"queue?kind={kind}" for kind in KINDS))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a small world, served by the command itself."""
    folder = world_in(tmp_path_factory.mktemp("desk"))
    command = [sys.executable, "-m", "harmonize", "desk", "--out", "out", "--no-browser", "--by", "steward-1"]
    with served(command, folder) as found:
        yield found


@pytest.fixture(scope="module")
def chromium(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser that has opened the address."""
    with browsing(tmp_path_factory.mktemp("profile")) as driver:
        driver.get(address)
        yield driver


def _at(address: str, path: str) -> str:
    return f"{address.split('/?')[0]}/{path}"


def _every_page(driver: Any, address: str) -> list[str]:
    """All pages, an item of every kind and a factory."""
    found = list(PAGES)
    for kind in KINDS:
        driver.get(_at(address, f"queue?kind={kind}"))
        found += [one.get_attribute("href").split("/", 3)[3] for one in _all(driver, "a[data-item]")[:1]]
    driver.get(_at(address, "facilities"))
    found.append(_all(driver, "td a")[0].get_attribute("href").split("/", 3)[3])
    return found


def _all(driver: Any, selector: str) -> list[Any]:
    return list(driver.find_elements("css selector", selector))


def _press(driver: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def _wait(driver: Any, selector: str) -> Any:
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(driver, 90).until(lambda one: _all(one, selector))[0]


def _follow(driver: Any, *keys: str) -> None:
    """Press keys, the last of which leads to another page, and wait until that stands."""
    from selenium.webdriver.support.wait import WebDriverWait

    driver.execute_script("window.before = true")
    _press(driver, *keys)
    ready = "return !window.before && document.readyState === 'complete'"
    WebDriverWait(driver, 90).until(lambda one: one.execute_script(ready))


def _told(driver: Any) -> str:
    return str(_wait(driver, ".told").text)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_no_page_has_a_serious_fault_or_scrolls_sideways(
    width: int, language: str, chromium: Any, address: str
) -> None:
    set_width(chromium, width)
    chromium.get(_at(address, f"queue?lang={language}"))
    for path in _every_page(chromium, address):
        chromium.get(_at(address, path))
        assert chromium.execute_script("return document.documentElement.lang") == language
        assert chromium.execute_script("return document.documentElement.scrollWidth <= innerWidth"), path
        assert not grave_faults(chromium), path
    chromium.get(_at(address, "queue?lang=en"))


def test_items_are_decided_and_taken_back_by_keys_alone(chromium: Any, address: str) -> None:
    set_width(chromium, 1280)
    chromium.get(_at(address, "queue?kind=facility_pair"))
    listed = [one.get_attribute("href") for one in _all(chromium, "a[data-item]")]
    assert len(listed) > 2
    _press(chromium, "j", "j", "k")
    assert chromium.switch_to.active_element.get_attribute("href") == listed[0]
    from selenium.webdriver.common.keys import Keys

    _follow(chromium, Keys.ENTER)
    assert chromium.current_url == listed[0]
    _follow(chromium, "d")
    assert "Recorded" in _told(chromium)
    assert chromium.current_url.split("?")[0] == listed[1].split("?")[0]
    _follow(chromium, "s")
    assert "Recorded" in _told(chromium)
    _follow(chromium, "z")
    assert "Taken back" in _told(chromium)
    assert chromium.current_url.split("?")[0] == listed[1].split("?")[0]
    _follow(chromium, "u")
    assert "Recorded" in _told(chromium)
    _follow(chromium, "g")
    left = [one.get_attribute("href") for one in _all(chromium, "a[data-item]")]
    assert not set(listed[:2]) & set(left)


def test_typing_in_a_field_decides_nothing_and_keys_can_be_switched_off(chromium: Any, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    chromium.get(_at(address, "queue?kind=text"))
    _follow(chromium, "n")
    here = chromium.current_url
    _all(chromium, "#why")[0].send_keys("as refused and approved")
    assert chromium.current_url == here
    _all(chromium, "body")[0].click()
    _press(chromium, "?")
    assert _wait(chromium, "#help[open]")
    _all(chromium, "#keys-on")[0].send_keys(Keys.SPACE)
    _press(chromium, Keys.ESCAPE)
    assert not _all(chromium, "#help[open]")
    _press(chromium, "a")
    assert chromium.current_url == here
    _all(chromium, "#help-open")[0].send_keys(Keys.ENTER)
    _all(chromium, "#keys-on")[0].send_keys(Keys.SPACE)
    _press(chromium, Keys.ESCAPE)
    _follow(chromium, "a")
    assert "Recorded" in _told(chromium)


def test_a_meaning_is_chosen_by_its_number_and_taken_with_enter(chromium: Any, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    chromium.get(_at(address, "queue?kind=value"))
    _follow(chromium, "n")
    if _all(chromium, "input[name=choice]"):
        _press(chromium, "1")
        assert chromium.switch_to.active_element.get_attribute("name") == "choice"
        _follow(chromium, Keys.ENTER)
    else:
        _follow(chromium, "m")
    assert "Recorded" in _told(chromium)


def test_the_tab_key_reaches_the_content_first_and_every_button_is_seen_in_focus(chromium: Any, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    chromium.get(_at(address, "queue"))
    _press(chromium, Keys.TAB)
    assert chromium.switch_to.active_element.get_attribute("class") == "skip"
    _press(chromium, Keys.ENTER)
    assert chromium.switch_to.active_element.get_attribute("id") == "main"
    _press(chromium, Keys.TAB)
    focused = chromium.switch_to.active_element
    assert focused.value_of_css_property("outline-style") == "solid"


def test_it_works_without_script_and_prints(chromium: Any, address: str) -> None:
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.get(_at(address, "queue?kind=conflict"))
        _all(chromium, "a[data-item]")[0].click()
        _wait(chromium, "button[value=seen]").click()
        assert "Recorded" in _told(chromium)
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    printed = chromium.execute_cdp_cmd("Page.printToPDF", {})["data"]
    assert len(printed) > 5_000


def test_the_browser_asked_nothing_of_any_other_host(chromium: Any, address: str) -> None:
    asked = asked_urls(chromium)
    own = address.split("/?")[0]
    assert any(url.startswith(own) for url in asked)
    assert not {url for url in asked if not url.startswith((own, "data:", "chrome:", "about:"))}
    assert not [line["message"] for line in chromium.get_log("browser") if "Security Policy" in line["message"]]


def test_the_token_stays_in_no_address_and_the_cookie_is_hidden_from_scripts(chromium: Any, address: str) -> None:
    chromium.get(address)
    assert "token" not in chromium.current_url
    assert chromium.execute_script("return document.cookie") == ""
