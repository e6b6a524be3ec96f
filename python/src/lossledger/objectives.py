"""Averages the gradient of an objective over a segment, and its loss at both ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Optional, Sequence

import numpy as np
import torch

from lossledger.evaluator import Evaluator, same_tensors
from lossledger.examples import Examples, map_tensors, rows_in
from lossledger.parallel import Devices
from lossledger.rules import QuadratureRule
from lossledger.step import ObjectiveFacts

_ROUNDING = 1e-5
_FEW = 16


@dataclass
class Segment:
    """The straight line from one point of the parameters to another; flat vectors, not to be written to."""

    start: torch.Tensor
    end: torch.Tensor
    delta: torch.Tensor

    def at(self, share: float) -> torch.Tensor:
        if share in (0.0, 1.0):
            return self.end if share else self.start
        return torch.add(self.start, self.delta, alpha=share)


@dataclass
class Average:
    """Averaged gradients as flat vectors; contrast is None unless the objective is sampled."""

    loss_start: float
    loss_end: float
    mean: torch.Tensor
    coarse: torch.Tensor
    contrast: Optional[torch.Tensor] = None


class FixedObjective:
    """The mean loss over a set, in fixed chunks. Losses are added up in float64. Not thread-safe.

    The gradient at the end of a segment is that at the start of the next, unless a buffer of the model has changed, it
    lacks parameters that are trained since, or the loss of a few examples differs, as with a coefficient that is annealed.
    """

    def __init__(self, name: str, examples: Examples, chunk_examples: int, evaluator: Evaluator, devices: Devices) -> None:
        self.facts = ObjectiveFacts(name, 1.0, False, len(examples), chunk_examples)
        self._chunks = [(count / len(examples), batch)
                        for count, batch in examples.chunks(chunk_examples, devices.rank, devices.count)]
        self._evaluator = evaluator
        self._end_point: Optional[torch.Tensor] = None
        self._end: tuple[float, Optional[torch.Tensor]] = (math.nan, None)
        self._buffers: Optional[list[torch.Tensor]] = None
        self._trained: set[int] = set()
        self._few = examples.rows(range(min(_FEW, len(examples))))
        self._few_loss = math.nan

    def first_batch(self) -> Any:
        """A batch for the checks at the start; None when this process has none."""
        return self._chunks[0][1] if self._chunks else None

    def average(self, segment: Segment, rule: QuadratureRule) -> Average:
        """This process's share of the average; inside `evaluating()` only."""
        evaluator = self._evaluator
        mean, coarse = evaluator.zeros(), evaluator.zeros()
        buffers = evaluator.buffers()
        trained = evaluator.trained()
        reusable = (self._end_point is segment.start and trained <= self._trained
                    and same_tensors(self._buffers, buffers) and self._is_same_loss(segment.start))
        known = self._end if reusable else None
        self._end_point = None
        losses = []
        for node, weights in enumerate(zip(rule.weights, rule.coarse)):
            if node == 0 and known is not None:
                loss, gradient = known
            elif node in (0, rule.splits):
                gradient = evaluator.zeros()
                loss = self._evaluate(segment.at(node / rule.splits), [(gradient, 1.0)])
            else:
                gradient = None
                loss = self._evaluate(segment.at(node / rule.splits), _needed((mean, coarse), weights))
            if gradient is not None:
                mean.add_(gradient, alpha=weights[0])
                coarse.add_(gradient, alpha=weights[1])
            losses.append(loss)
        self._end_point, self._end, self._buffers, self._trained = segment.end, (loss, gradient), buffers, trained
        self._few_loss = self._loss_of_few()
        return Average(losses[0], losses[-1], mean, coarse)

    def _is_same_loss(self, point: torch.Tensor) -> bool:
        self._evaluator.move(point)
        return math.isclose(self._loss_of_few(), self._few_loss, rel_tol=1e-6)

    def _loss_of_few(self) -> float:
        return float(self._evaluator.loss(self._few).detach())

    def _evaluate(self, point: torch.Tensor, sums: list[tuple[torch.Tensor, float]]) -> float:
        self._evaluator.move(point)
        return _weighted(self._evaluator, self._chunks, sums)


