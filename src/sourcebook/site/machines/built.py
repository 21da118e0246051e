# SPDX-License-Identifier: Apache-2.0
"""Of which commit the release was built, in the terms of PROV-O: what cannot stand in a file of the release itself.

A release is called by what it holds: the same records are the same release, whatever commit they are built at.
"""

from __future__ import annotations

from typing import Any

from sourcebook.exact import dumps
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.place import moment, root
from sourcebook.site.published import Published

NAME = "build.jsonld"
_CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def answer(opened: Published, asked: Asked) -> Answer:
    """``/build.jsonld``: the release, and the build that made it; the commit, where there is one."""
    base = root(opened, asked)
    build, maker = {"@id": f"{base}#build"}, {"@id": f"{base}#sourcebook"}
    commit = _commit(opened, base)
    graph = [
        {
            "@id": f"{base}#release-{opened.release}",
            "@type": "prov:Entity",
            "dct:identifier": opened.release,
            "prov:specializationOf": {"@id": f"{base}#dataset", "@type": "prov:Entity"},
            "prov:wasGeneratedBy": build,
        }
        | ({"prov:wasDerivedFrom": {"@id": commit["@id"]}} if commit else {}),
        build
        | {"@type": "prov:Activity", "prov:wasAssociatedWith": maker}
        | ({"prov:used": {"@id": commit["@id"]}} if commit else {}),
        maker | {"@type": ["prov:SoftwareAgent", "prov:Agent"], "rdfs:label": "Sourcebook"},
        *([commit] if commit else []),
    ]
    text = dumps({"@context": _CONTEXT, "@graph": graph}, indent=2) + "\n"
    return Answer(text.encode("utf-8", "replace"), "application/ld+json")


def _commit(opened: Published, base: str) -> Node:
    """The commit as an entity; files that were not as they are there make another thing of it, which is said."""
    commit = str(opened.source.get("commit") or "")
    if not commit:
        return {}
    at = moment(str(opened.source.get("committed") or ""))
    changed = {"dct:description": "Files had been changed since that commit."} if opened.source.get("changed") else {}
    when = {"prov:generatedAtTime": {"@type": "xsd:dateTime", "@value": at}} if at else {}
    return {"@id": f"{base}#commit-{commit}", "@type": "prov:Entity", "dct:identifier": commit} | when | changed
