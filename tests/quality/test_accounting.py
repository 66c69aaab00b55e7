from __future__ import annotations

from tests.quality.release import small_release

from harmonize.quality.accounting import breaches


def test_cells_that_add_up_are_no_breach() -> None:
    assert breaches(small_release()) == []


def test_a_lost_and_a_doubled_cell_are_named_with_their_numbers() -> None:
    release = small_release()
    release.execute("UPDATE file SET cells_loaded = 0")
    (lost,) = breaches(release)
    assert (lost.path, lost.total, lost.blank, lost.loaded, lost.ignored, lost.quarantined) == (
        "gap/visits.csv", 3, 1, 0, 1, 0,
    )  # fmt: skip
    assert lost.missing == 1
    release.execute("UPDATE file SET cells_loaded = 2")
    assert breaches(release)[0].missing == -1
