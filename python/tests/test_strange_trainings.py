"""Trainings that do what few do are neither changed nor booked wrongly."""

from __future__ import annotations

import unittest
import warnings
from typing import Any

import support
import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import lossledger
import models


class Scaled(nn.Module):
    """A linear layer with a buffer that is given."""

    def __init__(self, buffer: torch.Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(6, 3)
        self.register_buffer("scale", buffer)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.linear(torch.mm(self.scale, inputs.T).T)


class Adversaries(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 6))
        self.critic = nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5).eval(), nn.Tanh(), nn.Linear(5, 1))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return self.critic(self.generator(noise))


class StrangeTrainingsTest(unittest.TestCase):
    def setUp(self) -> None:
        _, self.data = models.build("linear")

    def watch(self, model: nn.Module, optimizer: Any, **options: Any) -> lossledger.Ledger:
        self.published = support.recorder(model)
        settings: dict[str, Any] = dict(loss=models.loss, data=self.data, every=1, sampled=False, publisher=self.published)
        settings.update(options)
        return lossledger.watch(model, optimizer, **settings)

    def train(self, model: nn.Module, optimizer: Any, steps: int) -> None:
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            models.loss(model, self.data).backward()
            optimizer.step()

    def require_all_booked(self, steps: int) -> None:
        self.assertEqual((sum(step.steps_covered for step in self.published.steps), self.published.skipped), (steps, {}))
        self.assertEqual(self.published.warnings, [])
        for step in self.published.steps:
            self.assertLess(abs(support.residual(step.objectives[0])), 1e-4)

    def test_a_graph_made_before_the_step_of_another_optimizer_can_still_be_used(self) -> None:
        states = []
        for watched in (False, True):
            torch.manual_seed(0)
            model, noise = Adversaries(), torch.randn(16, 4)
            optimizers = [torch.optim.SGD(part.parameters(), lr=0.1) for part in (model.generator, model.critic)]
            ledger = self.watch(model, optimizers, data=noise,
                                loss=lambda model, batch: functional.softplus(model(batch)).mean()) if watched else None
            for _ in range(2):
                made = model.generator(noise)
                functional.softplus(model.critic(made.detach())).mean().backward()
                optimizers[1].step()
                optimizers[1].zero_grad()
                functional.softplus(-model.critic(made)).mean().backward()
                optimizers[0].step()
                optimizers[0].zero_grad()
            if ledger is not None:
                ledger.finish()
            states.append([value.clone() for value in model.state_dict().values()])
        self.assertTrue(all(map(torch.equal, *states)))
        self.require_all_booked(4)

    def test_sparse_buffers_are_measured(self) -> None:
        model = Scaled(torch.eye(6).to_sparse())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with self.watch(model, optimizer):
            self.train(model, optimizer, 3)
        self.require_all_booked(3)

    def test_buffers_that_a_validation_has_made_in_inference_mode_are_measured(self) -> None:
        model = Scaled(torch.eye(6))
        model.unused = model.scale
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model.register_buffer("seen", torch.zeros(2))
        with self.watch(model, optimizer) as ledger:
            for _ in range(2):
                with torch.inference_mode():
                    model.seen = torch.ones(2)
                self.train(model, optimizer, 1)
            with torch.inference_mode():
                ledger.finish()
        self.require_all_booked(2)

    def test_scripted_models_are_measured_on_the_statistics_of_the_batch(self) -> None:
        model = torch.jit.script(nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3)))
        plain = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
        plain.load_state_dict(model.state_dict())
        plain[2].eval()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        before = [value.clone() for value in model.state_dict().values()]
        with self.watch(model, optimizer):
            self.assertTrue(all(map(torch.equal, before, model.state_dict().values())))
            self.train(model, optimizer, 2)
        self.require_all_booked(2)
        self.assertAlmostEqual(self.published.steps[0].objectives[0].loss_start, float(models.loss(plain, self.data)), 5)
        self.assertEqual({module.training for module in model.modules()}, {True})

    def test_parameters_that_are_frozen_or_unfrozen_on_the_way_are_booked_for_what_they_moved(self) -> None:
        for every, frozen in ((4, (1, 3)), (1, (0, 1)), (2, (0, 1, 2, 3))):
            model, _ = models.build("dropout")
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            expected = []
            with self.subTest(every=every, frozen=frozen), self.watch(model, optimizer, every=every):
                for step in range(4):
                    before = model[0].weight.detach().clone()
                    model[0].requires_grad_(step not in frozen)
                    self.train(model, optimizer, 1)
                    expected.append(not torch.equal(before, model[0].weight))
            moved = [any(expected[first:first + every]) for first in range(0, 4, every)]
            self.assertEqual([step.objectives[0].allocated[0].sums.lca != 0 for step in self.published.steps], moved)
            self.require_all_booked(4)
            self.assertEqual(model[0].weight.requires_grad, 3 not in frozen)

    def test_a_loss_whose_only_parameters_are_frozen_for_a_while_has_no_gradient_for_that_while(self) -> None:
        model = Adversaries()
        optimizers = [torch.optim.SGD(part.parameters(), lr=0.1) for part in (model.generator, model.critic)]
        real, noise = torch.randn(16, 6), torch.randn(16, 4)
        with self.watch(model, optimizers, data=real, loss=lambda model, batch: functional.softplus(model.critic(batch)).mean()):
            functional.softplus(model.critic(real)).mean().backward()
            optimizers[1].step()
            model.critic.requires_grad_(False)
            model(noise).mean().backward()
            optimizers[0].step()
        self.require_all_booked(2)
        last = self.published.steps[1].objectives[0]
        self.assertEqual((last.loss_start, support.total(last)), (last.loss_end, 0.0))

    def test_an_optimizer_without_learning_rate_is_followed(self) -> None:
        class Fixed(torch.optim.Optimizer):
            def step(self) -> None:  # type: ignore[override]
                with torch.no_grad():
                    for parameter in self.param_groups[0]["params"]:
                        parameter.sub_(parameter.grad, alpha=0.1)

        for defaults in ({}, {"lr": None}):
            model, _ = models.build("linear")
            optimizer = Fixed(model.parameters(), defaults)
            with self.watch(model, optimizer, every=4):
                self.train(model, optimizer, 8)
            self.require_all_booked(8)
            self.assertIsNone(self.published.steps[0].learning_rate)

    def test_parameters_that_the_model_gets_later_are_refused_by_name(self) -> None:
        model, _ = models.build("dropout")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with self.watch(model, optimizer):
                self.train(model, optimizer, 1)
                model[3] = nn.Linear(8, 3)
                optimizer.add_param_group({"params": list(model[3].parameters())})
                self.train(model, optimizer, 2)
        self.assertEqual((len(self.published.steps), self.published.skipped), (1, {"failed": 2}))
        self.assertRegex(str(caught[0].message), "Found: 2 new, the first is 3.weight; finish this ledger and watch")
        self.assertEqual(len(caught), 1)

    def test_a_loss_may_change_its_batch(self) -> None:
        def clamping(model: nn.Module, batch: Any) -> torch.Tensor:
            labels = batch.pop("labels")
            return functional.cross_entropy(model(batch["inputs"].clamp_(-0.5, 0.5)), labels)

        model, (inputs, labels) = models.build("linear")
        optimizer, before = torch.optim.SGD(model.parameters(), lr=0.1), inputs.clone()
        for sampled in (True, False):
            with self.watch(model, optimizer, loss=clamping, data={"inputs": inputs, "labels": labels}, sampled=sampled):
                self.train(model, optimizer, 2)
            self.require_all_booked(2)
            self.assertTrue(torch.equal(before, inputs))

    def test_checkpoints_are_measured_or_refused_with_what_to_do(self) -> None:
        def loss(model: nn.Module, batch: Any) -> torch.Tensor:
            middle = checkpoint(model[2], model[0](batch[0]), use_reentrant=reentrant)
            return functional.cross_entropy(model[3](middle), batch[1])

        model, _ = models.build("dropout")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        reentrant = False
        with self.watch(model, optimizer, loss=loss):
            self.train(model, optimizer, 2)
        self.require_all_booked(2)
        reentrant = True
        with self.assertRaisesRegex(ValueError, "loss: must use torch.utils.checkpoint with use_reentrant=False"):
            self.watch(model, optimizer, loss=loss)

    def test_weights_swapped_for_a_validation_between_two_segments_lose_nothing(self) -> None:
        model, _ = models.build("linear")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with self.watch(model, optimizer, every=2):
            for _ in range(2):
                self.train(model, optimizer, 2)
                own = {name: value.clone() for name, value in model.state_dict().items()}
                model.load_state_dict({name: value * 0.5 for name, value in own.items()})
                model.load_state_dict(own)
        self.require_all_booked(4)

    def test_two_ledgers_follow_one_training(self) -> None:
        model, _ = models.build("linear")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with self.watch(model, optimizer, every=2):
            first = self.published
            with self.watch(model, optimizer, every=3):
                self.train(model, optimizer, 6)
            self.require_all_booked(6)
        self.published = first
        self.require_all_booked(6)

    def test_a_loss_that_would_change_another_module_is_refused_and_undone(self) -> None:
        def loss(model: nn.Module, batch: Any) -> torch.Tensor:
            return functional.cross_entropy(other(model(batch[0])), batch[1])

        model, _ = models.build("linear")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        other = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))
        before = [value.clone() for value in other.state_dict().values()]
        for sampled in (True, False):
            with self.assertRaisesRegex(ValueError, "besides the model .* Found: a changed buffer of BatchNorm1d"):
                self.watch(model, optimizer, loss=loss, sampled=sampled)
            self.assertTrue(all(map(torch.equal, before, other.state_dict().values())))
        other.eval()
        with self.watch(model, optimizer, loss=loss):
            self.train(model, optimizer, 2)
        self.require_all_booked(2)

    def test_a_loss_may_differentiate_by_its_inputs(self) -> None:
        def loss(model: nn.Module, batch: Any) -> torch.Tensor:
            inputs = batch[0].requires_grad_()
            slope, = torch.autograd.grad(model(inputs).sum(), inputs, create_graph=True)
            return models.loss(model, batch) + slope.square().mean()

        model, _ = models.build("dropout")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for sampled in (True, False):
            with self.watch(model, optimizer, loss=loss, sampled=sampled):
                self.train(model, optimizer, 2)
            self.require_all_booked(2)
        self.assertFalse(self.data[0].requires_grad)

    def test_a_loss_whose_coefficient_is_annealed_is_the_same_along_each_segment(self) -> None:
        model, _ = models.build("dropout")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        coefficient = 1.0
        with self.watch(model, optimizer, loss=lambda model, batch: coefficient * models.loss(model, batch)):
            for _ in range(4):
                self.train(model, optimizer, 1)
                coefficient *= 1.5
        self.require_all_booked(4)


if __name__ == "__main__":
    unittest.main()
