# SPDX-License-Identifier: Apache-2.0
"""What pyshacl finds in dcat.jsonld by the shapes of DCAT-AP, and whether dcat.ttl says the same as rdflib reads both:
judge_dcat.py RELEASE SHAPES.
"""

import json
import sys
from pathlib import Path

from pyshacl import validate
from rdflib import Graph
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH

BASE = "https://book.example/-/downloads/"


def main(release: str, shapes: str) -> None:
    graph = Graph().parse(Path(release, "dcat.jsonld"), format="json-ld", publicID=BASE)
    turtle = Graph().parse(Path(release, "dcat.ttl"), format="turtle", publicID=BASE)
    # By RDFS all is an rdfs:Resource, which the shapes ask of addresses.
    _, found, _ = validate(graph, shacl_graph=Graph().parse(shapes, format="json-ld"), inference="rdfs")
    paths = {
        str(path) for one in found.subjects(RDF.type, SH.ValidationResult) for path in found.objects(one, SH.resultPath)
    }
    print(json.dumps({"triples": len(graph), "same": isomorphic(graph, turtle), "violations": sorted(paths)}))


main(*sys.argv[1:])
