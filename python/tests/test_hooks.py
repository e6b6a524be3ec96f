"""Steps are seen however the training makes them."""

from __future__ import annotations

import os
import unittest
import warnings
from typing import Any

import support
import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR

import lossledger
import models


class HooksTest(unittest.TestCase):
    def setUp(self) -> None:
        self.model, self.data = models.build("linear")
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.published = support.recorder(self.model)

    def watch(self, optimizer: Any = "own", every: int = 1, **options: Any) -> lossledger.Ledger:
        return lossledger.watch(self.model, self.optimizer if optimizer == "own" else optimizer, loss=models.loss,
                                data=self.data, every=every, sampled=False, publisher=self.published, **options)

    def backward(self) -> None:
        models.loss(self.model, self.data).backward()

    def spans(self) -> list[tuple[int, int]]:
        return [(step.step, step.steps_covered) for step in self.published.steps]

    def chained(self) -> bool:
        """Whether each segment starts with the loss that the one before ended with."""
        steps = [step.objectives[0] for step in self.published.steps]
        return all(before.loss_end == after.loss_start for before, after in zip(steps, steps[1:]))

    def test_accumulated_gradients_make_one_step(self) -> None:
        with self.watch():
            for number in range(6):
                self.backward()
                if number % 3 == 2:
                    self.optimizer.step()
                    self.optimizer.zero_grad()
        self.assertEqual(self.spans(), [(0, 1), (1, 1)])
        self.assertTrue(self.chained())

    def test_segments_span_several_steps_and_the_last_one_is_shorter(self) -> None:
        with self.watch(every=3, first_step=5):
            for _ in range(7):
                self.backward()
                self.optimizer.step()
        self.assertEqual(self.spans(), [(7, 3), (10, 3), (11, 1)])
        self.assertTrue(self.chained())
        self.assertEqual(self.published.ended, ("finished", 12, ""))

    def test_several_optimizers_step_one_after_the_other(self) -> None:
        one, other = (torch.optim.SGD([parameter], lr=0.1) for parameter in self.model.parameters())
        with self.watch([one, other]):
            self.backward()
            one.step()
            other.step()
        self.assertEqual(self.spans(), [(0, 1), (1, 1)])
        moved = [[chunk.sums.delta_squares > 0 for chunk in step.objectives[0].allocated] for step in self.published.steps]
        self.assertEqual(moved, [[True, False], [False, True]])

    def test_schedulers_work_before_and_after(self) -> None:
        for early in (True, False):
            self.setUp()
            scheduler = ExponentialLR(self.optimizer, 0.5) if early else None
            ledger = self.watch()
            scheduler = scheduler or ExponentialLR(self.optimizer, 0.5)
            with self.subTest(early=early), warnings.catch_warnings():
                warnings.simplefilter("error")  # torch warns of a step that was replaced, and of a wrong order
                for _ in range(3):
                    self.backward()
                    self.optimizer.step()
                    scheduler.step()
                ledger.finish()
                self.backward()
                self.optimizer.step()
                self.assertEqual(self.spans(), [(0, 1), (1, 1), (2, 1)])
                self.assertEqual([step.learning_rate for step in self.published.steps], [0.1, 0.05, 0.025])

    def test_a_step_that_the_gradient_scaler_skips_is_none(self) -> None:
        class Scaler:
            """As torch's GradScaler: calls the optimizer only when all gradients are finite."""

            @staticmethod
            def step(optimizer: torch.optim.Optimizer) -> None:
                if all(bool(parameter.grad.isfinite().all())
                       for group in optimizer.param_groups for parameter in group["params"]):
                    optimizer.step()

        with self.watch():
            for factor in (1.0, float("inf"), 1.0):
                self.optimizer.zero_grad()
                self.backward()
                self.model.bias.grad *= factor
                Scaler.step(self.optimizer)
        self.assertEqual(self.spans(), [(0, 1), (1, 1)])
        self.assertEqual(self.published.skipped, {})

    def test_a_step_without_movement_is_all_zeros(self) -> None:
        with self.watch():
            self.backward()
            self.optimizer.param_groups[0]["lr"] = 0.0
            self.optimizer.step()
        objective = self.published.steps[0].objectives[0]
        self.assertEqual(objective.loss_start, objective.loss_end)
        self.assertTrue(all(chunk.sums.zero == chunk.sums.parameters for chunk in objective.allocated))

    def test_a_closure_that_is_evaluated_before_the_update_is_followed(self) -> None:
        def closure() -> torch.Tensor:
            self.optimizer.zero_grad()
            loss = models.loss(self.model, self.data)
            loss.backward()
            return loss

        with self.watch():
            self.optimizer.step(closure)
        self.assertLess(abs(support.residual(self.published.steps[0].objectives[0])), 1e-4)

    def test_lbfgs_is_refused_by_name(self) -> None:
        with self.assertRaisesRegex(ValueError, "LBFGS.*ledger.step"):
            self.watch(torch.optim.LBFGS(self.model.parameters()))

    def test_a_loop_without_optimizer_says_its_steps(self) -> None:
        with self.watch(None) as ledger:
            for _ in range(2):
                self.backward()
                with torch.no_grad():
                    for parameter in self.model.parameters():
                        parameter -= 0.1 * parameter.grad
                ledger.step()
        self.assertEqual(self.spans(), [(0, 1), (1, 1)])
        self.published = support.recorder(self.model)
        ledger = self.watch()
        with self.assertRaisesRegex(RuntimeError, "optimizer=None"):
            ledger.step()
        ledger.finish("interrupted")

    def test_parameters_changed_between_steps_begin_a_new_segment(self) -> None:
        saved = {name: value.clone() for name, value in self.model.state_dict().items()}
        with self.watch(every=2) as ledger, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for number in range(6):
                self.backward()
                self.optimizer.step()
                if number == 2:
                    self.model.load_state_dict(saved)
            self.assertIn("clamping", str(caught[0].message))
            self.assertEqual(len(caught), 1)
        self.assertIs(ledger.finish(), ledger.finish())
        self.assertEqual(self.spans(), [(1, 2), (3, 1), (5, 2)])
        self.assertEqual(self.published.skipped, {"unseen": 1})
        self.assertEqual(len(self.published.warnings), 1)
        for step in self.published.steps:
            self.assertLess(abs(support.residual(step.objectives[0])), 1e-3)
        self.assertEqual([bool(step.warning) for step in self.published.steps], [False, True, False])

    def test_finishing_leaves_the_optimizer_as_it_was(self) -> None:
        before = dict(vars(self.optimizer))
        self.watch().finish("interrupted")
        self.backward()
        self.optimizer.step()
        self.assertEqual(vars(self.optimizer).keys(), before.keys())
        self.assertEqual(self.published.steps, [])

    def test_a_forked_process_is_not_followed(self) -> None:
        ledger = self.watch()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self.backward()
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    self.optimizer.step()
                    self.optimizer.step()
                    ledger.finish()
                answer = f"{len(caught)} {len(self.published.steps)} {caught[0].message}"
                os.write(writing, answer.encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.assertRegex(answer.read(), "^1 0 The ledger does not follow")
        os.waitpid(child, 0)
        self.backward()
        self.optimizer.step()
        ledger.finish()
        self.assertEqual(self.spans(), [(0, 1)])


if __name__ == "__main__":
    unittest.main()
