# SPDX-License-Identifier: Apache-2.0
"""What crawlers are asked to leave alone (RFC 9309): addresses without end. All pages, files and records are theirs."""

from __future__ import annotations

from sourcebook.site.answer import TEXT, Answer, Asked
from sourcebook.site.machines.place import whole
from sourcebook.site.published import Published


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/robots.txt``."""
    at = asked.at(opened.site.name)
    lines = [
        "User-agent: *",
        "# Searches, filters, orders and SQL: there is no end to them. Every record is in the sitemap.",
        f"Disallow: {at.home()}*?",
        f"Disallow: {at.sql()}/-/",
        "# A record whose key is no part of an address.",
        f"Allow: {at.home()}*/-?key=",
        f"Allow: {at.home()}",
        "",
        f"Sitemap: {whole(opened, asked).page('sitemap.xml')}",
        "",
    ]
    return Answer("\n".join(lines).encode(), TEXT)
