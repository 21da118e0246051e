# SPDX-License-Identifier: Apache-2.0
"""Mutants of seeds, by bytes, by lines and by structure. The same seeds and the same chance give the same ones."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from sourcebook.exact import dumps
from sourcebook.parse import Limits, parse

LONGEST = 20_000  # bytes of a mutant

ODD: tuple[bytes, ...] = (
    *(b"\0", b"\x1b[31m", b"\x07", b"\x7f", b"\xff", b"\xfe", b"\xc3", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc2\x85"),
    *("\u202e", "\u2028", "\u200b", "\u009b", "\ufeff", "e\u0301", "é", "\U0001f600", "\ufffe", "\U000e0001"),
    *(b"\r", b"\r\n", b"\n", b"\t", b" ", b"  ", b"\n\n", b"\n  ", b"\n- ", b"\n---\n", b"\n...\n", b"%YAML 1.2\n"),
    *(b":", b": ", b"- ", b"? ", b"#", b" # c", b"&a ", b"*a", b"<<: *a", b"!!str ", b"!x ", b"!!binary "),
    *(b"|\n", b">-"),
    *(b"|9", b"'", b'"', b"\\", b"\\0", b"\\u0000", b"\\ud83d", b"[", b"]", b"{", b"}", b",", b"[[[[["),
    b"{a: {a: {a: ",
    *(b"null", b"~", b"true", b"NO", b".inf", b".nan", b"NaN", b"Infinity", b"-0", b"-0.0", b"1e400"),
    *(b"1e-400", b"007"),
    *(b"1_000", b"0x1F", b"0o17", b"1.10", b"9" * 30, b"9" * 5000, b"1e99999999", b"9223372036854775808"),
    b"2014-05-01",
    *(b"..", b"/", b"../", b"*", b"**/", b"?", b"$ref", b"#/", b"http://x.example/", b"::error::x"),
    *(b"##[error]", b"%0A"),
    *(b"=1+1", b"<zz9>", b"javascript:1", b"${x}", b"{x}", b"%", b"%00", b"%ff", b"+", b"&", b";", b"="),
    *(b"(", b"a" * 300),
)  # fmt: skip
WORDS = tuple(one if isinstance(one, bytes) else one.encode("utf-8", "surrogatepass") for one in ODD)

VALUES: tuple[Any, ...] = (
    *(None, 0, 1, -1, 5, 1.5, True, False, 10**30, -(2**63), 1e308, "", "x", "a.b", "../x", "/abs", "*"),
    *("{stem}", "[]"),
    *("http://example.org/", "id", "string", "$ref", "\u202e"),
    *("\x1b[31m", "(", "(a+)+$", "\0", "#", "#/", "# x", "\n"),
    *([], ["x"], [[]], [None], [1, "a"], {}, {"x": 1}, {"": 1}, {"$ref": "#"}, {"$ref": "#/x"}, {"$ref": ""}),
    {"enum": [None, 1, "a"]}, {"type": "array"}, {"type": ["string", "array"]}, {"type": "object"}, {"not": {}},
    *({"items": {"$ref": "#"}}, {"properties": {"x": {}}}, {"anyOf": [{}, {}]}, {"const": 1.0}, "a" * 300, "=1+1"),
)  # fmt: skip


class Mutants:
    """Mutants of ``seeds``; where they are ``headed``, the first line of each says what it is, and is seldom changed.

    ``words`` are put in beside those that are odd everywhere; with ``shaped`` some are made by structure.
    """

    def __init__(
        self,
        seeds: Sequence[bytes],
        chance: random.Random,
        words: Sequence[bytes] = (),
        *,
        headed: bool = False,
        shaped: bool = False,
    ) -> None:
        self._seeds = list(seeds) or [b""]
        self._chance = chance
        self._words = (*WORDS, *words)
        self._headed = headed
        self._shaped = [] if not shaped else [(seed, value) for seed in seeds if (value := _value(self._body(seed)))]

    def __call__(self) -> bytes:
        """The next one."""
        chance = self._chance
        if self._shaped and chance.random() < 0.5:
            seed, value = chance.choice(self._shaped)
            body = self._of_value(value, as_json=self._body(seed)[:1] in (b"{", b"["))
        else:
            seed = chance.choice(self._seeds)
            body = self._of_bytes(self._body(seed))
        if not self._headed:
            return body[:LONGEST]
        head = seed.partition(b"\n")[0]
        if chance.random() < 0.02:
            head = self._of_bytes(head).replace(b"\n", b"")
        return head + b"\n" + body[:LONGEST]

    def _body(self, seed: bytes) -> bytes:
        return seed.partition(b"\n")[2] if self._headed else seed

    def _of_bytes(self, data: bytes) -> bytes:
        chance = self._chance
        times = 1
        while chance.random() < 0.55 and times < 9:
            times += 1
        for _ in range(times):
            data = chance.choice(_WAYS)(self, data)
        return data

    def _at(self, data: bytes) -> int:
        return int(self._chance.random() * (len(data) + 1))

    def _span(self, data: bytes) -> tuple[int, int]:
        start = self._at(data)
        size = self._chance.choice((1, 1, 2, 3, 5, 8, 20, 60))
        return start, min(start + size, len(data))

    def _put_in(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + self._chance.choice(self._words) + data[at:]

    def _put_over(self, data: bytes) -> bytes:
        start, stop = self._span(data)
        return data[:start] + self._chance.choice(self._words) + data[stop:]

    def _taken_out(self, data: bytes) -> bytes:
        start, stop = self._span(data)
        return data[:start] + data[stop:]

    def _moved(self, data: bytes) -> bytes:
        (start, stop), at = self._span(data), self._at(data)
        return data[:at] + data[start:stop] + data[at:]

    def _repeated(self, data: bytes) -> bytes:
        start, stop = self._span(data)
        times = self._chance.choice((2, 3, 10, 70, 500))
        return data[:start] + data[start:stop] * times + data[stop:]

    def _other_byte(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + bytes([int(self._chance.random() * 256)]) + data[at + 1 :]

    def _other_bit(self, data: bytes) -> bytes:
        at = self._at(data)
        return (
            data[:at]
            + bytes([byte ^ (1 << int(self._chance.random() * 8)) for byte in data[at : at + 1]])
            + data[at + 1 :]
        )

    def _spliced(self, data: bytes) -> bytes:
        other = self._body(self._chance.choice(self._seeds))
        return data[: self._at(data)] + other[self._at(other) :]

    def _lines(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        one, other = (int(self._chance.random() * len(lines)) for _ in "12")
        way = self._chance.random()
        if way < 0.3:
            lines[one], lines[other] = lines[other], lines[one]
        elif way < 0.6:
            lines.insert(one, lines[other])
        elif way < 0.8:
            lines[one] = b"  " + lines[one]
        else:
            del lines[one]
        return b"\n".join(lines)

    def _cut_off(self, data: bytes) -> bytes:
        return data[: self._at(data)]

    def _of_value(self, value: Any, *, as_json: bool) -> bytes:
        """One or several parts of ``value`` removed, renamed, moved or made something odd."""
        value = json.loads(value)
        for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
            value = self._odd_part(value)
        if as_json or self._chance.random() < 0.5:
            return json.dumps(value, ensure_ascii=self._chance.random() < 0.5).encode("utf-8", "surrogatepass")
        return yaml.dump(value, Dumper=_DUMPER, allow_unicode=True).encode("utf-8", "surrogatepass")

    def _odd_part(self, value: Any) -> Any:
        chance = self._chance
        places = list(_places(value))
        if not places:
            return copy.deepcopy(chance.choice(VALUES))
        holder, part = chance.choice(places)
        way = chance.random()
        if way < 0.2:
            del holder[part]
        elif way < 0.35 and isinstance(holder, dict):
            name = chance.choice((f"{part}x", part.upper(), part[:-1], "", "$ref", "id", "\u202e", "x"))
            holder[name] = holder.pop(part)
        elif way < 0.6:
            other, its = chance.choice(places)
            holder[part] = json.loads(json.dumps(other[its] if _holds(other, its) else None))
        elif way < 0.65:
            holder[part] = [holder[part]] * chance.choice((1, 2, 40))
        else:
            holder[part] = copy.deepcopy(chance.choice(VALUES))
        return value


_WAYS: tuple[Callable[[Mutants, bytes], bytes], ...] = (
    *(Mutants._put_in, Mutants._put_in, Mutants._put_over, Mutants._put_over, Mutants._taken_out, Mutants._taken_out),
    *(Mutants._moved, Mutants._repeated, Mutants._other_byte, Mutants._other_bit, Mutants._spliced, Mutants._lines),
    *(Mutants._lines, Mutants._cut_off),
)  # fmt: skip
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _holds(holder: Any, part: Any) -> bool:
    return part in holder if isinstance(holder, dict) else part < len(holder)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """The places of all values below ``value``: what holds each, and under which key or number."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        inner = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        found += [(one, part) for part, _ in inner]
        waiting += [each for _, each in inner]
    return found


def _value(seed: bytes) -> str:
    """What a seed holds, as JSON text; empty where it is not one mapping or list, or a long one."""
    parsed = parse(seed, "f.yaml", Limits(expansion=100))
    if parsed.broken or len(parsed.documents) != 1 or not isinstance(parsed.documents[0].value, dict | list):
        return ""
    text = dumps(parsed.documents[0].value)
    return text if len(text) < LONGEST else ""
