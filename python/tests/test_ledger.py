"""How runs begin and end, and what is refused."""

from __future__ import annotations

import contextlib
import io
import pathlib
import subprocess
import sys
import threading
import unittest
from typing import Any, Callable

import support
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import lossledger
import models
from lossledger.step import MeasuredStep


class LedgerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.model, self.data = models.build("linear")
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.published = support.recorder(self.model)

    def watch(self, **options: Any) -> lossledger.Ledger:
        settings: dict[str, Any] = dict(loss=models.loss, data=self.data, every=1, publisher=self.published)
        settings.update(options)
        return lossledger.watch(settings.pop("model", self.model), settings.pop("optimizer", self.optimizer), **settings)

    def train(self, steps: int) -> None:
        for _ in range(steps):
            models.loss(self.model, self.data).backward()
            self.optimizer.step()

    def test_wrong_arguments_are_refused_with_the_rule_that_they_break(self) -> None:
        stream = torch.utils.data.ChainDataset([])
        other = torch.optim.SGD(nn.Linear(4, 5).parameters(), lr=0.1)
        for options, reason in (
                ({"every": 0}, "every: must be at least 1. Found: 0"),
                ({"splits": 3}, "splits: must be 2, 4, 8, 16 or 32. Found: 3"),
                ({"form": "rows"}, "form: must be sums or vectors. Found: rows"),
                ({"when_behind": "drop"}, "when_behind: must be wait or skip. Found: drop"),
                ({"run": "a b"}, "run: must be 1 to 64 of .* Found: a b"),
                ({"sample": 7}, "sample: must be an even number from 2 to the 24 examples of the set. Found: 7"),
                ({"sample": 26}, "sample: .* Found: 26"),
                ({"chunk_examples": 0}, "chunk_examples: must be at least 1. Found: 0"),
                ({"first_step": -1}, "first_step: must be at least 0. Found: -1"),
                ({"fixed": {"train": self.data}}, "fixed: must be without train"),
                ({"data": stream}, "data: .*ChainDataset, which can only be iterated over"),
                ({"data": iter([])}, "data: .* can only be iterated over"),
                ({"data": 3}, "data: must be a map-style Dataset.* Found: int"),
                ({"data": (self.data[0], self.data[1].numpy())}, "data: must hold tensors.* Found: ndarray"),
                ({"data": {"x": self.data[0], "y": [0] * 24}}, "data: must hold tensors.* Found: list"),
                ({"data": tuple(part[:1] for part in self.data)}, "data: must have at least 2 .*sampled=False. Found: 1"),
                ({"data": []}, "data: must have examples. Found: none"),
                ({"data": (torch.zeros(3, 6), torch.zeros(2))}, "common first axis. Found: lengths 2, 3"),
                ({"optimizer": other}, r"parameters of the model only. Found: 2 others, the first of shape \(5, 4\)"),
                ({"optimizer": 3}, "optimizer: must be a torch.optim.Optimizer.* Found: int"),
                ({"model": nn.ReLU(), "optimizer": None}, "model: must have parameters"),
                ({"optimizer": torch.optim.Adam(self.model.parameters()), "parts": True}, "parts: .* Found: Adam")):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                self.watch(**options)

    def test_losses_that_cannot_be_measured_are_refused_with_the_reason(self) -> None:
        model, data = models.build("dropout")

        def of(function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[nn.Module, Any], torch.Tensor]:
            return lambda network, batch: functional.cross_entropy(function(network(batch[0])), batch[1])

        def half_detached(network: nn.Module, batch: Any) -> torch.Tensor:
            return functional.cross_entropy(network[3](network[2](network[0](batch[0]).detach())), batch[1])

        def without_gradient(network: nn.Module, batch: Any) -> torch.Tensor:
            with torch.no_grad():
                return models.loss(network, batch)

        for loss, reason in (
                (of(lambda outputs: functional.dropout(outputs, 0.5, training=True)), "dropout that ignores eval"),
                (of(lambda outputs: outputs.detach()), "without a gradient"),
                (without_gradient, "no_grad"),
                (half_detached, "none for 0.weight, 0.bias, though the loss changes"),
                (of(lambda outputs: outputs + (outputs * 3).detach()), "off by .*; detached"),
                (lambda network, batch: torch.zeros((), requires_grad=True) + 1, "one that uses none of them"),
                (lambda network, batch: float(models.loss(network, batch)), "scalar tensor.* Found: float"),
                (lambda network, batch: functional.cross_entropy(network(batch[0]), batch[1], reduction="none"),
                 r"scalar tensor.* Found: \(\d+,\)")):
            for sampled in (True, False):
                published = support.recorder(model)
                with self.subTest(reason), self.assertRaisesRegex(ValueError, "loss: .*" + reason):
                    lossledger.watch(model, None, loss=loss, data=data, sampled=sampled, publisher=published)
        self.assertTrue(model.training)

    def test_ordinary_losses_pass(self) -> None:
        for name in models.CASES:
            model, data = models.build(name)
            with self.subTest(name):
                lossledger.watch(model, None, loss=models.loss, data=data, publisher=support.recorder(model)).finish(
                    "interrupted")

    def test_a_loss_that_becomes_nan_never_breaks_the_training(self) -> None:
        with self.watch(sampled=False):
            self.train(1)
            with torch.no_grad():
                self.model.weight.grad[0, 0] = float("nan")
            self.optimizer.step()
            self.train(1)
        self.assertEqual(len(self.published.steps), 3)
        self.assertGreater(self.published.steps[1].objectives[0].allocated[0].sums.nonfinite, 0)

    def test_data_in_every_form_gives_the_same_loss(self) -> None:
        inputs, labels = self.data
        forms = {
            "tensors": self.data, "dataset": torch.utils.data.TensorDataset(inputs, labels),
            "loader": torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, labels), 5, shuffle=True),
            "batches": [(inputs[:7], labels[:7]), (inputs[7:], labels[7:])],
            "examples": [(inputs[number], labels[number]) for number in range(24)]}
        losses = {}
        for name, data in forms.items():
            self.setUp()
            with self.watch(data=data, sampled=False, chunk_examples=10):
                self.train(1)
            losses[name] = self.published.steps[0].objectives[0].loss_start
        self.assertAlmostEqual(losses["tensors"], float(models.loss(models.build("linear")[0], self.data)), places=6)
        self.assertEqual(len({round(value, 6) for value in losses.values()}), 1, losses)
        self.setUp()
        with self.watch(data={"x": inputs, "y": labels}, sample=6,
                        loss=lambda model, batch: models.loss(model, (batch["x"], batch["y"]))):
            self.train(1)
        self.assertEqual(len(self.published.steps), 1)

    def test_outcomes_follow_from_how_the_block_is_left(self) -> None:
        for error, outcome in ((None, ("finished", 1, "")), (ValueError("bad\nnews"), ("failed", 1, "ValueError: bad")),
                               (KeyboardInterrupt(), ("interrupted", 1, ""))):
            self.setUp()
            with self.subTest(outcome), contextlib.suppress(ValueError, KeyboardInterrupt):
                with self.watch(every=3):
                    self.train(1)
                    if error is not None:
                        raise error
            self.assertEqual(self.published.ended, outcome)
            self.assertEqual([step.steps_covered for step in self.published.steps], [1])

    def test_the_end_of_the_interpreter_ends_the_run(self) -> None:
        for begin, end, outcome in (("", "", "interrupted"), ("", "raise OSError('disk')", "failed OSError: disk"),
                                    ("", "sys.exit(1)", "interrupted"), ("", "ledger.finish()", "finished"),
                                    ("sys.last_value = NameError('x')", "", "interrupted")):
            code = f"""
import sys; sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
import support, models, lossledger, torch
model, data = models.build("linear")
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
published = support.recorder(model)
finish = published.finish
def tell(outcome, steps, failure=""):
    print(outcome, failure, steps, len(published.steps))
    return finish(outcome, steps, failure)
published.finish = tell
{begin}
ledger = lossledger.watch(model, optimizer, loss=models.loss, data=data, publisher=published)
models.loss(model, data).backward(); optimizer.step()
{end}
"""
            with self.subTest(outcome):
                done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
                self.assertEqual(done.stdout.split(), outcome.split() + ["1", "1"], done.stderr)

    def test_a_run_without_steps_is_said(self) -> None:
        with self.assertWarnsRegex(RuntimeWarning, "No training step"):
            self.watch().finish()
        self.assertEqual(self.published.warnings, ["No training step took place between watch() and finish()"])

    def test_skipped_steps_are_said_in_one_line_at_the_end(self) -> None:
        def broken(step: MeasuredStep) -> None:
            raise OSError("no space")

        self.published.publish = broken  # type: ignore[method-assign]
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertLogs("lossledger", "WARNING") as logs:
            with self.watch(run="my-run"):
                self.train(3)
        self.assertEqual(said.getvalue(), "lossledger: run my-run: 3 trained steps are missing (3 failed)\n")
        self.assertEqual(len(logs.records), 1)

    def test_a_slow_publisher_makes_the_training_wait_or_skip(self) -> None:
        for when_behind, skipped in (("skip", True), ("wait", False)):
            self.setUp()
            gate, publish = threading.Event(), self.published.publish

            def slow(step: MeasuredStep) -> None:
                self.assertTrue(gate.wait(5))
                publish(step)

            self.published.publish = slow  # type: ignore[method-assign]
            with contextlib.redirect_stderr(io.StringIO()), self.watch(when_behind=when_behind):
                self.train(4)
                opener = threading.Timer(0.05, gate.set) if when_behind == "wait" else None
                if opener is not None:
                    opener.start()
                self.train(8)
                gate.set()
            missing = self.published.skipped.get("behind", 0)
            self.assertEqual((missing > 0, missing + len(self.published.steps)), (skipped, 12))

    def test_gradient_hooks_of_the_training_are_not_part_of_the_loss(self) -> None:
        seen = []
        self.model.weight.register_hook(lambda gradient: seen.append(1) or gradient * 0)
        with self.watch(sampled=False):
            models.loss(self.model, self.data).backward()
            self.optimizer.step()
        self.assertEqual(len(seen), 1)
        models.loss(self.model, self.data).backward()
        self.assertEqual(len(seen), 2)
        self.assertGreater(self.published.steps[0].objectives[0].allocated[0].sums.gradient_squares, 0)

    def test_half_precision_is_widened(self) -> None:
        model = nn.Linear(6, 3).bfloat16()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        published = support.recorder(model)
        data = (self.data[0].bfloat16(), self.data[1])
        with lossledger.watch(model, optimizer, loss=models.loss, data=data, every=1, form="vectors", publisher=published):
            models.loss(model, data).backward()
            before = model.weight.detach().float()
            optimizer.step()
        self.assertEqual(published.steps[0].delta[0].dtype, np.float32)
        np.testing.assert_array_equal(published.steps[0].delta[0], (model.weight.detach().float() - before).numpy().ravel())

    def test_sums_and_vectors_agree(self) -> None:
        for name in ("attention and embedding", "lstm", "transposed convolution"):
            steps = []
            for form in ("sums", "vectors"):
                model, data = models.build(name)
                published = support.recorder(model, chunk=37)
                optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
                torch.manual_seed(1)
                with lossledger.watch(model, optimizer, loss=models.loss, data=data, every=2, sample=8, seed=4, form=form,
                                      parts=True, publisher=published):
                    for _ in range(4):
                        optimizer.zero_grad()
                        models.loss(model, data).backward()
                        optimizer.step()
                steps.append(published.steps)
            for summed, whole in zip(*steps):
                objective, vectors = summed.objectives[0], whole.objectives[0].vectors
                self.assertEqual(objective.loss_end, whole.objectives[0].loss_end)
                for chunk, found in zip(published.plan, objective.allocated):
                    here = slice(chunk.offset, chunk.offset + chunk.count)
                    delta, mean, coarse, contrast = (
                        values[chunk.tensor][here].astype(float)
                        for values in (whole.delta, vectors.mean, vectors.coarse_mean, vectors.contrast))
                    expected = [(delta * mean).sum(), (delta * coarse).sum(), (delta * contrast).sum()]
                    expected += [(part[chunk.tensor][here].astype(float) * mean).sum() for _, part in whole.parts]
                    values = [found.sums.lca, found.sums.coarse_lca, found.sampling_error]
                    values += [part.sums.lca for part in found.parts]
                    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-15)


if __name__ == "__main__":
    unittest.main()
