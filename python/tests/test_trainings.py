"""Real trainings of three models in both forms, through a real broker and processor, as `test_kafka.py` needs them."""

from __future__ import annotations

import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import uuid
from collections import defaultdict
from typing import Any

import support  # noqa: F401, finds the package
import numpy as np
import torch

import lossledger
import setups
from lossledger.topic_reader import TopicReader
from lossledger.v1 import results_pb2, update_pb2

KAFKA = os.environ.get("LOSSLEDGER_KAFKA", "")
REQUIRED = os.environ.get("LOSSLEDGER_REQUIRE_TOOLS") == "true"
PROCESSOR = os.environ.get("LOSSLEDGER_PROCESSOR") == "true"

STEPS, EVERY = 25, 4
SETUPS = {
    "mlp": lambda: setups.mlp(1000),
    "convnet": lambda: setups.convnet(400),
    "gpt": lambda: setups.gpt(300, width=32, length=12),
}
OF_THE_RUN = {"run", "time", "first_time", "last_time"}


@unittest.skipIf(not REQUIRED and not (KAFKA and PROCESSOR), "LOSSLEDGER_KAFKA and LOSSLEDGER_PROCESSOR are not set")
class TrainingsTest(unittest.TestCase):
    def test_an_mlp_balances_and_both_forms_are_booked_alike(self) -> None:
        self.train_and_compare("mlp", parts=True)

    def test_a_convnet_with_batch_norm_and_dropout_balances_and_both_forms_are_booked_alike(self) -> None:
        self.train_and_compare("convnet")

    def test_a_transformer_balances_and_both_forms_are_booked_alike(self) -> None:
        self.train_and_compare("gpt")

    def train_and_compare(self, name: str, **options: Any) -> None:
        base = f"{name}-{uuid.uuid4().hex[:8]}"
        runs = {form: f"{base}-{form}" for form in ("vectors", "sums")}
        for form, run in runs.items():
            live = train(name, run, form, **options)
            self.assertEqual(live, [row.lca for row in lossledger.rows(run, KAFKA, "layer")])
        for topic in ("layer", "unit", "step", "window"):
            vectors, sums = (list(lossledger.rows(run, KAFKA, topic, follow=True)) for run in runs.values())
            self.assertEqual(len(vectors), len(sums), topic)
            self.assertGreater(len(vectors), 0, topic)
            for one, other in zip(vectors, sums):
                self.require_equal(one, other)
        for run in runs.values():
            self.require_balance(run)
        self.require_layers_of_vectors(runs["vectors"])
        if name == "mlp":
            self.require_tensorboard_file(runs["sums"])

    def require_equal(self, one: Any, other: Any) -> None:
        fields = {field.name: value for field, value in one.ListFields()}
        others = {field.name: value for field, value in other.ListFields()}
        self.assertEqual(fields.keys(), others.keys())
        scale = max(abs(getattr(one, "harm", 0) - getattr(one, "help", 0)), 1e-12)
        for field in fields.keys() - OF_THE_RUN:
            found, expected = fields[field], others[field]
            if isinstance(found, (float, np.floating)):
                near = 1e-9 * (scale if "residual" in field else max(abs(found), abs(expected)))
                self.assertAlmostEqual(found, expected, delta=near + 1e-15, msg=field)
            elif field == "unit_lca":
                np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9 * max(map(abs, found)) + 1e-15)
            else:
                self.assertEqual(found, expected, field)

    def require_balance(self, run: str) -> None:
        closing = [row for row in lossledger.rows(run, KAFKA, "window", follow=True)
                   if row.kind == results_pb2.WINDOW_KIND_RUN and not row.part]
        for model in (row for row in closing if not row.layer):
            moved = sum(abs(row.lca) for row in closing if row.layer and row.objective == model.objective)
            share = abs(model.residual) / max(moved, abs(model.loss_change))
            print(f"{run} {model.objective}: loss change {model.loss_change:.6f}, residual {share:.1e} of what moved")
            self.assertEqual(model.missing_steps, 0)
            self.assertLess(share, 0.01, f"{run} {model.objective}")

    def require_layers_of_vectors(self, run: str) -> None:
        """Sums over layers, formed from the vectors on the topic with numpy alone."""
        expected: dict[Any, float] = defaultdict(float)
        gross: dict[Any, float] = defaultdict(float)
        with TopicReader(KAFKA, {}) as reader:
            for record in reader.read("lossledger.update"):
                if not record.key.startswith(run.encode() + b"|"):
                    continue
                update = update_pb2.Update.FromString(record.value)
                for objective in update.tensor_chunk.objectives:
                    delta = np.frombuffer(update.tensor_chunk.delta, "<f4").astype(float)
                    lca = delta * np.frombuffer(objective.averaged.mean, "<f4").astype(float)
                    key = update.step, objective.name, update.tensor_chunk.layer
                    expected[key] += lca.sum()
                    gross[key] += np.abs(lca).sum()
        rows = [row for row in lossledger.rows(run, KAFKA, "layer") if not row.part]
        self.assertEqual(len(rows), len(expected))
        for row in rows:
            key = row.step, row.objective, row.layer
            self.assertAlmostEqual(row.lca, expected[key], delta=1e-9 * gross[key] + 1e-18)


    def require_tensorboard_file(self, run: str) -> None:
        """What the example writes, read by the format's definition and protoc."""
        script = pathlib.Path(__file__).resolve().parents[2] / "examples/pytorch/to_tensorboard.py"
        with tempfile.TemporaryDirectory() as folder:
            path = os.pathsep.join(entry for entry in sys.path if entry)
            subprocess.run([sys.executable, str(script), run, KAFKA, folder], check=True, timeout=60,
                           env={**os.environ, "PYTHONPATH": path})
            (file,) = pathlib.Path(folder, run).iterdir()
            content = file.read_bytes()
        self.assertEqual(0xE3069283, crc32c(b"123456789"))  # the check value of CRC-32C
        found = []
        at = 0
        while at < len(content):
            length, check = struct.unpack_from("<QI", content, at)
            event = content[at + 12 : at + 12 + length]
            self.assertEqual(check, masked(crc32c(content[at : at + 8])))
            self.assertEqual(struct.unpack_from("<I", content, at + 12 + length)[0], masked(crc32c(event)))
            found.append(subprocess.run(["protoc", "--decode_raw"], input=event, capture_output=True, check=True).stdout.decode())
            at += 16 + length
        self.assertIn('3: "brain.Event:2"', found[0])
        expected = [row for row in lossledger.rows(run, KAFKA, "layer") if row.objective == "train" and not row.part]
        self.assertEqual(2 * len(expected) + 1, len(found))
        for row, event in zip(expected, found[1::2]):
            value = struct.unpack("<I", struct.pack("<f", row.lca))[0]
            self.assertIn(f"2: {row.step}\n" if row.step else "5 {", event)
            self.assertRegex(event, f'1: "lca/{row.layer}"\\s+2: 0x{value:08x}')


