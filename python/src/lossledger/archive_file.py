"""The form of an archive: eight bytes, then entries, each with its length before it as a varint. Source: archive.proto."""

from __future__ import annotations

import hashlib
import os
from typing import IO, Iterator, Optional, Union

from google.protobuf.message import DecodeError

from lossledger.archive.v1 import archive_pb2

MAGIC = b"LOSSLRUN"

_MAX_ENTRY_BYTES = 64 << 20
_VERSIONS = (1, 2)


def framed(entry: archive_pb2.Entry) -> bytes:
    """The bytes of an entry in a file."""
    message = entry.SerializeToString()
    return _varint(len(message)) + message


def read_archive(path: Union[str, "os.PathLike[str]"]) -> Iterator[archive_pb2.Entry]:
    """The entries of an archive in order: header, records, newer manifests, and the trailer if its writer ended in order.

    A file that was cut off, or is still being written, ends with its last whole entry. Raises ValueError when the file is
    not an archive, has a newer version, is damaged, or differs from the checksum in its trailer; OSError when it cannot be
    read.
    """
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        magic = file.read(len(MAGIC))
        if not MAGIC.startswith(magic):
            raise ValueError(f"file: must be an archive of a run. Found: {path}")
        digest.update(magic)
        first = True
        while True:
            prefix, message = _next(file, path)
            if message is None:
                return
            entry = _parse(message, path)
            if first and entry.header.version not in _VERSIONS:
                raise ValueError(
                    f"file: must begin with a header of version 1 or 2; use a newer LossLedger for a newer one. "
                    f"Found: {path} of version {entry.header.version}"
                )
            first = False
            if entry.HasField("trailer") and entry.trailer.sha256 != digest.digest():
                raise ValueError(f"file: must be as it was written. Found: {path} does not match its checksum")
            digest.update(prefix + message)
            yield entry


def _next(file: IO[bytes], path: Union[str, "os.PathLike[str]"]) -> tuple[bytes, Optional[bytes]]:
    """The length's bytes and the message of the next entry; None when the file ends before its end."""
    prefix, length = b"", 0
    while True:
        byte = file.read(1)
        if not byte:
            return prefix, None
        length |= (byte[0] & 0x7F) << 7 * len(prefix)
        prefix += byte
        if byte[0] < 0x80:
            break
        if len(prefix) == 5:
            raise ValueError(f"file: must be as it was written. Found: {path} has an invalid length")
    if length > _MAX_ENTRY_BYTES:
        raise ValueError(f"file: must be as it was written. Found: {path} has an entry of {length} bytes")
    message = file.read(length)
    # After a power failure, the end of a file may be zeros that were never written: entries of length 0.
    return prefix, message if length and len(message) == length else None


def _parse(message: bytes, path: Union[str, "os.PathLike[str]"]) -> archive_pb2.Entry:
    try:
        return archive_pb2.Entry.FromString(message)
    except DecodeError as e:
        raise ValueError(f"file: must be as it was written. Found: {path} has an entry that cannot be read") from e


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
