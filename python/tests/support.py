"""Shared by the tests: a publisher in memory, and the package from the source folder when it is not installed."""

from __future__ import annotations

import pathlib
import sys
from dataclasses import dataclass, field
from typing import Any, Optional

for folder in ("bench", "src"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

from lossledger.layout import find_layout, unwrap  # noqa: E402
from lossledger.step import Chunk, Layout, MeasuredStep, ObjectiveStep  # noqa: E402

torch.set_num_threads(1)


@dataclass
class Report:
    steps: int
    skipped: dict[str, int]


@dataclass
class Recorder:
    """Keeps what is published; `chunk` cuts tensors into chunks of so many parameters."""

    layout: Layout
    chunk: int = 1 << 30
    steps: list[MeasuredStep] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    ended: Optional[tuple[str, int, str]] = None

    @property
    def plan(self) -> list[Chunk]:
        return [Chunk(number, offset, min(self.chunk, tensor.count - offset))
                for number, tensor in enumerate(self.layout.tensors) for offset in range(0, tensor.count, self.chunk)]

    def publish(self, step: MeasuredStep) -> None:
        self.steps.append(step)

    def skip(self, count: int, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + count

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def finish(self, outcome: str, steps_trained: int, failure: str = "") -> Report:
        assert self.ended is None
        self.ended = (outcome, steps_trained, failure)
        return Report(len(self.steps), self.skipped)


def recorder(model: nn.Module, **options: Any) -> Recorder:
    return Recorder(find_layout(unwrap(model)).layout, **options)


def total(objective: ObjectiveStep) -> float:
    assert objective.allocated is not None
    return sum(chunk.sums.lca for chunk in objective.allocated)


def residual(objective: ObjectiveStep) -> float:
    return objective.loss_end - objective.loss_start - total(objective)


def allocated(step: MeasuredStep, number: int = 0) -> list[np.ndarray]:
    """LCA by parameter of a step in vectors form."""
    vectors = step.objectives[number].vectors
    assert vectors is not None and step.delta is not None
    return [mean.astype(float) * delta.astype(float) for mean, delta in zip(vectors.mean, step.delta)]
