"""Tests of the Kafka sink with a scripted client and a simulated clock."""

from __future__ import annotations

import unittest
from typing import Any, Callable, Optional
from unittest import mock

import sending  # noqa: F401 - puts the package on the path
from confluent_kafka import KafkaError, KafkaException
from lossledger.kafka_sink import KafkaSink
from lossledger.updates import Record


class Client:
    """Acknowledges what it is given when it is polled, unless Kafka is away; holds at most so many records."""

    def __init__(self, settings: dict[str, Any], kafka: "Kafka") -> None:
        self.settings = settings
        self._kafka = kafka
        self._queue: list[tuple[str, bytes, bytes, Optional[Callable[..., None]]]] = []

    def produce(self, topic: str, value: bytes, key: bytes, on_delivery: Optional[Callable[..., None]] = None) -> None:
        if self._kafka.refusals:
            raise KafkaException(self._kafka.refusals.pop(0))
        if len(self._queue) >= self._kafka.room:
            raise BufferError("Local: Queue full")
        self._queue.append((topic, key, value, on_delivery))

    def list_topics(self, topic: str, timeout: float) -> None:
        self._kafka.asked.append(topic)

    def poll(self, seconds: float = 0) -> int:
        self._kafka.now += seconds
        self._kafka.away = self._kafka.away and self._kafka.now < self._kafka.back_at
        for _ in range(len(self._queue) if not self._kafka.away else 0):
            self._settle(self._kafka.error)
        return 0

    def flush(self, seconds: float) -> int:
        self.poll(seconds if self._kafka.away else 0)
        return len(self._queue)

    def purge(self) -> None:
        for _ in range(len(self._queue)):
            self._settle(KafkaError(KafkaError._PURGE_QUEUE))

    def __len__(self) -> int:
        return len(self._queue)

    def _settle(self, error: Optional[KafkaError]) -> None:
        topic, key, value, on_delivery = self._queue.pop(0)
        if error is None:
            self._kafka.accepted.append((topic, key, value))
        if on_delivery is not None:
            on_delivery(error, None)


class Kafka:
    def __init__(self) -> None:
        self.now = 1000.0
        self.away = False
        self.back_at = float("inf")
        self.room = 1000
        self.error: Optional[KafkaError] = None
        self.refusals: list[KafkaError] = []
        self.accepted: list[tuple[str, bytes, bytes]] = []
        self.clients: list[Client] = []
        self.asked: list[str] = []

    def client(self, settings: dict[str, Any]) -> Client:
        self.clients.append(Client(settings, self))
        return self.clients[-1]

    def open(self, patience: float = 15.0, **settings: Any) -> KafkaSink:
        with mock.patch("lossledger.kafka_sink.new_run.require"):
            return KafkaSink("there:1", "r", b"{}", settings, "p.", patience, self.client, lambda: self.now)


def step(number: int, chunks: int = 3) -> list[Record]:
    return [Record(b"r|0|%d" % chunk, b"%d" % number * 1000) for chunk in range(chunks)]