class SampledObjective:
    """The mean loss over a set, estimated from a new sample for each segment. Not thread-safe.

    The sample is drawn without replacement by the ledger's own generator, independently of the training, and evaluated at
    all nodes: the estimate is unbiased and balances with the sample's own loss change. Half the difference between the
    gradients of its two halves in the middle of the segment, times sqrt(1 - sample / set), is the contrast: its product
    with the update is one draw of the sampling error. All processes draw the same sample, and each evaluates its share of
    both halves.
    """

    def __init__(self, name: str, examples: Examples, sample: int, chunk_examples: int, evaluator: Evaluator,
                 devices: Devices, seed: int) -> None:
        if len(examples) < 2:
            raise ValueError("data: must have at least 2 examples to draw samples from; use sampled=False. "
                             f"Found: {len(examples)}")
        if sample < 2 or sample % 2 or sample > len(examples):
            raise ValueError(f"sample: must be an even number from 2 to the {len(examples)} examples of the set. "
                             f"Found: {sample}")
        self.facts = ObjectiveFacts(name, 1.0, True, len(examples), min(chunk_examples, sample // 2), sample)
        self._examples = examples
        self._chunk_examples = chunk_examples
        self._evaluator = evaluator
        self._devices = devices
        self._random = np.random.Generator(np.random.PCG64(seed))
        self._contrast = math.sqrt(1 - sample / len(examples)) / 2
        self._apart = False

    def first_batch(self) -> Any:
        """A batch for the checks at the start, inside `evaluating()`; None when this process has none."""
        chunk = next((chunk for chunk in self._draw() if chunk.counts[0]), None)
        if chunk is None:
            return None
        if chunk.whole is not None:
            # Not under no_grad: a loss may differentiate by its inputs.
            whole, *halves = (float(self._evaluator.loss(batch).detach()) for batch in (chunk.whole, *chunk.halves))
            # A mean over unmasked tokens, say, is not the mean of its halves' means.
            self._apart = not math.isclose(whole, sum(halves) / 2, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
        return chunk.halves[0]

    def average(self, segment: Segment, rule: QuadratureRule) -> Average:
        """This process's share of the average; inside `evaluating()` only."""
        evaluator = self._evaluator
        mean, coarse, contrast = evaluator.zeros(), evaluator.zeros(), evaluator.zeros()
        chunks = self._draw()
        # The error of a sample hardly changes along a segment, so it is measured in the middle only. Elsewhere both halves are
        # evaluated at once, which is cheaper, unless a half is a batch of its own.
        together = all(chunk.whole is not None for chunk in chunks)
        half, losses = self.facts.sample_examples // 2, []
        for node, (weight, coarse_weight) in enumerate(zip(rule.weights, rule.coarse)):
            evaluator.move(segment.at(node / rule.splits))
            if together and 2 * node != rule.splits:
                batches = [(sum(chunk.counts) / (2 * half), chunk.whole) for chunk in chunks]
                losses.append(_weighted(evaluator, batches, _needed((mean, coarse), (weight, coarse_weight))))
                continue
            loss = 0.0
            for number, sign in enumerate((1, -1)):
                batches = [(chunk.counts[number] / half, chunk.halves[number]) for chunk in chunks
                           if chunk.counts[number]]
                factors = (weight / 2, coarse_weight / 2, sign * self._contrast * (1.0 if together else weight))
                loss += _weighted(evaluator, batches, _needed((mean, coarse, contrast), factors)) / 2
            losses.append(loss)
        return Average(losses[0], losses[-1], mean, coarse, contrast)

    def _draw(self) -> list[_SampleChunk]:
        """A new sample: what this process evaluates of it."""
        numbers = self._random.choice(len(self._examples), self.facts.sample_examples, replace=False)
        first, second = (half[self._devices.rank::self._devices.count] for half in np.split(numbers, 2))
        apart = self._apart or self._evaluator.has_batch_statistics()
        size = self._chunk_examples if apart else max(1, self._chunk_examples // 2)
        return [self._fetch(first[begin:begin + size], second[begin:begin + size], apart)
                for begin in range(0, len(first), size)]

    def _fetch(self, first: np.ndarray, second: np.ndarray, apart: bool) -> _SampleChunk:
        """Examples once: a set with random augmentation would give others the next time."""
        counts = (len(first), len(second))
        if not apart:
            whole = self._examples.rows(np.concatenate([first, second]))
            if rows_in(whole) == sum(counts):
                halves = (map_tensors(whole, lambda tensor: tensor[:counts[0]]),
                          map_tensors(whole, lambda tensor: tensor[counts[0]:]))
                return _SampleChunk(counts, halves, whole)
        return _SampleChunk(counts, (self._examples.rows(first), self._examples.rows(second) if len(second) else None))


@dataclass
class _SampleChunk:
    """Examples of both halves of a sample; whole is None when they cannot be evaluated together."""

    counts: tuple[int, int]
    halves: tuple[Any, Any]
    whole: Optional[Any] = None


def _needed(vectors: Sequence[torch.Tensor], factors: Sequence[float]) -> list[tuple[torch.Tensor, float]]:
    return [(vector, factor) for vector, factor in zip(vectors, factors) if factor]


def _weighted(evaluator: Evaluator, chunks: Sequence[tuple[float, Any]],
              sums: Sequence[tuple[torch.Tensor, float]]) -> float:
    """Adds the chunks' gradients to the sums, and returns their weighted loss."""
    total: Any = 0.0
    for share, batch in chunks:
        loss, gradients = evaluator.gradients(batch)
        total = total + loss.double() * share  # stays on the device: each .item() would wait for it
        evaluator.add(gradients, [(vector, share * factor) for vector, factor in sums])
    return float(total)
