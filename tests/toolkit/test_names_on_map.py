# SPDX-License-Identifier: Apache-2.0
"""Names on a map lie over no mark and no other name, and within the map."""

from __future__ import annotations

from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from sourcebook.site.pictures.names_on_map import MOST, Name, placed

WIDTH, HEIGHT = 800, 400
MARKS = st.lists(
    st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT), st.sampled_from([0.0, 5.0]), st.text("abc", max_size=20)),
    max_size=90,
)


def box(name: Name) -> tuple[float, float, float, float]:
    wide = 7.2 * len(name.text)
    left = {"start": name.x, "end": name.x - wide, "middle": name.x - wide / 2}[name.anchor]
    return left, name.y - 11, left + wide, name.y + 3


@given(MARKS)
@example([(397.0, 8.0, 0.0, "a"), (441.0, 0.0, 0.0, "aaaaaaaa")])
def test_no_name_lies_over_a_mark_or_another_name(marks: list[tuple[float, float, float, str]]) -> None:
    found = placed(marks, WIDTH, HEIGHT)
    assert len(found) == len(marks)
    names = [one for one in found if one]
    assert len(names) <= MOST
    for one, other in combinations(map(box, names), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for left, top, right, bottom in map(box, names):
        assert left >= -1
        assert right <= WIDTH + 1
        assert top >= -1
        assert bottom <= HEIGHT + 1
        assert not any(left < x < right and top < y < bottom for x, y, _, _ in marks)


def test_a_name_stands_to_the_right_where_there_is_room() -> None:
    (name,) = placed([(100, 100, 0, "Old Light")], WIDTH, HEIGHT)
    assert name
    assert (name.anchor, name.y) == ("start", 104.5)
    assert name.x > 107
    (name,) = placed([(795, 100, 0, "Old Light")], WIDTH, HEIGHT)
    assert name
    assert name.anchor == "end"
    assert placed([(100, 100, 0, "")], WIDTH, HEIGHT) == [None]
