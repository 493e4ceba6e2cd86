"""The two HTTP doors: which status, which media type, which body. Source: rules.md 20."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from fkorg.errors import Unavailable
from graph import http
from graph.answer import Svar
from graph.betroet import Betroede
from graph.caller import Principal, Ret, TokenAfvist

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
KENDT = Principal("test", "11111111", UUID(int=1), frozenset({Ret.LAES}), datetime(2030, 1, 1, tzinfo=UTC))
DRIFT = replace(KENDT, rettigheder=frozenset({Ret.LAES, Ret.FORKLAR}))
SKRIVER = replace(KENDT, rettigheder=frozenset({Ret.LAES, Ret.SKRIV}))
NU = datetime(2026, 1, 1, tzinfo=UTC)
NY = Principal("test", "22222222", None, frozenset({Ret.LAES}), datetime(2030, 1, 1, tzinfo=UTC))
TRANSAKTION = {
    "x-TransaktionsId": str(UUID(int=7)),
    "x-TransaktionsTid": "2026-11-23T12:00:00.1234567+01:00[Europe/Copenhagen]",
}
GYLDIG = b'{"query":"{a}"}'
LANGT = b'{"a":"' + b"x" * http.SAMLES + b'"}'
IMPORT = "mutation ($i: JSON!) { importerHierarki(cvr: 1, input: $i) { sendt } }"


def _kalder(headers, now, certifikat):
    if headers == ["Bearer kendt"]:
        return KENDT
    if headers == ["Bearer drift"]:
        return DRIFT
    if headers == ["Bearer ny"]:
        return NY
    if headers == ["Bearer skriv"]:
        return SKRIVER
    raise TokenAfvist("wanted one Authorization header")


async def _besvar(spoergsmaal, principal, now):
    answers = {
        "{a}": Svar(b'{"a":1}'),
        IMPORT: Svar(b'{"a":1}'),
        "{syntax": Svar(None, [{"message": "no", "extensions": {"classification": "InvalidSyntax"}}], udfoert=False),
        "{long}": Svar(LANGT),
        "{kept}": Svar(b'{"a":1}', etag='W/"abc"'),
        "{null}": Svar(b"null", [{"message": "no", "path": ["null"]}]),
    }
    if spoergsmaal.query == "{away}":
        raise Unavailable("no database")
    if spoergsmaal.query == "{bug}":
        raise ZeroDivisionError("CPR 0101010101")
    if spoergsmaal.query == "{slow}":
        await asyncio.sleep(60)
    return answers[spoergsmaal.query]


async def _friskhed(principal, svar):
    return {"status": "FRISK"}


async def _mindst(principal, stand):
    return (
        None
        if stand == "ok"
        else Svar(None, [{"message": "stand", "extensions": {"kode": "STAND_INVALID"}}], udfoert=False)
    )


async def _forklar(spoergsmaal, principal, now):
    return {"sql": "select 1"} if spoergsmaal.query == "{a}" else None


@pytest.fixture
def measured():
    return []


def _engine(measured):
    return http.Engine(
        _kalder,
        _besvar,
        _friskhed,
        _mindst,
        lambda *told: measured.append(told),
        lambda: NU,
        timedelta(seconds=0.2),
        forklar=_forklar,
        betroede=Betroede({"{a}": True, "mutation {a}": False}, {"laes": "{a}", "skriv": "mutation {a}"}),
    )


@pytest.fixture
async def client(measured):
    engine = _engine(measured)
    app = Starlette(
        routes=[
            Route("/graphql", http.graphql(engine)),
            Mount("/organisation/organisationhent", routes=[Route("/1", http.organisationhent(engine))]),
        ]
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def _post(client, path, body=GYLDIG, *, token="kendt", content_type=JSON, **headers):
    known = {"authorization": f"Bearer {token}"} if token else {}
    return await client.post(path, content=body, headers={"content-type": content_type, **known, **headers})


async def test_a_caller_that_goes_away_within_its_request_is_no_error_of_ours(measured):
    headers = [(b"authorization", b"Bearer kendt"), (b"content-type", JSON.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers}
    messages = [{"type": "http.request", "body": b'{"que', "more_body": True}, {"type": "http.disconnect"}]

    async def receive():
        return messages.pop(0)

    async def send(_):
        pass

    await http.graphql(_engine(measured))(scope, receive, send)
    assert [(door, status) for door, status, *_ in measured] == [("graphql", 400)]


async def test_a_long_answer_is_sent_in_its_pieces_and_not_copied(measured):
    headers = [(b"authorization", b"Bearer kendt"), (b"content-type", JSON.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers}
    sent = []

    async def receive():
        return {"type": "http.request", "body": b'{"query":"{long}"}'}

    async def send(message):
        sent.append(message)

    await http.graphql(_engine(measured))(scope, receive, send)

    start, *pieces = sent
    body = b"".join(piece["body"] for piece in pieces)
    assert orjson.loads(body) == {"data": orjson.loads(LANGT), "extensions": {"friskhed": {"status": "FRISK"}}}
    assert dict(start["headers"])[b"content-length"] == b"%d" % len(body)
    assert [piece.get("more_body", False) for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    assert any(piece["body"] is LANGT for piece in pieces)


GRAPHQL = {
    "executed": (GYLDIG, JSON, 200),
    "executed, in the response type": (GYLDIG, GRAPHQL_JSON, 200),
    "executed and null": (b'{"query":"{null}"}', GRAPHQL_JSON, 200),
    "not executed, plain JSON": (b'{"query":"{syntax"}', JSON, 200),
    "not executed, in the response type": (b'{"query":"{syntax"}', GRAPHQL_JSON, 400),
    "not JSON": (b"{", JSON, 400),
    "not an object": (b"[]", JSON, 400),
    "a number": (b"1", JSON, 400),
    "null": (b"null", JSON, 400),
    "bad UTF-8": (b'{"query":"\xff"}', JSON, 400),
    "deep arrays": (b"[" * 5000, JSON, 400),
    "a long integer": (b'{"query":"{a}","variables":' + b"9" * 5000 + b"}", JSON, 400),
    "no query": (b"{}", JSON, 400),
    "query no string": (b'{"query":1}', JSON, 400),
    "variables no object": (b'{"query":"{a}","variables":[]}', JSON, 400),
    "operationName no string": (b'{"query":"{a}","operationName":{}}', JSON, 400),
    "an unknown member": (b'{"query":"{a}","id":"x"}', JSON, 400),
    "too large": (b'{"query":"' + b" " * 300_000 + b'"}', JSON, 413),
    "database away": (b'{"query":"{away}"}', JSON, 503),
    "a bug": (b'{"query":"{bug}"}', JSON, 500),
    "too slow": (b'{"query":"{slow}"}', JSON, 408),
}


@pytest.mark.parametrize("body, accept, status", GRAPHQL.values(), ids=GRAPHQL)
async def test_graphql_answers_in_graphql(client, measured, body, accept, status):
    response = await _post(client, "/graphql", body, accept=accept)

    assert response.status_code == status
    assert response.headers["content-type"].startswith(accept)
    assert status == 200 or "data" not in response.json()
    assert status == 200 or response.json()["errors"][0]["message"]
    assert "0101010101" not in response.text
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert [(door, code) for door, code, *_ in measured] == [("graphql", status)]


async def test_the_data_is_passed_on_as_written_with_freshness_beside_it(client):
    response = await _post(client, "/graphql")

    assert response.content == b'{"data":{"a":1},"extensions":{"friskhed":{"status":"FRISK"}}}'


COMPATIBLE = {
    "executed": (GYLDIG, "kendt", {}, 200),
    "not executed": (b'{"query":"{syntax"}', "kendt", {}, 200),
    "not JSON": (b"{", "kendt", {}, 400),
    "no transaction id": (GYLDIG, "kendt", {"x-TransaktionsId": ""}, 400),
    "a bad transaction time": (GYLDIG, "kendt", {"x-TransaktionsTid": "i dag"}, 400),
    "no token": (GYLDIG, None, {}, 401),
    "a bad token": (GYLDIG, "ukendt", {}, 401),
    "too slow": (b'{"query":"{slow}"}', "kendt", {}, 408),
    "a bug": (b'{"query":"{bug}"}', "kendt", {}, 500),
    "database away": (b'{"query":"{away}"}', "kendt", {}, 503),
    "not loaded yet": (GYLDIG, "ny", {}, 503),
}


@pytest.mark.parametrize("body, token, headers, status", COMPATIBLE.values(), ids=COMPATIBLE)
async def test_the_compatible_door_fails_with_five_keys(client, body, token, headers, status):
    response = await _post(client, "/organisation/organisationhent/1", body, token=token, **(TRANSAKTION | headers))

    assert response.status_code == status
    if status == 200:
        assert {"data", "errors"} & response.json().keys()
    else:
        assert list(response.json()) == ["timestamp", "status", "error", "message", "path"]
        assert response.json()["status"] == status
    assert (response.headers.get("retry-after") is not None) == (status == 503)


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
async def test_only_post_is_taken(client, method):
    response = await client.request(
        method, "/graphql", params={"query": "{a}"}, headers={"authorization": "Bearer kendt"}
    )

    assert response.status_code == 405
    assert response.json()["errors"][0]["extensions"]["classification"] == "ValidationError"


@pytest.mark.parametrize(
    "path, params, status",
    [
        ("/graphql", {"documentId": "laes"}, 200),
        ("/graphql", {"extensions": '{"persistedQuery":{"sha256Hash":"laes"}}'}, 200),
        ("/graphql", {"documentId": "skriv"}, 405),
        ("/graphql", {"documentId": "laes", "query": "{a}"}, 405),
        ("/organisation/organisationhent/1", {"documentId": "laes"}, 405),
    ],
)
async def test_a_trusted_document_that_reads_may_be_asked_for_by_its_address(client, path, params, status):
    response = await client.get(path, params=params, headers={"authorization": "Bearer kendt"})

    assert response.status_code == status


async def test_an_address_alone_opens_nothing(client):
    assert (await client.get("/graphql", params={"documentId": "laes"})).status_code == 401


async def test_a_trusted_document_may_be_named_in_a_body(client):
    response = await _post(client, "/graphql", b'{"documentId":"laes"}')

    assert response.json()["data"] == {"a": 1}


async def test_no_page_of_another_host_is_told_that_it_may_read(client):
    response = await _post(client, "/graphql", origin="https://evil.invalid")

    assert [name for name in response.headers if name.startswith("access-control")] == []


async def test_a_body_that_is_too_long_is_refused(client):
    response = await _post(client, "/graphql", b'{"query":"' + b" " * 64 * 1024 + b'{a}"}')

    assert response.status_code == 413


STORE: dict[str, tuple[str, str, int, int]] = {
    "an import of who may write": ("skriv", IMPORT, 1_000_000, 200),
    "an import that is too long": ("skriv", IMPORT, 1_100_000, 413),
    "an import of who may not": ("kendt", IMPORT, 70_000, 413),
    "something else": ("skriv", "{a}", 70_000, 413),
    "an import by a long document": ("skriv", IMPORT + " " * 70_000, 1_000, 413),
}


@pytest.mark.parametrize("token, query, letters, status", STORE.values(), ids=STORE)
async def test_a_long_body_is_an_imports_alone(client, token, query, letters, status):
    body = orjson.dumps({"query": query, "variables": {"i": "x" * letters}})

    response = await _post(client, "/graphql", body, token=token)

    assert response.status_code == status


async def test_another_media_type_is_refused(client):
    response = await _post(client, "/graphql", content_type="text/plain")

    assert response.status_code == 415


async def test_how_an_operation_is_answered_is_told_to_who_has_the_right(client):
    asked = {"x-forklar": "1"}
    told = await _post(client, "/graphql", token="drift", **asked)
    nothing_to_tell = await _post(client, "/graphql", b'{"query":"{null}"}', token="drift", **asked)
    not_asked = await _post(client, "/graphql", token="drift")
    refused = await _post(client, "/graphql", **asked)

    assert told.json()["extensions"]["forklar"] == {"sql": "select 1"}
    assert "forklar" not in nothing_to_tell.json()["extensions"]
    assert "forklar" not in not_asked.json()["extensions"]
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["classification"] == "Unauthorized"


async def test_a_position_that_cannot_be_waited_for_is_told(client):
    refused = await _post(client, "/graphql", **{"x-mindst": "falsk"})
    waited = await _post(client, "/graphql", **{"x-mindst": "ok"})

    assert refused.json()["errors"][0]["extensions"]["kode"] == "STAND_INVALID"
    assert orjson.loads(waited.content)["data"] == {"a": 1}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (None, 200),
        ('W/"abc"', 304),
        ('"abc"', 304),
        ('W/"x", W/"abc"', 304),
        ("*", 304),
        ('W/"x"', 200),
        ("abc", 200),
    ],
)
async def test_who_has_the_answer_already_hears_only_how_fresh_it_is(client, asked, status):
    headers = {} if asked is None else {"if-none-match": asked}

    answer = await _post(client, "/graphql", b'{"query":"{kept}"}', **headers)

    assert answer.status_code == status
    assert answer.headers["etag"] == 'W/"abc"'
    assert answer.headers["cache-control"] == "private, no-cache"
    if status == 304:
        assert (answer.content, answer.headers["x-friskhed"]) == (b"", '{"status":"FRISK"}')
    else:
        assert answer.json() == {"data": {"a": 1}, "extensions": {"friskhed": {"status": "FRISK"}}}


async def test_an_answer_that_is_not_kept_has_no_tag(client):
    answer = await _post(client, "/graphql", **{"if-none-match": "*"})

    assert answer.status_code == 200
    assert "etag" not in answer.headers
