# SPDX-License-Identifier: Apache-2.0
"""What is asked by somebody who wants a site to stop: by kind, made from what there is at it and from chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from tests.hostile.load.connection import Request
from tests.hostile.load.survey import Site

Attack = Callable[[Site, random.Random], Request]

_ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
_SQL: Mapping[str, str] = {
    "recursion": f"{_ENDLESS} SELECT count(*) FROM c",
    "recursion that keeps all": f"{_ENDLESS} SELECT n FROM c ORDER BY -n",
    "cross join": "SELECT count(*) FROM {t} a, {t} b, {t} c, {t} d, {t} e, {t} f, sqlite_master g, sqlite_master h",
    "cross join that sorts": "SELECT a.*, b.* FROM {t} a, {t} b, {t} c, sqlite_master d ORDER BY random()",
    "blobs together": f"{_ENDLESS} SELECT group_concat(hex(randomblob(900000))) FROM (SELECT n FROM c LIMIT 5000)",
    "printf": "SELECT printf('%.*c', 900000000, 'x'), printf('%900000000d', 1)",
    "zeroblob": "SELECT hex(zeroblob(900000000)), zeroblob(1900000000)",
    "randomblob": "SELECT randomblob(999999999)",
    "LIKE": "SELECT replace(hex(zeroblob(40000)), '00', 'ab') LIKE replace(hex(zeroblob(20000)), '00', '_%') || 'z'",
    "LIKE within its limit": "SELECT hex(zeroblob(400000)) LIKE replace(hex(zeroblob(20)), '00', '%0_') || 'z'",
    "GLOB": "SELECT hex(zeroblob(40000)) GLOB replace(hex(zeroblob(20000)), '00', '*?') || 'z'",
    "instr": "SELECT instr(hex(zeroblob(4000000)), hex(zeroblob(1000000)) || 'z')",
    "replace": "SELECT length(replace(hex(zeroblob(2000000)), '0', hex(zeroblob(2000))))",
    "long rows": f"{_ENDLESS} SELECT hex(zeroblob(2450000)) FROM (SELECT n FROM c LIMIT 300)",
    "many columns": f"SELECT {', '.join(f'randomblob(99{n:04}) c{n}' for n in range(1900))} FROM sqlite_master",
    "deep OFFSET": "SELECT * FROM {t} a, {t} b, {t} c, {t} d, sqlite_master e LIMIT 10 OFFSET 1000000000",
    "JSON": f"{_ENDLESS} SELECT json_group_array(n || hex(zeroblob(1000))) FROM (SELECT n FROM c LIMIT 9000000)",
    "window": f"{_ENDLESS} SELECT sum(n) OVER (ORDER BY random()), n FROM (SELECT n FROM c LIMIT 9000000)",
    "deep expression": f"SELECT {'(' * 900}1{')' * 900}",
    "many unions": " UNION ALL ".join(["SELECT 1"] * 480),
    "distinct": f"{_ENDLESS} SELECT DISTINCT hex(randomblob(1000)) FROM c",
    "pragma": "SELECT * FROM pragma_database_list, pragma_function_list, pragma_module_list",
    "attach": "ATTACH '/tmp/x.db' AS x",
    "extension": "SELECT load_extension('/tmp/x'), fts3_tokenizer('simple')",
    "not SQL": "SELEC 1; DROP TABLE x",
}


def _sql(kind: str) -> Attack:
    def attack(site: Site, chance: random.Random) -> Request:
        table = '"' + chance.choice(list(site.tables)).replace('"', '""') + '"'
        asked = {"sql": _SQL[kind].replace("{t}", table), "n": chance.randrange(10**9)}
        way = chance.choice(("", ".json", ".csv", "/-/query", "/-/query.json", "/-/query.csv"))
        more = chance.choice(({}, {"_shape": "objects"}, {"_timelimit": 60000}, {"_stream": 1, "_size": "max"}))
        return Request(f"SQL: {kind}", f"{site.database}{way}?{urlencode(asked | more)}")

    return attack


def _table(site: Site, chance: random.Random, parameters: list[tuple[str, object]], kind: str) -> Request:
    table = chance.choice(list(site.tables))
    way = chance.choice(("", ".json", ".csv"))
    asked = urlencode([*parameters, ("_size", chance.choice(("1", "max", "100000")))])
    return Request(kind, f"{site.database}/{quote(table)}{way}?{asked}")


def _columns(site: Site, chance: random.Random) -> list[str]:
    return site.tables[chance.choice(list(site.tables))]


def _where(site: Site, chance: random.Random) -> Request:
    sql = chance.choice((f"({_ENDLESS} SELECT count(*) FROM c) > 0", _SQL["LIKE"].removeprefix("SELECT "), "1=1"))
    return _table(site, chance, [("_where", sql)] * chance.choice((1, 1, 40)), "_where")


def _facets(site: Site, chance: random.Random) -> Request:
    kinds = ("_facet", "_facet_date", "_facet_array")
    asked: list[tuple[str, object]] = [(chance.choice(kinds), one) for one in _columns(site, chance)]
    return _table(site, chance, asked * chance.choice((1, 1, 20)) + [("_facet_size", "max")], "facets")


def _filters(site: Site, chance: random.Random) -> Request:
    ways = ("contains", "like", "glob", "gt", "notlike", "in", "arraycontains", "exact", "startswith", "date")
    columns = _columns(site, chance)
    asked: list[tuple[str, object]] = [
        (f"{chance.choice(columns)}__{chance.choice(ways)}", "%_" * chance.choice((3, 20)) + "z")
        for _ in range(chance.choice((20, 80, 300)))
    ]
    return _table(site, chance, asked, "filters")


def _pages_of_tables(site: Site, chance: random.Random) -> Request:
    column = chance.choice(_columns(site, chance))
    asked: list[tuple[str, object]] = [
        (chance.choice(("_sort", "_sort_desc", "_sort_by_desc")), column),
        ("_next", chance.choice((str(chance.randrange(10**12)), "x,y,z", "~", "\ud800".encode("utf-8", "replace")))),
        ("_search", chance.choice(('a* OR b* NEAR "', "*" * 300, chance.choice(site.words)))),
        ("_col", column),
        ("_shape", chance.choice(("objects", "arrays", "object", "nonsense"))),
        ("_ttl", chance.randrange(10**9)),
        (chance.choice(("_nl", "_labels", "_extra", "_json", "_nofacet", "_trace", "_through", "_timelimit")), "x"),
    ]
    return _table(site, chance, chance.sample(asked, 4), "odd parameters of tables")


def _queries(site: Site, chance: random.Random) -> Request:
    way = chance.choice(("", ".json", ".csv"))
    if not site.queries:
        return _pages_of_tables(site, chance)
    odd = {chance.choice(("at_least", "key", "name", "x")): _odd(site, chance), "_size": "max"}
    return Request("queries and views", f"{chance.choice(site.queries)}{way}?{urlencode(odd)}")


def _own(site: Site, chance: random.Random) -> Request:
    path, names = chance.choice(list(site.own.items()))
    names = chance.sample(names, min(len(names), chance.randint(1, 4))) or ["x"]
    asked = [(name, _odd(site, chance)) for name in names for _ in range(chance.choice((1, 1, 1, 30)))]
    return Request("odd parameters of pages", f"{path}?{urlencode(asked)}")


def _odd(site: Site, chance: random.Random) -> str:
    return chance.choice(
        (
            str(chance.randrange(10**6)),
            str(-chance.randrange(10**30)),
            chance.choice(site.words),
            " ".join(chance.choices(site.words, k=60)),
            "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=2)),
            chance.choice("aeiou"),
            "%_" * 500,
            '"' * 99,
            "\0\x1b[31m\u202e",
            "1e999",
            "9999-12-31",
            "0001",
            "-180,-90,180,90",
            "nan,inf,-inf,1",
            "=1+1",
            "<svg onload=alert(1)>",
            "../../../etc/passwd",
        )
    )


def _new_listings(site: Site, chance: random.Random) -> Request:
    asked = {
        "q": chance.choice(("", chance.choice(site.words)[: chance.randint(1, 4)])),
        "sort": chance.choice(_columns(site, chance)),
        "page": chance.choice((1, 2, 3, chance.randrange(10**9))),
    }
    asked = {name: value for name, value in asked.items() if value and (name != "sort" or chance.random() < 0.3)}
    return Request("listings, ever new", f"{chance.choice(site.listings)}?{urlencode(asked)}")


def _new_searches(site: Site, chance: random.Random) -> Request:
    typed = " ".join(one[: chance.randint(1, 5)] for one in chance.choices(site.words, k=chance.randint(1, 12)))
    return Request("searches, ever new", f"/search{chance.choice(('', '.json'))}?{urlencode({'q': typed})}")


def _new_pictures(site: Site, chance: random.Random) -> Request:
    if not site.pictures:
        return _new_listings(site, chance)
    path = chance.choice(site.pictures)
    first, last = sorted((chance.randint(1, 2999), chance.randint(1, 2999)))
    west, south = chance.uniform(-180, 0), chance.uniform(-90, 0)
    asked = {"from": first, "to": last, "box": f"{west:.5f},{south:.5f},{-west:.5f},{-south:.5f}"}
    known = {name: value for name, value in asked.items() if name in site.own.get(path, ())} or {"page": first}
    return Request("pictures, ever new", f"{path}?{urlencode(known)}")


def _missing(site: Site, chance: random.Random) -> Request:
    deep = "/".join(chance.choice(site.words) for _ in range(chance.choice((1, 2, 40))))
    at = chance.choice(("/", f"{site.database}/", f"{site.listings[0]}/", "/-/", "/-/downloads/", "/-/static/"))
    return Request("not there", f"{at}{quote(deep)}-{chance.randrange(10**9)}")


def _long(site: Site, chance: random.Random) -> Request:
    long = "x" * chance.choice((5_000, 30_000, 60_000, 200_000))
    target = chance.choice((f"/{long}", f"/search?q={long}", f"{site.database}?sql=select+1--{long}", f"/?{long}"))
    return Request("long addresses", target)


def _parameters(site: Site, chance: random.Random) -> Request:
    many = "&".join(f"p{number}={number}" for number in range(chance.choice((500, 5000))))
    return Request("many parameters", f"{site.database}.json?sql=select+1&{many}")


def _heads(site: Site, chance: random.Random) -> Request:
    odd: tuple[tuple[str, str], ...] = chance.choice(
        (
            tuple((f"x-{number}", "y" * 500) for number in range(150)),
            (("host", "evil.example"),),
            (("cookie", "c=" + "z" * 30_000),),
            (("range", "bytes=" + ",".join(f"{n}-" for n in range(2000))),),
            (("if-none-match", "," * 20_000),),
            (("accept", ",".join(["text/html;q=0.1"] * 2000)),),
            (("authorization", "Bearer dstok_" + "a" * 9000),),
            (("expect", "100-continue"),),
        )
    )
    return Request("odd heads", chance.choice(("/", site.large[0], f"{site.database}.json")), headers=odd)


def _sent(site: Site, chance: random.Random) -> Request:
    targets = ("/-/messages", "/-/permissions", f"{site.database}/-/query", f"{site.database}/-/create", "/", "/search")
    method = chance.choice(("POST", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "NONSENSE"))
    body = b"" if method in ("TRACE", "OPTIONS") else b"sql=select+1&x=" + b"y" * chance.choice((10, 10_000, 3_000_000))
    kind = (("content-type", chance.choice(("application/json", "application/x-www-form-urlencoded"))),)
    return Request("things sent", chance.choice(targets), method=method, headers=kind, body=body)


def _told(site: Site, chance: random.Random) -> Request:
    names = ("databases", "threads", "versions", "plugins", "settings", "metadata", "actor", "config", "tables", "jump")
    way = chance.choice(("", ".json", ".json?all=1"))
    return Request("about the server", f"/-/{chance.choice(names)}{way}")


def _never_read(site: Site, chance: random.Random) -> Request:
    wide = urlencode({"sql": f"{_ENDLESS} SELECT hex(zeroblob(2000)) FROM (SELECT n FROM c LIMIT 900)"})
    target = chance.choice((chance.choice(site.large), f"{site.database}.json?{wide}", site.listings[0]))
    return Request("answers never read", target, reads=False, leaves=chance.uniform(2, 8))


def _left(site: Site, chance: random.Random) -> Request:
    kind = chance.choice(list(_SQL))
    asked = _sql(kind)(site, chance)
    return Request("SQL of those who leave", asked.target, leaves=chance.uniform(0.01, 0.4))


_OTHERS: tuple[tuple[int, Attack], ...] = (
    (3, _where),
    (3, _facets),
    (3, _filters),
    (3, _pages_of_tables),
    (2, _queries),
    (4, _own),
    (3, _new_listings),
    (3, _new_searches),
    (3, _new_pictures),
    (3, _missing),
    (1, _long),
    (1, _parameters),
    (2, _heads),
    (2, _sent),
    (1, _told),
    (2, _never_read),
    (3, _left),
)
_ALL: tuple[tuple[int, Attack], ...] = (*((1, _sql(kind)) for kind in _SQL), *_OTHERS)


def attack(site: Site, chance: random.Random) -> Request:
    """One of all attacks; half of them are SQL."""
    (chosen,) = chance.choices([one for _, one in _ALL], [weight for weight, _ in _ALL])
    return chosen(site, chance)
