"""Publish: a release becomes one folder an audience, switched to all at once, with a record of what was withdrawn."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.database import quoted
from harmonize.errors import ConfigurationError, PublicationError
from harmonize.pipeline.extracts import ExtractWriter
from harmonize.pipeline.publication import Sharing, SharingRules, share_release
from harmonize.pipeline.share_book import keep_who_sees_what, load_book_words, write_share_book
from harmonize.pipeline.share_folder import fill_folder, seal_folder
from harmonize.pipeline.understanding import load_knowledge
from harmonize.project import Project
from harmonize.settings import PipelineSettings
from harmonize.sharing.audiences import Audience, load_audiences, with_manufacturers
from harmonize.sharing.file_keys import file_keys
from harmonize.sharing.grants import load_signatory_rules
from harmonize.sharing.secret import sharing_secret
from harmonize.sharing.text_reviews import approved_texts
from harmonize.sharing.withholding_rules import load_withholding_rules
from harmonize.store.build import release_form
from harmonize.store.dictionary import dictionary_markdown
from harmonize.store.encryption import check_cipher
from harmonize.store.history import DATABASE, mark_audiences_published, release_of_register
from harmonize.store.parquet import Previous
from harmonize.store.publications import Publications, Withdrawn, withdrawn
from harmonize.store.releases import building, exclusive, is_whole, read_manifest
from harmonize.store.shares import Share

__all__ = ["Published", "publish"]


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        manifests: of every audience, by name.
        withdrawn: what audiences were shown before and are shown no more.
        is_new: something is not as it was published before.
        receipt: where the withdrawal is written down; None where there was none.
        subtractable: how many groups of few owners follow from the extracts of two audiences together, where any do.
    """

    publication_id: str
    folder: Path
    manifests: Mapping[str, Mapping[str, Any]]
    withdrawn: Sequence[Withdrawn]
    is_new: bool
    receipt: Path | None
    subtractable: Mapping[tuple[str, str], int]


def publish(
    project: Project,
    settings: PipelineSettings,
    out: Path,
    judged_on: date,
    only: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
    revoked_by: date | None = None,
) -> Published:
    """Publish the release that `current` names.

    Args:
        judged_on: the day on which grants are judged.
        only: audiences; the others stay as they are published. All where it is empty.
        revoked_by: a revocation until this day counts, also on an earlier day of judgement (domain rule 26).

    Raises:
        HarmonizeError: nothing is published; what was stays.
    """
    try:
        return _publish(project, settings, out, judged_on, only, environment, revoked_by)
    except (
        duckdb.IOException,
        duckdb.TransactionException,
        duckdb.FatalException,
        duckdb.OutOfMemoryException,
        OSError,
    ) as problem:
        # A full disk or a vanished folder, while all was still being built aside.
        said = " ".join(str(problem).split())
        raise PublicationError(
            f"{out}: nothing can be published: {said}. Free space, mend permissions, or choose another --out; what is "
            "published stays."
        ) from problem


