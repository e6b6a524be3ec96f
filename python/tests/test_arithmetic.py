"""Losses with known allocations, and every kind of layer against a slow evaluation in float64."""

from __future__ import annotations

import math
import unittest
from typing import Any, Callable, Sequence

import support
import numpy as np
import torch
from torch import nn

import lossledger
import models
from lossledger.rules import simpson
from lossledger.step import MeasuredStep


class Point(nn.Module):
    """Parameters alone."""

    def __init__(self, *start: float) -> None:
        super().__init__()
        self.x = nn.Parameter(torch.tensor(start, dtype=torch.float64))


def move(model: nn.Module, loss: Callable[[nn.Module, Any], torch.Tensor], data: Any, to: Sequence[torch.Tensor],
         **options: Any) -> MeasuredStep:
    """Measures the straight segment from the model's parameters to others."""
    published = support.recorder(model)
    ledger = lossledger.watch(model, None, loss=loss, data=data, every=1, sampled=False, publisher=published, **options)
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), to):
            parameter.copy_(value)
    ledger.step()
    ledger.finish()
    return published.steps[0]


def along(loss: Callable[[torch.Tensor], torch.Tensor], start: Sequence[float], end: Sequence[float],
          splits: int = 2) -> np.ndarray:
    step = move(Point(*start), lambda model, batch: loss(model.x), torch.zeros(1, 1),
                [torch.tensor(end, dtype=torch.float64)], splits=splits, form="vectors")
    objective = step.objectives[0]
    value = support.allocated(step)[0]
    change = float(loss(torch.tensor(end, dtype=torch.float64)) - loss(torch.tensor(start, dtype=torch.float64)))
    np.testing.assert_allclose(objective.loss_end - objective.loss_start, change, rtol=1e-12)
    return value


def reference(make: Callable[[], nn.Module], data: Any, start: Sequence[torch.Tensor], end: Sequence[torch.Tensor],
              splits: int) -> list[np.ndarray]:
    """LCA by parameter in float64, by backward passes at each node; one array for each parameter."""
    model = make().double().requires_grad_(True)  # what moved counts, even if it is frozen
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._NormBase):
            module.train()
    inputs, labels = data
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    weights = [1.0] + [4.0 if node % 2 else 2.0 for node in range(1, splits)] + [1.0]
    sums = [np.zeros(tuple(value.shape)) for value in start]
    for node, weight in enumerate(weights):
        with torch.no_grad():
            for parameter, one, other in zip(model.parameters(), start, end):
                parameter.copy_(one.double() + (other.double() - one.double()) * node / splits)
        model.zero_grad(set_to_none=True)
        models.loss(model, (inputs, labels)).backward()
        for number, parameter in enumerate(model.parameters()):
            if parameter.grad is not None:
                sums[number] += parameter.grad.numpy() * weight / (3 * splits)
    return [mean * (other.double() - one.double()).numpy() for mean, one, other in zip(sums, start, end)]


