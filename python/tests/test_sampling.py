"""The sampled objective: unbiased, apart from the training's draws, and with the error that it claims."""

from __future__ import annotations

import unittest
from typing import Any, Optional

import support
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import lossledger


def loss(model: nn.Module, batch: Any) -> torch.Tensor:
    return functional.mse_loss(model(batch[0]), batch[1])


class SamplingTest(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(2)
        self.data = (torch.randn(60, 4), torch.randn(60, 1))
        self.model = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 1))
        self.moves = [torch.randn_like(parameter) * 0.1 for parameter in self.model.parameters()]

    def draw(self, count: int, seed: Optional[int], data: Any = None, **options: Any) -> list[Any]:
        """The same segment forwards and backwards, measured `count` times."""
        published = support.recorder(self.model)
        options.setdefault("loss", loss)
        ledger = lossledger.watch(self.model, None, data=self.data if data is None else data, every=1,
                                  seed=seed, publisher=published, **options)
        for number in range(count):
            with torch.no_grad():
                for parameter, change in zip(self.model.parameters(), self.moves):
                    parameter += change * (-1) ** number
            ledger.step()
        ledger.finish()
        return [step.objectives[0] for step in published.steps]

    def test_draws_are_unbiased_and_their_errors_have_the_claimed_size(self) -> None:
        truth = [chunk.sums.lca for chunk in self.draw(1, None, sampled=False)[0].allocated]
        self.setUp()
        draws = self.draw(600, 1, sample=20)
        signs = [(-1) ** number for number in range(600)]
        found = np.array([[sign * chunk.sums.lca for chunk in one.allocated] for one, sign in zip(draws, signs)])
        claimed = np.array([[chunk.sampling_error for chunk in one.allocated] for one in draws])
        for values, error, exact in zip([*found.T, found.sum(1)], [*claimed.T, claimed.sum(1)], [*truth, sum(truth)]):
            variance = ((values - exact) ** 2).mean()
            self.assertAlmostEqual((error ** 2).mean() / variance, 1, delta=0.25)
            self.assertLess(abs(values.mean() - exact), 4 * np.sqrt(variance / len(values)))

    def test_each_draw_balances_with_its_own_loss_change(self) -> None:
        for one in self.draw(5, 1, sample=20):
            self.assertLess(abs(support.residual(one)), 1e-4)
            self.assertTrue(one.sampled)

    def test_a_mean_over_unmasked_elements_balances_too(self) -> None:
        def masked(model: nn.Module, batch: Any) -> torch.Tensor:
            errors = ((model(batch[0]) - batch[1]) ** 2).squeeze(1) * batch[2]
            return errors.sum() / batch[2].sum()

        data = (*self.data, (torch.rand(60) < 0.3).float() + 1e-3)
        for one in self.draw(5, 1, data=data, sample=20, splits=8, loss=masked):
            self.assertLess(abs(support.residual(one)), 1e-4)

    def test_a_sample_of_the_whole_set_has_no_error(self) -> None:
        for chunk in self.draw(1, 1, sample=60)[0].allocated:
            self.assertEqual(chunk.sampling_error, 0)

    def test_chunks_of_a_sample_do_not_change_it(self) -> None:
        whole, cut = [], []
        for chunk_examples, found in ((500, whole), (3, cut)):
            self.setUp()
            for one in self.draw(3, 1, sample=20, chunk_examples=chunk_examples):
                found += [value for chunk in one.allocated for value in (chunk.sums.lca, chunk.sampling_error)]
        np.testing.assert_allclose(whole, cut, rtol=1e-4, atol=1e-7)

    def test_every_segment_has_a_new_sample_without_repetition(self) -> None:
        fetched: list[int] = []
        inputs, labels = self.data

        class Rows(torch.utils.data.Dataset):
            def __len__(self) -> int:
                return 60

            def __getitem__(self, number: int) -> Any:
                fetched.append(number)
                return inputs[number], labels[number]

        self.draw(3, None, data=Rows(), sample=30)
        samples = [set(fetched[begin:begin + 30]) for begin in range(0, 120, 30)]  # the first is for the checks
        self.assertEqual([len(sample) for sample in samples], [30] * 4)
        self.assertEqual(len({frozenset(sample) for sample in samples}), 4)

    def test_the_draws_follow_from_the_seed_and_differ_without(self) -> None:
        def losses(seed: Optional[int]) -> list[float]:
            self.setUp()
            return [one.loss_start for one in self.draw(2, seed, sample=10)]

        self.assertEqual(losses(5), losses(5))
        self.assertNotEqual(losses(None), losses(None))


if __name__ == "__main__":
    unittest.main()
