"""A transformer of ten million parameters with a ledger: does it balance, and what memory does it take?

    python large.py [--width 464] [--blocks 4] [--steps 100] [--every 50] [--splits 2]

Trains it without and with a ledger, each in a process of its own, and prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict

import torch

import lossledger
import setups
from lossledger.archive_file import read_archive
from lossledger.v1 import update_pb2

BATCH, SAMPLE = 8, 32


def train(arguments: argparse.Namespace, to: str) -> None:
    """Trains with a ledger if there is a target, and prints seconds and the largest memory as JSON."""
    torch.set_num_threads(arguments.threads)
    model, data, loss, make = setups.gpt(1000, arguments.width, arguments.blocks, length=12)
    optimizer = make(model.parameters())
    ledger = None
    if to:
        ledger = lossledger.watch(model, optimizer, loss=loss, data=data, sample=SAMPLE, every=arguments.every,
                                  splits=arguments.splits, to=to, seed=1)
    draws = torch.Generator().manual_seed(5)
    began = time.perf_counter()
    for _ in range(arguments.steps):
        chosen = torch.randint(len(data[0]), (BATCH,), generator=draws)
        optimizer.zero_grad()
        loss(model, tuple(part[chosen] for part in data)).backward()
        optimizer.step()
    took = time.perf_counter() - began
    if ledger is not None:
        ledger.finish()
    print(json.dumps({
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "seconds": took,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


def balance(file: pathlib.Path) -> tuple[int, float, float]:
    """Segments, residual as a share of what moved, and bytes of a segment, from the file alone."""
    change: dict[int, float] = {}
    lca: dict[str, float] = defaultdict(float)
    size = 0
    for entry in read_archive(file):
        update = update_pb2.Update.FromString(entry.record.value)
        for objective in update.tensor_chunk.objectives:
            change[update.step] = objective.loss_end - objective.loss_start
            lca[update.tensor_chunk.layer] += objective.allocated.sums.lca
            size += len(entry.record.value)
    residual = abs(sum(change.values()) - sum(lca.values()))
    return len(change), residual / max(abs(sum(change.values())), sum(map(abs, lca.values()))), size / len(change)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=464)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--train", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.train is not None:
        train(arguments, arguments.train)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "large.ll")
        found = []
        for to in ("", f"file:{file}"):
            command = [sys.executable, *sys.argv, "--train", to]
            found.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        plain, watched = found
        segments, share, size = balance(file)
    print("| parameters | every | splits | segments | residual / what moved | bytes a segment | time | memory without | memory with |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    print(f"| {plain['parameters']:,} | {arguments.every} | {arguments.splits} | {segments} | {share:.1e} | {size:,.0f} "
          f"| {watched['seconds'] / plain['seconds']:.2f} | {plain['mib']:,.0f} MiB | {watched['mib']:,.0f} MiB |")


if __name__ == "__main__":
    main()
