# SPDX-License-Identifier: Apache-2.0
"""Templates to pages; and the files beside them, style and script, each under a name that tells its content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any

from datasette.utils import tilde_encode
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sourcebook.content.addresses import STATIC, Addresses
from sourcebook.content.values import date, is_link, shortened
from sourcebook.extract.site import title_of
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.head import Head
from sourcebook.site.marking import Sought
from sourcebook.site.published import Published
from sourcebook.site.reporting import report_address
from sourcebook.site.values_shown import ValuesShown

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png"}


def page(
    template: str,
    opened: Published,
    asked: Asked,
    *,
    status: int = 200,
    head: Head | None = None,
    refused: str = "",
    **values: Any,
) -> Answer:
    """A page of the site: ``template`` is the name of its file without ending.

    ``head`` is what it tells programs of itself; a page that is refused has none. With a ``status`` of 400 or more it
    is data to who asks for such, by the words ``refused``. ``report`` is where errors in what it shows are reported, if
    that is another address than for the whole book.
    """
    if status >= 400 and asked.data:
        return Answer.refusal(refused or f"{HTTPStatus(status).phrase}.", status, data=True)
    at = asked.at(opened.site.name)
    values.setdefault("report", report_address(opened, asked))
    text = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            site=opened.site,
            opened=opened,
            at=at,
            asked=asked,
            static=static(asked.base),
            head=head,
            frame=_frame(opened, asked, at),
            **values,
        )
    )
    headers = head.headers if head and asked.twin is None else {}  # a file has none
    if status >= 400:
        headers = {"vary": "accept"}  # errors are told as data to those who ask for that
    return Answer(text.encode("utf-8", "replace"), status=status, headers=headers)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same on all pages of a release: its ``nav``, and what stands at the ``foot``."""

    nav: Markup
    foot: Markup


def _frame(opened: Published, asked: Asked, at: Addresses) -> _Frame:
    name = ("frame", asked.base, "twin" if asked.twin else "", opened.versions.state)
    if name not in opened.kept:
        made: Any = _environment().get_template("frame.html").module
        opened.kept[name] = _Frame(made.nav(at, opened.site, opened), made.foot(at, opened.site, opened))
    frame: _Frame = opened.kept[name]
    return frame


def nav(opened: Published, base: str) -> Markup:
    """Where all pages of a site lead, for pages that are made elsewhere."""
    asked = Asked((), base=base)
    return _frame(opened, asked, asked.at(opened.site.name)).nav


@cache
def macro(name: str) -> Callable[..., Markup]:
    """A macro of what all pages share, for pages that are made elsewhere."""
    found: Callable[..., Markup] = getattr(_environment().get_template("parts.html").module, name)
    return found


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "pages" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "shortened": shortened,
        "number": _number,
        "paragraphs": _paragraphs,
        "bytes": _bytes,
        "brief": _brief,
        "day": lambda text: date(text).text,
        "title_of": title_of,
        "trimmed": lambda text: text.removesuffix(".0"),
    }
    shown = ValuesShown(lambda one: macro("brief")(one))
    environment.globals |= {"is_link": is_link, "tilde": tilde_encode, "shown": shown}
    return environment


def _brief(text: Markup, sought: Sought | None = None) -> Markup:
    """Marked-up text as it is; of a long one, which is one without links, the beginning, or what was sought in it."""
    if len(text) <= BRIEF or "<a " in text:
        return text
    plain = text.striptags()
    if len(plain) <= BRIEF:
        return text
    short = sought.marked(sought.excerpt(plain, BRIEF)) if sought else shortened(plain, BRIEF)
    return Markup("<bdi>{}</bdi>").format(short)


BRIEF = 200
"""Characters of what a list shows of one field."""


def prepare() -> None:
    """Read all templates, so that no reader waits for that."""
    for name in _environment().list_templates():
        _environment().get_template(name)


def _number(value: int) -> str:
    return f"{value:,}"


def _bytes(value: int) -> str:
    """A size as readers know it."""
    size = float(value)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _paragraphs(text: str) -> Markup:
    """Text with its own paragraphs and lines."""
    parts = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(part.split("\n"))) for part in parts)


@lru_cache(8)
def static(base: str) -> Mapping[str, str]:
    """The addresses of the files beside the templates, by their names; the same content has the same address."""
    return {name: base + STATIC + address for name, (address, _) in _files().items()}


def static_answer(name: str) -> Answer | None:
    """The file that is called so in an address; None where there is none."""
    for address, content in _files().values():
        if address == name:
            headers = {"cache-control": "public, max-age=31536000, immutable"}
            return Answer(content, _TYPES[Path(name).suffix], headers=headers)
    return None


def static_files() -> dict[str, bytes]:
    """All files beside the templates, by their names in addresses."""
    return dict(_files().values())


def icon() -> Answer:
    """The icon that browsers ask for by themselves, once for all pages."""
    content = (_HERE / "static" / "icon.png").read_bytes()
    return Answer(content, "image/png", headers={"cache-control": "public, max-age=86400"})


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    contents = {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir()) if path.suffix in _TYPES}
    # A page that needs both asks for one file: each is a block of its own.
    contents[BOTH] = contents["site.js"] + contents["pictures.js"]
    found = {}
    for name, content in contents.items():
        digest, path = hashlib.sha256(content).hexdigest()[:10], Path(name)
        found[name] = f"{path.stem}-{digest}{path.suffix}", content
    return found


BOTH = "site-pictures.js"
"""The name under which pages have both the script of all pages and that of pictures."""


@cache
def site_version() -> str:
    """A hash of all that makes pages of a release, so that none that was made by other code passes for current."""
    digest = hashlib.sha256()
    below = ((_HERE.parent / name).rglob("*.py") for name in ("content", "export"))
    for path in sorted((*_HERE.rglob("*"), *_HERE.parent.glob("*.py"), *chain.from_iterable(below))):
        if path.suffix in (".py", ".html", ".outline", *_TYPES):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
