# SPDX-License-Identifier: Apache-2.0
"""What the package followthemoney says of the statements in ftm/*.ndjson of a release: judge_ftm.py RELEASE SCHEMATA.

It also holds what a book may say (SCHEMATA, as JSON) against the schemata that the package has.
"""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

from followthemoney import model


def of_schemata(schemata):
    """Where what we say of a schema is not what it is."""
    for name, told in schemata.items():
        schema = model.get(name)
        if schema is None:
            yield f"{name} is none"
            continue
        for wider in told["isa"]:
            if not schema.is_a(wider):
                yield f"{name} is no {wider}"
        for prop, kind in told["properties"].items():
            found = schema.get(prop)
            if found is None or found.type.name != kind or found.deprecated:
                yield f"{name}.{prop} is no {kind}"
            elif found.type.max_length != told["longest"][kind]:
                yield f"{kind} takes {found.type.max_length} characters"
        ends = [(prop.name, prop.range.name) for prop in (schema.source_prop, schema.target_prop) if prop]
        if ends != [tuple(end) for end in told["ends"]] or schema.edge != bool(told["ends"]):
            yield f"{name} leads from {ends}"
        made = {told["titled"], *(end for end, _ in ends)}
        if not set(schema.required) <= made:
            yield f"{name} needs {schema.required}"


def of_statements(statements):
    """Where a statement is none that the package would make."""
    for one in statements:
        prop = model.get(one.schema).get(one.prop)
        if prop is None:
            yield f"{one.schema} has no {one.prop}"
        elif not prop.type.validate(one.value) or len(one.value) > prop.type.max_length:
            yield f"{one.prop} is not to be {one.value!r}"


def of_entities(by_id):
    """Where the statements of an entity do not make one."""
    for entity_id, some in by_id.items():
        schema = model.common_schema(some[0].schema, some[-1].schema)
        entity = model.make_entity(schema)
        entity.id = entity_id
        for one in some:
            entity.add(one.prop, one.value, cleaned=False)  # which drops what is no value of the property
        kept = sum(len(entity.get(prop)) for prop in entity.properties)
        if kept != len({(one.prop, one.value) for one in some}):
            yield f"{entity_id} keeps {kept} of {len(some)} values"
        entity.schema.validate(entity.to_dict())  # which raises
        for prop, value in entity.itervalues():
            if prop.type.name == "entity" and not (
                value in by_id and model.get(by_id[value][0].schema).is_a(prop.range)
            ):
                yield f"{entity_id} leads by {prop.name} to {value}, which is no {prop.range.name}"


def main(release, schemata):
    statements = [
        SimpleNamespace(**json.loads(line))
        for path in sorted(Path(release, "ftm").glob("*.ndjson"))
        for line in path.read_text("utf-8").splitlines()
    ]
    by_id = defaultdict(list)
    for one in statements:
        by_id[one.entity_id].append(one)
    problems = [*of_schemata(json.loads(schemata)), *of_statements(statements), *of_entities(by_id)]
    schemata = Counter(some[0].schema for some in by_id.values())
    print(json.dumps({"entities": schemata, "statements": len(statements), "problems": problems}))


main(*sys.argv[1:])