def _publish(
    project: Project,
    settings: PipelineSettings,
    out: Path,
    judged_on: date,
    only: Sequence[str],
    environment: Mapping[str, str],
    revoked_by: date | None,
) -> Published:
    publications = Publications(out)
    with exclusive(out), building(out) as work:
        release = _release(out)
        publications.refuse_what_is_no_link()
        before = publications.shown()
        database = release / DATABASE
        # (Grants are never rolled back: what was revoked since stays revoked.)
        register = release_of_register(out) / DATABASE
        known = _audiences(project, register)
        audiences = _chosen(known, only, project.find("pipelines/audiences.yml"))
        secrets = project.secrets_folder(out)
        secret = sharing_secret(secrets / "sharing.key", environment)
        keys = file_keys(known, [one.name for one in audiences], secrets, environment, secret)
        if keys:
            check_cipher()
        as_of = date.fromisoformat(str((read_manifest(release) or {})["as_of"]))
        understanding = load_knowledge(project, as_of, work / "knowledge")
        decisions = project.decisions_folder(out)
        rules = SharingRules(
            load_withholding_rules(project.find("schemas/sharing.yml")),
            load_signatory_rules(project.find("schemas/sharing_rights.yml")),
            _bounded(understanding.profiles),
            sorted(approved_texts(decisions / "reviewed_texts.jsonl")),
        )
        built = work / "publication"
        built.mkdir()
        dictionary = dictionary_markdown(understanding.schemas)
        words = load_book_words(project)
        manifests: dict[str, dict[str, Any]] = {}
        extracts = ExtractWriter.of(project, database, publications, as_of, judged_on)
        named = {one.name: one.named for one in audiences}
        # What all are told of the language says the same in every file: it is written once.
        written: list[Previous] = []

        def write(connection: duckdb.DuckDBPyConnection, share: Share) -> None:
            manifest = fill_folder(connection, share, dictionary, as_of, judged_on, written)
            if told := extracts.write(connection, share, is_named=named[share.audience]):
                manifest["extracts"] = told
            if share.kind == "manufacturer" and share.is_encrypted:
                keep_who_sees_what(connection, share.audience)
            elif share.kind == "manufacturer":
                folder = share.database.parent
                book = write_share_book(connection, share.audience, folder, share.folder, words, judged_on)
                manifest["who_sees_what"] = book
            manifests[share.audience] = manifest

        configuration: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": settings.memory_limit,
            "temp_directory": str(work / "spill"),
        }
        sharing = share_release(
            database, understanding, audiences, rules, secret, judged_on, built, configuration, write, keys,
            register=register, revoked_by=revoked_by,
        )  # fmt: skip
        for share in sharing.shares:
            manifest = manifests[share.audience]
            manifest["withheld"] = sharing.withheld.get(share.audience, [])
            seal_folder(share, manifest)
        extracts.remember()
        if only:
            _take_over(publications, built, [one.folder for one in audiences])
        replaced = [one.name for one in audiences] if only else None
        return _place(publications, built, sharing, manifests, judged_on, before, replaced, extracts.subtractable())


def _release(out: Path) -> Path:
    release = (out / "current").resolve()
    manifest = read_manifest(release)
    if manifest is None:
        raise PublicationError(
            f"{out / 'current'}: there is no release to publish. Run `harmonize run --out {out}` first."
        )
    if not is_whole(release, manifest):
        raise PublicationError(f"{release}: this release is damaged. Run `harmonize run --out {out}` once more.")
    return release


def _audiences(project: Project, register: Path) -> list[Audience]:
    path = project.find("pipelines/audiences.yml")
    with duckdb.connect(str(register), read_only=True) as connection:
        granted = [row[0] for row in connection.execute("SELECT DISTINCT audience FROM consent_grant").fetchall()]
    audiences = with_manufacturers(load_audiences(path), granted)
    if not audiences:
        raise ConfigurationError(f"{path}: names no audience, and no grant names a manufacturer. Add one.")
    return audiences


def _chosen(audiences: list[Audience], only: Sequence[str], path: Path) -> list[Audience]:
    if not only:
        return audiences
    known = {one.name.lower(): one for one in audiences}
    unknown = [name for name in only if name.lower() not in known]
    if unknown:
        raise ConfigurationError(
            f"There is no audience {unknown[0]!r}; known are {', '.join(sorted(known))}. Add it to {path}."
        )
    return [known[name.lower()] for name in dict.fromkeys(only)]


def _bounded(profiles: Mapping[str, Any]) -> list[str]:
    return sorted(
        {name for profile in profiles.values() for layout in profile.layouts for name in layout.bounded_instruments}
    )


def _take_over(publications: Publications, built: Path, made: Sequence[str]) -> None:
    """The other audiences stay as they are published: the same files under a second name."""
    current = publications.current
    for path in (publications.folder / current).iterdir() if current else ():
        if path.name not in made and path.is_dir():
            shutil.copytree(path, built / path.name, copy_function=os.link)


