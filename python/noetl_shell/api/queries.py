"""Query parameters: those that a call has, and no others."""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


async def refuse_unknown(request: Request) -> None:
    """A dependency: 422 names each parameter of the URL that the call does not have.

    Ignored, a filter with a typing error would give everything.
    """
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    known = [field.alias for field in route.dependant.query_params]
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        has = f"this call has {', '.join(known)}" if known else "this call has none"
        raise RequestValidationError(
            [
                {"loc": ("query", name[:100]), "msg": f"no such parameter; {has}"}
                for name in unknown
            ]
        )
