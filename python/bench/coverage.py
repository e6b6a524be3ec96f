"""How often the 95 % interval of a sampled objective holds the LCA of the whole set, on the same trajectory.

    python coverage.py [--steps 200] [--windows 10 20 50] [--seeds 6]

Prints a Markdown table. Each layer and the whole model count in every window. The interval is that of the processor:
the root of the sum of the squared draws of the error, times a quantile of Student's t with Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

import argparse
import math
from typing import Any, Callable

import numpy as np
import torch

import lossledger
import setups
from lossledger.layout import find_layout
from lossledger.plan import plan_chunks
from lossledger.step import MeasuredStep, ObjectiveFacts, RunFacts

EXAMPLES, SAMPLE, BATCH = 2000, 100, 100
MODELS: dict[str, Callable[[], setups.Setup]] = {
    "mlp, SGD with momentum": lambda: setups.mlp(EXAMPLES),
    "gpt, AdamW": lambda: setups.gpt(EXAMPLES, width=16, blocks=1, length=10),
}


class Kept:
    """A publisher that keeps the steps."""

    def __init__(self, model: torch.nn.Module, form: str) -> None:
        self.layout = find_layout(model).layout
        facts = RunFacts("kept", self.layout, [ObjectiveFacts("train", 1, True, EXAMPLES), ObjectiveFacts("full", 1, False, EXAMPLES)])
        self.plan = plan_chunks(facts, form)
        self.steps: list[MeasuredStep] = []
        self.publish = self.steps.append

    def skip(self, count: int, reason: str) -> None:
        raise AssertionError(f"{count} steps skipped: {reason}")

    def warn(self, text: str) -> None:
        raise AssertionError(text)

    def finish(self, *_: Any) -> None:
        pass


def student975(degrees: float) -> float:
    """The quantile, by the Cornish-Fisher expansion."""
    z = 1.959963984540054
    return (z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3))


def layers(kept: Kept, form: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """LCA of the sample, its error's draws and LCA of the whole set, each [steps, layers and the model]."""
    tensors = kept.layout.tensors
    count = len(kept.layout.layers)
    found = np.zeros((3, len(kept.steps), count + 1))
    for number, step in enumerate(kept.steps):
        sampled, full = step.objectives
        if form == "sums":
            for chunk, one, other in zip(kept.plan, sampled.allocated, full.allocated):
                at = tensors[chunk.tensor].layer_index
                found[:, number, at] += one.sums.lca, one.sampling_error, other.sums.lca
        else:
            of = zip(tensors, step.delta, sampled.vectors.mean, sampled.vectors.contrast, full.vectors.mean)
            for tensor, delta, *gradients in of:
                found[:, number, tensor.layer_index] += [float(np.dot(delta.astype(float), g)) for g in gradients]
    found[:, :, count] = found[:, :, :count].sum(2)
    return found[0], found[1], found[2]


def trained(make: Callable[[], setups.Setup], form: str, steps: int, seed: int) -> tuple[np.ndarray, ...]:
    model, data, loss, optimizer_of = make()
    optimizer = optimizer_of(model.parameters())
    kept = Kept(model, form)
    ledger = lossledger.watch(model, optimizer, loss=loss, data=data, fixed={"full": data}, sample=SAMPLE, every=1,
                              form=form, seed=seed, publisher=kept)
    torch.manual_seed(seed)
    for _ in range(steps):
        chosen = torch.randint(EXAMPLES, (BATCH,))
        optimizer.zero_grad()
        loss(model, tuple(part[chosen] for part in data)).backward()
        optimizer.step()
    ledger.finish()
    return layers(kept, form)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--windows", type=int, nargs="+", default=[10, 20, 50])
    parser.add_argument("--seeds", type=int, default=6)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"sample {SAMPLE} of {EXAMPLES}, {arguments.steps} steps, {arguments.seeds} seeds; sums and vectors agree\n")
    print("| model | window | intervals | coverage | half width / abs LCA, median |\n|---|--:|--:|--:|--:|")
    for name, make in MODELS.items():
        runs = [trained(make, "vectors", arguments.steps, seed) for seed in range(arguments.seeds)]
        for vectors, sums in zip(runs[0], trained(make, "sums", arguments.steps, 0)):
            np.testing.assert_allclose(sums, vectors, rtol=1e-9, atol=1e-12)
        for length in arguments.windows:
            inside = []
            widths = []
            for estimate, error, truth in runs:
                for first in range(0, arguments.steps, length):
                    window = slice(first, first + length)
                    squares, fourths = (error[window] ** 2).sum(0), (error[window] ** 4).sum(0)
                    for group in np.flatnonzero(fourths):
                        degrees = max(3, 3 * squares[group] ** 2 / fourths[group] - 2)
                        half = math.sqrt(squares[group]) * student975(degrees)
                        exact = truth[window, group].sum()
                        inside.append(abs(estimate[window, group].sum() - exact) <= half)
                        widths.append(half / abs(exact))
            print(f"| {name} | {length} | {len(inside):,} | {np.mean(inside):.1%} | {np.median(widths):.2f} |", flush=True)


if __name__ == "__main__":
    main()
