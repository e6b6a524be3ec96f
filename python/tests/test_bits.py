"""The training computes the same bits with and without a ledger."""

from __future__ import annotations

import random
import unittest
from typing import Any

import support
import numpy as np
import torch
from torch import nn

import lossledger
import models


def train(name: str, watched: bool, sampled: bool = True, form: str = "sums") -> tuple[Any, ...]:
    """Everything that a training of six steps leaves behind, and its recorder."""
    model, data = models.build(name)
    torch.manual_seed(6)
    random.seed(6)
    np.random.seed(6)
    optimizer = torch.optim.SGD([parameter for parameter in model.parameters() if parameter.requires_grad], lr=0.05,
                                momentum=0.9, weight_decay=1e-3)
    published = support.recorder(model)
    ledger = lossledger.watch(model, optimizer, loss=models.loss, data=data, sampled=sampled, sample=8, every=2,
                              splits=8, form=form, fixed={"validation": data}, chunk_examples=10, seed=1, publisher=published) if watched else None
    losses, gradients = [], []
    for _ in range(5):
        rows = torch.randint(0, 24, (8,))
        optimizer.zero_grad()
        loss = models.loss(model, (data[0][rows], data[1][rows]))
        loss.backward()
        before = [parameter.grad for parameter in model.parameters()]
        optimizer.step()
        assert all(parameter.grad is gradient for parameter, gradient in zip(model.parameters(), before))
        gradients.append([None if gradient is None else gradient.clone() for gradient in before])
        losses.append(loss.detach())
    if ledger is not None:
        ledger.finish()
    plain = {f"{path}.{key}": value.detach().clone() for path, module in model.named_modules()
             for key, value in vars(module).items() if isinstance(value, torch.Tensor)}
    state = (model.state_dict(), optimizer.state_dict(), losses, gradients, plain,
             [module.training for module in model.modules()],
             torch.get_rng_state(), random.getstate(), np.random.get_state())
    return state, published




def equal(one: Any, other: Any) -> bool:
    if isinstance(one, (torch.Tensor, np.ndarray)):
        return type(one) is type(other) and np.asarray(one).tobytes() == np.asarray(other).tobytes()
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


class BitsTest(unittest.TestCase):
    def test_a_training_of_every_kind_of_module_is_the_same_with_a_ledger(self) -> None:
        for name in models.CASES:
            plain, _ = train(name, False)
            for form in ("sums", "vectors"):
                with self.subTest(name, form=form):
                    watched, published = train(name, True, form=form)
                    for index, (one, other) in enumerate(zip(plain, watched)):
                        self.assertTrue(equal(one, other), f"item {index} of the state differs")
                    self.assertEqual([(step.step, step.steps_covered) for step in published.steps],
                                     [(1, 2), (3, 2), (4, 1)])
                    self.assertEqual((published.skipped, published.warnings), ({}, []))

    def test_every_kind_of_module_balances(self) -> None:
        for name in models.CASES:
            with self.subTest(name):
                _, published = train(name, True)
                for step in published.steps:
                    for objective in step.objectives:
                        moved = sum(chunk.sums.harm - chunk.sums.help for chunk in objective.allocated)
                        self.assertLess(abs(support.residual(objective)), 2e-3 * moved + 1e-6)

    def test_modes_that_the_user_set_are_kept(self) -> None:
        model, data = models.build("batch norm 1d")
        model[1].eval()
        before = model[1].running_mean.clone()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        published = support.recorder(model)
        with lossledger.watch(model, optimizer, loss=models.loss, data=data, sampled=False, every=1, publisher=published):
            models.loss(model, data).backward()
            optimizer.step()
        self.assertEqual([model.training, model[1].training], [True, False])
        self.assertTrue(torch.equal(before, model[1].running_mean))
        model.eval()
        self.assertAlmostEqual(published.steps[0].objectives[0].loss_end, float(models.loss(model, data)), places=6)

    def test_data_and_losses_may_draw_random_numbers_of_their_own(self) -> None:
        class Augmented(torch.utils.data.Dataset):
            def __len__(self) -> int:
                return 24

            def __getitem__(self, number: int) -> Any:
                return data[0][number] + random.random() + np.random.rand() + torch.rand(()), data[1][number]

        model, data = models.build("linear")
        states = [(random.getstate(), np.random.get_state(), torch.get_rng_state())]
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        published = support.recorder(model)
        with lossledger.watch(model, optimizer, loss=models.loss, data=Augmented(), every=1, publisher=published):
            models.loss(model, data).backward()
            optimizer.step()
        states.append((random.getstate(), np.random.get_state(), torch.get_rng_state()))
        for one, other in zip(*states):
            self.assertTrue(equal(one, other))
        self.assertLess(abs(support.residual(published.steps[0].objectives[0])), 1e-4)

    def test_a_failing_evaluation_restores_everything(self) -> None:
        model, data = models.build("dropout")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        calls = []

        def loss(network: nn.Module, batch: Any) -> torch.Tensor:
            calls.append(1)
            if network.training is False and broken:
                raise RuntimeError("out of memory")
            return models.loss(network, batch)

        broken = False
        published = support.recorder(model)
        ledger = lossledger.watch(model, optimizer, loss=loss, data=data, every=1, publisher=published)
        broken = True
        models.loss(model, data).backward()
        expected = [parameter.detach().add(parameter.grad, alpha=-0.1) for parameter in model.parameters()]
        with self.assertWarnsRegex(RuntimeWarning, "out of memory"):
            optimizer.step()
        self.assertTrue(all(map(torch.equal, expected, model.parameters())))
        self.assertTrue(model.training and model[1].training)
        broken = False
        optimizer.step()
        ledger.finish()
        self.assertEqual(published.skipped, {"failed": 1})
        self.assertEqual([step.step for step in published.steps], [1])


if __name__ == "__main__":
    unittest.main()
