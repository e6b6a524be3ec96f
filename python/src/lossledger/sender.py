"""Publishes measured steps on a thread of its own, while the training goes on."""

from __future__ import annotations

import logging
import queue
import threading
from typing import Any, Optional, Protocol

from lossledger.step import Chunk, MeasuredStep

_log = logging.getLogger("lossledger")


class Publisher(Protocol):
    """Where measured steps go. skip and warn may be called on any thread, the others on one at a time."""

    plan: list[Chunk]

    def publish(self, step: MeasuredStep) -> None:
        """Sends a step; trouble with Kafka is counted, not raised."""

    def skip(self, count: int, reason: str) -> None:
        """Counts steps that were trained but will not be sent."""

    def warn(self, text: str) -> None:
        """Adds a warning to the manifest."""

    def finish(self, outcome: str, steps_trained: int, failure: str = "") -> Any:
        """Ends the run: outcome is finished, interrupted or failed, steps_trained the step after the last one."""


class Sender:
    """A bounded queue before a publisher. Used by one thread.

    wait: whether a full queue stops the training until there is room; otherwise the step is skipped and counted.
    """

    def __init__(self, publisher: Publisher, wait: bool, length: int = 4) -> None:
        self._publisher = publisher
        self._wait = wait
        self._queue: queue.Queue[Optional[MeasuredStep]] = queue.Queue(length)
        self._failed = False
        self._thread = threading.Thread(target=self._work, name="lossledger-sender", daemon=True)
        self._thread.start()

    def send(self, step: MeasuredStep) -> None:
        """Queues a step."""
        try:
            self._queue.put(step, block=self._wait)
        except queue.Full:
            self._publisher.skip(step.steps_covered, "behind")

    def close(self) -> None:
        """Waits until everything in the queue is published."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            step = self._queue.get()
            if step is None:
                return
            try:
                self._publisher.publish(step)
            except Exception as error:  # the thread must survive, or the training would wait forever
                if not self._failed:
                    _log.warning("Step %d could not be published and will be missing; later failures are only counted",
                                 step.step, exc_info=error)
                self._failed = True
                self._publisher.skip(step.steps_covered, "failed")