def _place(
    publications: Publications,
    built: Path,
    sharing: Sharing,
    manifests: dict[str, dict[str, Any]],
    judged_on: date,
    before: Sequence[Mapping[str, Any]],
    only: Sequence[str] | None,
    subtractable: Mapping[tuple[str, str], int],
) -> Published:
    columns = ("audience", "shared_id", "assessment_id", "basis", "scope_rank", "grant_id")
    now = [dict(zip(columns, row, strict=True)) for row in sharing.visible]
    if only is not None:
        now += [dict(row) for row in before if row["audience"] not in only]
    publication_id = _publication_id(built, judged_on)
    gone = withdrawn(before, now)
    is_new = publication_id != publications.current
    previous = publications.current
    is_rekeyed = previous is not None and _key_ids(built) != _key_ids(publications.folder / previous)
    folder = publications.place(built, publication_id) if is_new else publications.folder / publication_id
    _write_tokens(publications, sharing.tokens)
    # What was withdrawn goes from every publication that is kept here, at once; so does what lay open, or under a key
    # that is no longer the audience's.
    kept = [publication_id] if gone or is_rekeyed or previous is None else [publication_id, previous]
    removed = publications.keep_only(kept)
    receipt = _receipt(publications, gone, removed, publication_id, judged_on) if gone else None
    publications.write_record(f"personal/{publication_id}.json", sharing.personal)
    # (Last of all: who is stopped before withdraws again by the next publication.)
    publications.write_record("shown.json", now)
    mark_audiences_published(publications.out)
    return Published(publication_id, folder, manifests, gone, is_new, receipt, subtractable)


def _publication_id(built: Path, judged_on: date) -> str:
    manifests = [
        (path.parent.name, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(built.glob("*/manifest.json"))
    ]
    # (Who sees what of a manufacturer is no part of its tables, nor are extracts; nor is by which key they are hidden.)
    said = [
        (name, one["logical_hash"], one.get("who_sees_what"), one.get("extracts"), *_key_id(one))
        for name, one in manifests
    ]
    # (Nor are the views, which are of the program.)
    told = repr((release_form(()), said))
    return f"{judged_on.isoformat()}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _key_ids(publication: Path) -> dict[str, tuple[str, ...]]:
    """By which keys the files of a publication are encrypted, by audience."""
    manifests = {path.name: read_manifest(path) for path in publication.glob("*")}
    return {name: _key_id(one) for name, one in manifests.items() if one is not None and _key_id(one)}


def _key_id(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    return (manifest["encryption"]["key_id"],) if "encryption" in manifest else ()


def _receipt(
    publications: Publications, gone: Sequence[Withdrawn], removed: Sequence[str], publication_id: str, judged_on: date
) -> Path:
    """Write down what was withdrawn, and what cannot be called back."""
    content = {
        "publication": publication_id,
        "grants_judged_on": judged_on.isoformat(),
        "withdrawn": [asdict(one) for one in gone],
        "removed_here": list(removed),
        "cannot_be_recalled": [
            f"Copies that {name} made of its files before this publication; ask for their deletion."
            for name in sorted({one.audience for one in gone})
        ],
    }
    return publications.write_record(f"receipts/{publication_id}.json", content)


_TOKEN = pa.schema({name: pa.string() for name in ("audience", "token", "kind", "master_id")})


def _write_tokens(publications: Publications, tokens: Sequence[tuple[str, str, str, str]]) -> None:
    """Which id of which audience stands for what: for the steward alone, and for ever."""
    publications.steward.mkdir(parents=True, exist_ok=True)
    path = publications.steward / "tokens.duckdb"
    rows = [dict(zip(_TOKEN.names, row, strict=True)) for row in tokens]
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(path)} AS kept")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS kept.token (audience VARCHAR, token VARCHAR, kind VARCHAR, master_id VARCHAR)"
        )
        connection.register("arriving", pa.Table.from_pylist(rows, schema=_TOKEN))
        connection.execute("INSERT INTO kept.token SELECT DISTINCT * FROM arriving EXCEPT SELECT * FROM kept.token")
