"""Writes a run into a file that grows with the training and survives a crash: version 2 of the archive.

Source: archive.proto. `lossledger relay` sends such a file to Kafka, while it grows or later.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from typing import Iterable, Optional

from lossledger import archive_file
from lossledger.archive.v1 import archive_pb2
from lossledger.updates import Record

_VERSION = 2
_WRITE_BYTES = 1 << 20
_SYNC_SECONDS = 1.0

_log = logging.getLogger(__name__)


class FileSink:
    """A `Sink` that appends to a new file. A step that does not fit is cut off again, and the next one is tried."""

    skip_reason = "file-not-written"

    def __init__(self, path: str, run: str, manifest: bytes) -> None:
        """Creates the file with its header. Raises ValueError when it exists, OSError when it cannot be written."""
        if not path:
            raise ValueError("to: must name a file behind 'file:'. Found: nothing")
        self.lost_records = 0
        self._path = path
        self._run = run
        self._said = False
        self._trailer = archive_pb2.Trailer()
        self._digest = hashlib.sha256()
        self._end = 0
        self._torn = False
        self._synced_at = time.monotonic()
        self._file: Optional[int] = self._create(path)
        header = archive_pb2.Header(version=_VERSION, run=run, manifest=manifest, exported_millis=_millis())
        try:
            self._append([archive_file.MAGIC, archive_file.framed(archive_pb2.Entry(header=header))])
            os.fsync(self._file)
        except OSError:
            self.abandon()
            os.unlink(path)
            raise

    @property
    def bytes(self) -> int:
        return self._trailer.bytes

    def send_step(self, records: Iterable[Record], size: int) -> bool:
        trailer = archive_pb2.Trailer()
        trailer.CopyFrom(self._trailer)
        try:
            self._append(_entry(record, trailer) for record in records)
        except OSError as e:
            self._say(e)
            return False
        self._trailer = trailer
        return True

    def send_manifest(self, value: bytes) -> None:
        try:
            self._append([archive_file.framed(archive_pb2.Entry(manifest=value))])
        except OSError as e:
            self._say(e)

    def close(self, records: Iterable[Record], manifest: bytes) -> None:
        markers = list(records)
        try:
            self.send_manifest(manifest)
            if self.send_step(markers, 0):
                self._trailer.sha256 = self._digest.digest()
                self._append([archive_file.framed(archive_pb2.Entry(trailer=self._trailer))])
            else:  # without a trailer, readers know that something is missing
                self.lost_records += len(markers)
            os.fsync(self._file)
        except OSError as e:
            self._say(e)
        finally:
            self.abandon()

    def abandon(self) -> None:
        if self._file is not None:  # nothing is buffered between two calls
            os.close(self._file)
        self._file = None

    @staticmethod
    def _create(path: str) -> int:
        try:
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
        except FileExistsError:
            raise ValueError(f"to: must name a new file; remove this one or choose another name. Found: {path}") from None

    def _append(self, pieces: Iterable[bytes]) -> None:
        """Appends everything or, when that fails, nothing."""
        if self._torn:
            self._cut_back()
        digest, written, waiting = self._digest.copy(), self._end, bytearray()
        try:
            for piece in pieces:
                waiting += piece
                digest.update(piece)
                if len(waiting) >= _WRITE_BYTES:
                    written += self._write(waiting)
                    waiting = bytearray()
            written += self._write(waiting)
        except BaseException:
            self._torn = True
            self._cut_back()
            raise
        self._digest, self._end = digest, written
        self._sync()

    def _write(self, data: bytearray) -> int:
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
        return len(data)

    def _cut_back(self) -> None:
        os.ftruncate(self._file, self._end)
        os.lseek(self._file, self._end, os.SEEK_SET)
        self._torn = False

    def _sync(self) -> None:
        if time.monotonic() - self._synced_at < _SYNC_SECONDS:
            return
        self._synced_at = time.monotonic()
        try:
            os.fsync(self._file)
        except OSError as e:  # the data is in the file all the same
            self._say(e)

    def _say(self, fault: OSError) -> None:
        if not self._said:
            self._said = True
            _log.warning("Run %s: %s cannot be written, and what does not fit is lost: %s", self._run, self._path, fault)


def _entry(record: Record, trailer: archive_pb2.Trailer) -> bytes:
    """The bytes of a record in the file, which the trailer then counts."""
    millis = _millis()
    trailer.first_millis = min(trailer.first_millis, millis) if trailer.records else millis
    trailer.last_millis = max(trailer.last_millis, millis)
    trailer.records += 1
    trailer.bytes += len(record.key) + len(record.value)
    entry = archive_pb2.Record(key=record.key, value=record.value, timestamp_millis=millis)
    return archive_file.framed(archive_pb2.Entry(record=entry))


def _millis() -> int:
    return int(time.time() * 1000)
