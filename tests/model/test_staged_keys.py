"""Keys of what is staged once: what says something else has another key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harmonize.model.staged import Remark, StagedFile

_PART = st.none() | st.text(st.sampled_from("\0\x1f'\"\\,()aN"), max_size=4) | st.just("None")
_REMARKS = st.lists(st.builds(Remark, _PART, st.booleans(), _PART, _PART), max_size=8)


@given(_REMARKS)
def test_remarks_have_one_key_each(remarks: list[Remark]) -> None:
    staged = StagedFile("x", "y")
    keys = {remark: staged.add_remark(remark) for remark in remarks}
    assert len(set(keys.values())) == len(keys)
    rows = staged.tables["remark"].table().to_pylist()
    assert {row.pop("remark_key"): Remark(**row) for row in rows} == {
        key: remark for remark, key in keys.items() if key is not None
    }
    assert [remark for remark, key in keys.items() if key is None] in ([], [Remark()])


def test_texts_are_staged_once() -> None:
    staged = StagedFile("x", "y")
    first = staged.add_texts(["Yes", "No"])
    assert staged.add_texts(["No", "long " * 50, "Yes"])[::2] == first[::-1]
    assert staged.tables["text"].table().num_rows == 3
