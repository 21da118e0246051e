# SPDX-License-Identifier: Apache-2.0
"""Texts that are small and mean much: deep, doubled by aliases and merges, or of very many parts."""

from __future__ import annotations

from random import Random

from tests.hostile.books.model import Case, Kind, book

nesting = Kind("nesting")


@nesting
def flow_lists(random: Random) -> Case:
    """Lists in lists, in brackets."""
    depth = random.choice((63, 65, 500, 5_000, 100_000))
    return book(b"name: a\nx: " + b"[" * depth + b"]" * random.choice((depth, 0)) + b"\n")


@nesting
def flow_mappings(random: Random) -> Case:
    """Mappings in mappings, in braces."""
    depth = random.choice((63, 65, 500, 5_000, 50_000))
    return book(b"name: a\nx: " + b"{a: " * depth + b"1" + b"}" * random.choice((depth, 0)) + b"\n")


@nesting
def block_mappings(random: Random) -> Case:
    """Mappings in mappings, by indentation."""
    depth = random.choice((63, 65, 300, 1_500))
    return book(b"name: a\n" + b"".join(b" " * n + b"k:\n" for n in range(depth)))


@nesting
def block_lists(random: Random) -> Case:
    """A list in a list in a list, on one line."""
    return book(b"name: a\nx:\n  " + b"- " * random.choice((65, 1_000, 50_000)) + b"a\n")


@nesting
def question_marks(random: Random) -> Case:
    """Keys that are mappings with keys that are mappings."""
    return book(b"? " * random.choice((10, 1_000, 50_000)) + b"a\n")


@nesting
def raised_depth(random: Random) -> Case:
    """The same where the descriptor asks for as many levels as it may."""
    depth = random.choice((100, 400, 499, 500, 501))
    inner = b"{a: " * depth + b"1" + b"}" * depth
    if random.random() < 0.5:
        inner = b"[" * depth + b"]" * depth
    case = book(b"name: a\nkeepers: " + inner + b"\n")
    return _limited(case, {"depth": random.choice((499, 500, 501, 100_000))})


