"""The positions of parameters in the flat vector, which keeps the parameters of a unit together.

A unit is an output neuron or channel with its incoming weights and bias:

| module | unit | parameters |
|---|---|---|
| Linear, Bilinear, Conv1d-3d | output | rows |
| ConvTranspose1d-3d | output channel | [in, out/groups, …] transposed |
| Embedding, EmbeddingBag | component of the vector | [words, components] transposed: a linear layer over one-hot words |
| batch, layer, group and instance norm, RMSNorm | channel | gain and bias |
| MultiheadAttention | head, with its queries, keys and values | one tensor each for q, k and v |
| RNN, LSTM, GRU and their cells | hidden neuron, with its gates | one tensor for each gate |

Everything else, recurrent layers with projections included, is booked by layer and has no units.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import torch
from torch import nn

from lossledger.step import Role

_LINEAR = (nn.Linear, nn.Bilinear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm) + (
    (nn.RMSNorm,) if hasattr(nn, "RMSNorm") else ())
_GATES = {"LSTM": ("i", "f", "g", "o"), "GRU": ("r", "z", "n"), "RNN": ("",)}


@dataclass(frozen=True)
class Placement:
    """One booked tensor: rows `row` to `row + rows` of a parameter, at `start` in the flat vector.

    groups is above 0 when the flat order is transposed: the parameter is [groups * in, out, …], the vector
    [groups, out, in, …]. shape is that of the rows in the parameter. Immutable.
    """

    name: str
    parameter: int
    shape: tuple[int, ...]
    row: int = 0
    groups: int = 0
    parameters_per_unit: int = 0
    first_unit: int = 0
    start: int = 0

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def at(self, start: int) -> Placement:
        """The same tensor at another place of the flat vector."""
        return dataclasses.replace(self, start=start)

    def inside(self, flat: torch.Tensor) -> torch.Tensor:
        """This tensor's elements of the flat vector, as a view that `of` a parameter agrees with."""
        part = flat[self.start:self.start + self.count]
        if self.groups == 0:
            return part.view(self.shape)
        inner = self.shape[0] // self.groups
        return part.view(self.groups, self.shape[1], inner, *self.shape[2:]).transpose(1, 2)

    def of(self, parameter: torch.Tensor) -> torch.Tensor:
        """The same elements of a parameter or gradient, as a view; it may be non-contiguous."""
        if not self.shape:
            return parameter
        rows = parameter.narrow(0, self.row, self.shape[0])
        return rows if self.groups == 0 else rows.unflatten(0, (self.groups, self.shape[0] // self.groups))


def units_of(module: nn.Module, path: str, key: str, parameter: nn.Parameter,
             index: int) -> list[tuple[Placement, Role]]:
    """The booked tensors of one parameter with their roles.

    path is the parameter's name in the model, key the one in its module, index its number among the parameters.
    """
    shape = tuple(parameter.shape)
    role = Role.BIAS if key.startswith("bias") else Role.WEIGHT if "weight" in key else Role.OTHER
    if 0 in shape:
        return []
    if isinstance(module, nn.MultiheadAttention):
        return _attention(module, Placement(path, index, shape), key)
    if isinstance(module, (nn.RNNBase, nn.RNNCellBase)):
        return _recurrent(module, Placement(path, index, shape), key)
    place = Placement(path, index, shape)
    if key in ("weight", "bias"):
        if isinstance(module, _LINEAR):
            place = _by_rows(place, shape[0])
        elif isinstance(module, _TRANSPOSED):
            place = _by_rows(place, shape[0]) if key == "bias" else dataclasses.replace(
                place, groups=module.groups, parameters_per_unit=place.count // module.out_channels)
        elif isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
            place = dataclasses.replace(place, groups=1, parameters_per_unit=shape[0])
        elif isinstance(module, _NORMS):
            place = _by_rows(place, place.count)
            role = Role.GAIN if key == "weight" else Role.BIAS
    return [(place, role)]


def _by_rows(place: Placement, units: int, first_unit: int = 0) -> Placement:
    return dataclasses.replace(place, parameters_per_unit=place.count // units, first_unit=first_unit)


def _attention(module: nn.MultiheadAttention, place: Placement, key: str) -> list[tuple[Placement, Role]]:
    heads = module.num_heads
    role = Role.BIAS if "bias" in key else Role.WEIGHT
    if not key.startswith("in_proj"):
        return [(_by_rows(place, heads), role)]
    return [(_by_rows(_rows(place, "." + name, third, 3), heads), role) for third, name in enumerate("qkv")]


def _recurrent(module: nn.Module, place: Placement, key: str) -> list[tuple[Placement, Role]]:
    role = Role.BIAS if key.startswith("bias") else Role.WEIGHT
    if getattr(module, "proj_size", 0):
        return [(place, role)]
    kind = next((kind for kind in _GATES if kind in type(module).__name__), None)
    if kind is None or place.shape[0] != len(_GATES[kind]) * module.hidden_size:
        return [(place, role)]
    first = 0
    if isinstance(module, nn.RNNBase):
        layer = int(key.replace("_reverse", "").rpartition("_l")[2])
        first = (layer * (1 + module.bidirectional) + key.endswith("_reverse")) * module.hidden_size
    gates = _GATES[kind]
    return [(_by_rows(_rows(place, "." + gate if gate else "", number, len(gates)), module.hidden_size, first), role)
            for number, gate in enumerate(gates)]


def _rows(place: Placement, suffix: str, number: int, parts: int) -> Placement:
    rows = place.shape[0] // parts
    return dataclasses.replace(place, name=place.name + suffix, row=number * rows, shape=(rows,) + place.shape[1:])
