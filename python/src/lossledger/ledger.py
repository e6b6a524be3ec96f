"""Follows a training step by step, and has its segments measured."""

from __future__ import annotations

import atexit
import os
import sys
import traceback
import warnings
from types import TracebackType
from typing import Any, Callable, Optional, Sequence, Type

import torch
from torch.optim import Optimizer

from lossledger.evaluator import Evaluator
from lossledger.hooks import OptimizerHooks
from lossledger.measure import Measurer
from lossledger.objectives import Segment
from lossledger.parallel import Devices, MeasuringError
from lossledger.parts import UpdateParts
from lossledger.sender import Publisher, Sender

NO_STEP = "No training step took place between watch() and finish()"
OUTSIDE = ("Parameters were changed between two optimizer steps; such changes are not booked, nor the steps of a segment"
           " that they interrupt. If they belong to the training, such as clamping, use optimizer=None and call"
           " ledger.step() after them")
OUTCOMES = ("finished", "interrupted", "failed")
FORKED = "The ledger does not follow a training into a forked process; the steps of this process are not booked"


class Ledger:
    """A run that is being recorded: made by `watch`, ended by `finish`, a `with` block, or the interpreter's exit.

    A segment spans `every` optimizer steps, each counted where an optimizer's `step` returns; the last one may be shorter.
    A failure never reaches the training: it is warned of once, and the steps are counted as skipped. Not thread-safe: for
    the thread that trains. In data-parallel training every process has one, and the first publishes.
    """

    def __init__(self, run: str, evaluator: Evaluator, measurer: Measurer, optimizers: Sequence[Optimizer],
                 publisher: Optional[Publisher], devices: Devices, parts: Optional[UpdateParts] = None, every: int = 1,
                 first_step: int = 0, wait: bool = True,
                 follow: Optional[Callable[..., Any]] = None) -> None:
        self.run = run
        self._evaluator = evaluator
        self._measurer = measurer
        self._optimizers = list(optimizers)
        self._publisher = publisher
        self._devices = devices
        self._parts = parts
        self._every = every
        self._first_step = self._next_step = first_step
        self._follow = follow
        self._covered = 0
        self._learning_rate: Optional[float] = None
        self._warning = ""
        self._warned: set[str] = set()
        self._report: Any = None
        self._finished = False
        self._process = os.getpid()
        self._earlier_error = id(getattr(sys, "last_value", None))
        self._start: Optional[torch.Tensor] = evaluator.point()
        self._versions = self._parameter_versions()
        self._sender = Sender(publisher, wait) if publisher is not None else None
        self._hooks = OptimizerHooks(optimizers, self._before, self._after)
        atexit.register(self._finish_at_exit)

    def step(self) -> None:
        """Says that an optimizer step was made: for trainings without a torch optimizer, watched with optimizer=None.

        Raises RuntimeError when the ledger has optimizers: it sees their steps itself.
        """
        if self._optimizers:
            raise RuntimeError("step: the ledger must have optimizer=None, or every step would count twice. "
                               f"Found: {type(self._optimizers[0]).__name__}")
        self._after(None)

    def on_row(self, function: Callable[[Any], None], topic: str = "layer") -> Any:
        """Calls `function` with each result row of this run, on a thread of its own. See `lossledger.rows`.

        Raises RuntimeError when there is no Kafka to read from, as with a file.
        """
        if self._follow is None:
            raise RuntimeError("on_row: the ledger must write to Kafka, which the results are read from. "
                               "Found: another target")
        return self._follow(self.run, function, topic)

    def finish(self, outcome: str = "finished", failure: str = "") -> Any:
        """Measures the last segment, ends the run and waits until everything is sent.

        outcome: finished, interrupted or failed; failure says why in one line. Returns the publisher's report, on the
        first process of a data-parallel training, where every process must call it. May be called again.

        Raises ValueError when there is no such outcome.
        """
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome: must be one of {', '.join(OUTCOMES)}. Found: {outcome}")
        if self._finished or os.getpid() != self._process:
            return self._report
        self._finished = True
        self._hooks.remove()
        atexit.unregister(self._finish_at_exit)
        try:
            self._close_segment(outcome)
        except Exception as error:
            self._lose(error)
        except BaseException:
            outcome = "interrupted"
            self._restart("interrupted")
            raise
        finally:
            self._end(outcome, failure)
        return self._report

    def _end(self, outcome: str, failure: str) -> None:
        self._start = None
        self._measurer.release()
        if self._publisher is not None and self._sender is not None:
            if self._next_step == self._first_step and outcome == "finished":
                self._warn(NO_STEP)
            self._sender.close()
            self._report = self._publisher.finish(outcome, self._next_step, failure)
            _say_skipped(self.run, self._report)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        if error is None:
            self.finish()
        else:
            self._finish_after(error)

    def _finish_at_exit(self) -> None:
        error = getattr(sys, "last_value", None)  # in a notebook, perhaps of a cell that ran before watch()
        self._finish_after(None if id(error) == self._earlier_error else error)

    def _finish_after(self, error: Optional[BaseException]) -> None:
        if isinstance(error, Exception):
            self.finish("failed", _in_one_line(error))
        else:
            self.finish("interrupted")

    def _before(self, optimizer: Optimizer) -> None:
        if self._is_inactive():
            return
        try:
            if self._changed_outside():
                self._warn(OUTSIDE)
                self._restart("unseen")
                self._warning = OUTSIDE
            rate = optimizer.param_groups[0].get("lr")
            self._learning_rate = None if rate is None else float(rate)  # some find their own
            if self._parts is not None:
                self._parts.before_step(optimizer)
        except Exception as error:
            self._lose(error)

    def _after(self, optimizer: Optional[Optimizer]) -> None:
        if self._is_inactive():
            return
        self._next_step += 1
        self._covered += 1
        try:
            if self._parts is not None:
                self._parts.after_step()
            # By the number of the step: all processes of a data-parallel training then measure together.
            if (self._next_step - self._first_step) % self._every == 0:
                self._measure()
            self._versions = self._parameter_versions()
        except Exception as error:
            self._lose(error)
        except BaseException:  # such as Ctrl-C, after which a notebook may go on
            self._restart("interrupted")
            raise

    def _close_segment(self, outcome: str) -> None:
        if self._changed_outside() and self._optimizers:
            self._restart("unseen")
        if outcome != "finished" and self._devices.count > 1:
            self._restart("failed")  # the other processes may be gone, and measuring needs them
        elif (self._next_step - self._first_step) % self._every and (self._covered or self._devices.count > 1):
            self._measure()

    def _measure(self) -> None:
        end = self._evaluator.point()
        start, covered = self._start, self._covered
        self._start, self._covered = end, 0
        try:
            self._devices.require_all(
                None if start is not None else MeasuringError("the start of the segment is not known"))
            if start is None:
                return
            segment = Segment(start, end, end - start)
            averages = self._measurer.averages(segment)
            parts = self._parts.take(segment.delta) if self._parts is not None else []
            if self._sender is not None and covered:
                self._sender.send(self._measurer.step(self._next_step - 1, covered, segment, averages, parts,
                                                      self._learning_rate, self._warning))
        except BaseException:
            self._covered = covered
            raise
        self._warning = ""

    def _restart(self, reason: str) -> None:
        """Begins a new segment at the current parameters; the steps since the last one are missing."""
        if self._covered and self._publisher is not None:
            self._publisher.skip(self._covered, reason)
        self._covered = 0
        if self._parts is not None:
            self._parts.clear()
        self._start = None
        self._start = self._evaluator.point()
        self._versions = self._parameter_versions()

    def _lose(self, error: Exception) -> None:
        try:
            self._warn("Steps could not be measured and are missing; the training goes on: "
                       f"{type(error).__name__}: {error}", type(error).__name__)
            self._restart("failed")
        except Exception:
            self._covered = 0

    def _changed_outside(self) -> bool:
        versions = self._parameter_versions()
        if self._versions == versions:
            return False
        if self._covered or self._start is None or not torch.equal(self._start, self._evaluator.point()):
            return True
        self._versions = versions  # written to and put back, such as averaged weights for a validation
        return False

    def _parameter_versions(self) -> list[int]:
        """Counters of torch that rise with each change in place."""
        return [parameter._version for parameter in self._evaluator.layout.parameters]

    def _is_inactive(self) -> bool:
        if os.getpid() != self._process and not self._finished:
            self._finished = True
            self._publisher = None
            self._warn(FORKED)
        return self._finished

    def _warn(self, text: str, kind: str = "") -> None:
        """Once for each text or, as texts may hold numbers, for each kind."""
        if (kind or text) not in self._warned:
            self._warned.add(kind or text)
            if self._publisher is not None:
                self._publisher.warn(text)
            with warnings.catch_warnings():
                warnings.simplefilter("always")  # as an error it would break the training
                warnings.warn(text, RuntimeWarning, stacklevel=3)


def _in_one_line(error: Exception) -> str:
    """The line that names the error: notes follow it, and the place of a syntax error precedes it, indented."""
    lines = "".join(traceback.format_exception_only(type(error), error)).splitlines()
    return next((line for line in lines if line and not line[0].isspace()), type(error).__name__)


def _say_skipped(run: str, report: Any) -> None:
    skipped = dict(getattr(report, "skipped", None) or {})
    if sum(skipped.values()):
        reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.items() if count)
        print(f"lossledger: run {run}: {sum(skipped.values())} trained steps are missing ({reasons})", file=sys.stderr)
