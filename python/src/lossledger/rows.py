"""Reads what the processor has booked: the rows of a run, as messages."""

from __future__ import annotations

import logging
import threading
from typing import Any, Callable, Iterator, Optional

from google.protobuf.message import Message

from lossledger import limits, row_format
from lossledger.topic_reader import Found, TopicReader
from lossledger.v1 import results_pb2

ROWS = {
    "layer": results_pb2.LayerRow,
    "unit": results_pb2.UnitRow,
    "step": results_pb2.StepRow,
    "window": results_pb2.WindowRow,
    "moment": results_pb2.MomentRow,
    "alert": results_pb2.AlertRow,
    "parameter": results_pb2.ParameterRow,
}
"""The topics and the messages of their rows."""

_log = logging.getLogger(__name__)


def rows(
    run: Optional[str] = None,
    to: str = "localhost:9092",
    topic: str = "layer",
    follow: bool = False,
    kafka: Optional[dict[str, Any]] = None,
    topic_prefix: str = "lossledger.",
) -> Iterator[Any]:
    """The committed rows of a run, or of all runs, as messages of results.proto such as LayerRow; those of a run in order.

    topic: layer, unit, step, window, moment, alert or parameter. follow: continue with new rows until the run's closing
    balance has come, or for ever without a run; otherwise end with the rows that are there. kafka: settings of librdkafka.

    Raises ValueError when an argument is wrong or the topic is missing, ConnectionError when Kafka does not answer for half
    a minute, PermissionError when it refuses this user. While following, an absent Kafka is waited for.
    """
    yield from _rows(run, to, topic, follow, kafka or {}, topic_prefix, threading.Event())


class Follower:
    """A thread that hands rows to a function; see `follow_rows`."""

    def __init__(self, source: Callable[[threading.Event], Iterator[Any]], fn: Callable[[Any], None], run: str) -> None:
        self.error: Optional[BaseException] = None
        """Why reading ended before the run did; None when it did not."""
        self._source = source
        self._fn = fn
        self._run = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"lossledger-rows-{run}", daemon=True)
        self._thread.start()

    def join(self, timeout: Optional[float] = None) -> bool:
        """Waits until the run's closing balance has come, at most this many seconds; whether reading has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Ends the reading soon, wherever it is. May be called from any thread."""
        self._stop.set()

    def _follow(self) -> None:
        failed = False
        try:
            for row in self._source(self._stop):
                try:
                    self._fn(row)
                except Exception:
                    if not failed:
                        failed = True
                        _log.exception("Run %s: the function that takes rows has failed; it gets the next ones", self._run)
        except Exception as e:
            self.error = e
            _log.warning("Run %s: its rows are not read any more: %s", self._run, e)


def follow_rows(
    run: str,
    fn: Callable[[Any], None],
    to: str = "localhost:9092",
    topic: str = "layer",
    kafka: Optional[dict[str, Any]] = None,
    topic_prefix: str = "lossledger.",
) -> Follower:
    """Calls fn on a thread of its own with every row of a run, until the run's closing balance has come.

    An exception from fn is logged once and does not end the reading. Raises ValueError when an argument is wrong.
    """
    _require(run, topic)
    return Follower(lambda stop: _rows(run, to, topic, True, kafka or {}, topic_prefix, stop), fn, run)


def _require(run: Optional[str], topic: str) -> None:
    if run is not None:
        limits.require_run_id(run)
    if topic not in ROWS:
        raise ValueError(f"topic: must be one of {', '.join(ROWS)}. Found: {topic}")


def _rows(
    run: Optional[str],
    to: str,
    topic: str,
    follow: bool,
    kafka: dict[str, Any],
    prefix: str,
    stop: threading.Event,
) -> Iterator[Any]:
    _require(run, topic)
    with TopicReader(to, kafka) as reader:
        found = _following(reader, prefix + topic, prefix + "window", run, stop) if follow else reader.read(prefix + topic)
        for record in found:
            row = _parse(record, ROWS[topic]())
            if row is not None and _is_of(record.key, run):
                yield row


def _following(
    reader: TopicReader, topic: str, windows: str, run: Optional[str], stop: threading.Event
) -> Iterator[Found]:
    """Rows of a topic, until what was there when the run's closing balance came has been read."""
    wanted = reader.partitions(topic)
    others = reader.partitions(windows) if run is not None and windows != topic else []
    reader.start(wanted + others)
    closed = False
    ends: Optional[list[int]] = None
    while not stop.is_set() and not (ends is not None and reader.has_reached(wanted, ends)):
        found = reader.poll()
        if isinstance(found, Found):
            closed = closed or (found.topic == windows and _is_closing(found, run))
            if found.topic == topic:
                yield found
        if closed and ends is None:
            ends = reader.ends(wanted)


def _is_closing(found: Found, run: Optional[str]) -> bool:
    if run is None or not _is_of(found.key, run):
        return False
    row = _parse(found, results_pb2.WindowRow())
    return row is not None and row.kind == results_pb2.WINDOW_KIND_RUN


def _is_of(key: Optional[bytes], run: Optional[str]) -> bool:
    return run is None or (key is not None and key.split(b"|", 1)[0] == run.encode())


def _parse(found: Found, row: Message) -> Optional[Any]:
    if found.value is None:
        return None
    try:
        return row_format.parse(found.value, row)
    except ValueError as e:
        _log.debug("Skipped a record of %s: %s", found.topic, e)
        return None
