# SPDX-License-Identifier: Apache-2.0
"""Texts that are held: what is read of them, what is told of the others, and that nothing hangs or follows a link."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from sourcebook.evidence import held
from sourcebook.evidence.held import Held, Text, Unread, read


def text_of(name: str, data: bytes) -> str:
    found = read("x", name, data)
    assert isinstance(found, Text), found
    return found.text


def why(name: str, data: bytes) -> str:
    found = read("x", name, data)
    assert isinstance(found, Unread), found
    return found.why


def pdf(content: bytes, pages: int = 1) -> bytes:
    """A PDF whose pages all have one content, packed already."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % (5 + n) for n in range(pages)), pages),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate([*objects, *[page] * pages], start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))


def test_plain_text() -> None:
    found = read("x", "x.txt", "\ufeffOne\nline.\r\n\r\nAnother\x0cone.\n".encode())
    assert isinstance(found, Text)
    assert (found.text, found.paragraphs, found.by) == ("One line. Another one.", [(0, 9), (10, 22)], "UTF-8")
    assert [found.paragraph(at) for at in (0, 8, 10, 21)] == [1, 1, 2, 2]
    assert [found.line(at) for at in (0, 3, 4, 10)] == [1, 1, 2, 4]
    assert why("x.txt", b"M\xfchle") == "its bytes are no UTF-8 text, from byte 1 on"
    assert why("x.txt", b" \n") == "it holds no text"


def test_a_page_of_html() -> None:
    page = (
        b"<!doctype html><html><head><title>T</title><style>p {}</style></head><body><h1>Head&shy;line</h1>"
        b"<p>One <b>bold</b>word &amp;\nmore.<br>line<script>'<p>no</p>'</script></p><ul><li>A<li>B</ul>"
        b"<table><tr><td>1<td>2</table><template><p>no</p></template><noscript>no</noscript></body></html>"
    )
    found = read("x", "x.html", page)
    assert isinstance(found, Text)
    assert found.text == "Headline One boldword & more. line A B 1 2"
    assert [found.text[low:high] for low, high in found.paragraphs] == [
        *("Headline", "One boldword & more. line", "A", "B", "1 2")
    ]
    assert found.by.startswith("lxml ")
    assert text_of("x.htm", '<meta charset="windows-1252"><p>Mühle</p>'.encode("cp1252")) == "Mühle"
    assert text_of("x.html", "<p>Mühle</p>".encode("utf-16")) == "Mühle"
    assert why("x.html", b"<meta charset=klingon>x") == "it says that it is in klingon, which is no encoding known here"


def test_what_a_page_hides_or_strikes_out_is_no_text_of_it() -> None:
    """Else a passage stays the same where readers see it no more, or see that it was taken back."""
    page = (
        b"<p>He was <span style='color: red; Display : none'>not</span> there<br hidden>. "
        b"<p hidden>The old <b>words</b>."
        b"<p>The <del>mayor</del> <ins>clerk</ins> <s>stole</s> <strike>took</strike> had it."
        b"<p style='visibility:hidden'>no<p style='nodisplay:none'>seen"
    )
    assert text_of("x.html", page) == "He was there. The clerk had it. seen"


def test_html_that_nests_without_end() -> None:
    assert text_of("x.html", b"<div>" * 100_000 + b"deep") == "deep"


def test_a_pdf() -> None:
    content = zlib.compress(b"BT /F1 12 Tf 72 700 Td (The pilots lost 50 men.) Tj 0 -20 Td (Two boats.) Tj ET")
    found = read("x", "x.pdf", pdf(content, 2))
    assert isinstance(found, Text)
    assert found.text == "The pilots lost 50 men. Two boats. The pilots lost 50 men. Two boats."
    assert len(found.paragraphs) == 2
    assert found.by.startswith("pypdf ")
    assert why("x.pdf", b"%PDF-1.4 nonsense").startswith("what reads it says Pdf")
    assert why("x.pdf", pdf(zlib.compress(b""))) == "it holds no text"


def test_a_pdf_that_is_a_bomb() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b"BT (aaaa) Tj ET\n" * 1_000_000) for _ in range(12)) + packer.flush()
    assert why("x.pdf", pdf(bomb)).startswith(("what reads it says", "it takes more"))


@pytest.mark.parametrize("over", ["time", "memory"])
def test_what_takes_too_much_is_ended(over: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> str:
        taken: list[bytes] = []
        while True:
            if over == "memory":
                taken.append(bytes(1_000_000))

    import sourcebook.evidence.pdf as door

    monkeypatch.setattr(door, "text_of", endless)
    monkeypatch.setattr(held, "_SECONDS", 0.3 if over == "time" else 60.0)
    monkeypatch.setattr(held, "_MEMORY", 50_000_000)
    assert why("x.pdf", b"").startswith("it takes more")


def test_a_text_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "LONGEST", 50)
    assert why("x.txt", b"a " * 60) == "its text has more than 50 characters"
    assert why("x.html", b"<p>" + b"a " * 60) == "its text has more than 50 characters"


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pypdf", None)
    monkeypatch.delitem(sys.modules, "sourcebook.evidence.pdf", raising=False)
    found = read("x", "x.pdf", b"")
    assert isinstance(found, Unread)
    assert (found.why, found.hint) == ("pypdf is not installed", "pip install 'sourcebook[text]'")


def test_nothing_is_read_through_links(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    book = tmp_path / "book"
    (book / "sources").mkdir(parents=True)
    (book / "sources/x.txt").symlink_to(secret)
    os.mkfifo(book / "sources/pipe.txt")
    found = Held.of(book).text("x")
    assert isinstance(found, Unread)
    assert found.why == "a symbolic link; links are not followed"
    assert isinstance(Held.of(book).text("pipe"), Unread)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "sources").symlink_to(book / "sources")
    (book / "sources/y.txt").write_text("y")
    assert Held.of(linked).text("y") is None
    assert isinstance(Held.of(linked, book / "sources").text("y"), Text)  # which a person has named


def test_keys_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("a%2Fb.txt", "o\u0308re.txt", "7.txt", "two.pdf", "two.txt", "two.html", "notes.md", ".hidden.txt"):
        (folder / name).write_text(name)
    monkeypatch.setenv(held.VARIABLE, str(folder))
    texts = Held.of(tmp_path)
    for key, name in (("a/b", "a%2Fb.txt"), ("\u00f6re", "o\u0308re.txt"), (7, "7.txt"), ("two", "two.txt")):
        found = texts.text(key)
        assert isinstance(found, Text)
        assert found.name == name
    assert texts.others("two") == ["two.html", "two.pdf"]
    assert [texts.text(key) for key in ("notes", ".hidden", "../texts/7", "")] == [None] * 4


def test_many_texts_that_take_long_are_not_all_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "_SLOW", 0.0)
    monkeypatch.setattr(held, "_SLOW_IN_ALL", 0.0)
    for number in range(3):
        (tmp_path / f"{number}.html").write_text(f"<p>The page {number}</p>")
    (tmp_path / "3.txt").write_text("The page 3")
    texts = Held.of(tmp_path, tmp_path)
    found = [texts.text(number) for number in range(4)]
    assert [type(one) for one in found] == [Text, Unread, Unread, Text]
    assert isinstance(found[1], Unread)
    assert found[1].why == "others took too long to read before it"
