"""`harmonize desk`: the queue, factories, coverage and runs as a page in the browser of this computer."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_release import Out
from harmonize.cli.language_option import LabelLanguage
from harmonize.cli.output import say
from harmonize.cli.review_desk import decisions_folder, desk_rules, desk_words, indicators, open_desk
from harmonize.cli.run import today
from harmonize.cli.signing import pseudonym
from harmonize.cli.stopping import Stopped
from harmonize.errors import ConfigurationError, InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from harmonize.desk.backend import Run, Snapshot, Table
    from harmonize.review.items import Item
    from harmonize.review.words import Spoken

__all__ = ["CommandLine", "desk_command"]

_HOST = "127.0.0.1"
_NEEDED = ("starlette", "uvicorn", "jinja2")


def desk_command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it listens; 0 takes a free port.")] = 0,
    by: Annotated[
        str | None, typer.Option(help="Your pseudonym; without it the page asks before the first decision.")
    ] = None,
    language: LabelLanguage = "",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
    out: Out = Path("data"),
) -> None:
    """Serve the queue as a page to this computer only, until Ctrl-C: decide, take back, look at factories and runs."""
    _need_packages()
    import uvicorn

    from harmonize.desk.app import desk_app
    from harmonize.desk.guard import Keys
    from harmonize.desk.words import load_desk_words
    from harmonize.spoken_words import known_language

    if by is not None:
        pseudonym(by)
    known_language(language)
    backend = CommandLine(out)
    backend.current()
    words, keys = load_desk_words(Project.locate(Path.cwd()).find("schemas/desk_words.yml")), Keys()
    app: Starlette = desk_app(backend, words, keys, by or "", language)
    with _listening(port) as listener:
        address = f"http://{_HOST}:{listener.getsockname()[1]}/?token={keys.token}"
        say(f"desk         {address}")
        say("It answers this computer only, to whoever has this address. Ctrl-C ends it.")
        if browser and _has_screen():
            import webbrowser

            webbrowser.open(address)
        settings = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", ws="none", server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        # (The server ends in order; then, as a rule, it passes the signal on.)
        with suppress(Stopped, KeyboardInterrupt):
            uvicorn.Server(settings).run(sockets=[listener])
        say("ended")


def _need_packages() -> None:
    """Refuse where the extra `desk` is not installed.

    Raises:
        ConfigurationError: a package is missing.
    """
    from importlib.util import find_spec

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"`harmonize desk` needs packages that are not installed: {', '.join(missing)}. Run "
            "`pip install 'harmonize[desk]'`; `harmonize review` does the same without them."
        )


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        # (Whoever opens the address before the server has begun waits, and is not refused.)
        listener.listen()
    except OSError as problem:
        listener.close()
        raise InboxError(f"--port {port}: cannot be listened on: {problem.strerror}. Take another, or 0.") from problem
    return listener


def _has_screen() -> bool:
    """Whether a browser would open beside the terminal, and not in it."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


class CommandLine:
    """What the page needs: the queue of the current release of a folder, as the other commands see it."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._is_indicator: Callable[[str], bool] = indicators()
        self._spoken: dict[str, Spoken] = {}
        self._labels: dict[str, Mapping[str, str]] = {}
        self.folder = decisions_folder(out)
        self.second: Collection[str] = desk_rules().second_person

    def now(self) -> str:
        """The time, ISO 8601."""
        from harmonize.cli.review_book import now

        return now()

    def signed(self, by: str) -> str:
        """What is wrong with a pseudonym."""
        try:
            pseudonym(by)
        except typer.BadParameter as problem:
            return str(problem).replace("--by", "The pseudonym", 1)
        return ""

    def current(self) -> Path:
        """The folder of the current release.

        Raises:
            InboxError: there is none.
        """
        folder = (self._out / "current").resolve()
        if not (folder / "harmonized.duckdb").exists():
            raise InboxError(f"{self._out}: there is no release yet. Run `harmonize run` first.")
        return folder

    def spoken(self, language: str) -> Spoken:
        """The words of the queue; read once."""
        if language not in self._spoken:
            self._spoken[language] = desk_words(language)
        return self._spoken[language]

    def snapshot(self, language: str) -> Snapshot:
        """The queue, read anew."""
        from harmonize.desk.backend import Snapshot
        from harmonize.review.kinds import KINDS

        with open_desk(self._out, language) as desk:
            return Snapshot(desk.release_id, desk.as_of, desk.items(list(KINDS)))

    def offered(self, language: str) -> Mapping[str, Item]:
        """The open questions with their candidates."""
        with open_desk(self._out, language) as desk:
            return {item.item_id: item for item in desk.offered(desk.items(["question"]))}

    def is_indicator(self, name: str) -> bool:
        """Whether the common language has an indicator of that id."""
        return self._is_indicator(name)

    def indicators(self, language: str) -> Mapping[str, str]:
        """The labels of all indicators, by id; read once."""
        from harmonize.crosswalk.language import load_language

        if language not in self._labels:
            entries = load_language(Project.locate(Path.cwd())).indicators.items()
            self._labels[language] = {name: one.labels.get(language) or one.labels["en"] for name, one in entries}
        return self._labels[language]

    def who_sees(self, facility_id: str, language: str) -> Table:
        """Who sees what of a factory today."""
        from harmonize.cli.grants import grant_words
        from harmonize.cli.judged_grants import judged_grants, who_sees_what
        from harmonize.desk.backend import Table

        with judged_grants(self._out, today(), None) as (connection, _):
            found = who_sees_what(connection, facility_id, grant_words(language))
        return Table(found.schema.names, [[row[name] for name in found.schema.names] for row in found.to_pylist()])

    def runs(self) -> Sequence[Run]:
        """The releases that stand, the latest first."""
        from harmonize.desk.backend import Run
        from harmonize.store.history import DATABASE, list_releases

        return [
            Run(
                one.release_id, one.as_of, datetime.fromtimestamp(one.made_at, tz=UTC).isoformat(), one.rows,
                one.is_current, one.damage or "", self._out / "releases" / one.release_id / DATABASE,
            )
            for one in list_releases(self._out, is_quick=True)
        ]  # fmt: skip
