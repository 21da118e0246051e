# SPDX-License-Identifier: Apache-2.0
"""Anchors and what is said of them: against a plain oracle, and case by case."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sourcebook.evidence.anchors import Anchor, Malformed, anchor_of
from sourcebook.evidence.judging import judge, judged
from sourcebook.evidence.making import anchored
from sourcebook.evidence.neighbours import SLIP, Sides, hash_of
from sourcebook.evidence.normalise import normalised
from sourcebook.evidence.quotes import count_words, parts_of, spans_of
from sourcebook.evidence.tokens import Tokens, words_of

WORDS = st.sampled_from(["aware", "unaware", "of", "the", "plan", "lost", "5", "50", "men,", "“no”", "gov’t", "漢字"])
TEXTS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, int, int, str]:
    """A text, a passage of it, and the text after some words were put in or taken out."""
    words = draw(st.lists(WORDS, min_size=2, max_size=40))
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first + 1, min(len(words), first + 6)))
    text = " ".join(words)
    start = len(" ".join(words[:first])) + bool(first)
    after = list(words)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(after)))
        if draw(st.booleans()):
            after[at:at] = draw(st.lists(WORDS, min_size=1, max_size=4))
        else:
            del after[at : at + draw(st.integers(1, 3))]
    return text, start, start + len(" ".join(words[first:last])), " ".join(after)


def _places(text: str, anchor: Anchor) -> list[int]:
    """Where a passage with the anchor's hash stands and cuts no token: every place is tried."""
    size, spans = anchor.end - anchor.start, Tokens(text).spans
    return [
        start
        for start in range(len(text) - size + 1)
        if sha256(text[start : start + size].encode()).hexdigest() == anchor.sha256
        and not any(low < cut < high for low, high in spans for cut in (start, start + size))
    ]


@given(edits())
def test_without_neighbours_words_decide(edit: tuple[str, int, int, str]) -> None:
    text, start, end, after = edit
    anchor = anchored(Tokens(text), start, end, blocks=0).anchor
    places, verdict = _places(after, anchor), judged(anchor, after)
    if len(places) == 1:
        assert (verdict.kind, verdict.start) == ("same" if places[0] == start else "moved", places[0])
        assert verdict.end - verdict.start == end - start
    elif places:
        assert (verdict.kind, verdict.places) == ("ambiguous", tuple(places))
    else:
        assert verdict.kind in ("altered", "gone")


@given(edits(), st.integers(1, 4))
@example(("aware aware aware", 0, 11, "aware aware aware"), 1)
def test_with_neighbours_what_is_bound_stands_beside_what_it_did(edit: tuple[str, int, int, str], blocks: int) -> None:
    text, start, end, after = edit
    made = anchored(Tokens(text), start, end, blocks=blocks)
    anchor = made.anchor
    places, verdict = _places(after, anchor), judged(anchor, after)
    if verdict.kind not in ("same", "moved"):
        return
    assert verdict.start in places
    assert (verdict.kind == "same") == (verdict.start == start)
    if anchor.before or anchor.after:
        assert _beside(after, verdict.start, verdict.end, anchor, 3 * SLIP)
        others = [one for one in places if one != verdict.start and _beside(after, one, one + end - start, anchor, 0)]
        assert others == []
    else:
        assert places == [verdict.start]


def _beside(text: str, start: int, end: int, anchor: Anchor, slip: int) -> bool:
    """Whether most blocks of a side stand beside a place, each so far off at most: every window is tried."""
    spans = Tokens(text).spans
    words = [words_of(text[low:high])[0] for low, high in spans]
    sides = Sides.of(anchor)
    here = (
        sum(high <= start for _, high in spans),
        next((n for n, (low, _) in enumerate(spans) if low >= end), len(spans)),
    )
    for blocks, number, before in ((sides.before, here[0], True), (sides.after, here[1], False)):
        found = 0
        for block in blocks:
            for at in range(len(words) - block.count + 1):
                said = at + block.count + block.distance if before else at - block.distance
                if abs(said - number) <= slip and hash_of(words[at : at + block.count]) == block.hash:
                    found += 1
                    break
        if blocks and 2 * found > len(blocks):
            return True
    return False


