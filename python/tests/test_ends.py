"""Runs that end in the middle of something are closed, and lose nothing in silence."""

from __future__ import annotations

import os
import pathlib
import tempfile
import unittest
import warnings
from typing import Any, Callable

import support
import torch
from torch import nn

import lossledger
import models
from lossledger.archive_file import read_archive
from lossledger.row_format import parse
from lossledger.v1 import run_pb2


class EndsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.model, self.data = models.build("linear")
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.published = support.recorder(self.model)
        self.evaluated: Callable[[], None] = lambda: None
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "run.ll"

    def watch(self, **options: Any) -> lossledger.Ledger:
        settings: dict[str, Any] = dict(data=self.data, every=4, sampled=False, publisher=self.published)
        settings.update(options)
        return lossledger.watch(self.model, settings.pop("optimizer", self.optimizer), loss=self.loss, **settings)

    def loss(self, model: nn.Module, batch: Any) -> torch.Tensor:
        self.evaluated()
        return models.loss(model, batch)

    def train(self, steps: int) -> None:
        for _ in range(steps):
            models.loss(self.model, self.data).backward()
            self.optimizer.step()

    def manifest(self) -> run_pb2.RunManifest:
        values = [entry.manifest for entry in read_archive(self.path) if entry.HasField("manifest")]
        return parse(values[-1], run_pb2.RunManifest())

    def test_an_interrupted_measurement_restores_the_parameters_and_counts_its_steps(self) -> None:
        calls = []

        def interrupt() -> None:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt

        ledger = self.watch()
        self.train(3)
        models.loss(self.model, self.data).backward()
        expected = [parameter.detach().add(parameter.grad, alpha=-0.1) for parameter in self.model.parameters()]
        self.evaluated = interrupt
        with self.assertRaises(KeyboardInterrupt):
            self.optimizer.step()
        self.assertTrue(all(map(torch.equal, expected, self.model.parameters())))
        self.assertTrue(self.model.training)
        self.train(4)
        ledger.finish()
        self.assertEqual(self.published.skipped, {"interrupted": 4})
        self.assertEqual([(step.step, step.steps_covered) for step in self.published.steps], [(7, 4)])
        self.assertEqual(self.published.warnings, [])

    def test_ctrl_c_while_the_last_segment_is_measured_ends_the_run(self) -> None:
        def interrupt() -> None:
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            with self.watch():
                self.train(2)
                self.evaluated = interrupt
        self.assertEqual(self.published.skipped, {"interrupted": 2})
        self.assertEqual(self.published.ended, ("interrupted", 2, ""))

    @unittest.skipUnless(hasattr(Exception, "add_note"), "notes are of Python 3.11")
    def test_the_failure_is_the_error_and_not_its_notes(self) -> None:
        for note in ("look elsewhere", ""):
            self.setUp()
            error = ValueError("bad")
            error.add_note(note)
            with self.assertRaisesRegex(ValueError, "^bad$"), self.watch():
                raise error
            self.assertEqual(self.published.ended, ("failed", 0, "ValueError: bad"))

    def test_any_text_of_an_error_ends_the_run(self) -> None:
        for text, found in (("caf\udce9", "OSError: caf?"), ("x" * 5000, "OSError: " + "x" * 991), ("", "OSError")):
            self.setUp()
            with self.assertRaises(OSError), self.watch(publisher=None, to=f"file:{self.path}"):
                raise OSError(text)
            self.assertEqual(self.manifest().failure, found)

    def test_a_wrong_outcome_is_refused_and_the_run_goes_on(self) -> None:
        ledger = self.watch()
        with self.assertRaisesRegex(ValueError, "outcome: must be one of finished, interrupted, failed. Found: done"):
            ledger.finish("done")
        self.train(4)
        ledger.finish()
        self.assertEqual((len(self.published.steps), self.published.ended), (1, ("finished", 4, "")))

    def test_no_run_is_opened_for_an_optimizer_that_cannot_be_followed(self) -> None:
        with self.assertRaisesRegex(ValueError, "LBFGS"):
            self.watch(optimizer=torch.optim.LBFGS(self.model.parameters()), publisher=None, to=f"file:{self.path}")
        self.assertFalse(os.path.exists(self.path))

    def test_weights_loaded_after_the_last_step_leave_no_segment_of_no_steps(self) -> None:
        best = {name: value.clone() for name, value in self.model.state_dict().items()}
        ledger = self.watch()
        self.train(5)
        self.model.load_state_dict(best)
        ledger.finish()
        self.assertEqual([step.steps_covered for step in self.published.steps], [4])
        self.assertEqual(self.published.skipped, {"unseen": 1})

    def test_a_failure_whose_text_differs_each_time_is_warned_of_once(self) -> None:
        def fail() -> None:
            calls.append(1)
            raise RuntimeError(f"out of memory: {len(calls)} bytes free")

        calls: list[int] = []
        with warnings.catch_warnings(record=True) as caught, self.watch(every=1):
            warnings.simplefilter("always")
            self.evaluated = fail
            self.train(5)
        self.assertEqual((len(caught), len(self.published.warnings)), (1, 1))
        self.assertEqual(self.published.skipped, {"failed": 5})


if __name__ == "__main__":
    unittest.main()
