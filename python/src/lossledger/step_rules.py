"""The rules that a measured step must obey to be sent; the processor would reject the whole step otherwise."""

from __future__ import annotations

import math
import re
from typing import Optional, Sequence

import numpy as np

from lossledger import limits
from lossledger.step import Allocated, Chunk, MeasuredStep, ObjectiveStep, RunFacts, Sums

_RULE = re.compile("|".join(["midpoint", "trapezoid", "first-order", *(f"simpson-{n}" for n in range(2, 33, 2))]))
_LAST_SECOND = 253402300799  # of the year 9999


class StepRules:
    """Checks the steps of one run. Each rule raises ValueError with a message `name: rule. Found: value`. Immutable."""

    def __init__(self, facts: RunFacts, form: str, plan: Sequence[Chunk]) -> None:
        self._facts = facts
        self._sums = form == "sums"
        self._plan = plan
        self._tensors = facts.layout.tensors
        self._names = [objective.name for objective in facts.objectives]
        self._dtype = np.dtype(np.float64 if facts.float64 else np.float32)

    def require(self, step: MeasuredStep, next_step: int) -> None:
        """Checks a step that must begin at next_step or later."""
        first = step.step - step.steps_covered + 1
        if step.steps_covered < 1 or first < next_step or step.step > limits.MAX_STEP:
            raise ValueError(
                f"step: must begin at step {next_step} or later, cover at least one step and be at most {limits.MAX_STEP}. "
                f"Found: {step.steps_covered} steps to step {step.step}"
            )
        if not 0 <= step.time <= _LAST_SECOND:
            raise ValueError(f"time: must be in seconds since 1970, before the year 10000. Found: {step.time}")
        if step.examples is not None and not 0 <= step.examples < 2**32:
            raise ValueError(f"examples: must be from 0 to 2^32 - 1. Found: {step.examples}")
        found = [objective.name for objective in step.objectives]
        if found != self._names:
            raise ValueError(f"objectives: must be those of the run, {', '.join(self._names)}. Found: {', '.join(found)}")
        if self._sums:
            self._require_no_vectors(step)
        else:
            self._require_deltas(step)
        for objective in step.objectives:
            self._require_objective(objective)

    def _require_objective(self, objective: ObjectiveStep) -> None:
        name = f"objective {objective.name}"
        if not _RULE.fullmatch(objective.rule):
            raise ValueError(
                f"{name}: rule must be simpson-2 ... simpson-32, midpoint, trapezoid or first-order. Found: {objective.rule}"
            )
        given = "allocated" if objective.allocated is not None else "vectors" if objective.vectors is not None else "neither"
        if objective.allocated is not None and objective.vectors is not None:
            given = "both"
        expected = "allocated" if self._sums else "vectors"
        if given != expected:
            raise ValueError(f"{name}: must have {expected}, as all steps of the run. Found: {given}")
        if objective.allocated is not None:
            self._require_allocated(name, objective.allocated)
        if objective.vectors is not None:
            self._require_arrays(f"{name}: mean", objective.vectors.mean)
            self._require_arrays(f"{name}: coarse_mean", objective.vectors.coarse_mean)
            self._require_arrays(f"{name}: contrast", objective.vectors.contrast)

    def _require_no_vectors(self, step: MeasuredStep) -> None:
        if step.delta is not None or step.parts:
            raise ValueError("delta: must be None, and parts empty, when steps are sent as sums. Found: arrays")

    def _require_deltas(self, step: MeasuredStep) -> None:
        if step.delta is None:
            raise ValueError("delta: must be there when steps are sent as vectors. Found: None")
        self._require_arrays("delta", step.delta)
        self._require_parts("parts", [name for name, _ in step.parts])
        for name, deltas in step.parts:
            self._require_arrays(f"part {name}", deltas)

    def _require_parts(self, field: str, found: list[str]) -> None:
        if found != list(self._facts.parts):
            raise ValueError(f"{field}: must be those of the run, {list(self._facts.parts)}. Found: {found}")

    def _require_arrays(self, field: str, arrays: Optional[Sequence[np.ndarray]]) -> None:
        if arrays is None:
            return
        if len(arrays) != len(self._tensors):
            raise ValueError(f"{field}: must have {len(self._tensors)} arrays, one for each tensor. Found: {len(arrays)}")
        for tensor, array in zip(self._tensors, arrays):
            if array.shape != (tensor.count,) or array.dtype != self._dtype:
                raise ValueError(
                    f"{field}: must have {tensor.count} elements of {self._dtype} for {tensor.name}. "
                    f"Found: shape {array.shape} of {array.dtype}"
                )

    def _require_allocated(self, name: str, allocated: Sequence[Allocated]) -> None:
        if len(allocated) != len(self._plan):
            raise ValueError(f"{name}: must have {len(self._plan)} entries, one for each chunk. Found: {len(allocated)}")
        drawn = sum(each.sampling_error is not None for each in allocated)
        if drawn not in (0, len(allocated)):
            raise ValueError(f"{name}: sampling_error must be in all chunks of a step, or in none. Found: in {drawn}")
        for chunk, each in zip(self._plan, allocated):
            field = f"{name}, {self._tensors[chunk.tensor].name}"
            self._require_sums(field, chunk, each.sums)
            self._require_units(field, chunk, each.unit_lca)
            self._require_parts(f"{field}: parts", [part.name for part in each.parts])
            for part in each.parts:
                self._require_sums(f"{field}, part {part.name}", chunk, part.sums)
                self._require_units(f"{field}, part {part.name}", chunk, part.unit_lca)

    @staticmethod
    def _require_sums(field: str, chunk: Chunk, sums: Sums) -> None:
        classes = (sums.helped, sums.hurt, sums.zero, sums.nonfinite)
        if sums.parameters != chunk.count or sum(classes) != chunk.count or min(classes) < 0:
            raise ValueError(
                f"{field}: parameters and their four classes must add up to {chunk.count}. "
                f"Found: {sums.parameters} and {sum(classes)}"
            )
        if sums.gradient_squares < 0 or sums.delta_squares < 0:
            raise ValueError(
                f"{field}: gradient_squares and delta_squares must not be negative. "
                f"Found: {sums.gradient_squares} and {sums.delta_squares}"
            )

    def _require_units(self, field: str, chunk: Chunk, units: Optional[np.ndarray]) -> None:
        per_unit = self._tensors[chunk.tensor].parameters_per_unit
        expected = 0
        if per_unit:
            expected = (chunk.offset + chunk.count - 1) // per_unit - chunk.offset // per_unit + 1
        found = 0 if units is None else math.prod(units.shape)
        if found != expected or (units is not None and (units.ndim != 1 or units.dtype.kind != "f")):
            raise ValueError(
                f"{field}: unit_lca must have {expected} floating-point elements, one for each unit of the chunk. "
                f"Found: {'None' if units is None else f'shape {units.shape} of {units.dtype}'}"
            )
