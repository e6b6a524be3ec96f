"""Finds the layers, tensors and units of a model, and places its parameters in one flat vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import torch
from torch import nn

from lossledger.placement import Placement, units_of
from lossledger.step import Layer, Layout, Role, Tensor

_WRAPPERS = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
_PARALLEL = ("DataParallel", "DistributedDataParallel", "FullyShardedDataParallel")


@dataclass(frozen=True)
class ModelLayout:
    """What is booked of a model.

    layout and placements have their tensors in the same order; parameters are the model's, each once even when tied.
    Immutable, and so thread-safe.
    """

    layout: Layout
    placements: tuple[Placement, ...]
    parameters: tuple[nn.Parameter, ...]


def unwrap(model: nn.Module) -> nn.Module:
    """The model inside the wrappers of data-parallel training and torch.compile."""
    while True:
        if type(model).__name__ in _PARALLEL:
            model = model.module
        elif "_orig_mod" in model._modules:
            model = model._modules["_orig_mod"]
        else:
            return model


def find_layout(model: nn.Module) -> ModelLayout:
    """The layout of a model: a layer is a module that owns parameters, named by its path.

    Frozen parameters are part of it: their contribution is zero, and they may be trained later.
    Units of each kind of layer: see `lossledger.placement`.

    Raises ValueError when the model has no parameters, or some that are uninitialised or complex.
    """
    owned = _owned(model)
    if not owned:
        raise ValueError("model: must have parameters. Found: none in " + type(model).__name__)
    layers: list[Layer] = []
    placements: list[Placement] = []
    parameters: list[nn.Parameter] = []
    start = 0
    for name, (module, members) in owned.items():
        found: list[tuple[Placement, Role]] = []
        for path, key, parameter in members:
            found += units_of(module, path, key, parameter, len(parameters))
            parameters.append(parameter)
        tensors: list[Tensor] = []
        for place, role in found:
            index = len(layers)
            placements.append(place.at(start))
            start += place.count
            tensors.append(Tensor(place.name, name, index, role, place.shape, place.count,
                                  place.parameters_per_unit, place.first_unit))
        if tensors:
            layers.append(Layer(name, type(module).__name__, _units(tensors), tuple(tensors)))
    if not layers:
        raise ValueError("model: must have parameters. Found: only empty ones in " + type(model).__name__)
    return ModelLayout(Layout(tuple(layers)), tuple(placements), tuple(parameters))


def _owned(model: nn.Module) -> dict[str, tuple[nn.Module, list[tuple[str, str, nn.Parameter]]]]:
    """Layer name to its module and the path, key and parameter of each tensor, in model order."""
    modules = dict(model.named_modules())
    owned: dict[str, tuple[nn.Module, list[tuple[str, str, nn.Parameter]]]] = {}
    for path, parameter in model.named_parameters():  # lists a tied parameter once, at its first owner
        _require_usable(path, parameter)
        owner, _, key = path.rpartition(".")
        layer_path = owner.split(".parametrizations.")[0] if ".parametrizations." in "." + owner else owner
        if owner.startswith("parametrizations."):
            layer_path = ""
        name = _clean(layer_path, modules) or type(model).__name__
        cleaned = (_clean(owner, modules) + "." + key).lstrip(".")
        owned.setdefault(name, (modules[layer_path], []))[1].append((cleaned, key, parameter))
    return owned


def _clean(path: str, modules: dict[str, nn.Module]) -> str:
    """The path without the parts that wrappers add."""
    kept: list[str] = []
    parent = ""
    for part in path.split(".") if path else []:
        wrapped = part in _WRAPPERS or part == "module" and type(modules[parent]).__name__ in _PARALLEL
        if not wrapped:
            kept.append(part)
        parent = (parent + "." + part).lstrip(".")
    return ".".join(kept)


def _require_usable(path: str, parameter: nn.Parameter) -> None:
    if isinstance(parameter, nn.parameter.UninitializedParameter):
        raise ValueError("model: must be initialised; call it once on a batch before watch(). Found: " + path
                         + " without a shape")
    if not parameter.is_floating_point():
        raise ValueError(f"model: must have real floating-point parameters. Found: {path} of type {parameter.dtype}")


def _units(tensors: list[Tensor]) -> int:
    """0 unless every tensor of the layer is mapped: a unit's sum would otherwise lack a part."""
    units: Optional[int] = 0
    for tensor in tensors:
        if tensor.parameters_per_unit == 0:
            return 0
        units = max(units, tensor.first_unit + tensor.count // tensor.parameters_per_unit)
    return units


def element_type(parameters: tuple[nn.Parameter, ...]) -> torch.dtype:
    """float64 when a parameter is; otherwise float32, which holds half precision exactly."""
    wide = any(parameter.dtype == torch.float64 for parameter in parameters)
    return torch.float64 if wide else torch.float32
