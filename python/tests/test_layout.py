"""Names, kinds, units and order of what is booked."""

from __future__ import annotations

import unittest

import support  # noqa: F401
import torch
from torch import nn

import models
from lossledger.evaluator import Evaluator
from lossledger.layout import find_layout
from lossledger.step import Role


class LayoutTest(unittest.TestCase):
    def test_a_layer_is_the_module_that_owns_parameters(self) -> None:
        layout = find_layout(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.BatchNorm1d(4)))).layout
        self.assertEqual([(layer.name, layer.kind, layer.units) for layer in layout.layers],
                         [("0", "Linear", 4), ("2.0", "BatchNorm1d", 4)])
        self.assertEqual([(tensor.name, tensor.layer_index, tensor.role, tensor.parameters_per_unit)
                          for tensor in layout.tensors],
                         [("0.weight", 0, Role.WEIGHT, 3), ("0.bias", 0, Role.BIAS, 1),
                          ("2.0.weight", 1, Role.GAIN, 1), ("2.0.bias", 1, Role.BIAS, 1)])

    def test_a_root_with_parameters_is_named_by_its_class(self) -> None:
        self.assertEqual([layer.name for layer in find_layout(nn.Linear(2, 1)).layout.layers], ["Linear"])

    def test_names_that_wrappers_add_are_removed(self) -> None:
        class DataParallel(nn.Module):
            def __init__(self, module: nn.Module) -> None:
                super().__init__()
                self.module = module

        class Compiled(nn.Module):
            def __init__(self, module: nn.Module) -> None:
                super().__init__()
                self._orig_mod = module

        class Own(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.module = nn.Linear(2, 2)

        model = nn.ModuleDict({"a": DataParallel(Compiled(nn.Linear(2, 2))), "b": Own()})
        layout = find_layout(model).layout
        self.assertEqual([layer.name for layer in layout.layers], ["a", "b.module"])
        self.assertEqual([tensor.name for tensor in layout.tensors][:2], ["a.weight", "a.bias"])

    def test_units_of_every_kind_are_as_documented(self) -> None:
        expected = {
            "grouped convolution": {"0": 6}, "transposed convolution": {"0": 6}, "instance norm": {"0": 4, "1": 4},
            "attention and embedding": {"words": 8, "attention": 2, "attention.out_proj": 8, "norm": 8, "out": 3},
            "lstm": {"cells": 20, "out": 3}, "gru": {"cells": 5, "out": 3}, "rnn": {"cells": 5, "out": 3},
            "tied weights": {"words": 8}, "weight norm": {"0": 8, "1": 0, "3": 3},
            "parametrized orthogonal": {"0": 8, "1": 0, "3": 3},
            "bare, bilinear and unused parameters": {"Bare": 0, "pair": 3}}
        for name, units in expected.items():
            found = {layer.name: layer.units for layer in find_layout(models.build(name)[0]).layout.layers}
            with self.subTest(name):
                self.assertEqual({key: found[key] for key in units}, units)

    def test_units_of_a_layer_follow_each_other_in_the_order_of_its_tensors(self) -> None:
        for name in models.CASES:
            for layer in find_layout(models.build(name)[0]).layout.layers:
                if layer.units:
                    reached = 0
                    for tensor in layer.tensors:
                        with self.subTest(name, tensor=tensor.name):
                            self.assertLessEqual(tensor.first_unit, reached)
                            self.assertEqual(tensor.count % tensor.parameters_per_unit, 0)
                        reached = max(reached, tensor.first_unit + tensor.count // tensor.parameters_per_unit)
                    self.assertEqual(reached, layer.units)

    def test_every_parameter_has_its_own_place_in_the_flat_vector(self) -> None:
        for name in models.CASES:
            model, data = models.build(name)
            layout = find_layout(model)
            evaluator = Evaluator(model, layout, models.loss)
            number = 0
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.copy_(torch.arange(number, number + parameter.numel()).reshape(parameter.shape))
                    number += parameter.numel()
            with self.subTest(name):
                point = evaluator.point()
                self.assertEqual(sorted(point.tolist()), list(range(number)))
                before = [parameter.detach().clone() for parameter in model.parameters()]
                with torch.no_grad():
                    for parameter in model.parameters():
                        parameter.zero_()
                evaluator.move(point)
                self.assertTrue(all(map(torch.equal, before, model.parameters())))

    def test_a_transposed_convolutions_unit_holds_one_output_channel(self) -> None:
        model = nn.ConvTranspose2d(4, 6, 3, groups=2)
        with torch.no_grad():
            for group in range(2):
                for channel in range(3):
                    model.weight[2 * group:2 * group + 2, channel] = 3 * group + channel
        layout = find_layout(model)
        point = Evaluator(model, layout, models.loss).point()
        tensor = layout.layout.tensors[0]
        units = point[:tensor.count].reshape(-1, tensor.parameters_per_unit)
        self.assertEqual(units.unique(dim=1).tolist(), [[float(unit)] for unit in range(6)])

    def test_models_that_cannot_be_booked_are_refused_by_name(self) -> None:
        for model, reason in ((nn.ReLU(), "must have parameters. Found: none in ReLU"),
                              (nn.Sequential(nn.LazyLinear(3)), "0.weight without a shape"),
                              (nn.ParameterList([nn.Parameter(torch.zeros(2, dtype=torch.complex64))]), "complex64")):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                find_layout(model)


if __name__ == "__main__":
    unittest.main()
