from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import sending
from lossledger import row_format
from lossledger.archive.v1 import archive_pb2
from lossledger.archive_file import read_archive
from lossledger.publisher import Publisher, open_publisher
from lossledger.v1 import run_pb2, update_pb2


def slowly(data: bytes) -> list[tuple[int, archive_pb2.Entry]]:
    """The entries of a whole file, each with the offset at which its length begins: an obvious second reader."""
    found, at = [], 8
    while at < len(data):
        begin, length, factor = at, 0, 1
        while True:
            length += data[at] % 128 * factor
            factor *= 128
            at += 1
            if data[at - 1] < 128:
                break
        found.append((begin, archive_pb2.Entry.FromString(data[at : at + length])))
        at += length
    return found


class FileSinkTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "run.ll")
        self.facts = sending.facts()

    def opened(self) -> Publisher:
        return open_publisher(self.facts, f"file:{self.path}", "sums")

    def read(self) -> bytes:
        with open(self.path, "rb") as file:
            return file.read()

    def written(self, steps: int) -> bytes:
        run = self.opened()
        for step in range(steps):
            run.publish(sending.sums_step(self.facts, run.plan, step))
        run.finish("finished", steps)
        return self.read()

    def test_the_file_holds_header_records_newer_manifests_and_a_trailer_with_the_checksum(self) -> None:
        data = self.written(4)
        self.assertEqual(b"LOSSLRUN", data[:8])
        entries = slowly(data)
        self.assertEqual([entry for _, entry in entries], list(read_archive(self.path)))
        kinds = [entry.WhichOneof("entry") for _, entry in entries]
        self.assertEqual(["header", *["record"] * 3, "manifest", *["record"] * 9, "manifest", *["record"] * 3, "trailer"], kinds)
        header = entries[0][1].header
        self.assertEqual((2, "run-1"), (header.version, header.run))
        first = row_format.parse(header.manifest, run_pb2.RunManifest())
        self.assertEqual(update_pb2.RUN_STATUS_RUNNING, first.status)
        last = row_format.parse(entries[-5][1].manifest, run_pb2.RunManifest())
        self.assertEqual((update_pb2.RUN_STATUS_FINISHED, 3), (last.status, last.last_step))
        records = [entry.record for _, entry in entries if entry.HasField("record")]
        updates = [update_pb2.Update.FromString(record.value) for record in records]
        self.assertEqual([f"run-1|{u.tensor}|{u.chunk}".encode() for u in updates], [record.key for record in records])
        self.assertEqual([0, 1, 2, 3, 4], sorted({u.step for u in updates}))
        trailer, begin = entries[-1][1].trailer, entries[-1][0]
        self.assertEqual(hashlib.sha256(data[:begin]).digest(), trailer.sha256)
        times = [record.timestamp_millis for record in records]
        self.assertEqual(
            (15, sum(len(r.key) + len(r.value) for r in records), min(times), max(times)),
            (trailer.records, trailer.bytes, trailer.first_millis, trailer.last_millis),
        )

    def test_a_file_cut_at_any_byte_yields_the_entries_that_are_whole(self) -> None:
        data = self.written(1)
        entries = slowly(data)
        ends = [begin for begin, _ in entries[1:]] + [len(data)]
        for length in range(len(data), -1, -1):
            os.truncate(self.path, length)
            whole = sum(end <= length for end in ends)
            self.assertEqual([entry for _, entry in entries[:whole]], list(read_archive(self.path)), f"{length} bytes")

    def test_a_file_whose_end_is_zeros_yields_the_entries_before_them(self) -> None:
        data = self.written(1)
        begin = slowly(data)[-1][0]
        with open(self.path, "wb") as file:
            file.write(data[:begin] + bytes(500))
        self.assertEqual(len(slowly(data)) - 1, len(list(read_archive(self.path))))

    def test_what_is_not_an_archive_or_not_as_it_was_written_is_refused(self) -> None:
        data = self.written(1)
        changed = bytearray(data)
        at = data.index(b"dense")
        changed[at] ^= 1
        cases = {
            "must be an archive of a run": b"PK\x03\x04" + data,
            "does not match its checksum": bytes(changed),
            "has an invalid length": data[:8] + b"\xff" * 9,
            "has an entry of 134217728 bytes": data[:8] + b"\x80\x80\x80\x40" + data,
            "an entry that cannot be read": data[:8] + b"\x02\x0a\xff" + data,
            "header of version 1 or 2": data[:8] + b"\x04\x0a\x02\x08\x03" + data,
        }
        for message, content in cases.items():
            with self.subTest(message):
                with open(self.path, "wb") as file:
                    file.write(content)
                with self.assertRaisesRegex(ValueError, message):
                    list(read_archive(self.path))

    def test_an_existing_file_is_refused_and_kept(self) -> None:
        with open(self.path, "wb") as file:
            file.write(b"mine")
        with self.assertRaisesRegex(ValueError, "to: must name a new file.*run.ll"):
            self.opened()
        self.assertEqual(b"mine", self.read())
        with self.assertRaises(FileNotFoundError):
            open_publisher(self.facts, f"file:{os.path.dirname(self.path)}/missing/run.ll", "sums")

    def test_every_step_is_in_the_file_when_publish_returns(self) -> None:
        run = self.opened()
        for step in range(3):
            run.publish(sending.sums_step(self.facts, run.plan, step))
            steps = [update_pb2.Update.FromString(e.record.value).step for e in read_archive(self.path) if e.HasField("record")]
            self.assertEqual([0] * 3 + [1] * 3 * (step > 0) + [2] * 3 * (step > 1), steps)
        run.finish("finished", 3)

    def test_a_killed_writer_leaves_all_its_steps(self) -> None:
        code = (
            "import os, signal, sending; from lossledger.publisher import open_publisher\n"
            f"facts = sending.facts(); run = open_publisher(facts, {'file:' + self.path!r}, 'sums')\n"
            "for step in range(5): run.publish(sending.sums_step(facts, run.plan, step))\n"
            "os.kill(os.getpid(), signal.SIGKILL)"
        )
        ended = subprocess.run([sys.executable, "-c", code], cwd=os.path.dirname(os.path.abspath(__file__)), timeout=60)
        self.assertEqual(-signal.SIGKILL, ended.returncode)
        self.assertEqual(15, sum(entry.HasField("record") for entry in read_archive(self.path)))

    def test_a_step_that_does_not_fit_on_the_disk_is_cut_off_and_counted_and_the_next_one_is_written(self) -> None:
        run = self.opened()
        run.publish(sending.sums_step(self.facts, run.plan, 0))
        size = os.path.getsize(self.path)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        for room in (0, 1, 100, 300):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, hard))
            try:
                with mock.patch("lossledger.publisher._log"), mock.patch("lossledger.file_sink._log"):
                    run.publish(sending.sums_step(self.facts, run.plan, 1 + room))
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            self.assertEqual(size, os.path.getsize(self.path))
        run.publish(sending.sums_step(self.facts, run.plan, 400))
        report = run.finish("finished", 401)
        self.assertEqual((2, {"file-not-written": 4}, 0), (report.steps, report.skipped, report.lost_records))
        entries = list(read_archive(self.path))
        self.assertEqual("trailer", entries[-1].WhichOneof("entry"))
        steps = [update_pb2.Update.FromString(e.record.value).step for e in entries if e.HasField("record")]
        self.assertEqual([0] * 3 + [400] * 3 + [401] * 3, steps)
        final = [entry.manifest for entry in entries if entry.HasField("manifest")][-1]
        self.assertEqual(4, row_format.parse(final, run_pb2.RunManifest()).skipped_steps)

    def test_end_markers_that_do_not_fit_are_counted_and_the_file_has_no_trailer(self) -> None:
        run = self.opened()
        run.publish(sending.sums_step(self.facts, run.plan, 0))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(self.path) + 5, hard))
        try:
            with self.assertLogs("lossledger.file_sink", "WARNING") as logged:
                report = run.finish("finished", 1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        self.assertEqual((1, 3), (len(logged.output), report.lost_records))
        self.assertNotEqual("trailer", list(read_archive(self.path))[-1].WhichOneof("entry"))

    def test_the_file_is_forced_to_the_disk_at_most_once_a_second_and_at_the_end(self) -> None:
        with mock.patch("lossledger.file_sink.os.fsync") as fsync, mock.patch("lossledger.file_sink.time.monotonic") as clock:
            clock.return_value = 50.0
            run = self.opened()
            forced = [fsync.call_count]
            for step, at in enumerate((50.2, 50.9, 51.0, 51.5, 52.3)):
                clock.return_value = at
                run.publish(sending.sums_step(self.facts, run.plan, step))
                forced.append(fsync.call_count)
            self.assertEqual([1, 1, 1, 2, 2, 3], forced)
            run.finish("finished", 5)
            self.assertEqual(4, fsync.call_count)

    def test_a_failing_disk_does_not_stop_the_training(self) -> None:
        run = self.opened()
        with mock.patch("lossledger.file_sink.os.fsync", side_effect=OSError(5, "Input/output error")), mock.patch(
            "lossledger.file_sink._SYNC_SECONDS", 0.0
        ), self.assertLogs("lossledger.file_sink", "WARNING") as logged:
            run.publish(sending.sums_step(self.facts, run.plan, 0))
            run.publish(sending.sums_step(self.facts, run.plan, 1))
        self.assertEqual(1, len(logged.output))
        report = run.finish("finished", 2)
        self.assertEqual((2, {}), (report.steps, report.skipped))
        self.assertEqual("trailer", list(read_archive(self.path))[-1].WhichOneof("entry"))


if __name__ == "__main__":
    unittest.main()
