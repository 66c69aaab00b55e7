"""A real Chromium without a head: what it asks of the network, and what axe finds on a page."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

__all__ = ["CHROMIUM", "DRIVER", "asked_urls", "browsing", "grave_faults", "needs_browser", "served", "set_width"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not CHROMIUM or not DRIVER, reason="no Chromium here: `apt-get install chromium chromium-driver`"
)
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


@contextmanager
def served(command: Sequence[str], folder: Path) -> Iterator[str]:
    """The address that a command prints first, while it serves it."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found
            yield found[0]
            process.send_signal(signal.SIGINT)
            process.wait(60)
        finally:
            process.kill()


@contextmanager
def browsing(profile: Path) -> Iterator[Any]:
    """A browser that writes down what it asks of the network."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        driver.set_page_load_timeout(120)
        driver.set_script_timeout(120)
        yield driver
    finally:
        driver.quit()


def set_width(driver: Any, width: int) -> None:
    """Look through a window of this width."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )


def asked_urls(driver: Any) -> set[str]:
    """What the browser has asked for since it was asked last."""
    messages = (json.loads(line["message"])["message"] for line in driver.get_log("performance"))
    return {one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"}


def grave_faults(driver: Any) -> list[tuple[str, str]]:
    """What axe finds on the page that stands, of serious and critical weight: rule and place."""
    driver.execute_script(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert found["passes"]
    grave = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [(one["id"], str(one["nodes"][0]["target"])) for one in grave]
