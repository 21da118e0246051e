# SPDX-License-Identifier: Apache-2.0
"""Pages that are opened without a server, from a disk: their links lead from file to file, wherever the folder lies.

Without a server there is no root that an address may begin at, and a folder answers with no page. So a link names the
file, from the one it stands in. What a script reads is left as it is: from a file it may read nothing.
"""

from __future__ import annotations

import re

_LINKS = re.compile(rb' (?:href|src|action)="(/[^"]*)"|<meta http-equiv="refresh" content="0; url=(/[^"]*)"')
_REST = re.compile(rb"\?|(?<!&)#")  # what is asked, and the place in a page; an apostrophe is `&#39;` in HTML
_OTHER_HOST = b"//"
_NO_SCRIPT = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
_UNSERVED = (
    b'<p class="problem" id="unserved">This page needs a server: a browser lets no page that was opened from a file '
    b"read other files. Run <code>python3 -m http.server</code> in the folder that the home page lies in, and open "
    b"<code>http://localhost:8000/</code>. All other pages need none.</p>"
)
"""Stands where no script takes it away; one that runs does."""


def relative(path: str, content: bytes, base: str) -> bytes:
    """The content of a file at a ``path`` of a twin, whose addresses begin with ``base``; only pages are changed.

    The page of what is not there is none of these: a server shows it at any address.
    """
    if not path.endswith("/index.html") and path != "index.html":
        return content
    up, root = b"../" * path.count("/") or b"./", base.encode()

    def there(found: re.Match[bytes]) -> bytes:
        href = found[1] if found[1] is not None else found[2]
        if not href.startswith(root) or href.startswith(_OTHER_HOST):
            return found[0]
        return found[0].replace(href, up + _file(href[len(root) :]), 1)

    return _NO_SCRIPT.sub(_UNSERVED, _LINKS.sub(there, content))


def _file(href: bytes) -> bytes:
    """The file that an address below the root stands for, with what follows it in the address."""
    found = _REST.search(href)
    end = found.start() if found else len(href)
    path, rest = href[:end], href[end:]
    return (path + b"index.html" if not path or path.endswith(b"/") else path) + rest
