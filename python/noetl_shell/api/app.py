"""The HTTP API: each endpoint is one call of one SQL function."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from fastapi import Depends, FastAPI

from noetl_shell.api import (
    commands,
    control,
    executions,
    health,
    playbooks,
    stream,
    worker_calls,
    workers,
)
from noetl_shell.api.access import Tokens
from noetl_shell.api.bells import Bells
from noetl_shell.api.bodies import BodyLimit
from noetl_shell.api.database import Database
from noetl_shell.api.description import describe
from noetl_shell.api.problems import add_problems
from noetl_shell.api.queries import refuse_unknown
from noetl_shell.api.settings import ApiSettings
from noetl_shell.api.watches import Watches

_MODULES: Final = (
    worker_calls,  # before commands, whose numbers have the place of "claim"
    playbooks,
    executions,
    control,
    stream,
    commands,
    workers,
)


def create_app(settings: ApiSettings) -> FastAPI:
    """The application; its lifespan opens and closes the connections."""
    database = Database(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await database.open()
        try:
            yield
        finally:
            await database.close()

    app = FastAPI(
        title="NoETL",
        summary="Register playbooks, run them, and see how they do.",
        version=version("noetl"),
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.database = database
    app.state.bells = Bells()
    app.state.tokens = (
        Tokens(database, settings.token_seconds) if settings.auth else None
    )
    app.state.watches = Watches(database, settings.stream_seconds)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.add_middleware(BodyLimit, limit=settings.body_max_bytes)
    add_problems(app)
    for module in _MODULES:
        app.include_router(module.router, dependencies=[Depends(refuse_unknown)])
    app.include_router(health.router)  # probes may add what they like
    return app
