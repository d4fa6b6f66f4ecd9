"""/openapi.json, made from the declarations that requests are validated by (OpenAPI 3.1)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from app import __version__
from app.trackserver.web.endpoints import Endpoint, Lines, Request
from app.trackserver.web.endpoints import endpoint as declare
from app.trackserver.web.problems import MEDIA_TYPE, ProblemDocument

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")

_PROBLEMS = {
    400: "The request cannot be read.",
    401: "No valid key.",
    403: "The key does not allow this.",
    404: "There is no such thing, or not for this key.",
    408: "The body took too long.",
    409: "Not as things stand; the detail says why.",
    413: "The body is too long.",
    415: "The body has another media type.",
    422: "The body is not of the right shape.",
    429: "Too many requests; see Retry-After.",
    503: "The store does not answer; see Retry-After.",
}


def document(endpoints: Sequence[Endpoint], base: str) -> dict[str, Any]:
    """The description of these endpoints."""
    structs: list[Any] = [ProblemDocument]
    for one in endpoints:
        structs += [shape for shape in one.answers.values() if isinstance(shape, type)]
        structs += [lines.shape for lines in one.answers.values() if isinstance(lines, Lines)]
        if one.body is not None and one.body is not bytes:
            structs.append(one.body)
        if one.query is not None:
            structs.append(one.query)
    unique = list(dict.fromkeys(structs))
    schemas, components = msgspec.json.schema_components(
        unique, ref_template="#/components/schemas/{name}"
    )
    references = dict(zip(unique, schemas, strict=True))
    _without_nul(components)
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        path = _PARAMETER.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, references, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sendoff tracking server", "version": __version__},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _without_nul(schema: Any) -> None:
    """Say of each text what ``reading`` refuses everywhere."""
    if isinstance(schema, dict):
        if schema.get("type") == "string" and not schema.keys() & {"pattern", "format", "enum"}:
            schema["pattern"] = "^[^\\x00]*$"
        schema = schema.values()
    if not isinstance(schema, str):
        for part in schema if hasattr(schema, "__iter__") else ():
            _without_nul(part)


def _operation(
    one: Endpoint, references: Mapping[Any, Any], components: Mapping[str, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": [*_path_parameters(one), *_query_parameters(one, references, components)],
        "responses": _responses(one, references),
    }
    if one.description:
        operation["description"] = one.description
    if one.scope is not None:
        operation["security"] = [{"key": []}]
        operation["description"] = (
            operation.get("description", "") + f"\n\nScope of the key: `{one.scope}`."
        ).strip()
    if one.body is bytes:
        # Read as it came: what is in it is for another program's documentation to say.
        raw = {"schema": {"type": ["object", "array"]}}
        content = dict.fromkeys((one.media, *one.also), raw)
        operation["requestBody"] = {"required": True, "content": content}
    elif one.body is not None:
        told: dict[str, Any] = {"schema": references[one.body]}
        if one.body_example is not None:
            told["example"] = _as_json(one.body_example)
        operation["requestBody"] = {"required": True, "content": {one.media: told}}
    return operation


def _as_json(example: msgspec.Struct) -> object:
    return msgspec.json.decode(msgspec.json.encode(example))


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _PARAMETER.findall(one.path)
    ]


def _query_parameters(
    one: Endpoint, references: Mapping[Any, Any], components: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    name = references[one.query]["$ref"].rpartition("/")[2]
    schema = components[name]
    required = set(schema.get("required", ()))
    return [
        {
            "name": field,
            "in": "query",
            "required": field in required,
            "schema": shape,
            **({"description": shape["description"]} if "description" in shape else {}),
        }
        for field, shape in schema["properties"].items()
    ]


def _responses(one: Endpoint, references: Mapping[Any, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for place, (status, shape) in enumerate(one.answers.items()):
        answer: dict[str, Any] = {"description": one.summary}
        if isinstance(shape, str):
            answer["content"] = {shape: {"schema": {"type": "string"}}}
        elif isinstance(shape, Lines):
            # What OpenAPI 3.2 calls itemSchema.
            told = {"schema": {"type": "string"}, "x-itemSchema": references[shape.shape]}
            answer["content"] = {shape.media: told}
        elif shape is not None:
            content: dict[str, Any] = {"schema": references[shape]}
            if place == 0 and one.example is not None:
                content["example"] = _as_json(one.example)
            media = MEDIA_TYPE if shape is ProblemDocument else "application/json"
            answer["content"] = {media: content}
        responses[str(status)] = answer
    problem = {MEDIA_TYPE: {"schema": references[ProblemDocument]}}
    for status in _possible(one):
        responses.setdefault(str(status), {"description": _PROBLEMS[status], "content": problem})
    return responses


def _possible(one: Endpoint) -> list[int]:
    statuses = {400, 429, 503}
    if one.scope is not None:
        statuses |= {401, 403}
    if "{" in one.path:
        statuses.add(404)
    if any("publication" in shape.__struct_fields__ for shape in _shapes(one)):
        # There is none of this name, or there are several and none is named.
        statuses |= {404, 409}
    if one.body is not None:
        statuses |= {408, 413}
        if one.body is not bytes:
            statuses |= {415, 422}
    return sorted(statuses)


def _shapes(one: Endpoint) -> list[type[msgspec.Struct]]:
    shapes = (one.query, one.body)
    return [shape for shape in shapes if shape is not None and issubclass(shape, msgspec.Struct)]


@declare(
    "GET",
    "/openapi.json",
    summary="This description",
    scope=None,
    answers={200: "application/json"},
)
def openapi(request: Request) -> Any:
    """OpenAPI 3.1, generated from what the server runs."""
    from starlette.responses import Response

    from app.trackserver.web.application import endpoints

    described = document(endpoints(), request.services.settings.base)
    return Response(msgspec.json.encode(described), media_type="application/json")


ENDPOINTS = (openapi,)
