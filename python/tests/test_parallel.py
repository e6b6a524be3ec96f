"""Data-parallel training on two processes, by gloo on the loopback interface."""

from __future__ import annotations

import os
import pathlib
import pickle
import tempfile
import threading
import time
import unittest
import warnings
from typing import Any, Optional

import support
import numpy as np
import torch
from torch import distributed, multiprocessing, nn

import lossledger
import models


def train(model: nn.Module, data: Any, published: Optional[support.Recorder], rank: int = 0, ranks: int = 1,
          failing: bool = False) -> Any:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    broken = False

    def loss(network: nn.Module, batch: Any) -> torch.Tensor:
        if broken:
            raise RuntimeError("out of memory")
        return models.loss(network, batch)

    with lossledger.watch(model, optimizer, loss=loss, data=data, sample=10, seed=3 + rank, every=2, chunk_examples=4,
                          fixed={"all": data}, publisher=published) as ledger:
        for step in range(5):
            broken = failing and rank == 1 and step == 1
            optimizer.zero_grad()
            rows = slice(rank * 24 // ranks, (rank + 1) * 24 // ranks)
            models.loss(model, (data[0][rows], data[1][rows])).backward()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                optimizer.step()
    return ledger


def process(rank: int, folder: str, failing: bool) -> None:
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    torch.set_num_threads(1)
    model, data = models.build("layer norm")
    parallel = nn.parallel.DistributedDataParallel(model)
    published = support.recorder(model) if rank == 0 else None
    ledger = train(parallel, data, published, rank, 2, failing)
    # The training must be that of a process without a ledger.
    state = {key: value.clone() for key, value in model.state_dict().items()}
    answer = (published and (published.steps, published.skipped, published.ended), state, ledger.finish() is None)
    unfinished = pathlib.Path(folder, f"unfinished-{rank}")
    unfinished.write_bytes(pickle.dumps(answer))
    unfinished.rename(pathlib.Path(folder, f"answer-{rank}"))
    # The parent ends both: when one goes first, the threads of gloo can keep the other from ending.
    threading.Event().wait()


def together(failing: bool = False) -> list[Any]:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    with tempfile.TemporaryDirectory() as folder:
        answers = [pathlib.Path(folder, f"answer-{rank}") for rank in range(2)]
        context = multiprocessing.spawn(process, (folder, failing), nprocs=2, join=False)
        deadline = time.monotonic() + 120
        try:
            while not all(answer.exists() for answer in answers):
                context.join(timeout=0.1)  # raises what a process raised
                if time.monotonic() > deadline:
                    raise TimeoutError("the processes did not answer within 120 s")
            return [pickle.loads(answer.read_bytes()) for answer in answers]
        finally:
            for one in context.processes:
                one.kill()
                one.join()


class ParallelTest(unittest.TestCase):
    def test_two_processes_measure_what_one_would(self) -> None:
        (found, state, _), (nothing, other, silent) = together()
        model, data = models.build("layer norm")
        published = support.recorder(model)
        train(model, data, published)
        self.assertEqual((found[1], found[2]), ({}, ("finished", 5, "")))
        self.assertIsNone(nothing)
        self.assertTrue(silent)
        for key, value in model.state_dict().items():
            torch.testing.assert_close(state[key], value, rtol=1e-5, atol=1e-6)
            self.assertTrue(torch.equal(state[key], other[key]))
        self.assertEqual(len(found[0]), 3)
        for one, two in zip(published.steps, found[0]):
            for single, double in zip(one.objectives, two.objectives):
                np.testing.assert_allclose([double.loss_start, double.loss_end], [single.loss_start, single.loss_end],
                                           rtol=1e-6, atol=1e-6)
                for alone, shared in zip(single.allocated, double.allocated):
                    np.testing.assert_allclose(shared.unit_lca, alone.unit_lca, atol=1e-6)
                    if single.sampled:
                        self.assertAlmostEqual(shared.sampling_error, alone.sampling_error, delta=1e-6)

    def test_a_failure_in_one_process_skips_the_step_in_all(self) -> None:
        (found, _, _), _ = together(failing=True)
        self.assertEqual(found[1], {"failed": 2})
        self.assertEqual([(step.step, step.steps_covered) for step in found[0]], [(3, 2), (4, 1)])


if __name__ == "__main__":
    unittest.main()
