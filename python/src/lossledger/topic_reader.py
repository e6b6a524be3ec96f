"""Reads the committed records of topics from their beginning, without a consumer group."""

from __future__ import annotations

import time
from typing import Any, Iterator, NamedTuple, Optional, Union

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from lossledger import kafka_client

_POLL_SECONDS = 0.2
_ASK_SECONDS = 1.0


class Found(NamedTuple):
    """A record of a topic."""

    topic: str
    partition: int
    key: Optional[bytes]
    value: Optional[bytes]


class TopicReader:
    """Reads topics of one Kafka; a context manager. Not thread-safe.

    patience_seconds: how long Kafka may take for an answer, and how long reading may make no progress.
    """

    def __init__(self, to: str, kafka: dict[str, Any], patience_seconds: float = 30.0) -> None:
        self._settings = kafka_client.consumer_settings(to, kafka)
        self._patience = patience_seconds
        self._errors = kafka_client.ClientErrors()
        self._consumer = kafka_client.create(Consumer, self._settings, self._errors)
        self._ends: dict[tuple[str, int], int] = {}

    def __enter__(self) -> TopicReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._consumer.close()

    def partitions(self, topic: str) -> list[TopicPartition]:
        """The partitions of a topic, from their beginning.

        Raises ValueError when the topic does not exist, ConnectionError when Kafka does not answer within the patience,
        PermissionError when it refuses this user.
        """
        found = self._ask(topic)
        if found.error is not None:
            refused = kafka_client.refusal(found.error, topic)
            if refused:
                raise refused
            raise ValueError(
                f"topic: must exist; `lossledger topics --create` makes the missing ones. Found: {topic} does not exist"
            )
        return [TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in sorted(found.partitions)]

    def _ask(self, topic: str) -> Any:
        """The topic's metadata; asks again until the patience ends, or Kafka refuses this user."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return self._consumer.list_topics(topic, timeout=_ASK_SECONDS).topics[topic]
            except KafkaException as e:
                self._consumer.poll(0)  # hands over the errors that say why
                error = self._errors.first or e.args[0]
                if time.monotonic() >= deadline or kafka_client.refusal(error, topic):
                    raise kafka_client.unreachable(self._settings, self._patience, error) from e

    def start(self, partitions: list[TopicPartition]) -> None:
        """Begins to read these partitions."""
        self._ends.clear()
        self._consumer.assign(partitions)

    def read(self, topic: str) -> Iterator[Found]:
        """Every record of a topic that is there now. Raises as `partitions`, also when reading makes no progress."""
        partitions = self.partitions(topic)
        self.start(partitions)
        moved = time.monotonic()
        while len(self._ends) < len(partitions):
            found = self.poll()
            if found is not None:
                moved = time.monotonic()
            elif time.monotonic() - moved > self._patience:
                raise kafka_client.unreachable(self._settings, self._patience, self._errors.first)
            if isinstance(found, Found):
                yield found
                moved = time.monotonic()  # what the caller did in between took no time of Kafka's

    def poll(self, seconds: float = _POLL_SECONDS) -> Union[Found, TopicPartition, None]:
        """The next record, or a partition whose end has been reached, or None when nothing has come."""
        message = self._consumer.poll(seconds)
        if message is None:
            return None
        error = message.error()
        if error is None:
            return Found(message.topic(), message.partition(), message.key(), message.value())
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[message.topic(), message.partition()] = message.offset()
            return TopicPartition(message.topic(), message.partition(), message.offset())
        if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise kafka_client.refusal(error, message.topic() or "topic")
        self._errors(error)  # Kafka is away, or rights on the consumer group are missing, which none needs here
        return None

    def ends(self, partitions: list[TopicPartition]) -> Optional[list[int]]:
        """The ends of partitions, as offsets, uncommitted records included; None when Kafka does not answer."""
        try:
            return [
                self._consumer.get_watermark_offsets(partition, timeout=_ASK_SECONDS, cached=False)[1]
                for partition in partitions
            ]
        except KafkaException:
            return None

    def has_reached(self, partitions: list[TopicPartition], ends: list[int]) -> bool:
        """Whether reading has come to these offsets in all partitions."""
        return all(self._ends.get((p.topic, p.partition), -1) >= end for p, end in zip(partitions, ends))
