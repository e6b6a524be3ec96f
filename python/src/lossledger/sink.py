"""Where the records of a run go."""

from __future__ import annotations

from typing import Iterable, Protocol

from lossledger.updates import Record


class Sink(Protocol):
    """Takes the records of one run. Called from one thread. After opening, no trouble raises: it is counted."""

    skip_reason: str
    """Why a step is skipped that this sink does not take."""
    lost_records: int
    """Records that were handed over and will not arrive."""

    @property
    def bytes(self) -> int:
        """Bytes of the keys and values that have arrived."""

    def send_step(self, records: Iterable[Record], size: int) -> bool:
        """Takes all records of a step, of about this many bytes; False when it takes none of them."""

    def send_manifest(self, value: bytes) -> None:
        """Takes a newer manifest, whose loss does not matter."""

    def close(self, records: Iterable[Record], manifest: bytes) -> None:
        """Takes the last records and the final manifest, and waits until everything has arrived or is lost."""

    def abandon(self) -> None:
        """Lets go of everything in a forked child, without writing or waiting."""