@given(TEXTS, st.integers(1, 3))
def test_an_unchanged_text_is_the_same_or_cannot_be_told(text: str, blocks: int) -> None:
    tokens = Tokens(text)
    for start, end in tokens.spans:
        made = anchored(tokens, start, end, blocks=blocks)
        verdict = judged(made.anchor, text)
        assert verdict.kind in ("same", "ambiguous")
        if verdict.kind == "same":
            assert (verdict.start, verdict.end) == (start, end)


@given(st.lists(edits(), min_size=2, max_size=5))
def test_several_at_once_are_judged_as_each_alone(some: list[tuple[str, int, int, str]]) -> None:
    text = " ".join(one[3] for one in some)
    anchors = [anchored(Tokens(one), start, end).anchor for one, start, end, _ in some]
    assert judge(anchors, text) == [judged(anchor, text) for anchor in anchors]


@given(TEXTS, TEXTS)
@example("unaware of the plan", "aware of the plan")
@example("lost 50 men", "lost 5")
def test_quotations_are_found_where_they_stand_in_tokens(text: str, words: str) -> None:
    tokens = Tokens(normalised(text))
    wanted = normalised(words)
    found = list(spans_of(tokens, words))
    plainly = [
        (at, at + len(wanted))
        for at in range(len(tokens.text))
        if tokens.text.startswith(wanted, at)
        and not any(low < cut < high for low, high in tokens.spans for cut in (at, at + len(wanted)))
    ]
    assert found == plainly


def test_ellipses_are_in_order() -> None:
    tokens = Tokens("The council met. The harbour master was unaware of the plan. The council refused it.")
    assert list(spans_of(tokens, "The council … refused")) == [(61, 80)]
    assert len(list(spans_of(tokens, "council [...] master ... plan"))) == 1
    assert list(spans_of(tokens, "plan … master")) == []
    assert list(spans_of(tokens, "aware … plan")) == []
    assert parts_of(" … a b [ … ] c ... d (…) ") == ["a b", "c", "d"]
    assert count_words("lost 50 … of the crew") == 5


_TEXT = (
    "In spring the clerk wrote to the council. The harbour master was unaware of the plan to close the basin. "
    "He was told of it in May, and said so at once. In the storm the pilots lost 50 men off the cape. "
    "Two boats were never found."
)


def _anchor(words: str, text: str = _TEXT, blocks: int = 2, quote: str = "") -> Anchor:
    start = text.index(words)
    return anchored(Tokens(text), start, start + len(words), blocks=blocks, quote=quote).anchor


@pytest.mark.parametrize("blocks", [0, 2])
def test_part_of_other_words_is_another_thing(blocks: int) -> None:
    for was, words in (("aware of the plan", "aware of the plan"), ("lost 5 men", "lost 5")):
        before = _TEXT.replace("unaware of the plan", was) if "plan" in was else _TEXT.replace("lost 50 men", was)
        anchor = _anchor(words, before, blocks)
        assert judged(anchor, before).kind == "same"
        assert judged(anchor, _TEXT).kind in ("altered", "gone")


BESIDE = (
    "The court sat on Monday in the old hall by the river. Witnesses from three villages were heard until late. He was "
    "now aware of the plan of the mayor, and they lost 5 in the end. The clerk wrote it all down in a blue book. "
    "Nobody else spoke that day before the lamps were lit again."
)


@pytest.mark.parametrize(
    ("passage", "was", "becomes"),
    [
        ("aware of the plan", "was now", "was not"),
        ("aware of the plan", "was now", "was now not"),
        ("aware of the plan", "now aware of the plan", "now falsely said to be aware of the plan"),
        ("He was now aware of the plan", "He was", "It is untrue that: He was"),
        ("aware of the plan", "of the mayor", "to stop the mayor"),
        ("lost 5", "lost 5", "lost 5\u202f000"),
        ("lost 5", "lost 5", "lost 5 hundred"),
        ("lost 5", "lost 5", "lost 5–6"),
    ],
)
def test_what_alters_the_rest_of_a_sentence_is_told(passage: str, was: str, becomes: str) -> None:
    """The words of the passage are all there, and say something else."""
    start = BESIDE.index(passage)
    anchor = anchored(Tokens(BESIDE), start, start + len(passage)).anchor
    assert judged(anchor, BESIDE).kind == "same"
    assert judged(anchor, normalised(BESIDE.replace(was, becomes, 1))).kind == "altered"


