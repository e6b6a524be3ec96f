"""Checks before a run is opened that Kafka is there, that its topics exist, and that nobody has used the run id."""

from __future__ import annotations

import logging
from typing import Any

from lossledger import row_format
from lossledger.topic_reader import TopicReader
from lossledger.v1 import run_pb2, update_pb2

_log = logging.getLogger(__name__)


def require(to: str, kafka: dict[str, Any], topic_prefix: str, run: str, patience_seconds: float) -> None:
    """Raises ValueError when a topic is missing or the run exists, ConnectionError when Kafka does not answer within the
    patience, PermissionError when it refuses this user."""
    with TopicReader(to, kafka, patience_seconds) as reader:
        reader.partitions(f"{topic_prefix}update")
        status = None
        for found in reader.read(f"{topic_prefix}run"):
            if found.key == run.encode():
                status = None if found.value is None else _status(found.value)
        if status is not None:
            deleted = status == update_pb2.RUN_STATUS_DELETED
            what = "was deleted, and its id is not used again" if deleted else "exists"
            raise ValueError(f"run: must be new in this Kafka. Found: {run} {what}")
        if _has_rows(reader, f"{topic_prefix}window", run):
            raise ValueError(
                f"run: must be new in this Kafka. Found: {run} has rows in {topic_prefix}window, though no manifest"
            )


def _status(value: bytes) -> int:
    try:
        return row_format.parse(value, run_pb2.RunManifest()).status
    except ValueError as e:
        _log.warning("A record of the topic of runs is not a manifest, but its key takes the run id: %s", e)
        return update_pb2.RUN_STATUS_UNSPECIFIED


def _has_rows(reader: TopicReader, topic: str, run: str) -> bool:
    """Also false when nothing has been processed yet, or this user may not read the topic."""
    try:
        return any(found.key == run.encode() for found in reader.read(topic))
    except (ValueError, OSError) as e:
        _log.debug("Run %s: whether it has rows is not known: %s", run, e)
        return False
