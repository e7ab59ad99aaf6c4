"""ops/images/Dockerfile, stage by stage."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from dockerfile_parse import DockerfileParser

from tests.machines.support import OPS

COMMON = "noetl"  # the stage that both are made from
DOCKERFILE = OPS / "images/Dockerfile"
TEXT = DOCKERFILE.read_text()
Step = dict[str, Any]


def parser_of(text: str) -> DockerfileParser:
    return DockerfileParser(fileobj=BytesIO(text.encode()))


def values(steps: list[Step], instruction: str) -> list[str]:
    return [s["value"] for s in steps if s["instruction"] == instruction]


STEPS: list[Step] = parser_of(TEXT).structure


def stage(name: str) -> list[Step]:
    """The steps of a stage, from its FROM on."""
    begins = [n for n, step in enumerate(STEPS) if step["instruction"] == "FROM"]
    (begin,) = (n for n in begins if STEPS[n]["value"].endswith(f" AS {name}"))
    return STEPS[begin : next((n for n in begins if n > begin), len(STEPS))]


class Image:
    """What one of the two is made of: the common stage and its own."""

    def __init__(self, name: str) -> None:
        own = stage(name)
        assert own[0]["value"] == f"{COMMON} AS {name}"
        self.name = name
        self.steps = [*stage(COMMON), *own[1:]]
        parser = parser_of("".join(step["content"] for step in self.steps))
        self.labels: dict[str, str] = parser.labels
        self.env: dict[str, str] = parser.envs

    def values(self, instruction: str) -> list[str]:
        return values(self.steps, instruction)

    def words(self, instruction: str) -> list[str]:
        (text,) = self.values(instruction)
        return list(json.loads(text))

    @property
    def listen(self) -> str:
        """The one address that it serves."""
        (address,) = (v for k, v in self.env.items() if k.endswith("_LISTEN"))
        return address
