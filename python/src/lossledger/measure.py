"""Turns a segment of the trajectory into a measured step."""

from __future__ import annotations

import time
from typing import Any, Optional, Sequence, Union

import numpy as np
import torch

from lossledger.allocate import allocate, product
from lossledger.allocate_device import allocate_on_device, product_on_device
from lossledger.evaluator import Evaluator
from lossledger.objectives import Average, FixedObjective, SampledObjective, Segment
from lossledger.parallel import Devices
from lossledger.rules import QuadratureRule
from lossledger.step import Allocated, AllocatedPart, Chunk, MeasuredStep, ObjectiveStep, Vectors

Objective = Union[FixedObjective, SampledObjective]


class Measurer:
    """Measures all objectives of a run over one segment after the other. Not thread-safe.

    plan: the chunks to allocate, or None to publish vectors.
    """

    def __init__(self, evaluator: Evaluator, objectives: Sequence[Objective], rule: QuadratureRule,
                 plan: Optional[Sequence[Chunk]], devices: Devices) -> None:
        self._evaluator = evaluator
        self._objectives = objectives
        self._rule = rule
        self._plan = plan
        self._devices = devices
        self._stays = plan is not None and evaluator.layout.parameters[0].is_cuda
        self._tensors = evaluator.layout.layout.tensors
        self._starts = [place.start for place in evaluator.layout.placements]

    def release(self) -> None:
        """Lets go of the sets of examples; nothing can be measured afterwards."""
        self._objectives = ()

    def averages(self, segment: Segment) -> list[Average]:
        """Losses and averaged gradients of all objectives, added up over the processes of a data-parallel training.

        Collective. Raises what the evaluation raises, on every process if on one.
        """
        averages: list[Average] = []
        failure: Optional[Exception] = None
        try:
            with self._evaluator.evaluating():
                self._evaluator.require_known()
                self._evaluator.unfreeze(segment.delta)
                for objective in self._objectives:
                    averages.append(objective.average(segment, self._rule))
        except Exception as error:  # raised below, once the other processes know of it
            failure = error
        try:
            self._devices.require_all(failure)
        finally:
            failure = None  # see require_all
        losses = self._devices.sum([loss for one in averages for loss in (one.loss_start, one.loss_end)])
        for number, one in enumerate(averages):
            one.loss_start, one.loss_end = losses[2 * number:2 * number + 2]
            self._devices.add_up([one.mean, one.coarse] + ([] if one.contrast is None else [one.contrast]))
        return averages

    def step(self, step: int, covered: int, segment: Segment, averages: Sequence[Average],
             parts: Sequence[tuple[str, torch.Tensor]], learning_rate: Optional[float], warning: str) -> MeasuredStep:
        """The measured step: allocated chunk by chunk, or the vectors themselves."""
        delta = self._values(segment.delta)
        moved = [(name, self._values(part)) for name, part in parts]
        objectives = [self._objective(objective, average, delta, moved)
                      for objective, average in zip(self._objectives, averages)]
        vectors = self._plan is None
        return MeasuredStep(
            step, covered, time.time(), objectives,
            delta=self._by_tensor(delta) if vectors else None,
            parts=[(name, self._by_tensor(part)) for name, part in moved] if vectors else (),
            learning_rate=learning_rate, warning=warning)

    def _objective(self, objective: Objective, average: Average, delta: Any,
                   parts: Sequence[tuple[str, Any]]) -> ObjectiveStep:
        mean, coarse = self._values(average.mean), self._values(average.coarse)
        contrast = None if average.contrast is None else self._values(average.contrast)
        facts = objective.facts
        allocated: Optional[list[Allocated]] = None
        vectors: Optional[Vectors] = None
        if self._plan is None:
            vectors = Vectors(self._by_tensor(mean), self._by_tensor(coarse),
                              None if contrast is None else self._by_tensor(contrast))
        else:
            allocated = [self._allocate(chunk, delta, mean, coarse, contrast, parts) for chunk in self._plan]
        return ObjectiveStep(facts.name, facts.weight, facts.sampled, average.loss_start, average.loss_end,
                             self._rule.name, allocated=allocated, vectors=vectors)

    def _allocate(self, chunk: Chunk, delta: Any, mean: Any, coarse: Any, contrast: Any,
                  parts: Sequence[tuple[str, Any]]) -> Allocated:
        tensor = self._tensors[chunk.tensor]
        begin = self._starts[chunk.tensor] + chunk.offset
        here = slice(begin, begin + chunk.count)
        sum_up, multiply = (allocate_on_device, product_on_device) if self._stays else (allocate, product)
        sums, units = sum_up(tensor, chunk, delta[here], mean[here], coarse[here])
        error = None if contrast is None else multiply(delta[here], contrast[here])
        of_parts = [AllocatedPart(name, *sum_up(tensor, chunk, part[here], mean[here], coarse[here]))
                    for name, part in parts]
        return Allocated(sums, units, error, of_parts)

    def _by_tensor(self, vector: np.ndarray) -> list[np.ndarray]:
        return [vector[start:start + tensor.count] for start, tensor in zip(self._starts, self._tensors)]

    def _values(self, vector: torch.Tensor) -> Any:
        """Stays on a CUDA device to be allocated there; otherwise NumPy's, which is faster on the CPU."""
        return vector if self._stays else vector.detach().cpu().numpy()