class KafkaSinkTest(unittest.TestCase):
    def setUp(self) -> None:
        self.kafka = Kafka()

    def sent(self) -> list[tuple[str, bytes]]:
        return [(topic, key) for topic, key, _ in self.kafka.accepted]

    def test_the_manifest_is_sent_first_and_steps_go_to_the_update_topic_in_order(self) -> None:
        sink = self.kafka.open()
        self.assertEqual(["p.run", "p.update"], self.kafka.asked)
        self.assertTrue(sink.send_step(step(1), 3000))
        sink.close(step(2, 1), b"end")
        sink.abandon()
        self.assertEqual([("p.run", b"r"), *[("p.update", b"r|0|%d" % c) for c in (0, 1, 2, 0)], ("p.run", b"r")], self.sent())
        self.assertEqual((0, 4 * 1005 + 4), (sink.lost_records, sink.bytes))

    def test_the_settings_are_those_of_the_contract_and_the_users_override_them(self) -> None:
        self.kafka.open(**{"linger.ms": 7, "message.timeout.ms": 1000, "sasl.username": "u"})
        settings = self.kafka.clients[0].settings
        self.assertEqual(
            ("there:1", "murmur2_random", True, "all", 7, "u"),
            tuple(settings[k] for k in (
                "bootstrap.servers", "partitioner", "enable.idempotence", "acks", "linger.ms", "sasl.username")),
        )
        self.assertNotIn("delivery.timeout.ms", settings)
        with self.assertRaisesRegex(ValueError, "kafka: must not have a transactional.id. Found: t"):
            self.kafka.open(**{"transactional.id": "t"})

    def test_a_step_waits_for_room_while_kafka_makes_progress(self) -> None:
        sink = self.kafka.open(**{"queue.buffering.max.kbytes": 8})
        self.kafka.away = True
        self.assertTrue(sink.send_step(step(1), 3000))
        waits: list[float] = []

        def poll(client: Client, seconds: float = 0) -> None:
            waits.append(seconds)
            self.kafka.away = len(waits) < 20
            original(client, seconds)

        original = Client.poll
        with mock.patch.object(Client, "poll", poll):
            self.assertTrue(sink.send_step(step(2), 3000))
        self.assertGreaterEqual(len(waits), 20)
        self.assertEqual(7, len(self.kafka.accepted))

    def test_a_step_is_not_taken_when_kafka_accepts_nothing_for_the_patience_and_later_ones_do_not_wait(self) -> None:
        sink = self.kafka.open(patience=15, **{"queue.buffering.max.kbytes": 8})
        self.kafka.away = True
        self.assertTrue(sink.send_step(step(1), 3000))
        self.assertFalse(sink.send_step(step(2), 3000))
        self.assertAlmostEqual(1015, self.kafka.now, delta=0.5)
        before = self.kafka.now
        self.assertFalse(sink.send_step(step(3), 3000))
        self.assertEqual(before, self.kafka.now)
        self.kafka.away = False
        self.assertTrue(sink.send_step(step(4), 3000))
        sink.close([], b"end")
        self.assertEqual([b"1", b"1", b"1", b"4", b"4", b"4"], [v[:1] for t, _, v in self.kafka.accepted if t == "p.update"])
        self.assertEqual(0, sink.lost_records)

    def test_small_steps_are_not_taken_either_once_kafka_has_been_silent_for_the_patience(self) -> None:
        sink = self.kafka.open(patience=15)
        self.kafka.away = True
        taken = []
        for number in range(5):
            taken.append(sink.send_step(step(number), 3000))
            self.kafka.now += 6
        self.assertEqual([True, True, True, False, False], taken)

    def test_the_rest_of_a_step_that_did_not_fit_into_the_buffer_is_sent_before_the_next_step(self) -> None:
        sink = self.kafka.open()
        self.kafka.away, self.kafka.room = True, 2
        self.assertTrue(sink.send_step(step(1), 3000))
        self.assertFalse(sink.send_step(step(2), 3000))
        self.kafka.away = False
        self.assertTrue(sink.send_step(step(3), 3000))
        sink.close([], b"end")
        updates = [(v[:1], k[-1:]) for t, k, v in self.kafka.accepted if t == "p.update"]
        self.assertEqual([(b"1", b"0"), (b"1", b"1"), (b"1", b"2"), (b"3", b"0"), (b"3", b"1"), (b"3", b"2")], updates)

    def test_a_step_of_which_nothing_fits_is_not_taken(self) -> None:
        sink = self.kafka.open()
        self.kafka.away, self.kafka.room = True, 2
        self.assertTrue(sink.send_step(step(1, 2), 2000))
        self.kafka.now += 10
        self.assertFalse(sink.send_step(step(2), 3000))
        self.kafka.away = False
        sink.close([], b"end")
        self.assertEqual([b"1", b"1"], [v[:1] for t, _, v in self.kafka.accepted if t == "p.update"])

    def test_records_that_kafka_does_not_accept_are_counted_and_each_reason_is_logged_once(self) -> None:
        sink = self.kafka.open()
        self.kafka.error = KafkaError(KafkaError._MSG_TIMED_OUT)
        with self.assertLogs("lossledger.kafka_sink", "WARNING") as logged:
            self.assertTrue(sink.send_step(step(1), 3000))
            self.kafka.refusals = [KafkaError(KafkaError.MSG_SIZE_TOO_LARGE)]
            self.assertTrue(sink.send_step(step(2), 3000))
        self.assertEqual((6, 2), (sink.lost_records, len(logged.output)))
        self.kafka.error = None
        self.assertTrue(sink.send_step(step(3), 3000))
        self.assertEqual(6, sink.lost_records)

    def test_after_a_fatal_error_the_next_step_has_a_new_client(self) -> None:
        sink = self.kafka.open()
        self.kafka.refusals = [KafkaError(KafkaError._FATAL)] * 3
        with self.assertLogs("lossledger.kafka_sink", "WARNING"):
            self.assertTrue(sink.send_step(step(1), 3000))
        self.assertTrue(sink.send_step(step(2), 3000))
        self.assertEqual((2, 3), (len(self.kafka.clients), sink.lost_records))
        self.assertEqual([b"2"] * 3, [v[:1] for t, _, v in self.kafka.accepted if t == "p.update"])

    def test_closing_gives_up_after_the_delivery_timeout_and_counts_what_is_lost(self) -> None:
        sink = self.kafka.open(**{"delivery.timeout.ms": 60_000})
        self.assertTrue(sink.send_step(step(1), 3000))
        self.kafka.away, self.kafka.room = True, 2
        with self.assertLogs("lossledger.kafka_sink", "WARNING"):
            sink.close(step(2), b"end")
        self.assertAlmostEqual(1000 + 60 + 12, self.kafka.now, delta=2)
        self.assertEqual(4, sink.lost_records)

    def test_closing_waits_longer_than_the_patience_for_a_kafka_that_comes_back(self) -> None:
        sink = self.kafka.open(patience=15)
        self.kafka.away, self.kafka.room, self.kafka.back_at = True, 2, self.kafka.now + 60
        sink.close(step(1), b"end")
        self.assertEqual([b"r|0|0", b"r|0|1", b"r|0|2", b"r"], [key for _, key in self.sent()[1:]])
        self.assertEqual(0, sink.lost_records)

    def test_a_first_manifest_that_is_not_accepted_says_why(self) -> None:
        self.kafka.error = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
        with self.assertRaisesRegex(PermissionError, "p.run: must be allowed by Kafka. Found: this user lacks a right"):
            self.kafka.open()
        self.kafka.error = None
        self.kafka.away = True
        with self.assertRaisesRegex(ConnectionError, "bootstrap.servers: must be a Kafka that answers within 20 s. Found: there:1"):
            self.kafka.open(patience=20)
        self.kafka.refusals = [KafkaError(KafkaError.MSG_SIZE_TOO_LARGE)]
        with self.assertRaisesRegex(ValueError, "manifest: must be accepted"):
            self.kafka.open()


if __name__ == "__main__":
    unittest.main()
