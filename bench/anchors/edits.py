# SPDX-License-Identifier: Apache-2.0
"""Five thousand scripted edits: a passage, the text before and after, and what became of the passage by construction.

A case whose passage stands in the new text says where: whoever takes it to be anywhere else has bound it anew in
silence. What may be said of a case is a set: where an edit takes away all by which a passage could be known again, it
is as right to say that it is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from bench.anchors.texts import Draft, Sentence, Writer, place_of, text_of
from sourcebook.evidence.normalise import normalised

CASES = 5_000


@dataclass(frozen=True)
class Case:
    """One edit of a ``kind``: the ``passage`` in code points of the normalised text ``before``, the text ``after``.

    ``true`` is where the passage stands unchanged after it, if it does; ``expected`` what may be said of it. ``plain``
    cases are anchored without neighbours. ``instead`` is where other words stand in its place, if they do.
    """

    kind: str
    before: str
    passage: tuple[int, int]
    after: str
    true: tuple[int, int] | None
    expected: frozenset[str]
    plain: bool = False
    instead: tuple[int, int] | None = None


@dataclass
class _Scene:
    """A draft and one of its sentences, amid a paragraph, with at least two others on each side in the text."""

    random: Random
    writer: Writer
    draft: Draft
    paragraph: int
    number: int
    instead: Sentence | None = None

    @property
    def sentence(self) -> Sentence:
        return self.draft[self.paragraph][self.number]

    def copy(self) -> Draft:
        return [list(paragraph) for paragraph in self.draft]

    def others(self) -> list[int]:
        """Paragraphs that are not near."""
        return [number for number in range(len(self.draft)) if abs(number - self.paragraph) > 1]

    def case(
        self,
        kind: str,
        draft: Draft,
        expected: str,
        *,
        after: str | None = None,
        gone: bool = False,
        plain: bool = False,
    ) -> Case:
        """The case of the draft that it has become; where it stands in it is looked up."""
        start = place_of(self.draft, self.sentence)
        assert start is not None
        true = None if gone else place_of(draft, self.sentence)
        kinds = expected.split("|")
        if true is not None:  # one that has not moved is the same
            kinds = [("same" if true == start else "moved") if one == "there" else one for one in kinds]
        instead = place_of(draft, self.instead) if self.instead else None
        return Case(kind, text_of(self.draft), start, after or text_of(draft), true, frozenset(kinds), plain, instead)

    def with_words(self, words: str) -> Draft:
        """The draft with other words in the place of the passage: which is another sentence then."""
        draft = self.copy()
        draft[self.paragraph][self.number] = self.instead = self.writer.of(words)
        return draft


def cases(count: int = CASES, seed: int = 17) -> Iterator[Case]:
    """So many cases, of all kinds in turn; the same for the same seed."""
    random = Random(seed)  # noqa: S311
    number = 0
    while number < count:
        for edit in _EDITS:
            writer = Writer(random)
            draft = writer.draft()
            paragraph = random.randrange(1, len(draft) - 1)
            scene = _Scene(random, writer, draft, paragraph, random.randrange(len(draft[paragraph])))
            case = edit(scene)
            if case is not None and number < count:
                number += 1
                yield case


# --- edits that leave the passage as it is ---


def _unchanged(scene: _Scene) -> Case:
    return scene.case("unchanged", scene.copy(), "there")


def _reflowed(scene: _Scene) -> Case:
    width, end = scene.random.randint(20, 90), scene.random.choice(("\n", "\r\n", "\r"))
    lines: list[str] = []
    for paragraph in text_of(scene.draft).split("\n\n"):
        words, line = paragraph.split(" "), ""
        for word in words:
            if line and len(line) + len(word) > width:
                lines.append(line + scene.random.choice(("", " ", "\t")))
                line = word
            else:
                line = f"{line}{scene.random.choice((' ', '  ', chr(0xA0)))}{word}" if line else word
        lines += [line, ""]
    return scene.case("re-flow, other line ends and spaces", scene.copy(), "there", after="\ufeff" + end.join(lines))


def _invisible(scene: _Scene) -> Case:
    text = text_of(scene.draft)
    parts = [one + scene.random.choice(("", "", "", "\xad", "\u200b", "\u200e")) for one in text]
    hyphenated = re.sub(r"(?<=[a-z]{3})(?=[a-z]{3})", lambda _: scene.random.choice(("", "", "", "\xad\n")), text)
    after = scene.random.choice(("".join(parts), hyphenated))
    return scene.case("soft hyphens, marks that are not seen", scene.copy(), "there", after=after)


def _decomposed(scene: _Scene) -> Case:
    import unicodedata

    return scene.case(
        "decomposed letters", scene.copy(), "there", after=unicodedata.normalize("NFD", text_of(scene.draft))
    )


def _inserted(scene: _Scene) -> Case:
    draft = scene.copy()
    draft[scene.random.choice(scene.others())].insert(0, scene.writer.sentence())
    return scene.case("sentence inserted elsewhere", draft, "there")


def _inserted_beside(scene: _Scene) -> Case:
    draft = scene.copy()
    draft[scene.paragraph].insert(scene.number + scene.random.choice((0, 1)), scene.writer.sentence())
    return scene.case("sentence inserted beside it", draft, "there")


def _removed_elsewhere(scene: _Scene) -> Case:
    draft = scene.copy()
    del draft[scene.random.choice(scene.others())][0]
    return scene.case("sentence removed elsewhere", draft, "there")


def _removed_beside(scene: _Scene) -> Case:
    draft = scene.copy()
    if scene.number + 1 < len(draft[scene.paragraph]):
        del draft[scene.paragraph][scene.number + 1]
    else:
        del draft[scene.paragraph][scene.number - 1]
    return scene.case("sentence removed beside it", draft, "there")


def _reordered(scene: _Scene) -> Case:
    draft = scene.copy()
    moved = draft.pop(scene.paragraph)
    draft.insert(scene.random.choice(scene.others()), moved)
    return scene.case("paragraphs in another order", draft, "there")


def _noise_elsewhere(scene: _Scene) -> Case:
    draft = scene.copy()
    for number in scene.others():
        draft[number] = [replace(one, words=noisy(one.words, 0.03, scene.random)) for one in draft[number]]
    return scene.case("OCR noise elsewhere", draft, "there")


def _quotes_elsewhere(scene: _Scene) -> Case | None:
    if re.search("[“”’]", scene.sentence.words):
        return None
    after = text_of(scene.draft).translate(_STRAIGHT)
    return scene.case("quotation marks elsewhere", scene.copy(), "there", after=after)


def _near_twin_inserted(scene: _Scene) -> Case:
    draft = scene.copy()
    draft[scene.random.choice(scene.others())].insert(1, scene.writer.of(other_number(scene.sentence.words)))
    return scene.case("near twin inserted", draft, "there")


def _twin_inserted(scene: _Scene) -> Case:
    draft = scene.copy()
    draft[scene.random.choice(scene.others())].insert(1, scene.writer.of(scene.sentence.words))
    return scene.case("the same sentence inserted elsewhere", draft, "there")


def _of_two_twins(scene: _Scene) -> Case:
    scene.draft[scene.random.choice(scene.others())].insert(1, scene.writer.of(scene.sentence.words))
    draft = scene.copy()
    draft[0].insert(0, scene.writer.sentence())
    return scene.case("one of two, sentence inserted before", draft, "there")


# --- edits after which it cannot be told, or only by a person ---


def _paragraph_twice(scene: _Scene) -> Case:
    draft = scene.copy()
    again = [scene.writer.of(one.words) for one in draft[scene.paragraph]]
    draft.insert(scene.random.choice((scene.paragraph, scene.paragraph + 1)), again)
    return scene.case("its paragraph doubled", draft, "ambiguous")


def _cut_and_pasted(scene: _Scene) -> Case:
    draft = scene.copy()
    sentence = draft[scene.paragraph].pop(scene.number)
    draft[scene.random.choice(scene.others())].insert(1, sentence)
    return scene.case("sentence moved elsewhere", draft, "ambiguous")


def _twin_left(scene: _Scene) -> Case:
    scene.draft[scene.random.choice(scene.others())].insert(1, scene.writer.of(scene.sentence.words))
    draft = scene.copy()
    del draft[scene.paragraph][scene.number]
    return scene.case("one of two removed", draft, "ambiguous|gone", gone=True)


def _row_removed(scene: _Scene) -> Case:
    days = scene.random.sample(range(10, 31), 6)
    rows = [[scene.writer.of(f"On {day} May:"), scene.writer.of("lost 5 men of the crew.")] for day in days]
    scene.draft[scene.paragraph] = [one for row in rows for one in row]
    row = scene.random.randrange(1, 4)
    scene.number = 2 * row + 1
    draft = scene.copy()
    draft[scene.paragraph][2 * row : 2 * row + 2] = []
    return scene.case("a row removed, the next in its place", draft, "ambiguous|gone", gone=True)


def _noise_everywhere(scene: _Scene) -> Case:
    rate = scene.random.choice((0.005, 0.01, 0.02, 0.04))
    draft = [[replace(one, words=noisy(one.words, rate, scene.random)) for one in part] for part in scene.draft]
    there = draft[scene.paragraph][scene.number].words == scene.sentence.words
    expected = "there|ambiguous" if there else "altered|ambiguous|gone"
    return scene.case("OCR noise everywhere", draft, expected, gone=not there)


# --- edits of the passage itself ---


def _number_changed(scene: _Scene) -> Case:
    return scene.case("a number changed", scene.with_words(other_number(scene.sentence.words)), "altered", gone=True)


def _negated(scene: _Scene) -> Case:
    return scene.case("negated", scene.with_words(negated(scene.sentence.words)), "altered", gone=True)


def _noise_within(scene: _Scene) -> Case:
    words = noisy(scene.sentence.words, 0.05, scene.random)
    if words == scene.sentence.words:
        words = words.replace("a", "o", 1)
    return scene.case("OCR noise in it", scene.with_words(words), "altered", gone=True)


def _quotes_within(scene: _Scene) -> Case | None:
    words = scene.sentence.words.translate(_STRAIGHT)
    if words == scene.sentence.words:
        return None
    return scene.case("quotation marks in it", scene.with_words(words), "altered", gone=True)


def _hyphenated(scene: _Scene) -> Case:
    words = re.sub(r"([a-z]{3})([a-z]{3})", r"\1-\n\2", scene.sentence.words, count=1)
    if words == scene.sentence.words:
        words = words.replace("e", "e-\n", 1)
    return scene.case("hyphenated at a line’s end", scene.with_words(words), "altered", gone=True)


def _page_between(scene: _Scene) -> Case:
    words = scene.sentence.words
    middle = words.index(" ", len(words) // 2)
    first, rest = words[:middle], words[middle + 1 :]
    words = f"{first}\n\n{scene.random.randint(2, 300)} The annals of Elmsund\n\n{rest}"
    return scene.case("a page’s head in it", scene.with_words(words), "altered", gone=True)


def _removed(scene: _Scene) -> Case:
    draft = scene.copy()
    del draft[scene.paragraph][scene.number]
    return scene.case("removed", draft, "gone", gone=True)


def _removed_and_near_twin(scene: _Scene) -> Case:
    draft = scene.copy()
    draft[scene.random.choice(scene.others())].insert(1, scene.writer.of(other_number(scene.sentence.words)))
    del draft[scene.paragraph][scene.number]
    return scene.case("removed, a near twin inserted elsewhere", draft, "gone", gone=True)


def _corrected(scene: _Scene) -> Case:
    draft = scene.with_words(other_number(scene.sentence.words))
    draft[-1].append(scene.writer.of("An earlier version of this text said:"))
    draft[-1].append(scene.writer.of(scene.sentence.words))
    return scene.case("corrected, and quoted in a note", draft, "altered", gone=True)


def _copy_altered(scene: _Scene) -> Case:
    draft = scene.copy()
    draft[scene.random.choice(scene.others())].insert(1, scene.writer.of(negated(scene.sentence.words)))
    draft[scene.paragraph][scene.number] = scene.instead = scene.writer.of(other_number(scene.sentence.words))
    return scene.case("altered, a near twin inserted elsewhere", draft, "altered", gone=True)


def _rewritten(scene: _Scene) -> Case:
    draft = [[scene.writer.sentence() for _ in paragraph] for paragraph in scene.draft]
    return scene.case("another text", draft, "gone", gone=True)


def _cut_off(scene: _Scene) -> Case:
    return scene.case("text cut off before it", scene.copy()[: scene.paragraph], "gone", gone=True)


def _part_of_words(scene: _Scene) -> Case:
    """A passage that begins or ends within a sentence, and becomes part of other words."""
    was, now, passage = scene.random.choice(
        (
            (
                "He was aware of the plan for the bridge.",
                "He was unaware of the plan for the bridge.",
                "aware of the plan",
            ),
            ("Off the cape she lost 5 men of the crew.", "Off the cape she lost 50 men of the crew.", "she lost 5"),
            ("It cost the town 12 crowns a year.", "It cost the town 12,000 crowns a year.", "the town 12"),
            ("They were able to land at the mole.", "They were un-able to land at the mole.", "able to land"),
            ("The toll rose by 4 in that year.", "The toll rose by 4.5 in that year.", "rose by 4"),
        )
    )
    number = scene.number
    scene.draft[scene.paragraph][number] = scene.writer.of(was)
    start = place_of(scene.draft, scene.sentence)
    assert start is not None
    low = start[0] + was.index(passage)
    draft = scene.with_words(now)
    span = (low, low + len(passage))
    assert scene.instead is not None
    instead = place_of(draft, scene.instead)
    expected = frozenset({"altered"})
    return Case("part of other words", text_of(scene.draft), span, text_of(draft), None, expected, instead=instead)


# --- the same, where an anchor has no neighbours ---


def _plain(edit: Callable[[_Scene], Case | None], expected: str) -> Callable[[_Scene], Case | None]:
    def plain(scene: _Scene) -> Case | None:
        case = edit(scene)
        if case is None or normalised(case.before).count(normalised(case.before)[slice(*case.passage)]) > 1:
            return None
        kinds = frozenset(expected.split("|")) if expected else case.expected
        return replace(case, kind=f"{case.kind} (no neighbours)", expected=kinds, plain=True)

    return plain


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def other_number(words: str) -> str:
    """``words`` with another number in the place of the first: one digit more, or another."""
    return re.sub(
        r"\d+", lambda found: str(int(found[0]) * 10 if int(found[0]) % 2 else int(found[0]) + 1), words, count=1
    )


def negated(words: str) -> str:
    """``words`` that say the contrary."""
    for old, new in ((" was aware ", " was unaware "), (" could not ", " could "), (" had not ", " had ")):
        if old in words:
            return words.replace(old, new, 1)
    return words.replace(" that ", " that not ", 1) if " that " in words else f"Not: {words}"


_READ = {"e": "c", "m": "rn", "l": "1", "h": "b", "o": "0", "i": "l", "a": "u", "n": "ri", "t": "f", "5": "S"}


def noisy(words: str, rate: float, random: Random) -> str:
    """``words`` as a scanner reads them: so many letters are read as others."""
    return "".join(_READ[one] if one in _READ and random.random() < 2 * rate else one for one in words)


_EDITS: tuple[Callable[[_Scene], Case | None], ...] = (
    *(_unchanged, _reflowed, _invisible, _decomposed, _inserted, _inserted_beside, _removed_elsewhere),
    *(_removed_beside, _reordered, _noise_elsewhere, _quotes_elsewhere, _near_twin_inserted, _twin_inserted),
    *(_of_two_twins, _paragraph_twice, _cut_and_pasted, _twin_left, _row_removed, _noise_everywhere),
    *(_number_changed, _negated, _noise_within, _quotes_within, _hyphenated, _page_between, _removed),
    *(_removed_and_near_twin, _corrected, _copy_altered, _rewritten, _cut_off, _part_of_words),
    *(_plain(_unchanged, ""), _plain(_inserted, ""), _plain(_reordered, ""), _plain(_near_twin_inserted, "")),
    *(_plain(_twin_inserted, "ambiguous"), _plain(_number_changed, "gone"), _plain(_negated, "gone")),
    *(_plain(_part_of_words, "gone|altered"), _plain(_removed_and_near_twin, "gone")),
)


def checked(case: Case) -> Case:
    """The case, if it is what it says: a mistake of the generator would be one of the table."""
    after = normalised(case.after)
    passage = normalised(case.before)[slice(*case.passage)]
    assert case.true is None or after[slice(*case.true)] == passage, case.kind
    return case
