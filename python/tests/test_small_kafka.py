"""The publisher with librdkafka and the broker that it contains."""

from __future__ import annotations

import os
import socket
import sys
import time
import unittest
import unittest.mock
from typing import Any

import sending
from lossledger import row_format
from lossledger.publisher import Publisher, open_publisher
from lossledger.step import RunFacts
from lossledger.topic_reader import TopicReader
from lossledger.v1 import results_pb2, run_pb2, update_pb2


class SmallKafkaTest(unittest.TestCase):
    def setUp(self) -> None:
        self.kafka = sending.SmallKafka()
        self.kafka.__enter__()
        self.addCleanup(self.kafka.stop)

    def opened(self, facts: RunFacts, **settings: Any) -> Publisher:
        patience = settings.pop("patience", 15.0)
        return open_publisher(facts, self.kafka.address, "sums", settings, patience_seconds=patience)

    def read(self, topic: str) -> list[tuple[int, bytes, bytes]]:
        """Partition, key and value of every record."""
        with TopicReader(self.kafka.address, {}) as reader:
            return [(found.partition, found.key, found.value) for found in reader.read(topic)]

    def test_what_was_published_is_in_the_topics_and_each_key_is_in_the_partition_that_java_chooses(self) -> None:
        facts = sending.facts("run-7")
        run = self.opened(facts)
        for step in range(3):
            run.publish(sending.sums_step(facts, run.plan, step))
        report = run.finish("finished", 3)
        self.assertEqual((3, {}, 0), (report.steps, report.skipped, report.lost_records))
        updates = self.read("lossledger.update")
        self.assertEqual(12, len(updates))
        for partition, key, value in updates:
            self.assertEqual(sending.murmur2_partition(key, 4), partition, key)
        self.assertGreater(len({partition for partition, _, _ in updates}), 1)
        for chunk in range(3):
            steps = [update_pb2.Update.FromString(v).step for _, k, v in updates if k == f"run-7|{chunk}|{chunk}".encode()]
            self.assertEqual([0, 1, 2, 3], steps)
        manifests = [row_format.parse(value, run_pb2.RunManifest()) for _, _, value in self.read("lossledger.run")]
        self.assertEqual([1, 1, 2], [manifest.status for manifest in manifests])
        self.assertEqual(sum(len(key) + len(value) for _, key, value in updates), report.bytes - sum(
            len(value) + len(key) for _, key, value in self.read("lossledger.run")[-1:]))
        sessions = {update_pb2.Update.FromString(value).session for _, _, value in updates}
        self.assertEqual({manifests[0].session}, sessions)

    def test_the_oracle_agrees_with_known_values_of_java(self) -> None:
        # Utils.murmur2 in Kafka's own UtilsTest
        known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536,
                 b"a-little-bit-longer-string": -1486304829, b"abc": 479470107}
        for key, hashed in known.items():
            self.assertEqual((hashed & 0x7FFFFFFF) % 1000, sending.murmur2_partition(key, 1000))

    def test_a_run_that_exists_or_was_deleted_or_has_rows_is_refused(self) -> None:
        self.opened(sending.facts("taken")).finish("finished", 0)
        gone = run_pb2.RunManifest(run="gone", status=update_pb2.RUN_STATUS_DELETED)
        self.kafka.write("lossledger.run", [(b"gone", row_format.to_json(gone)), (b"odd", b"{")])
        self.kafka.write("lossledger.window", [(b"booked", row_format.to_json(results_pb2.WindowRow(run="booked")))])
        for run, message in {
            "taken": "run: must be new in this Kafka. Found: taken exists",
            "gone": "gone was deleted, and its id is not used again",
            "odd": "odd exists",
            "booked": "booked has rows in lossledger.window, though no manifest",
        }.items():
            with self.subTest(run), self.assertRaises(ValueError) as refused:
                with unittest.mock.patch("lossledger.new_run._log"):
                    self.opened(sending.facts(run))
            self.assertIn(message, str(refused.exception))
        self.opened(sending.facts("take")).finish("finished", 0)

    def test_a_closed_port_is_one_error_that_names_the_address(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % free.getsockname()[1]
        with unittest.mock.patch("lossledger.kafka_sink._LEAST_ANSWER_SECONDS", 0.5):
            with self.assertRaises(ConnectionError) as refused:
                open_publisher(sending.facts(), address, "sums", patience_seconds=0.5)
        self.assertRegex(str(refused.exception), f"^bootstrap.servers: must be a Kafka that answers within 0.5 s. Found: {address}")

    def test_a_client_with_tls_is_told_that_the_broker_has_none(self) -> None:
        with unittest.mock.patch("lossledger.kafka_sink._LEAST_ANSWER_SECONDS", 0.5), self.assertRaises(OSError) as refused:
            self.opened(sending.facts(), patience=0.5, **{"security.protocol": "ssl"})
        self.assertRegex(str(refused.exception), "bootstrap.servers.*Found: 127.0.0.1:[0-9]+.*SSL")

    def test_settings_that_do_not_exist_are_refused_by_name(self) -> None:
        with self.assertRaisesRegex(ValueError, "kafka: must be settings of librdkafka. Found: .*no.such.setting"):
            self.opened(sending.facts(), **{"no.such.setting": 1})

    def test_when_kafka_goes_away_steps_are_skipped_and_counted_and_finish_ends_in_time(self) -> None:
        facts = sending.facts()
        run = self.opened(facts, patience=0.2, **{"delivery.timeout.ms": 1000, "linger.ms": 5})
        run.publish(sending.sums_step(facts, run.plan, 0))
        self.kafka.stop()
        begun, step = time.monotonic(), 1
        with self.assertLogs("lossledger", "WARNING"):
            while run.report().skipped.get("kafka-away", 0) < 5 and time.monotonic() - begun < 10:
                run.publish(sending.sums_step(facts, run.plan, step))
                step += 1
                time.sleep(0.01)  # a training that goes on
            before_end = run.report().skipped
            begun = time.monotonic()
            with unittest.mock.patch("lossledger.kafka_sink._LEAST_ANSWER_SECONDS", 0.5):
                report = run.finish("finished", step)
        self.assertGreaterEqual(before_end["kafka-away"], 5)
        self.assertLess(time.monotonic() - begun, 8)
        self.assertEqual(step, report.steps + report.skipped["kafka-away"])
        self.assertGreater(report.lost_records, 0)

    def test_a_forked_child_can_end_in_order_while_the_parent_goes_on(self) -> None:
        facts = sending.facts()
        run = self.opened(facts)
        run.publish(sending.sums_step(facts, run.plan, 0))
        client = run._sink._producer  # type: ignore[attr-defined]
        references = sys.getrefcount(client)
        child = os.fork()
        if child == 0:
            sys.stderr = open(os.devnull, "w")
            run.publish(sending.sums_step(facts, run.plan, 1))
            run.finish("finished", 1)
            os._exit(7 if sys.getrefcount(client) > references else 8)  # one that nobody gives back
        deadline = time.monotonic() + 10
        ended = (0, 0)
        while ended == (0, 0) and time.monotonic() < deadline:
            ended = os.waitpid(child, os.WNOHANG)
            time.sleep(0.01)
        if ended == (0, 0):
            os.kill(child, 9)
            os.waitpid(child, 0)
        self.assertEqual(7, ended[1] >> 8)
        run.publish(sending.sums_step(facts, run.plan, 1))
        self.assertEqual((2, 0), (run.finish("finished", 2).steps, run.report().lost_records))
        steps = [update_pb2.Update.FromString(value).step for _, _, value in self.read("lossledger.update")]
        self.assertEqual([0] * 3 + [1] * 3 + [2] * 3, sorted(steps))


if __name__ == "__main__":
    unittest.main()