@nesting
def raised_depth_undeclared(random: Random) -> Case:
    """Levels as many as may be, of a value that no schema speaks of, kept as it is or planned from the records."""
    depth = random.choice((100, 300, 490))
    kind = random.choice((b"{a: %s}", b"[%s]", b"[{a: %s}]"))
    text = b"1"
    for _ in range(depth // (2 if kind.startswith(b"[{") else 1)):
        text = kind % text
    case = book(b"name: a\nother: " + text + b"\n", undeclared=random.choice((None, "json", "tables")))
    return _limited(case, {"depth": 500})


@nesting
def laughs(random: Random) -> Case:
    """Lists of aliases of lists of aliases."""
    times, levels = random.choice((2, 9, 100)), random.choice((5, 9, 30))
    lines = [b"name: a", b"a0: &a0 [x]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * times)) for n in range(1, levels)]
    case = book(b"\n".join(lines) + b"\n")
    return _limited(case, {"expansion": 10**12}) if random.random() < 0.3 else case


@nesting
def merges(random: Random) -> Case:
    """Mappings that merge others, which merge others."""
    width, levels = random.choice((2, 10)), random.choice((8, 20))
    lines = [b"name: a", b"a0: &a0 {k0: 1, k1: 2}"]
    for n in range(1, levels):
        merged = b", ".join([b"*a%d" % (n - 1)] * width)
        lines.append(b"a%d: &a%d {<<: [%s], k%d: {<<: *a%d}}" % (n, n, merged, n + 1, n - 1))
    return book(b"\n".join(lines) + b"\n")


@nesting
def merged_width(random: Random) -> Case:
    """A mapping of many keys, merged many times."""
    keys, times = random.choice((100, 1_000, 20_000)), random.choice((10, 500))
    wide = b", ".join(b"k%d: %d" % (n, n) for n in range(keys))
    lines = [b"name: a", b"wide: &w {%s}" % wide, b"many:"]
    return book(b"\n".join([*lines, *[b"  - {<<: *w, own: 1}"] * times]) + b"\n")


@nesting
def long_text_aliased(random: Random) -> Case:
    """One long text, named again and again."""
    size, times = random.choice(((1_000_000, 2_000), (100_000, 20_000), (5_000_000, 300), (10_000, 99_000)))
    lines = [b"name: a", b"x: &x " + b"y" * size, b"many: [" + b", ".join([b"*x"] * times) + b"]"]
    case = book(b"\n".join(lines) + b"\n")
    return _limited(case, {"expansion": 10**9, "bytes": 10**12}) if random.random() < 0.5 else case


@nesting
def long_key_aliased(random: Random) -> Case:
    """One long text, as the key of many mappings."""
    size, times = random.choice(((100_000, 5_000), (1_000_000, 1_000)))
    lines = [b"name: a", b"x: &x " + b"y" * size, b"many:", *[b"  - {*x : 1}"] * times]
    return book(b"\n".join(lines) + b"\n")


@nesting
def alias_inside(random: Random) -> Case:
    """A value that contains itself, and aliases of nothing."""
    texts = (b"name: a\nx: &x [*x]\n", b"&r {name: a, x: *r}\n", b"name: *no\n", b"name: a\nx: &x {<<: *x}\n")
    return book(random.choice(texts))


@nesting
def anchors(random: Random) -> Case:
    """Very many anchors, of which none is used, or one name again and again."""
    names = random.choice((lambda n: n, lambda _: 0))
    return book(b"name: a\nx:\n" + b"".join(b"  - &a%d 1\n" % names(n) for n in range(random.choice((10, 50_000)))))


@nesting
def twice_the_key(random: Random) -> Case:
    """One key, very many times."""
    times = random.choice((2, 1_000, 200_000))
    line = random.choice((b"k: 1\n", b'"k": 1\n', b"\xc3\xa9: 1\n"))
    return book(b"name: a\n" + line * times)


@nesting
def twice_each_key(random: Random) -> Case:
    """Very many keys, each two times; and the same in lists of mappings."""
    times = random.choice((100, 50_000))
    return book(b"name: a\n" + b"".join(b"k%d: 1\n" % (n // 2) for n in range(2 * times)))


@nesting
def many_keys(random: Random) -> Case:
    """A record of very many properties, of which the schema knows none."""
    case = book(b"name: a\n" + b"".join(b"k%d: 1\n" % n for n in range(random.choice((2_100, 100_000)))))
    return case if random.random() < 0.5 else book(case.files["data/lights/low.yaml"], undeclared="tables")


@nesting
def many_findings(random: Random) -> Case:
    """Very many mistakes of one sort in one file."""
    line = random.choice((b"- !odd x\n", b"- 1e99999\n", b"- !!int x\n", b'- "\\0"\n', b"- {<<: 1}\n", b"- 1.10\n"))
    return book(b"name: a\nkeepers:\n" + line * random.choice((50, 60_000)))


@nesting
def many_wrong_items(random: Random) -> Case:
    """Very many items of a list that do not fit the schema."""
    return book(b"name: a\nkeepers:\n" + b"- {who: 1}\n" * random.choice((50, 30_000)))


@nesting
def many_documents(random: Random) -> Case:
    """Very many documents in one file."""
    layout = random.choice(("file", "documents", "list"))
    return book(b"--- {name: a}\n" * random.choice((2, 30_000)), layout=layout, key=random.choice((None, "name")))


@nesting
def many_lookalikes(random: Random) -> Case:
    """Very many keys that look alike."""
    keys = [f"k{'é' if n & 1 else 'e' + chr(0x301)}{n // 2}" for n in range(random.choice((20, 4_000)))]
    return book("".join(f"{key}: 1\n" for key in ["name", *keys]).encode())


@nesting
def block_scalar(random: Random) -> Case:
    """A block of text with headers, indents and endings at their limits."""
    header = random.choice((b"|", b">", b"|9", b">1-", b"|+9", b"|-+", b"|0", b"> #"))
    size = random.choice((1, 1_000, 1_000_000))
    return book(b"name: a\nx: " + header + b"\n" + random.choice((b" ", b"\t", b"         ")) + b"y\n" * size)


@nesting
def long_line(random: Random) -> Case:
    """A line of some megabytes: a plain text, a comment, a key, or blanks."""
    size = random.choice((100_000, 4_000_000))
    line = random.choice((b"x: " + b"y " * size, b"# " + b"y" * size, b"y" * size + b": 1", b"x:" + b" " * size + b"1"))
    return book(b"name: a\n" + line + b"\n")


def _limited(case: Case, limits: dict[str, int]) -> Case:
    import json

    said = json.loads(case.files["datapackage.yaml"])
    said["sourcebook"] = {"limits": limits}
    case.files["datapackage.yaml"] = json.dumps(said).encode()
    return case
