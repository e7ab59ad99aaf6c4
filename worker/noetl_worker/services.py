"""What tools share within one worker process."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, TypeVar

from noetl_worker.cache import Cache
from noetl_worker.credentials import Credentials
from noetl_worker.engine import Engine
from noetl_worker.results import ResultReader, ResultWriter
from noetl_worker.settings import WorkerSettings
from noetl_worker.stores.registry import Stores


class Resource(Protocol):
    """Something a tool keeps between calls: connections, processes, clients."""

    def __init__(self, services: Services) -> None: ...

    async def close_idle(self) -> None:
        """Give up what has not been used for a while."""

    async def close(self) -> None:
        """Give up everything."""


R = TypeVar("R", bound=Resource)


class Services:
    """The process's settings, engine, store and credentials, and its tools' resources."""

    def __init__(
        self,
        settings: WorkerSettings,
        engine: Engine,
        stores: Stores,
        credentials: Credentials,
        cache: Cache,
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.stores = stores
        self.writer = ResultWriter(engine, settings, stores)
        self.reader = ResultReader(engine, settings, stores, cache)
        self.credentials = credentials
        self._resources: dict[type[Any], Resource] = {}

    def use(self, kind: type[R]) -> R:
        """The one resource of this kind, made when first used."""
        resource = self._resources.get(kind)
        if resource is None:
            resource = self._resources[kind] = kind(self)
        return resource  # type: ignore[return-value]

    async def close_idle(self) -> None:
        """Let every resource give up what is idle."""
        for resource in list(self._resources.values()):
            await resource.close_idle()

    async def close(self) -> None:
        """Close every resource."""
        for resource in self._resources.values():
            await resource.close()
        await asyncio.to_thread(self.stores.close)
