"""Sends the measured steps of one run to Kafka or into a file. Independent of any framework; needs numpy arrays only."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Optional

from lossledger import forks, limits, manifest, row_format
from lossledger.file_sink import FileSink
from lossledger.kafka_sink import KafkaSink
from lossledger.plan import plan_chunks
from lossledger.sink import Sink
from lossledger.step import Chunk, MeasuredStep, RunFacts
from lossledger.step_rules import StepRules
from lossledger.updates import UpdateBuilder, step_bytes
from lossledger.v1 import run_pb2, update_pb2

OUTCOMES = {
    "finished": update_pb2.RUN_STATUS_FINISHED,
    "interrupted": update_pb2.RUN_STATUS_INTERRUPTED,
    "failed": update_pb2.RUN_STATUS_FAILED,
}

_MAX_WARNINGS = 100
_REPORT_SECONDS = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What has happened to the steps of a run.

    steps: segments handed over. skipped: optimizer steps that were trained but not sent, by reason. lost_records: records
    that were handed over but did not arrive; their steps are missing. bytes: of the keys and values that
    arrived.
    """

    steps: int
    skipped: dict[str, int] = field(default_factory=dict)
    lost_records: int = 0
    bytes: int = 0
    warnings: list[str] = field(default_factory=list)


def open_publisher(
    facts: RunFacts,
    to: str,
    form: str,
    kafka: Optional[dict[str, Any]] = None,
    topic_prefix: str = "lossledger.",
    patience_seconds: float = 15.0,
) -> Publisher:
    """Opens a run and sends its manifest.

    to: `host:port[,host:port]` of a Kafka, or `file:PATH` of a file that does not exist. form: `sums` when the chunks of
    steps are allocated, `vectors` when steps hold gradients. kafka: settings of librdkafka, which override the defaults.
    patience_seconds: how long a step waits while Kafka accepts nothing, before it is skipped.

    Raises ValueError when a fact or setting is wrong, a topic is missing or the run exists; ConnectionError when Kafka does
    not answer within the patience, or at least ten seconds; PermissionError when it refuses this user; OSError when the
    file cannot be written.
    """
    limits.require_run_id(facts.run)
    if patience_seconds < 0:
        raise ValueError(f"patience_seconds: must be at least 0. Found: {patience_seconds}")
    plan = plan_chunks(facts, form)
    session = secrets.randbits(64) or 1  # the contract has no session 0
    first = manifest.running_manifest(facts, session)
    value = row_format.to_json(first)
    sink: Sink
    if to.startswith("file:"):
        sink = FileSink(to[len("file:") :], facts.run, value)
    else:
        sink = KafkaSink(to, facts.run, value, kafka or {}, topic_prefix, patience_seconds)
    return Publisher(facts, form, plan, first, sink)


class Publisher:
    """Sends the steps of one run; see `open_publisher`. Trouble after opening is logged once and counted, never raised.

    All methods are called from one thread, except that any thread may call skip and warn. In a child that os.fork starts,
    a publisher does nothing.
    """

    def __init__(
        self, facts: RunFacts, form: str, plan: list[Chunk], first: run_pb2.RunManifest, sink: Sink
    ) -> None:
        self.plan = plan
        """The chunks of a step: those that `allocated` has one entry for."""
        self._run = facts.run
        self._rules = StepRules(facts, form, plan)
        self._updates = UpdateBuilder(facts, plan, first.session)
        self._manifest = first
        self._sink = sink
        self._next_step = facts.first_step
        self._last_sent: Optional[int] = None
        self._reported_at = time.monotonic() - _REPORT_SECONDS  # the first step is reported at once
        self._steps = 0
        self._lock = threading.Lock()
        self._skipped: dict[str, int] = {}
        self._warnings: list[str] = []
        self._finished = False
        self._inactive = False
        self._said_inactive = False
        forks.watch(self)

    def publish(self, step: MeasuredStep) -> None:
        """Sends one step, or skips it when it cannot be sent.

        Raises ValueError when the step breaks a rule of the contract, RuntimeError after finish.
        """
        if self._is_inactive():
            return
        if self._finished:
            raise RuntimeError(f"publish: must come before finish. Found: run {self._run} is finished")
        self._rules.require(step, self._next_step)
        self._next_step = step.step + 1
        if not self._sink.send_step(self._updates.records(step), step_bytes(step)):
            self.skip(step.steps_covered, self._sink.skip_reason)
            return
        self._steps += 1
        self._last_sent = step.step
        if time.monotonic() - self._reported_at >= _REPORT_SECONDS:
            self._reported_at = time.monotonic()
            self._sink.send_manifest(row_format.to_json(manifest.progress_manifest(self._manifest, step.step)))

    def skip(self, count: int, reason: str) -> None:
        """Counts optimizer steps that were trained but not sent. The first of each reason is logged. Any thread."""
        if self._is_inactive():
            return
        with self._lock:
            before = self._skipped.get(reason, 0)
            self._skipped[reason] = before + count
        if before == 0:
            _log.warning("Run %s: a step is skipped (%s); later ones are only counted", self._run, reason)

    def warn(self, text: str) -> None:
        """Logs a warning about the run, once, and puts it into the final manifest. Any thread."""
        if self._is_inactive():
            return
        text = limits.cut_text(text, limits.MAX_WARNING)
        with self._lock:
            if text in self._warnings or len(self._warnings) >= _MAX_WARNINGS:
                return
            self._warnings.append(text)
        _log.warning("Run %s: %s", self._run, text)

    def finish(self, outcome: str, steps_trained: int, failure: str = "") -> Report:
        """Ends the run: sends end markers and the final manifest, and waits until everything has arrived or is lost.

        outcome: `finished`, `interrupted` or `failed`. steps_trained: the step after the last one trained, measured or not.
        failure: why the run failed. Waits at most for delivery.timeout.ms. A second call only reports.
        """
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome: must be one of {', '.join(OUTCOMES)}. Found: {outcome}")
        if not self._finished and not self._inactive:
            self._finished = True
            end = min(max(self._next_step, steps_trained), limits.MAX_STEP + 1)
            report = self.report()
            final = manifest.final_manifest(
                self._manifest,
                OUTCOMES[outcome],
                limits.cut_text(failure, limits.MAX_WARNING),
                self._last_sent,
                sum(report.skipped.values()),
                report.warnings,
            )
            markers = self._updates.end_records(end, OUTCOMES[outcome], any_sent=self._last_sent is not None)
            self._sink.close(markers, row_format.to_json(final))
        return self.report()

    def report(self) -> Report:
        """What has happened so far."""
        with self._lock:
            skipped, warnings = dict(self._skipped), list(self._warnings)
        return Report(self._steps, skipped, self._sink.lost_records, self._sink.bytes, warnings)

    def forked(self) -> None:
        """Makes the publisher inactive in a forked child; called by `forks`."""
        self._inactive = True
        self._lock = threading.Lock()  # another thread of the parent may have held it
        self._sink.abandon()

    def _is_inactive(self) -> bool:
        if self._inactive and not self._said_inactive:
            self._said_inactive = True
            _log.warning("Run %s: a forked process sends nothing; only the process that opened the run does", self._run)
        return self._inactive