def crc32c(content: bytes) -> int:
    crc = 0xFFFFFFFF
    for bit in (byte >> shift & 1 for byte in content for shift in range(8)):
        crc = crc >> 1 ^ (0x82F63B78 if (crc ^ bit) & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    return ((crc >> 15) + (crc << 17) + 0xA282EAD8) % (1 << 32)


def train(name: str, run: str, form: str, **options: Any) -> list[float]:
    """The same training for the same name, whatever the form; returns the LCA of the layers' rows that came meanwhile."""
    live: list[float] = []
    torch.manual_seed(11)
    model, data, loss, make = SETUPS[name]()
    held_out = tuple(part[:100] for part in data)
    optimizer = make(model.parameters())
    with lossledger.watch(model, optimizer, loss=loss, data=data, fixed={"validation": held_out}, to=KAFKA, run=run,
                          form=form, every=EVERY, sample=100, seed=5, planned_steps=STEPS, **options) as ledger:
        follower = ledger.on_row(lambda row: live.append(row.lca))
        for _ in range(STEPS):
            chosen = torch.randint(len(data[0]), (50,))
            optimizer.zero_grad()
            loss(model, tuple(part[chosen] for part in data)).backward()
            optimizer.step()
    if not follower.join(60):
        raise AssertionError("the run's closing balance must come within a minute. Found: none")
    return live