def test_another_sentence_beside_it_alters_none() -> None:
    passage = "Witnesses from three villages were heard until late."
    start = BESIDE.index(passage)
    anchor = anchored(Tokens(BESIDE), start, start + len(passage)).anchor
    assert judged(anchor, BESIDE.replace("late. He", "late. It rained. He")).kind == "same"
    assert judged(anchor, BESIDE.replace("Witnesses", "It rained. Witnesses")).kind == "moved"
    assert judged(anchor, BESIDE.replace("Witnesses", "It is untrue that: Witnesses")).kind == "altered"


def test_the_same_place_in_another_row_is_not_the_same() -> None:
    """Rows of one length: the next slides into the place of the one that was taken out."""
    rows = [f"On {day} May the crew of the ship lost 5 men off the cape." for day in range(10, 20)]
    text = " ".join(rows)
    start = text.index("lost 5 men", text.index("On 14 May"))
    anchor = anchored(Tokens(text), start, start + len("lost 5 men")).anchor
    assert judged(anchor, text).kind == "same"
    assert judged(anchor, " ".join(rows[:4] + rows[5:])).kind in ("ambiguous", "gone", "altered")
    alone = text[text.index("On 14 May") :][:57]
    plain = anchored(Tokens(alone), alone.index("lost"), alone.index("lost") + 10, blocks=1).anchor
    assert (
        judged(plain, alone.replace("On 14 May the crew of the ship", "On 15 May the crew of the boat")).kind != "moved"
    )


def test_a_neighbour_may_be_words() -> None:
    passage = "Two boats were never found."
    start = _TEXT.index(passage)
    digest = sha256(passage.encode()).hexdigest()
    anchor = Anchor(start, start + len(passage), digest, before="lost 50 men off the cape")
    assert judged(anchor, _TEXT).kind == "same"
    assert judged(anchor, f"More. {_TEXT}").kind == "moved"
    assert judged(anchor, f"More. {_TEXT}".replace("off the cape", "at sea")).kind == "ambiguous"


def test_a_long_text_without_spaces_is_read_in_a_bounded_way() -> None:
    text = "x" * 300_000 + " In the storm the pilots lost 50 men off the cape, and two boats. " + "漢" * 100_000
    anchor = _anchor("the pilots lost 50 men", text)
    assert judged(anchor, text).kind == "same"
    assert judged(anchor, f"y {text}").kind == "moved"
    assert judged(Anchor(5, 60, "0" * 64), text).kind == "gone"


def test_words_that_stand_everywhere_are_ambiguous() -> None:
    text = "a " * 200_000
    verdict = judged(Anchor(2, 3, sha256(b"a").hexdigest()), normalised(text))
    assert (verdict.kind, len(verdict.places)) == ("ambiguous", 101)


def test_what_takes_too_long_is_not_said_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcebook.evidence.by_hash._HASHED", 3)
    assert judged(Anchor(0, 30, "0" * 64), _TEXT).kind == "unverifiable"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("302", ""),
        ({"start": 1, "end": 2}, ""),
        ({"start": True, "end": 2, "sha256": "0" * 64}, "start"),
        ({"start": 2, "end": 2, "sha256": "0" * 64}, "end"),
        ({"start": 1, "end": 2, "sha256": "0" * 63}, "sha256"),
        ({"start": 1, "end": 2, "sha256": "0" * 64, "quote": 5}, "quote"),
        ({"start": 1, "end": 2, "sha256": "0" * 64, "after": "sha256:12"}, "after"),
    ],
)
def test_what_is_no_anchor(value: object, name: str) -> None:
    with pytest.raises(Malformed) as raised:
        anchor_of(value)
    assert raised.value.name == name


def test_an_anchor_is_what_it_was_written_as() -> None:
    anchor = _anchor("the pilots lost 50 men", quote="lost 50 men")
    assert anchor_of(anchor.as_dict()) == anchor
    assert {*anchor.as_dict()} == {"start", "end", "sha256", "quote", "before", "after"}
