"""The values that one measured step consists of: the model's layout, what each objective measured, facts about the step.

Needs numpy alone. Arrays are not copied: do not write to them afterwards.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import NamedTuple, Optional, Sequence

import numpy as np


class Role(enum.IntEnum):
    """What the parameters of a tensor do in their layer; numbers as in the contract's ParameterRole."""

    WEIGHT = 1
    BIAS = 2
    GAIN = 3
    OTHER = 4


@dataclass(frozen=True)
class Tensor:
    """One booked parameter tensor, flattened so that the parameters of a unit are contiguous.

    parameters_per_unit is 0 when the tensor is not mapped to units; first_unit is the unit of its first parameter.
    """

    name: str
    layer: str
    layer_index: int
    role: Role
    shape: tuple[int, ...]
    count: int
    parameters_per_unit: int
    first_unit: int


@dataclass(frozen=True)
class Layer:
    """One layer: its name is the path of the owning module. units is 0 when it is not mapped to units."""

    name: str
    kind: str
    units: int
    tensors: tuple[Tensor, ...]


@dataclass(frozen=True)
class Layout:
    """The booked layers in model order. Tensors are numbered in this order, across layers."""

    layers: tuple[Layer, ...]

    @property
    def tensors(self) -> list[Tensor]:
        return [tensor for layer in self.layers for tensor in layer.tensors]

    @property
    def parameters(self) -> int:
        return sum(tensor.count for tensor in self.tensors)


class Chunk(NamedTuple):
    """A contiguous range of one flattened tensor: parameters offset to offset + count of tensor number `tensor`."""

    tensor: int
    offset: int
    count: int


class Sums(NamedTuple):
    """Sums over the parameters of one chunk, as in the contract's AllocationSums; NaN where there is no coarser rule."""

    parameters: int
    helped: int
    hurt: int
    zero: int
    nonfinite: int
    lca: float
    help: float
    harm: float
    sum_of_squares: float
    largest_help: float
    largest_harm: float
    coarse_lca: float
    absolute_estimate: float
    gradient_squares: float
    delta_squares: float


@dataclass(frozen=True)
class AllocatedPart:
    """What one part of the update, such as momentum, changed. unit_lca is None when the tensor has no units."""

    name: str
    sums: Sums
    unit_lca: Optional[np.ndarray]


@dataclass(frozen=True)
class Allocated:
    """One chunk that is allocated already. sampling_error has a sign: it is summed before it is squared."""

    sums: Sums
    unit_lca: Optional[np.ndarray]
    sampling_error: Optional[float] = None
    parts: Sequence[AllocatedPart] = ()


@dataclass(frozen=True)
class Vectors:
    """Averaged gradients, one flat array for each tensor of the layout, unit-major, float32 or float64.

    coarse_mean is None when there is no coarser rule, contrast when the objective is not sampled.
    """

    mean: Sequence[np.ndarray]
    coarse_mean: Optional[Sequence[np.ndarray]] = None
    contrast: Optional[Sequence[np.ndarray]] = None


@dataclass(frozen=True)
class ObjectiveStep:
    """What one objective measured over one segment.

    rule is a name of the contract, such as simpson-2. Either `allocated` has one entry for each chunk of the run's plan,
    or `vectors` holds the gradients; never both.
    """

    name: str
    weight: float
    sampled: bool
    loss_start: float
    loss_end: float
    rule: str
    capped: bool = False
    allocated: Optional[Sequence[Allocated]] = None
    vectors: Optional[Vectors] = None


@dataclass(frozen=True)
class MeasuredStep:
    """One measured segment of the trajectory: it ends at the parameters after `step` and spans `steps_covered` steps.

    delta, and the deltas of the parts (pairs of a name and one array for each tensor), are there for `vectors` only.
    time is in seconds since 1970.
    """

    step: int
    steps_covered: int
    time: float
    objectives: Sequence[ObjectiveStep]
    delta: Optional[Sequence[np.ndarray]] = None
    parts: Sequence[tuple[str, Sequence[np.ndarray]]] = ()
    minibatch_loss: Optional[float] = None
    learning_rate: Optional[float] = None
    examples: Optional[int] = None
    warning: str = ""


@dataclass
class ObjectiveFacts:
    """What the manifest says about an objective."""

    name: str
    weight: float
    sampled: bool
    examples: int
    chunk_examples: int = 0
    sample_examples: int = 0
    loss: str = ""


@dataclass
class RunFacts:
    """What the manifest says about a run; everything but the run id and the layout may stay empty.

    parts names the parts of the update that every step has, in their order.
    """

    run: str
    layout: Layout
    objectives: Sequence[ObjectiveFacts]
    rule: str = "simpson-2"
    every: int = 1
    model: str = ""
    data_set: str = ""
    optimizer: str = ""
    batch_size: int = 0
    first_step: int = 0
    planned_steps: Optional[int] = None
    float64: bool = False
    versions: dict[str, str] = field(default_factory=dict)
    parts: Sequence[str] = ()
