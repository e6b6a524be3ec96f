"""Builds the update records of one run, one chunk at a time."""

from __future__ import annotations

import math
from typing import Iterator, NamedTuple, Optional, Sequence

import numpy as np

from lossledger import limits
from lossledger.manifest import element_type, objective_kind
from lossledger.step import Allocated, Chunk, MeasuredStep, ObjectiveStep, RunFacts, Sums
from lossledger.v1 import update_pb2

_COUNTS = ("parameters", "helped", "hurt", "zero", "nonfinite")


class Record(NamedTuple):
    """A record of the update topic."""

    key: bytes
    value: bytes


class UpdateBuilder:
    """Builds the records of one run from steps that `StepRules` has accepted. Immutable."""

    def __init__(self, facts: RunFacts, plan: Sequence[Chunk], session: int) -> None:
        self._facts = facts
        self._tensors = facts.layout.tensors
        self._plan = plan
        self._session = session
        self._element = np.dtype("<f8" if facts.float64 else "<f4")

    def records(self, step: MeasuredStep) -> Iterator[Record]:
        """The chunks of one step, in order, built when they are asked for."""
        facts = _step_facts(step)
        for index in range(len(self._plan)):
            update = self._keyed(index, step.step)
            update.steps_covered = step.steps_covered
            update.facts.CopyFrom(facts)
            self._fill(update.tensor_chunk, step, index)
            yield _record(update)

    def end_records(self, step: int, outcome: int, any_sent: bool) -> Iterator[Record]:
        """The end marker of every chunk, or of the only chunk of a run without steps. step follows the last one trained."""
        for index in range(len(self._plan) if any_sent else 1):
            update = self._keyed(index, step)
            if not any_sent:
                update.tensor = 0
                update.chunks_in_step = 1
            update.finished.outcome = outcome
            yield _record(update)

    def _keyed(self, index: int, step: int) -> update_pb2.Update:
        return update_pb2.Update(
            run=self._facts.run,
            step=step,
            first_step=self._facts.first_step,
            tensor=self._plan[index].tensor,
            chunk=index,
            chunks_in_step=len(self._plan),
            session=self._session,
        )

    def _fill(self, body: update_pb2.TensorChunk, step: MeasuredStep, index: int) -> None:
        chunk = self._plan[index]
        tensor = self._tensors[chunk.tensor]
        body.tensor_name = tensor.name
        body.layer = tensor.layer
        body.layer_index = tensor.layer_index
        body.role = int(tensor.role)
        body.element_type = element_type(self._facts)
        body.offset = chunk.offset
        body.count = chunk.count
        body.parameters_per_unit = tensor.parameters_per_unit
        body.first_unit = tensor.first_unit
        if step.delta is not None:
            body.delta = self._bytes(step.delta, chunk)
        for name, deltas in step.parts:
            body.parts.add(name=name, delta=self._bytes(deltas, chunk))
        for objective in step.objectives:
            self._fill_objective(body.objectives.add(), objective, index)

    def _fill_objective(self, body: update_pb2.ObjectiveChunk, objective: ObjectiveStep, index: int) -> None:
        body.name = objective.name
        body.weight = objective.weight
        body.kind = objective_kind(objective.sampled)
        body.loss_start = objective.loss_start
        body.loss_end = objective.loss_end
        body.capped = objective.capped
        if objective.allocated is not None:
            _fill_allocated(body.allocated, objective.rule, objective.allocated[index])
            return
        chunk, vectors = self._plan[index], objective.vectors
        body.averaged.rule = objective.rule
        body.averaged.mean = self._bytes(vectors.mean, chunk)
        if vectors.coarse_mean is not None:
            body.averaged.coarse_mean = self._bytes(vectors.coarse_mean, chunk)
        if vectors.contrast is not None:
            body.sampling_contrast = self._bytes(vectors.contrast, chunk)

    def _bytes(self, arrays: Sequence[np.ndarray], chunk: Chunk) -> bytes:
        part = arrays[chunk.tensor][chunk.offset : chunk.offset + chunk.count]
        return part.astype(self._element, copy=False).tobytes()


def step_bytes(step: MeasuredStep) -> int:
    """About how many bytes the records of a step take: its arrays."""
    arrays = list(step.delta or ()) + [array for _, deltas in step.parts for array in deltas]
    for objective in step.objectives:
        if objective.vectors is not None:
            vectors = objective.vectors
            for each in (vectors.mean, vectors.coarse_mean, vectors.contrast):
                arrays.extend(each or ())
        for allocated in objective.allocated or ():
            for units in (allocated.unit_lca, *(part.unit_lca for part in allocated.parts)):
                arrays.extend(() if units is None else (units,))
    return sum(array.nbytes for array in arrays)


def _record(update: update_pb2.Update) -> Record:
    key = f"{update.run}|{update.tensor}|{update.chunk}"
    return Record(key.encode(), update.SerializeToString())


def _step_facts(step: MeasuredStep) -> update_pb2.StepFacts:
    facts = update_pb2.StepFacts(
        minibatch_loss=step.minibatch_loss,
        learning_rate=step.learning_rate,
        examples=step.examples,
        warning=limits.cut_text(step.warning, limits.MAX_WARNING),
    )
    facts.time.FromMicroseconds(round(step.time * 1_000_000))
    return facts


def _fill_allocated(body: update_pb2.AllocatedChunk, rule: str, allocated: Allocated) -> None:
    body.rule = rule
    body.sums.CopyFrom(_sums(allocated.sums))
    body.coarse_sums = not math.isnan(allocated.sums.coarse_lca)
    if allocated.sampling_error is not None:
        body.sampling_error = allocated.sampling_error
    _fill_units(body, allocated.unit_lca)
    for part in allocated.parts:
        of_part = body.parts.add(name=part.name, sums=_sums(part.sums))
        _fill_units(of_part, part.unit_lca)


def _fill_units(body: "update_pb2.AllocatedChunk | update_pb2.AllocatedPart", units: Optional[np.ndarray]) -> None:
    if units is None:
        return
    field = body.unit_lca_float if units.dtype == np.float32 else body.unit_lca
    field.extend(units.tolist())


def _sums(sums: Sums) -> update_pb2.AllocationSums:
    values = {name: int(value) if name in _COUNTS else float(value) for name, value in sums._asdict().items()}
    return update_pb2.AllocationSums(**values)
