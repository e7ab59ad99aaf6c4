"""Kill, stop and cut what works for a while: ``make chaos MINUTES=1 SEED=7``.

docs/chaos.md says what is done and how to read the report.
"""

from __future__ import annotations

import argparse
import json
import logging
import secrets
import signal
import sys
from typing import NoReturn

import psycopg

from tests.chaos.harness import Report, run
from tests.support.postgres import VERSIONS, PostgresMissingError
from tools.schema import DeployError


def show(report: Report) -> None:
    """Print the report; its last line is for programs."""
    counts = report.counts
    print(
        f"seed {report.seed}, {report.minutes:g} minutes: {report.runs} runs,"
        f" {report.items} items\n"
        f"injected: {counts['kills']} kills ({counts['database kills']} of the"
        f" database, {counts['at points']} at points), {counts['stops']} stops,"
        f" {counts['cuts']} cut connections, {counts['ends']} ended workers"
    )
    for kind, (measured, median, longest) in report.resume.items():
        print(
            f"resumed after {kind}: {measured} times, median {median:.2f} s,"
            f" longest {longest:.2f} s"
        )
    for kind, examples in report.findings.examples.items():
        print(f"{kind}: {report.findings[kind]}")
        for example in examples:
            print(f"  {example}")
    for problem in report.problems:
        print(problem)
    print(
        json.dumps(
            {
                "items": report.items,
                "kills": counts["kills"],
                "stops": counts["stops"],
                "cuts": counts["cuts"],
                "lost": report.findings["lost"],
                "doubled": report.findings["doubled"],
                "stuck": report.findings["stuck"],
                "resume_p99_s": report.resume_p99_s,
            }
        )
    )


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long")
    parser.add_argument(
        "--seed", default="", help="of all that is random; default: a new one"
    )
    parser.add_argument(
        "--postgres", choices=VERSIONS, default="15", help="server version"
    )
    parser.add_argument("--verbose", action="store_true", help="tell of each fault")
    return parser.parse_args()


def main() -> int:
    """Run and report; no process outlives it. 1: something was found."""
    options = parse_arguments()
    signal.signal(signal.SIGTERM, _interrupt)
    seed = options.seed or str(secrets.randbelow(1_000_000))
    _say(f"seed {seed}")
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(message)s",
    )
    try:
        report = run(options.minutes, seed, _say, options.postgres)
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except (DeployError, PostgresMissingError, psycopg.Error) as exc:
        _say(f"error: {exc}")
        return 1
    show(report)
    return 0 if report.is_clean else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
