"""Settings of the Kafka clients, and what their errors mean. Stateless."""

from __future__ import annotations

from typing import Any, Callable, Optional

from confluent_kafka import KafkaError, KafkaException

_REFUSED = {
    KafkaError._AUTHENTICATION: "wrong user, password or mechanism (sasl.*)",
    KafkaError._SSL: "TLS could not be agreed on (ssl.*, security.protocol)",
    KafkaError.SASL_AUTHENTICATION_FAILED: "wrong user or password (sasl.*)",
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "this user lacks a right on the topic",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: "this user lacks a right on the cluster",
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "this user lacks a right on the transactional id",
}


class ClientErrors:
    """Remembers the first error of a client that says why Kafka refuses it, otherwise the first that says anything."""

    def __init__(self) -> None:
        self.first: Optional[KafkaError] = None

    def __call__(self, error: KafkaError) -> None:
        if self.first is None or _weight(error) > _weight(self.first):
            self.first = error


def _weight(error: KafkaError) -> int:
    return 2 if error.code() in _REFUSED else 0 if error.code() == KafkaError._ALL_BROKERS_DOWN else 1


def producer_settings(to: str, run: str, kafka: dict[str, Any]) -> dict[str, Any]:
    """Settings of the run's producer; kafka overrides the defaults."""
    if "transactional.id" in kafka:
        raise ValueError(f"kafka: must not have a transactional.id. Found: {kafka['transactional.id']}")
    defaults = {
        "bootstrap.servers": to,
        "client.id": f"lossledger-producer-{run}",
        "partitioner": "murmur2_random",  # as Java: librdkafka's default puts a key into another partition
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": 5,
        "batch.num.messages": 10_000,
        "queue.buffering.max.kbytes": 65_536,
        "queue.buffering.max.messages": 4_000_000,  # the bytes are what limits it
        "log_level": 0,  # librdkafka would write to the standard error on its own
    }
    if "message.timeout.ms" not in kafka:
        defaults["delivery.timeout.ms"] = 120_000
    return {**defaults, **kafka}


def delivery_seconds(settings: dict[str, Any]) -> float:
    """How long the producer tries to deliver a record."""
    return float(settings.get("delivery.timeout.ms", settings.get("message.timeout.ms", 120_000))) / 1000


def consumer_settings(to: str, kafka: dict[str, Any]) -> dict[str, Any]:
    """Settings of a reader without a consumer group that sees committed records only."""
    defaults = {"bootstrap.servers": to, "log_level": 0, "fetch.wait.max.ms": 100}
    fixed = {
        "group.id": "lossledger",  # librdkafka requires one, though nothing joins it
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "allow.auto.create.topics": False,
    }
    return {**defaults, **kafka, **fixed}


def create(client: Callable[[dict[str, Any]], Any], settings: dict[str, Any], errors: Callable[[KafkaError], None]) -> Any:
    """A confluent_kafka.Producer or Consumer. Raises ValueError when a setting is wrong."""
    try:
        return client({**settings, "error_cb": errors})
    except (KafkaException, TypeError) as e:
        raise ValueError(f"kafka: must be settings of librdkafka. Found: {text(e)}") from e


def refusal(error: Optional[KafkaError], what: str) -> Optional[PermissionError]:
    """The exception for an error that means that Kafka refuses this user; None for any other error."""
    if error is None or error.code() not in _REFUSED:
        return None
    return PermissionError(f"{what}: must be allowed by Kafka. Found: {_REFUSED[error.code()]}: {error.str()}")


def unreachable(settings: dict[str, Any], seconds: float, error: Optional[KafkaError]) -> OSError:
    """The exception for a Kafka that has not answered."""
    servers = settings["bootstrap.servers"]
    refused = refusal(error, f"bootstrap.servers {servers}")
    if refused:
        return refused
    why = f" ({error.str()})" if error else ""
    return ConnectionError(
        f"bootstrap.servers: must be a Kafka that answers within {seconds:g} s. Found: {servers}{why}"
    )


def text(fault: BaseException) -> str:
    """What a fault says, in words."""
    error = fault.args[0] if fault.args else None
    return error.str() if isinstance(error, KafkaError) else str(fault)


def code(fault: KafkaException) -> Optional[int]:
    error = fault.args[0] if fault.args else None
    return error.code() if isinstance(error, KafkaError) else None


