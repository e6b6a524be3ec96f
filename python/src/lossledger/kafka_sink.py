"""Sends the records of a run to Kafka."""

from __future__ import annotations

import logging
import time
from typing import Any, Callable, Iterable, Optional

from confluent_kafka import KafkaError, KafkaException, Producer

from lossledger import forks, kafka_client, new_run
from lossledger.updates import Record

_LEAST_ANSWER_SECONDS = 10.0
_POLL_SECONDS = 0.1

_log = logging.getLogger(__name__)


class KafkaSink:
    """A `Sink` whose records librdkafka sends on its own threads.

    At most half of its buffer is kept unsent: when Kafka is slow, a step waits for room. When Kafka has accepted nothing
    for the time of the patience, the step is skipped, and so are later ones, without waiting, until Kafka accepts something.
    A record that is not acknowledged within delivery.timeout.ms is lost. Not thread-safe.
    """

    skip_reason = "kafka-away"

    def __init__(
        self,
        to: str,
        run: str,
        manifest: bytes,
        kafka: dict[str, Any],
        topic_prefix: str,
        patience_seconds: float,
        producer: Callable[[dict[str, Any]], Any] = Producer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Checks that the run is new and sends its manifest. Raises as `open_publisher`."""
        self.lost_records = 0
        self.bytes = 0
        self._run = run
        self._update_topic = f"{topic_prefix}update"
        self._run_topic = f"{topic_prefix}run"
        self._settings = kafka_client.producer_settings(to, run, kafka)
        self._limit = int(self._settings["queue.buffering.max.kbytes"]) * 1024 // 2
        self._patience = patience_seconds
        self._make = producer
        self._clock = clock
        self._unsent = 0
        self._progress_at = 0.0
        self._rest: list[Record] = []
        self._fatal = False
        self._said: set[int] = set()
        answer_seconds = max(patience_seconds, _LEAST_ANSWER_SECONDS)
        self._errors = kafka_client.ClientErrors()
        self._producer = self._new_producer()
        new_run.require(to, kafka, topic_prefix, run, answer_seconds)
        self._send_first(manifest, answer_seconds)

    def send_step(self, records: Iterable[Record], size: int) -> bool:
        if not self._await_room(size) or not self._send_rest():
            return False
        handed_over = 0
        for record in records:
            if self._rest or not self._hand_over(record, self._is_stalled):
                self._rest.append(record)
                if handed_over == 0:
                    self._rest.clear()
                    return False
            handed_over += 1
        self._producer.poll(0)
        return True

    def send_manifest(self, value: bytes) -> None:
        try:
            self._producer.produce(self._run_topic, value, self._run.encode())
        except (BufferError, KafkaException) as e:
            _log.debug("Run %s: a manifest is not sent: %s", self._run, kafka_client.text(e))

    def close(self, records: Iterable[Record], manifest: bytes) -> None:
        seconds = kafka_client.delivery_seconds(self._settings)
        deadline = self._clock() + seconds
        last = [(self._update_topic, record) for record in (*self._rest, *records)]
        last.append((self._run_topic, Record(self._run.encode(), manifest)))
        self._renew_after_fatal()
        for topic, record in last:
            if not self._hand_over(record, lambda: self._clock() >= deadline, topic):
                self._lose(None, "Kafka accepted nothing before the run ended")
        self._flush(deadline)
        self._producer = None  # ends its threads and connections

    def abandon(self) -> None:
        if self._producer is not None:
            forks.never_free(self._producer)

    def _send_first(self, manifest: bytes, seconds: float) -> None:
        refused: list[Optional[KafkaError]] = []
        try:
            # otherwise librdkafka finds the partitions of a topic up to a second after its first record
            for topic in (self._run_topic, self._update_topic):
                self._producer.list_topics(topic, timeout=seconds)
        except KafkaException as e:
            raise kafka_client.unreachable(self._settings, seconds, self._errors.first or e.args[0]) from e
        try:
            self._producer.produce(
                self._run_topic, manifest, self._run.encode(), on_delivery=lambda error, _: refused.append(error)
            )
        except KafkaException as e:
            raise ValueError(f"manifest: must be accepted by Kafka's client. Found: {kafka_client.text(e)}") from e
        self._producer.flush(seconds)
        if refused and refused[0] is None:
            return
        self._producer.purge()
        error = refused[0] if refused else self._errors.first
        denied = kafka_client.refusal(error, self._run_topic)
        raise denied or kafka_client.unreachable(self._settings, seconds, error)

    def _await_room(self, size: int) -> bool:
        """False when there is no room because Kafka is away. Anything fits into an empty buffer."""
        self._renew_after_fatal()
        self._producer.poll(0)
        while not self._is_stalled():
            if self._unsent == 0 or self._unsent + size <= self._limit:
                return True
            self._producer.poll(_POLL_SECONDS)
        return False

    def _send_rest(self) -> bool:
        while self._rest:
            if not self._hand_over(self._rest[0], self._is_stalled):
                return False
            del self._rest[0]
        return True

    def _is_stalled(self) -> bool:
        return self._unsent > 0 and self._clock() - self._progress_at > self._patience

    def _hand_over(self, record: Record, give_up: Callable[[], bool], topic: Optional[str] = None) -> bool:
        """False when the buffer stays full. A record that Kafka's client refuses for good is counted as lost."""
        size = len(record.key) + len(record.value)
        while True:
            try:
                self._producer.produce(
                    topic or self._update_topic,
                    record.value,
                    record.key,
                    on_delivery=lambda error, _: self._settled(size, error),
                )
            except BufferError:
                if give_up():
                    return False
                self._producer.poll(_POLL_SECONDS)
            except KafkaException as e:
                self._fatal |= kafka_client.code(e) == KafkaError._FATAL
                self._lose(kafka_client.code(e), kafka_client.text(e))
                return True
            else:
                if self._unsent == 0:
                    self._progress_at = self._clock()
                self._unsent += size
                return True

    def _settled(self, size: int, error: Optional[KafkaError]) -> None:
        self._unsent -= size
        if error is None:
            self.bytes += size
            self._progress_at = self._clock()
        else:
            self._fatal |= error.fatal()
            self._lose(error.code(), error.str())

    def _lose(self, code: Optional[int], why: str) -> None:
        self.lost_records += 1
        if code not in self._said:
            self._said.add(code)
            _log.warning("Run %s: Kafka did not accept a record, and its step is lost: %s", self._run, why)

    def _flush(self, deadline: float) -> None:
        self._producer.flush(1.0)
        if len(self._producer) > 0:
            servers = self._settings["bootstrap.servers"]
            _log.info("Run %s: waiting for Kafka (%s) to accept %d records", self._run, servers, len(self._producer))
            self._producer.flush(max(0.0, deadline - self._clock()) + _LEAST_ANSWER_SECONDS)
        if len(self._producer) > 0:
            self._producer.purge()
            self._producer.flush(1.0)

    def _renew_after_fatal(self) -> None:
        """An idempotent producer sends nothing after a fatal error, such as a broker that forgot it."""
        if self._fatal:
            self._fatal = False
            self._producer.purge()
            self._producer.flush(1.0)
            self._producer = self._new_producer()

    def _new_producer(self) -> Any:
        return kafka_client.create(self._make, self._settings, self._errors)
