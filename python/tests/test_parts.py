"""The parts of SGD's updates, against the formulas written out for single steps."""

from __future__ import annotations

import unittest
from typing import Any

import support
import numpy as np
import torch

import lossledger
import models


class PartsTest(unittest.TestCase):
    def parts(self, every: int = 1, steps: int = 4, closure: bool = False,
              **options: Any) -> tuple[list[Any], list[dict[str, np.ndarray]]]:
        """The published steps, and by step the momentum's and decay's part, from a loop of plain float64."""
        model, data = models.build("linear")
        model, data = model.double(), (data[0].double(), data[1])
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, **options)
        published = support.recorder(model)
        rate, momentum, decay = 0.1, options.get("momentum", 0), options.get("weight_decay", 0)
        nesterov, damped = options.get("nesterov", False), 1 - options.get("dampening", 0)
        buffer, expected = None, []

        def evaluate() -> torch.Tensor:
            loss = models.loss(model, data)
            loss.backward()
            return loss

        with lossledger.watch(model, optimizer, loss=models.loss, data=data, every=every, parts=True, form="vectors",
                              publisher=published):
            for _ in range(steps):
                optimizer.zero_grad()
                models.loss(model, data).backward()
                weight, gradient = model.weight.detach().clone(), model.weight.grad.clone()
                sign = -1 if options.get("maximize") else 1
                # The step is linear in (buffer, weight, gradient): a part is the step with the others set to zero.
                if buffer is None:
                    first = {"momentum": 0 * weight, "weight-decay": decay * weight, "gradient": sign * gradient}
                    after = first
                else:
                    after = {"momentum": momentum * buffer, "weight-decay": damped * decay * weight,
                             "gradient": damped * sign * gradient}
                direct = {"momentum": 0 * weight, "weight-decay": decay * weight, "gradient": sign * gradient}
                moved = {key: direct[key] + momentum * after[key] if nesterov else after[key] if momentum else direct[key]
                         for key in after}
                buffer = sum(after.values())
                expected.append({key: (-rate * value).numpy().ravel() for key, value in moved.items()})
                if closure:
                    optimizer.zero_grad(set_to_none=True)
                    optimizer.step(evaluate)
                else:
                    optimizer.step()
        return published.steps, expected

    def test_parts_are_those_of_the_formula_and_add_up_to_the_update(self) -> None:
        for options in ({}, {"weight_decay": 0.1}, {"momentum": 0.9}, {"momentum": 0.9, "weight_decay": 0.1},
                        {"momentum": 0.9, "weight_decay": 0.1, "dampening": 0.3},
                        {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True},
                        {"momentum": 0.9, "weight_decay": 0.1, "maximize": True}):
            with self.subTest(**options):
                steps, expected = self.parts(**options)
                for step, parts in zip(steps, expected):
                    found = {name: values[0] for name, values in step.parts}
                    self.assertEqual(found.keys(), {"gradient"} | ({"momentum"} if "momentum" in options else set())
                                     | ({"weight-decay"} if "weight_decay" in options else set()))
                    for name, values in found.items():
                        np.testing.assert_allclose(values, parts[name], atol=1e-12)
                    np.testing.assert_allclose(sum(found.values()), step.delta[0], atol=1e-15)

    def test_parts_of_several_steps_add_up(self) -> None:
        options = {"momentum": 0.9, "weight_decay": 0.1}
        steps, expected = self.parts(every=2, **options)
        for step, pair in zip(steps, zip(expected[::2], expected[1::2])):
            for name, values in step.parts:
                np.testing.assert_allclose(values[0], pair[0][name] + pair[1][name], atol=1e-12)

    def test_a_gradient_that_a_closure_evaluates_within_the_step_is_split_alike(self) -> None:
        options = {"momentum": 0.9, "weight_decay": 0.1}
        steps, expected = self.parts(closure=True, **options)
        for step, parts in zip(steps, expected):
            for name, values in step.parts:
                np.testing.assert_allclose(values[0], parts[name], atol=1e-12)


if __name__ == "__main__":
    unittest.main()
