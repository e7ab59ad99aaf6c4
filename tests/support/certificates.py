"""Certificates of an authority that exists for one test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import trustme


class Authority:
    """Signs certificates; ``file`` is its own, in PEM, for those who trust it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def issue(
        self, *hosts: str, name: str = "server", until: datetime | None = None
    ) -> tuple[Path, Path]:
        """A certificate for these hosts: its file, and that of its key, written anew."""
        made = self._ca.issue_cert(*hosts, not_after=until)
        certificate = self._folder / f"{name}.pem"
        key = self._folder / f"{name}.key"
        certificate.write_bytes(b"".join(p.bytes() for p in made.cert_chain_pems))
        key.write_bytes(made.private_key_pem.bytes())
        return certificate, key
