# SPDX-License-Identifier: Apache-2.0
"""What the fast sources share: cheap looks at texts before they are read.

Every expression begins with a literal, which makes the search fast.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sourcebook.parse.side_by_side import Rule, Texts, rule

_INDICATORS = tuple(  # explicit keys, tags, anchors, aliases: where a node may begin, so not after a word
    rule(
        rb"\%b(?:(?<=[ \n\[{,]\%b)(?<![A-Za-z.)*] \%b)|(?<=[\"'\]}]:\%b))%b"
        % (character, character, character, character, after)
    )
    for character, after in ((b"?", b""), (b"!", b""), (b"&", b"(?=[^ \n\0])"), (b"*", b"(?=[^ \n\0])"))
)
_NO_BEGINNING = "?!&* ."
RULES = (
    rule(b"\t"),
    rule(rb"\n(?:%|---(?<!\0\n---)|\.\.\.| *+:)"),  # directives, further documents, empty keys
    *_INDICATORS,
    # Characters at which 1.1 ends lines, and more of which `decode` tells, as they are in UTF-8.
    rule(b"\x7f"),
    rule(b"\xc2[\x80-\x9f]"),  # U+0080 to U+009F
    rule(b"\xe2(?=\x80[\xa8\xa9])"),  # U+2028, U+2029
    rule(b"\xef(?=\xbb\xbf|\xbf[\xbe\xbf])"),  # U+FEFF, U+FFFE, U+FFFF
)


def odd(texts: Texts, rules: Sequence[Rule] = RULES) -> set[int]:
    """Which texts have more than one document, tabs, properties, aliases or odd characters; or what ``rules`` say."""
    found = texts.matching(rules)
    found.update([number for number, text in enumerate(texts.texts) if text[:1] in _NO_BEGINNING])
    return found


# --- lines ----------------------------------------------------------------------------------------------------------

_OPENS = {  # a quoted text or a flow collection that does not plainly end on its line
    "'": r"'(?![^'\n]*+(?:''[^'\n]*+)*+'[^'])",
    '"': r"\"(?![^\"\\\n]*+\")",
    "[": r"\[(?![^\[\]{}\"'#|>\n]*+[\]}])",
    "{": r"\{(?![^\[\]{}\"'#|>\n]*+[\]}])",
}
_ANY = "|".join(_OPENS.values())
_OPENINGS = (re.compile(rf"\n[ -]*+(?:{_ANY})"), re.compile(rf": ++(?:{_ANY})"))
_LIKE_OPENINGS = tuple(  # and some within texts
    rule(opens.replace("(", rf"(?<=[ \n\-]\{character})(", 1).encode()) for character, opens in _OPENS.items()
)
_PIECE = re.compile(r"'(?:[^']|'')*+'|\"(?:[^\"\\]|\\.)*+\"|[\[\]{}\"']", re.DOTALL)
_NOT_IN_FLOW = re.compile("[|>#]")
_FARTHEST = 100_000  # characters to look through for an end


def not_indented(texts: Texts) -> set[int]:
    """In which texts a further line of a quoted text or a flow collection is not indented below what it stands in.

    And those with something in a flow collection that looks like a block scalar, or like a comment, which may hide its
    end.
    """
    found = texts.matching(_LIKE_OPENINGS)
    return {number for number in found if not _indented(texts.texts[number])} if found else found


def _indented(text: str) -> bool:
    text = "\n" + text
    left = len(text)  # characters to look through, so that the time has a bound
    for expression in _OPENINGS:
        for found in expression.finditer(text):
            begin = found.end() - 1
            end = _end(text, begin)
            left -= end - begin
            if left < 0 or not _below(text, begin, end):
                return False
            if text[begin] in "[{" and _NOT_IN_FLOW.search(text, begin, end):
                return False
    return True


def _end(text: str, begin: int) -> int:
    """Where the quoted text or flow collection that begins there ends; the end of the text where it does not."""
    nesting = 0
    for piece in _PIECE.finditer(text, begin, begin + _FARTHEST):
        if piece[0] in "[{":
            nesting += 1
        elif piece[0] in "]}":
            nesting -= 1
        elif len(piece[0]) == 1:  # a quote that is not closed
            break
        if nesting <= 0:
            return piece.end()
    return len(text)


def _below(text: str, begin: int, end: int) -> bool:
    line = text.rfind("\n", 0, begin) + 1
    column = line
    while text[column] in " -":
        column += 1
    least = column - line + (column < begin)
    for further in text[begin:end].split("\n")[1:]:
        content = further.lstrip(" ")
        if content and len(further) - len(content) < least:
            return False
    return True
