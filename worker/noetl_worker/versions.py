"""Which version of the engine's API these programs speak."""

from __future__ import annotations

from typing import Final

# Must be what the function noetl.api_version returns.
API_VERSION: Final = 1
