"""The publisher and the rows on a real broker with LossLedger's topics, such as `lossledger broker` starts.

Environment: LOSSLEDGER_KAFKA, host:port. Without it the tests are skipped; with LOSSLEDGER_REQUIRE_TOOLS=true they fail.
LOSSLEDGER_PROCESSOR=true: `lossledger process` runs there, too.
"""

from __future__ import annotations

import dataclasses
import os
import unittest
import uuid

import numpy as np
import sending
from lossledger import row_format
from lossledger.plan import plan_chunks
from lossledger.publisher import open_publisher
from lossledger.rows import follow_rows, rows
from lossledger.step import Allocated, MeasuredStep, ObjectiveFacts, ObjectiveStep, RunFacts, Sums
from lossledger.topic_reader import TopicReader
from lossledger.v1 import run_pb2, update_pb2

KAFKA = os.environ.get("LOSSLEDGER_KAFKA", "")
REQUIRED = os.environ.get("LOSSLEDGER_REQUIRE_TOOLS") == "true"
PROCESSOR = os.environ.get("LOSSLEDGER_PROCESSOR") == "true"


def summed(vectors: MeasuredStep, of: RunFacts) -> MeasuredStep:
    """The same step, allocated with numpy in float64; without a coarser rule or a sampling error."""
    objectives = []
    for objective in vectors.objectives:
        chunks = []
        for tensor, delta, mean, coarse in zip(
            of.layout.tensors, vectors.delta, objective.vectors.mean, objective.vectors.coarse_mean
        ):
            d, g = delta.astype(np.float64), mean.astype(np.float64)
            lca, coarse_lca = d * g, d * coarse.astype(np.float64)
            sums = Sums(
                len(lca), int((lca < 0).sum()), int((lca > 0).sum()), int((lca == 0).sum()), 0, lca.sum(),
                lca[lca < 0].sum(), lca[lca > 0].sum(), (lca**2).sum(), min(lca.min(), 0), max(lca.max(), 0),
                coarse_lca.sum(), np.abs(lca - coarse_lca).sum(), (g**2).sum(), (d**2).sum(),
            )
            units = lca.reshape(-1, tensor.parameters_per_unit).sum(1) if tensor.parameters_per_unit else None
            chunks.append(Allocated(sums, units))
        objectives.append(dataclasses.replace(objective, vectors=None, allocated=chunks))
    return dataclasses.replace(vectors, objectives=objectives, delta=None)


def without_contrast(step: MeasuredStep) -> MeasuredStep:
    objectives: list[ObjectiveStep] = [
        dataclasses.replace(o, vectors=dataclasses.replace(o.vectors, contrast=None)) for o in step.objectives
    ]
    return dataclasses.replace(step, objectives=objectives)


class KafkaTest(unittest.TestCase):
    def setUp(self) -> None:
        if not KAFKA and REQUIRED:
            self.fail("LOSSLEDGER_KAFKA: must be the address of a broker. Found: nothing")
        if not KAFKA:
            self.skipTest("LOSSLEDGER_KAFKA is not set")
        self.run_id = f"python-{uuid.uuid4().hex[:12]}"

    def test_each_record_is_where_java_would_put_it_in_order(self) -> None:
        facts = sending.facts(self.run_id)
        run = open_publisher(facts, KAFKA, "vectors")
        for step in range(20):
            run.publish(sending.vectors_step(facts, step))
        report = run.finish("finished", 20)
        self.assertEqual((20, {}, 0), (report.steps, report.skipped, report.lost_records))
        with TopicReader(KAFKA, {}) as reader:
            count = len(reader.partitions("lossledger.update"))
            found: dict[bytes, list[tuple[int, int]]] = {}
            for record in reader.read("lossledger.update"):
                if record.key.startswith(self.run_id.encode() + b"|"):
                    step = update_pb2.Update.FromString(record.value).step
                    found.setdefault(record.key, []).append((record.partition, step))
        self.assertEqual(3, len(found))
        for key, places in found.items():
            self.assertEqual([(sending.murmur2_partition(key, count), step) for step in range(21)], places)

    def test_the_newest_manifest_is_the_final_one_and_the_run_id_is_taken(self) -> None:
        facts = sending.facts(self.run_id)
        open_publisher(facts, KAFKA, "sums").finish("failed", 0, "no data")
        newest = None
        with TopicReader(KAFKA, {}) as reader:
            for record in reader.read("lossledger.run"):
                if record.key == self.run_id.encode():
                    newest = row_format.parse(record.value, run_pb2.RunManifest())
        self.assertEqual((update_pb2.RUN_STATUS_FAILED, "no data"), (newest.status, newest.failure))
        with self.assertRaisesRegex(ValueError, f"run: must be new in this Kafka. Found: {self.run_id} exists"):
            open_publisher(facts, KAFKA, "sums")

    def test_a_missing_topic_is_named_with_the_command_that_creates_it(self) -> None:
        with self.assertRaisesRegex(ValueError, "lossledger topics --create.*Found: none.update does not exist"):
            open_publisher(sending.facts(self.run_id), KAFKA, "sums", topic_prefix="none.")
        with self.assertRaisesRegex(ValueError, "Found: none.layer does not exist"):
            list(rows(self.run_id, KAFKA, topic_prefix="none."))

    def test_both_forms_are_booked_alike_and_the_rows_come_back(self) -> None:
        if not PROCESSOR:
            self.skipTest("LOSSLEDGER_PROCESSOR is not set")
        objectives = [ObjectiveFacts("train", 1.0, False, 100)]
        booked = {}
        for form in ("vectors", "sums"):
            facts = sending.facts(f"{self.run_id}-{form}", objectives=objectives)
            run = open_publisher(facts, KAFKA, form)
            self.assertEqual(plan_chunks(facts, form), run.plan)
            live: list[int] = []
            follower = follow_rows(facts.run, lambda row: live.append(row.step), KAFKA)
            for step in range(5):
                measured = without_contrast(sending.vectors_step(facts, step))
                run.publish(measured if form == "vectors" else summed(measured, facts))
            run.finish("finished", 5)
            self.assertTrue(follower.join(60))
            layers = list(rows(facts.run, KAFKA, "layer", follow=True))
            units = list(rows(facts.run, KAFKA, "unit", follow=True))
            self.assertEqual([row.step for row in layers], live)
            self.assertEqual((10, 5), (len(layers), len(units)))
            booked[form] = (layers, units)
        for one, other in zip(booked["vectors"][0], booked["sums"][0]):
            self.assertEqual((one.step, one.layer, one.helped_parameters), (other.step, other.layer, other.helped_parameters))
            for name in ("lca", "help", "harm", "estimate", "absolute_estimate", "gradient_norm", "cosine", "cumulative_lca"):
                self.assertAlmostEqual(getattr(one, name), getattr(other, name), delta=1e-9, msg=name)
        for one, other in zip(booked["vectors"][1], booked["sums"][1]):
            np.testing.assert_allclose(one.unit_lca, other.unit_lca, rtol=0, atol=1e-9)


if __name__ == "__main__":
    unittest.main()
