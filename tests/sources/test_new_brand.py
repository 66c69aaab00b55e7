"""One more brand needs no code: a folder with one profile, and its export is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.sources.profile import Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary
from tests.sources.delivering import Reader

PROFILE = """
instrument: lantern
title: Lantern Shirts supplier audit
edition: lantern1
ratings: [A, B, C]
scope: {labour: in}
layouts:
  - name: audits
    family: findings
    encoding: utf-8
    dates: [dd.mm.yyyy]
    clean_visit_field: clause
    table:
      required: [native_id, name, country, assessed_on, clause, lantern_site]
      columns:
        native_id: Audit No.
        name: Werk
        country: Land
        assessed_on: Datum
        rating: Note
        clause: Punkt
        description: Befund
        due_on: Frist
      identifiers: {lantern_site: Werksnummer}
"""
EXPORT = """Lantern Shirts; Audits
Audit No.;Werksnummer;Werk;Land;Datum;Note;Punkt;Befund;Frist;Laune
LA-1;W-1;Sao Mai Garment;Vietnam;07.03.2026;B;4.2;Exit blocked;07.04.2026;good
LA-1;W-1;Sao Mai Garment;Vietnam;07.03.2026;B;5.1;Rest day missed;soon;
LA-2;W-2;Angkor Thmey Apparel;Cambodia;08.03.2026;D;;;;
"""


def _with_brand(folder: Path, profiles: Mapping[str, Profile], text: str = PROFILE) -> Mapping[str, Profile]:
    path = folder / "mappings" / "lantern" / "source.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return {**profiles, **load_profiles([path])}


def test_a_new_brand_is_one_file(tmp_path: Path, profiles: Mapping[str, Profile], vocabulary: Vocabulary) -> None:
    staged = Reader(_with_brand(tmp_path, profiles), vocabulary)(EXPORT)
    assert (staged.instrument, staged.layout) == ("lantern", "audits")
    assert staged.column("assessment", "native_id") == ["LA-1", "LA-2"]
    assert staged.column("assessment", "assessed_on") == [date(2026, 3, 7), date(2026, 3, 8)]
    assert staged.column("assessment", "rating_raw") == ["B", None]
    assert staged.column("finding", "clause") == ["4.2", "5.1"]
    assert staged.column("finding", "extra") == ['{"Laune": "good"}', None]
    assert [row["value"] for row in staged["identifier"] if row["scheme"] == "lantern_site"] == ["W-1", "W-2"]
    assert sorted(staged.issues()) == [
        ("header", "drift"),
        ("row=2;col=Frist", "unreadable_date"),
        ("row=3;col=Note", "unknown_rating"),
    ]
    assert (staged.counts.total, staged.unaccounted()) == (2, 0)


def test_a_new_brand_changes_nothing_for_the_others(
    tmp_path: Path, profiles: Mapping[str, Profile], vocabulary: Vocabulary
) -> None:
    from tests.sources.exports import exports, golden_path, readable, stage

    more = _with_brand(tmp_path, profiles)
    for export in exports():
        assert readable(stage(export, more, vocabulary)) == golden_path(export).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dates: [dd.mm.yyyy]", "dates: [dd.mm.yy]", "dd.mm.yy"),
        ("family: findings", "family: surprises", "family"),
        ("title: Lantern", "titel: Lantern", "titel"),
        ("instrument: lantern", "instrument: lamp", "lamp"),
        ("title: Lantern", "title: [", "YAML"),
        ("clean_visit_field: clause", "clean_visit_field: clauze", "clauze"),
        ("required: [native_id,", "required: [native_idd,", "native_idd"),
    ],
)
def test_a_profile_that_is_wrong_says_where(
    tmp_path: Path, profiles: Mapping[str, Profile], old: str, new: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as wrong:
        _with_brand(tmp_path, profiles, PROFILE.replace(old, new, 1))
    assert "source.yml" in str(wrong.value)
