"""Puts the LCA of a run's layers into TensorBoard's event files, while it trains. Run: python to_tensorboard.py RUN [TO] [FOLDER]

It needs nothing of TensorBoard. Then: tensorboard --logdir FOLDER
"""

import pathlib
import struct
import sys
import time

import lossledger


class EventFile:
    """A file of scalars. Its format: records of length, checksum, an Event message and its checksum (TFRecord)."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self._file = open(folder / f"events.out.tfevents.{int(time.time())}.lossledger", "ab")
        self._write(b"\x1a\x0dbrain.Event:2")

    def scalar(self, tag, value, step):
        item = b"\x0a" + _sized(tag.encode()) + b"\x15" + struct.pack("<f", value)
        self._write(b"\x10" + _varint(step) + b"\x2a" + _sized(b"\x0a" + _sized(item)))

    def _write(self, event):
        event = b"\x09" + struct.pack("<d", time.time()) + event
        length = struct.pack("<Q", len(event))
        self._file.write(length + _checksum(length) + event + _checksum(event))
        self._file.flush()


def _varint(number):
    low = bytes([number & 0x7F | (0x80 if number > 0x7F else 0)])
    return low + _varint(number >> 7) if number > 0x7F else low


def _sized(part):
    return _varint(len(part)) + part


def _checksum(part):
    """The masked CRC-32C that the format asks for."""
    crc = 0xFFFFFFFF
    for byte in part:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


if not 2 <= len(sys.argv) <= 4:
    sys.exit(__doc__)
run, to, folder = sys.argv[1:] + ["localhost:9092", "runs"][len(sys.argv) - 2:]
events = EventFile(pathlib.Path(folder) / run)
for row in lossledger.rows(run, to, "layer", follow=True):
    if row.objective == "train" and not row.part:
        events.scalar(f"lca/{row.layer}", row.lca, row.step)
        events.scalar(f"cumulative_lca/{row.layer}", row.cumulative_lca, row.step)
