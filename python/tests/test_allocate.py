"""Sums and units of a chunk, against numpy over the whole array."""

from __future__ import annotations

import math
import unittest

import support  # noqa: F401
import numpy as np
import torch

from lossledger.allocate import allocate, product
from lossledger.allocate_device import allocate_on_device, product_on_device
from lossledger.step import Chunk, Role, Tensor


def tensor(count: int, per_unit: int) -> Tensor:
    return Tensor("w", "layer", 0, Role.WEIGHT, (count,), count, per_unit, 0)


class AllocateTest(unittest.TestCase):
    def setUp(self) -> None:
        generator = np.random.default_rng(3)
        self.count = 210_000
        self.delta = generator.normal(size=self.count).astype(np.float32)
        self.mean = generator.normal(size=self.count).astype(np.float32)
        self.coarse = generator.normal(size=self.count).astype(np.float32)
        self.delta[::7] = 0

    def test_all_sums_agree_with_numpy(self) -> None:
        lca = self.delta.astype(float) * self.mean
        coarse = self.delta.astype(float) * self.coarse
        sums, units = allocate(tensor(self.count, 0), Chunk(0, 0, self.count), self.delta, self.mean, self.coarse)
        self.assertIsNone(units)
        self.assertEqual(sums[:5], (self.count, (lca < 0).sum(), (lca > 0).sum(), (lca == 0).sum(), 0))
        np.testing.assert_allclose(sums[5:], [
            lca.sum(), lca[lca < 0].sum(), lca[lca > 0].sum(), (lca ** 2).sum(), lca.min(), lca.max(), coarse.sum(),
            np.abs(lca - coarse).sum(), (self.mean.astype(float) ** 2).sum(), (self.delta.astype(float) ** 2).sum()],
            rtol=1e-11)

    def test_units_agree_for_chunks_that_cut_them_anywhere(self) -> None:
        lca = self.delta.astype(float) * self.mean
        for per_unit in (1, 3, 70, 1000, 70_000, 210_000):
            for begin, end in ((0, self.count), (0, 5), (1, 2), (69, 71), (70, 140_000), (999, 209_999), (65_537, 140_001)):
                with self.subTest(per_unit=per_unit, begin=begin, end=end):
                    expected = [lca[max(begin, unit * per_unit):min(end, (unit + 1) * per_unit)].sum()
                                for unit in range(begin // per_unit, (end - 1) // per_unit + 1)]
                    _, units = allocate(tensor(self.count, per_unit), Chunk(0, begin, end - begin), self.delta[begin:end],
                                        self.mean[begin:end], None)
                    np.testing.assert_allclose(units, expected, rtol=1e-10, atol=1e-11)

    def test_values_that_are_not_finite_are_counted_and_kept_apart(self) -> None:
        mean = np.array([1, math.nan, math.inf, -2, 0], dtype=np.float32)
        sums, units = allocate(tensor(5, 1), Chunk(0, 0, 5), np.ones(5, np.float32), mean, None)
        self.assertEqual(sums[:5], (5, 1, 1, 1, 2))
        self.assertTrue(math.isnan(sums.lca) and math.isnan(sums.coarse_lca) and math.isnan(sums.absolute_estimate))
        self.assertEqual((sums.help, sums.harm, sums.largest_help, sums.largest_harm), (-2, 1, -2, 1))
        np.testing.assert_array_equal(units, mean)

    def test_sums_of_one_sign_have_zero_as_the_other_extreme(self) -> None:
        sums, _ = allocate(tensor(3, 0), Chunk(0, 0, 3), np.ones(3), np.array([1.0, 2.0, 3.0]), None)
        self.assertEqual((sums.largest_help, sums.largest_harm, sums.help), (0, 3, 0))

    def test_a_product_is_formed_in_float64(self) -> None:
        expected = float((self.delta.astype(float) * self.mean).sum())
        self.assertAlmostEqual(product(self.delta, self.mean), expected, delta=1e-11 * abs(expected))

    def test_allocating_on_the_device_gives_the_same_sums(self) -> None:
        self.mean[5], self.mean[200_001] = math.nan, math.inf
        tensors = [torch.from_numpy(values) for values in (self.delta, self.mean, self.coarse)]
        for per_unit in (0, 1, 70, 1000, 210_000):
            for begin, end in ((0, self.count), (6, 200_000), (70, 140_000), (75, 140_000), (3, 4)):
                chunk = Chunk(0, begin, end - begin)
                for coarse in (True, False):
                    with self.subTest(per_unit=per_unit, begin=begin, end=end, coarse=coarse):
                        expected, found = (
                            function(tensor(self.count, per_unit), chunk, *(value[begin:end] for value in values[:2]),
                                     values[2][begin:end] if coarse else None)
                            for function, values in ((allocate, (self.delta, self.mean, self.coarse)),
                                                     (allocate_on_device, tensors)))
                        np.testing.assert_allclose(found[0], expected[0], rtol=1e-10, atol=1e-12)
                        if per_unit:
                            np.testing.assert_allclose(found[1], expected[1], rtol=1e-10, atol=1e-10)
        self.assertAlmostEqual(product_on_device(tensors[0], tensors[2]), product(self.delta, self.coarse), places=9)


if __name__ == "__main__":
    unittest.main()
