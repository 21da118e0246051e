# SPDX-License-Identifier: Apache-2.0
"""What rdflib reads of all prov/*.ttl of a release, together with the answer of /build.jsonld, held against what PROV-O
(https://www.w3.org/TR/prov-o/, 2013) says each of its terms is of: judge_prov.py RELEASE BUILD.

The package prov, where it is installed, reads the same as a document of its own model.
"""

import json
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from rdflib import Graph, Literal
from rdflib.namespace import PROV, RDF, XSD

ENTITY, ACTIVITY, AGENT = PROV.Entity, PROV.Activity, PROV.Agent
# Terms with what they are of and what they lead to, by the tables of the recommendation.
TERMS = {
    PROV.wasGeneratedBy: (ENTITY, ACTIVITY),
    PROV.wasDerivedFrom: (ENTITY, ENTITY),
    PROV.hadPrimarySource: (ENTITY, ENTITY),
    PROV.wasRevisionOf: (ENTITY, ENTITY),
    PROV.specializationOf: (ENTITY, ENTITY),
    PROV.wasAttributedTo: (ENTITY, AGENT),
    PROV.wasInvalidatedBy: (ENTITY, ACTIVITY),
    PROV.invalidated: (ACTIVITY, ENTITY),
    PROV.used: (ACTIVITY, ENTITY),
    PROV.wasAssociatedWith: (ACTIVITY, AGENT),
    PROV.hadMember: (PROV.Collection, ENTITY),
    PROV.generatedAtTime: (ENTITY, XSD.dateTime),
    PROV.invalidatedAtTime: (ENTITY, XSD.dateTime),
    PROV.endedAtTime: (ACTIVITY, XSD.dateTime),
}
ABOVE = {PROV.SoftwareAgent: AGENT, PROV.Collection: ENTITY}
DISJOINT = ((ENTITY, ACTIVITY), (ACTIVITY, AGENT))


def read(release, build):
    graph = Graph()
    for path in sorted(Path(release, "prov").glob("*.ttl")):
        graph.parse(path, format="turtle", publicID="https://book.example/")
    return graph.parse(build, format="json-ld", publicID="https://book.example/")


def problems(graph):
    """What no reader of PROV-O could make sense of."""
    kinds = {}
    for subject, kind in graph.subject_objects(RDF.type):
        kinds.setdefault(subject, set()).update((kind, ABOVE.get(kind, kind)))
    for subject, term, value in graph:
        if not str(term).startswith(str(PROV)):
            continue
        if term not in TERMS:
            yield f"{term} is not known"
            continue
        of, to = TERMS[term]
        if of not in kinds.get(subject, ()):
            yield f"{subject} has {term} and is no {of}"
        if isinstance(value, Literal):
            if value.datatype != to or value.value is None:
                yield f"{value!r} is no {to}"
        elif to not in kinds.get(value, ()):
            yield f"{value}, {term} of {subject}, is no {to}"
    for subject, of in kinds.items():
        yield from (f"{subject} is both {one} and {other}" for one, other in DISJOINT if {one, other} <= of)
    for entity in graph.subjects(RDF.type, ENTITY):
        if len(set(graph.objects(entity, PROV.wasGeneratedBy))) > 1:
            yield f"{entity} was generated twice"
    for later, earlier in graph.subject_objects(PROV.wasRevisionOf):
        ended, begun = graph.value(earlier, PROV.invalidatedAtTime), graph.value(later, PROV.generatedAtTime)
        if str(ended) != str(begun):
            yield f"{earlier} ended at {ended}, and {later} begins at {begun}"
    for activity, entity in graph.subject_objects(PROV.used):
        at, begun = graph.value(activity, PROV.endedAtTime), graph.value(entity, PROV.generatedAtTime)
        if at and begun and str(at) < str(begun):
            yield f"{activity} used {entity} before it was there"


def by_prov(release):
    """How many records of its model the package prov finds in each file."""
    if find_spec("prov") is None:
        return {}
    from prov.model import ProvDocument

    read = {}
    for path in sorted(Path(release, "prov").glob("*.ttl")):
        document = ProvDocument.deserialize(str(path), format="rdf", rdf_format="turtle")
        read[path.stem] = Counter(type(one).__name__ for one in document.get_records())
    return read


def main(release, build):
    graph = read(release, build)
    terms = Counter(str(term).removeprefix(str(PROV)) for _, term, _ in graph if str(term).startswith(str(PROV)))
    found = sorted(problems(graph))
    print(json.dumps({"problems": found, "terms": terms, "prov": {} if found else by_prov(release)}))


main(*sys.argv[1:])
