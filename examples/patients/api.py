"""A patient API to practise on: paged, slow on request, failing on request.

Run it with ``python api.py --help``. It prints its address once it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

import orjson
import uvicorn
from records import LIST_PAGE_SIZE, PAGE_SIZE, PAGES, Population, Record
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

_HEADERS: Final = {"content-type": "application/json"}
_BAD_PAGE: Final = "page must be a number from 1"


def reply(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with JSON."""
    return Response(orjson.dumps(body), status, {**_HEADERS, **(headers or {})})


def refuse(status: int, message: str) -> Response:
    """Answer that a request cannot be served, and why."""
    return reply({"error": message}, status)


@dataclass(slots=True)
class Trouble:
    """Delays and errors, decided by seed, address and attempt alone.

    One address fails at most ``most_in_a_row`` times, so retries always get through.
    """

    delay: float = 0.0
    rate_429: float = 0.0
    rate_500: float = 0.0
    seed: int = 1
    retry_after: int = 0
    most_in_a_row: int = 3
    served: int = 0
    injected: Counter[int] = field(default_factory=Counter)
    _attempts: Counter[bytes] = field(default_factory=Counter)

    def status_for(self, address: bytes) -> int:
        """Decide what this attempt gets: 200, 429 or 500."""
        if not (self.rate_429 or self.rate_500):
            return 200
        self._attempts[address] += 1
        attempt = self._attempts[address]
        if attempt > self.most_in_a_row:
            return 200
        draw = crc32(b"%d %s %d" % (self.seed, address, attempt)) / 2**32
        if draw < self.rate_429:
            return 429
        return 500 if draw < self.rate_429 + self.rate_500 else 200

    def stats(self) -> dict[str, Any]:
        """Count what was served so far, and the processor time it took."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "requests": self.served,
            "errors": {str(status): n for status, n in sorted(self.injected.items())},
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
        }


class TroubleMiddleware:
    """Puts the trouble before the application; ``/stats`` is spared."""

    def __init__(self, app: ASGIApp, trouble: Trouble) -> None:
        self.app = app
        self.trouble = trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or fail it."""
        if scope["type"] != "http" or scope["path"] == "/stats":
            return await self.app(scope, receive, send)
        trouble = self.trouble
        trouble.served += 1
        if trouble.delay:
            await asyncio.sleep(trouble.delay)
        status = trouble.status_for(scope["raw_path"] + b"?" + scope["query_string"])
        if status == 200:
            return await self.app(scope, receive, send)
        trouble.injected[status] += 1
        headers = {"retry-after": str(trouble.retry_after)} if status == 429 else {}
        response = reply({"error": "injected"}, status, headers)
        return await response(scope, receive, send)


def page_of(request: Request) -> int:
    """Read the page number: 1 if it is missing, 0 if it makes no sense."""
    text = request.query_params.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@dataclass(frozen=True, slots=True)
class Service:
    """Answers requests about a population."""

    population: Population
    trouble: Trouble

    async def facilities(self, _request: Request) -> Response:
        """List every facility."""
        return reply({"facilities": self.population.facility_list()})

    async def patients(self, request: Request) -> Response:
        """List a page of a facility's patients."""
        return self._facility_page(request, self.population.patient_list)

    async def mds(self, request: Request) -> Response:
        """List a page of a facility's MDS assessments."""
        return self._facility_page(request, self.population.mds_list)

    async def mds_details(self, request: Request) -> Response:
        """Show one MDS assessment with its sections."""
        assessment_id = request.path_params["assessment_id"]
        details = self.population.mds_details(assessment_id)
        if details is None:
            return refuse(404, f"no assessment {assessment_id}")
        return reply(details)

    async def demographics(self, request: Request) -> Response:
        """Show a patient's one demographic record."""
        patient_id = request.path_params["patient_id"]
        if not self.population.has_patient(patient_id):
            return refuse(404, f"no patient {patient_id}")
        return reply(self.population.demographics(patient_id))

    async def records(self, request: Request) -> Response:
        """List a page of a patient's records of one type."""
        patient_id = request.path_params["patient_id"]
        data_type = request.path_params["data_type"]
        page = page_of(request)
        if not self.population.has_patient(patient_id):
            return refuse(404, f"no patient {patient_id}")
        if data_type not in PAGES:
            return refuse(404, f"no data type {data_type}")
        if page < 1:
            return refuse(400, _BAD_PAGE)
        total = self.population.record_count(patient_id, data_type)
        body = {
            "patient_id": patient_id,
            "page": page,
            "total": total,
            "records": self.population.records(patient_id, data_type, page),
            "hasMore": page * PAGE_SIZE < total,
        }
        return reply(body)

    async def stats(self, _request: Request) -> Response:
        """Show what was served, and what it cost."""
        return reply(self.trouble.stats())

    def _facility_page(
        self, request: Request, make: Callable[[int], list[Record]]
    ) -> Response:
        facility_id = request.path_params["facility_id"]
        page = page_of(request)
        if not self.population.has_facility(facility_id):
            return refuse(404, f"no facility {facility_id}")
        if page < 1:
            return refuse(400, _BAD_PAGE)
        everything = make(facility_id)
        first = (page - 1) * LIST_PAGE_SIZE
        body = {
            "facility_id": facility_id,
            "page": page,
            "total": len(everything),
            "records": everything[first : first + LIST_PAGE_SIZE],
            "hasMore": first + LIST_PAGE_SIZE < len(everything),
        }
        return reply(body)


def create_app(population: Population, trouble: Trouble) -> Starlette:
    """Build the application that serves a population with some trouble."""
    service = Service(population, trouble)
    app = Starlette(
        routes=[
            Route("/patients/{patient_id:int}/demographics", service.demographics),
            Route("/patients/{patient_id:int}/{data_type}", service.records),
            Route("/mds/{assessment_id:int}", service.mds_details),
            Route("/facilities", service.facilities),
            Route("/facilities/{facility_id:int}/patients", service.patients),
            Route("/facilities/{facility_id:int}/mds", service.mds),
            Route("/stats", service.stats),
        ]
    )
    app.add_middleware(TroubleMiddleware, trouble=trouble)
    return app


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="A patient API to practise on.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--facilities", type=int, default=10)
    parser.add_argument("--patients", type=int, default=100, help="per facility")
    parser.add_argument("--seed", type=int, default=1, help="of the data")
    parser.add_argument("--delay", type=float, default=0, help="seconds per request")
    parser.add_argument("--rate-429", type=float, default=0, help="0 to 1")
    parser.add_argument("--rate-500", type=float, default=0, help="0 to 1")
    parser.add_argument("--failure-seed", type=int, default=1)
    parser.add_argument("--retry-after", type=int, default=0, help="seconds, with 429")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end with the program that started this one",
    )
    return parser.parse_args()


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until interrupted."""
    options = parse_arguments()
    population = Population(options.facilities, options.patients, options.seed)
    trouble = Trouble(
        delay=options.delay,
        rate_429=options.rate_429,
        rate_500=options.rate_500,
        seed=options.failure_seed,
        retry_after=options.retry_after,
    )
    config = uvicorn.Config(
        create_app(population, trouble), log_level="warning", access_log=False
    )
    # Listening before the address is printed: whoever reads it may connect at once.
    listener = socket.create_server((options.host, options.port), backlog=1024)
    print(f"http://{options.host}:{listener.getsockname()[1]}", flush=True)
    if options.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
