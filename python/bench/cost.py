"""What a ledger costs: training with one, in plain training steps, all variants in turn in one run.

    python cost.py [--model mlp|convnet|gpt] [--rounds 5] [--to file:] [--threads 1]

Prints a Markdown table. `file:` writes into a folder that is removed; `host:port` sends to Kafka. A plain step and a
measured one evaluate the same number of examples: the batch is as large as the sample.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from typing import Any, Optional

import torch

import lossledger
import setups

BATCH = 256


def train(setup: setups.Setup, steps: int, options: Optional[dict[str, Any]]) -> tuple[float, Any]:
    """Seconds for the steps, without starting and ending the ledger, and its report."""
    model, data, loss, make = setup
    optimizer = make(model.parameters())
    ledger = None if options is None else lossledger.watch(model, optimizer, loss=loss, data=data, sample=BATCH, **options)
    draws = torch.Generator().manual_seed(5)
    began = time.perf_counter()
    for _ in range(steps):
        chosen = torch.randint(len(data[0]), (BATCH,), generator=draws)
        optimizer.zero_grad()
        loss(model, tuple(part[chosen] for part in data)).backward()
        optimizer.step()
    took = time.perf_counter() - began
    return took, None if ledger is None else ledger.finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="mlp", choices=["mlp", "convnet", "gpt"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--to", default="file:")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    variants: list[tuple[str, Optional[dict[str, Any]]]] = [("plain", None)]
    for every in (1, 10, 50):
        for form in ("sums", "vectors"):
            variants.append((f"every {every}, {form}", {"every": every, "form": form}))
    ratios: dict[str, list[float]] = {name: [] for name, _ in variants}
    size: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds + 1):  # the first round warms up
            plain = 0.0
            for name, options in variants:
                if options is not None:
                    file = arguments.to == "file:"
                    target = f"file:{folder}/{number}-{name.replace(' ', '')}.ll" if file else arguments.to
                    options = {**options, "to": target}
                took, report = train(getattr(setups, arguments.model)(), arguments.steps, options)
                plain = took if options is None else plain
                if number:
                    ratios[name].append(took / plain)
                if report is not None and report.steps:
                    size[name] = report.bytes / report.steps
    parameters = sum(parameter.numel() for parameter in getattr(setups, arguments.model)().model.parameters())
    print(f"{arguments.model}, {parameters:,} parameters, batch and sample {BATCH}, {arguments.threads} thread(s), "
          f"torch {torch.__version__}, {plain / arguments.steps * 1e3:.2f} ms a plain step\n")
    print("| variant | plain steps a step, median | least | most | bytes a measured step |\n|---|--:|--:|--:|--:|")
    for name, _ in variants[1:]:
        found = ratios[name]
        print(f"| {name} | {statistics.median(found):.2f} | {min(found):.2f} | {max(found):.2f} | {size[name]:,.0f} |")


if __name__ == "__main__":
    main()
