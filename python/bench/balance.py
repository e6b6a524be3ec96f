"""How well the books balance: the residual of a run as a share of what moved, by length of the segment and splits.

    python balance.py [--steps 100]

Prints a Markdown table. What moved is the larger of |loss change| and the sum of |LCA| over the layers.
"""

from __future__ import annotations

import argparse
import pathlib
import tempfile

import torch

import lossledger
import setups
from large import balance

MODELS = {"mlp": lambda: setups.mlp(2000), "convnet": setups.convnet, "gpt": lambda: setups.gpt(width=64, length=16)}
BATCH = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{arguments.steps} steps, sample 256\n")
    print("| model | every | 2 splits | 4 splits | 8 splits |\n|---|--:|--:|--:|--:|")
    for name, make in MODELS.items():
        for every in (1, 10, 50):
            shares = []
            for splits in (2, 4, 8):
                with tempfile.TemporaryDirectory() as folder:
                    file = pathlib.Path(folder, "run.ll")
                    model, data, loss, optimizer_of = make()
                    optimizer = optimizer_of(model.parameters())
                    with lossledger.watch(model, optimizer, loss=loss, data=data, every=every, splits=splits, seed=1,
                                          to=f"file:{file}"):
                        for _ in range(arguments.steps):
                            chosen = torch.randint(len(data[0]), (BATCH,))
                            optimizer.zero_grad()
                            loss(model, tuple(part[chosen] for part in data)).backward()
                            optimizer.step()
                    shares.append(balance(file)[1])
            print(f"| {name} | {every} | " + " | ".join(f"{share:.1e}" for share in shares) + " |", flush=True)


if __name__ == "__main__":
    main()