class ArithmeticTest(unittest.TestCase):
    def test_a_quadratic_is_allocated_exactly(self) -> None:
        half = torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
        start, end = np.array([1.0, -2.0]), np.array([0.25, 0.5])
        slope = half.numpy() @ start + [0.3, -0.1]
        found = along(lambda x: x @ half @ x / 2 + x @ torch.tensor([0.3, -0.1]).double(), start, end)
        np.testing.assert_allclose(found, (end - start) * (slope + half.numpy() @ (end - start) / 2), rtol=1e-6)

    def test_polynomials_of_degree_four_are_exact(self) -> None:
        himmelblau = along(lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2, (0., 0.), (3., 2.))
        np.testing.assert_allclose(himmelblau, [-118, -52], rtol=1e-12)

        def rosenbrock(x: torch.Tensor) -> torch.Tensor:
            return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

        np.testing.assert_allclose(along(rosenbrock, (0., 0.), (1., 1.)), [-103 / 3, 100 / 3], rtol=1e-12)
        np.testing.assert_allclose(along(rosenbrock, (-1.2, 1.), (1., 1.)), [-24.2, 0], atol=1e-10)

    def test_errors_that_cancel_between_parameters_show_in_the_estimate(self) -> None:
        def loss(model: nn.Module, batch: Any) -> torch.Tensor:
            return model.x[0] ** 6 - model.x[1] ** 6 + 0 * model.x.sum()

        step = move(Point(0, 0), loss, torch.zeros(1, 1), [torch.ones(2).double()])
        objective = step.objectives[0]
        sums = objective.allocated[0].sums
        self.assertAlmostEqual(support.residual(objective), 0, places=12)
        self.assertAlmostEqual(sums.help, -1.125, places=12)
        self.assertAlmostEqual(sums.harm, 1.125, places=12)
        self.assertAlmostEqual(sums.coarse_lca, 0, places=12)
        self.assertAlmostEqual(sums.absolute_estimate, 2 * (3 - 1.125), places=12)

    def test_a_kink_has_the_known_error_for_each_number_of_splits(self) -> None:
        for splits, error in ((2, 5.0e-3), (4, -3.33e-3), (8, 8.33e-4), (16, -2.08e-4), (32, 5.2e-5)):
            found = along(lambda x: torch.relu(x[0] - 0.3) ** 2 / 2 + 0 * x[1], (0., 0.), (1., 0.), splits)
            self.assertAlmostEqual(found[0] - 0.7 ** 2 / 2, error, delta=abs(error) * 0.01)

    def test_the_coarser_rule_is_simpsons_on_every_second_node(self) -> None:
        for splits in (4, 8, 16, 32):
            self.assertEqual(simpson(splits).coarse[::2], simpson(splits // 2).weights)
        self.assertEqual(simpson(2).coarse, (0.5, 0.0, 0.5))

    def test_frozen_and_dead_parameters_are_exactly_zero(self) -> None:
        model, data = models.build("frozen layer")
        step = move(model, models.loss, data, [value * (0.9 if value.requires_grad else 1) for value in model.parameters()])
        for chunk in step.objectives[0].allocated[:2]:
            self.assertEqual((chunk.sums.zero, chunk.sums.lca), (chunk.sums.parameters, 0.0))

    def test_every_kind_of_layer_agrees_with_a_slow_evaluation_in_float64(self) -> None:
        for name in models.CASES:
            model, data = models.build(name)
            if name in ("parametrized orthogonal", "spectral norm", "parametrized spectral norm", "random ReLU"):
                continue  # their float64 twin differs in more than rounding
            torch.manual_seed(8)
            start = [value.detach().clone() for value in model.parameters()]
            end = [value + 0.05 * torch.randn_like(value) for value in start]
            expected = reference(lambda: models.build(name)[0], data, start, end, 4)
            with self.subTest(name):
                step = move(model, models.loss, data, end, splits=4, chunk_examples=24)
                self._assert_layers(model, step, expected)

    def _assert_layers(self, model: nn.Module, step: MeasuredStep, expected: list[np.ndarray]) -> None:
        layout = lossledger.layout.find_layout(model)
        chunks = iter(step.objectives[0].allocated)
        rounding = 1e-7 * sum(np.abs(values).sum() for values in expected)
        for layer in layout.layout.layers:
            units, found = np.zeros(layer.units), np.zeros(layer.units)
            for tensor in layer.tensors:
                place = next(one for one in layout.placements if one.name == tensor.name)
                values = expected[place.parameter]
                values = values[place.row:place.row + place.shape[0]] if place.shape else values
                chunk = next(chunks)
                scale = np.abs(values).sum()
                self.assertAlmostEqual(chunk.sums.lca, values.sum(), delta=3e-5 * scale + rounding)
                self.assertAlmostEqual(chunk.sums.sum_of_squares, (values ** 2).sum(),
                                       delta=1e-3 * (values ** 2).sum() + rounding ** 2)
                if layer.units:
                    units[tensor.first_unit:tensor.first_unit + len(chunk.unit_lca)] += self._by_unit(tensor, place, values)
                    found[tensor.first_unit:tensor.first_unit + len(chunk.unit_lca)] += chunk.unit_lca
            np.testing.assert_allclose(found, units, atol=3e-5 * np.abs(units).sum() + rounding)

    @staticmethod
    def _by_unit(tensor: Any, place: Any, values: np.ndarray) -> np.ndarray:
        units = tensor.count // tensor.parameters_per_unit
        if place.groups:  # [groups * in, out, ...]: by output, group after group
            grouped = values.reshape(place.groups, values.shape[0] // place.groups, values.shape[1], -1)
            return grouped.sum(axis=(1, 3)).ravel()
        return values.reshape(units, -1).sum(axis=1)

    def test_losses_are_added_up_in_float64(self) -> None:
        model = Point(1.0)
        step = move(model, lambda network, batch: network.x.float()[0] * batch.mean(), torch.full((3000, 1), 0.1),
                    [torch.tensor([1.0])], chunk_examples=1)
        self.assertAlmostEqual(step.objectives[0].loss_end, float(np.float32(0.1)), delta=1e-13)

    def test_a_loss_that_is_not_finite_is_published_and_counted(self) -> None:
        step = move(Point(1.0, 1.0), lambda model, batch: model.x.log().sum(), torch.zeros(1, 1),
                    [torch.tensor([-1.0, 1.0])])
        sums = step.objectives[0].allocated[0].sums
        self.assertTrue(math.isnan(step.objectives[0].loss_end))
        self.assertEqual((sums.nonfinite, sums.zero), (1, 1))
        self.assertFalse(math.isfinite(sums.lca))


if __name__ == "__main__":
    unittest.main()
