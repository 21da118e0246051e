# SPDX-License-Identifier: Apache-2.0
"""How long it takes to look for duplicates among many records, and how many of those that were planted are found.

``python -m bench.duplicates FOLDER [RECORDS]`` makes a book of invented people in FOLDER, of whom each fiftieth is
entered twice, the second time otherwise: with slips of the pen, words turned round, initials, other scripts. It prints,
for each way, how many of these pairs are found, and how many pairs are shown that nobody planted.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sourcebook.dups import dups
from sourcebook.exact import dumps

_FIRST = ("a be bra da e fi ga ho i ja ka le ma ni o pa ro sa te u vi we ya zo", 2)
_LAST = ("al ber cor dan el fen gor hal il jor kal lin mur nor ost per quin ros sel tor ul ven wal zan", 3)
_ENDS = ("", "a", "ez", "ov", "sen", "mann", "i", "ik", "er")
_CYRILLIC = dict(zip("abvgdezijklmnoprstufxyhcw", "абвгдезийклмнопрстуфхыхцв", strict=True)) | {"q": "к"}

Person = dict[str, str | list[str]]


def _names(parts: str, length: int, count: int, chance: random.Random) -> list[str]:
    every = ["".join(one) for size in range(2, length + 1) for one in itertools.product(parts.split(), repeat=size)]
    return [one.capitalize() for one in chance.sample(every, count)]


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + chance.choice("aeiourstln") + word[at:]
    if kind == 2:
        return word[:at] + chance.choice("aeiourstln") + word[at + 1 :]
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _of(person: Person, name: str, **others: str) -> Person:
    return {**person, "name": name, **others}


def _slipped(person: Person, chance: random.Random, times: int) -> Person:
    words = str(person["name"]).split()
    for at in chance.sample(range(len(words)), times):
        words[at] = _slip(words[at], chance)
    return _of(person, " ".join(words))


def _initial(person: Person, _chance: random.Random) -> Person:
    first, *rest = str(person["name"]).split()
    return _of(person, " ".join([f"{first[0]}.", *rest]))


def _turned(person: Person, _chance: random.Random) -> Person:
    first, *rest = str(person["name"]).split()
    return _of(person, f"{' '.join(rest).upper()}, {first}")


def _accented(person: Person, _chance: random.Random) -> Person:
    return _of(person, str(person["name"]).translate(str.maketrans("aeiou", "áéîöú")))


def _cyrillic(person: Person, _chance: random.Random) -> Person:
    return _of(person, "".join(_CYRILLIC.get(one, one) for one in str(person["name"]).lower()))


def _without_date(person: Person, chance: random.Random) -> Person:
    return {name: value for name, value in _slipped(person, chance, 1).items() if name != "born"}


def _alias(person: Person, _chance: random.Random) -> Person:
    return {**person, "name": f"Brother {len(str(person['name']))}", "aliases": [str(person["name"])]}


def _second_name(person: Person, chance: random.Random) -> Person:
    first, *rest = str(person["name"]).split()
    return _of(person, " ".join([first, chance.choice(["Emil", "Ida", "Noor"]), *rest]))


WAYS: dict[str, Callable[[Person, random.Random], Person]] = {
    "one slip": lambda person, chance: _slipped(person, chance, 1),
    "a slip in each of two words": lambda person, chance: _slipped(person, chance, 2),
    "one slip, no date": _without_date,
    "words turned round": _turned,
    "an initial": _initial,
    "accents": _accented,
    "Cyrillic": _cyrillic,
    "an alias": _alias,
    "a second name": _second_name,
}


def made(folder: Path, count: int) -> dict[frozenset[str], str]:
    """Write a book of people to ``folder``; the pairs that were planted, with the way of each."""
    chance = random.Random(1)  # noqa: S311 # made-up people, not secrets
    first, last = _names(*_FIRST, 400, chance), _names(*_LAST, 12_000, chance)
    weights = [1 / (at + 20) for at in range(len(first))], [1 / (at + 50) for at in range(len(last))]
    surnames = [name + chance.choice(_ENDS) for name in last]
    people: list[Person] = []
    given = chance.choices(first, weights[0], k=count)
    for number, (one, other) in enumerate(zip(given, chance.choices(surnames, weights[1], k=count), strict=True)):
        person: Person = {"id": f"p{number}", "name": f"{one} {other}"}
        year = chance.randrange(1850, 1990)
        day = f"-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}" if chance.random() < 0.7 else ""
        people.append({**person, "born": f"{year}{day}"} if chance.random() < 0.8 else person)
    planted: dict[frozenset[str], str] = {}
    for number, at in enumerate(chance.sample(range(count), count // 50)):
        way = list(WAYS)[number % len(WAYS)]
        twin = {**WAYS[way](people[at], chance), "id": f"twin{number}"}
        planted[frozenset((str(people[at]["id"]), str(twin["id"])))] = way
        people.append(twin)
    chance.shuffle(people)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.yaml").write_text(
        "name: people\nresources:\n- name: people\n  path: build/csv/people.csv\n"
        "  schema: build/tableschema/people.json\n"
        '  sourcebook: {records: data/people.jsonl, layout: documents, key: id, label: name, aliases: ["aliases[]"]}\n'
    )
    (folder / "data/people.jsonl").write_text("".join(f"{dumps(person)}\n" for person in people), encoding="utf-8")
    return planted


def main(folder: Path, count: int) -> None:
    """Make a book, look for duplicates in it, and say what was found."""
    planted = made(folder, count)
    start, busy = time.perf_counter(), time.process_time()
    found = dups(folder, "people")
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    pairs = {frozenset(str(one.key) for one in pair.records): pair.score for pair in found.pairs}
    total = Counter(planted.values())
    hit = Counter(way for pair, way in planted.items() if pair in pairs)
    for way, number in total.items():
        print(f"{way}: {hit[way]} of {number}")
    print(f"{hit.total()} of {total.total()} found; {len(pairs) - hit.total()} other pairs shown")
    print(f"{found.count:,} records in {seconds:.1f} s, of which {busy:.1f} s of one core")
    print("\n".join(found.told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
