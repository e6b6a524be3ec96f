from __future__ import annotations

import dataclasses
import os
import threading
import unittest
from typing import Any, Iterable, Optional
from unittest import mock

import numpy as np
import sending
from lossledger import row_format
from lossledger.manifest import running_manifest
from lossledger.plan import plan_chunks
from lossledger.publisher import Publisher, open_publisher
from lossledger.step import MeasuredStep, RunFacts
from lossledger.updates import Record
from lossledger.v1 import run_pb2, update_pb2


class ListSink:
    """A sink that keeps everything, or refuses steps."""

    skip_reason = "kafka-away"

    def __init__(self) -> None:
        self.lost_records = 0
        self.bytes = 0
        self.takes = True
        self.steps: list[list[Record]] = []
        self.manifests: list[run_pb2.RunManifest] = []
        self.closings = 0
        self.abandoned = False

    def send_step(self, records: Iterable[Record], size: int) -> bool:
        if self.takes:
            self.steps.append(list(records))
        return self.takes

    def send_manifest(self, value: bytes) -> None:
        self.manifests.append(row_format.parse(value, run_pb2.RunManifest()))

    def close(self, records: Iterable[Record], manifest: bytes) -> None:
        self.closings += 1
        self.steps.append(list(records))
        self.send_manifest(manifest)

    def abandon(self) -> None:
        self.abandoned = True


def publisher(of: RunFacts, form: str = "sums", sink: Optional[ListSink] = None) -> tuple[Publisher, ListSink]:
    sink = sink or ListSink()
    return Publisher(of, form, plan_chunks(of, form), running_manifest(of, 77), sink), sink


class PublisherTest(unittest.TestCase):
    def test_a_step_is_one_record_for_each_chunk_and_the_end_is_one_marker_for_each(self) -> None:
        facts = sending.facts()
        run, sink = publisher(facts)
        run.publish(sending.sums_step(facts, run.plan, 0))
        run.publish(sending.sums_step(facts, run.plan, 5, covered=2))
        report = run.finish("interrupted", 9, "stopped")
        self.assertEqual([3, 3, 3], [len(step) for step in sink.steps])
        markers = [update_pb2.Update.FromString(record.value) for record in sink.steps[-1]]
        self.assertEqual([(9, update_pb2.RUN_STATUS_INTERRUPTED)] * 3, [(m.step, m.finished.outcome) for m in markers])
        final = sink.manifests[-1]
        self.assertEqual((5, "stopped", update_pb2.RUN_STATUS_INTERRUPTED), (final.last_step, final.failure, final.status))
        self.assertEqual((2, {}), (report.steps, report.skipped))

    def test_a_second_finish_sends_nothing_and_a_later_step_is_an_error(self) -> None:
        facts = sending.facts()
        run, sink = publisher(facts)
        first = run.finish("finished", 0)
        self.assertEqual(first, run.finish("failed", 10))
        self.assertEqual(1, sink.closings)
        with self.assertRaisesRegex(RuntimeError, "run run-1 is finished"):
            run.publish(sending.sums_step(facts, run.plan, 0))
        with self.assertRaisesRegex(ValueError, "outcome: must be one of finished, interrupted, failed. Found: done"):
            run.finish("done", 0)

    def test_a_step_that_the_sink_does_not_take_is_counted_and_the_next_one_is_sent(self) -> None:
        facts = sending.facts()
        run, sink = publisher(facts)
        sink.takes = False
        with self.assertLogs("lossledger.publisher", "WARNING") as logged:
            run.publish(sending.sums_step(facts, run.plan, 4, covered=3))
            run.publish(sending.sums_step(facts, run.plan, 5))
        self.assertEqual(1, len(logged.output))
        sink.takes = True
        run.publish(sending.sums_step(facts, run.plan, 6))
        report = run.finish("finished", 7)
        self.assertEqual((1, {"kafka-away": 4}), (report.steps, report.skipped))
        self.assertEqual((4, 6), (sink.manifests[-1].skipped_steps, sink.manifests[-1].last_step))

    def test_when_no_step_was_sent_one_marker_closes_the_run(self) -> None:
        facts = sending.facts(first_step=3)
        run, sink = publisher(facts)
        sink.takes = False
        with self.assertLogs("lossledger.publisher"):
            run.publish(sending.sums_step(facts, run.plan, 3))
        run.finish("finished", 4)
        (marker,) = [update_pb2.Update.FromString(record.value) for record in sink.steps[-1]]
        self.assertEqual((4, 1), (marker.step, marker.chunks_in_step))

    def test_the_newest_step_is_told_at_once_and_then_every_five_seconds(self) -> None:
        facts = sending.facts()
        with mock.patch("lossledger.publisher.time.monotonic") as clock:
            clock.return_value = 100.0
            run, sink = publisher(facts)
            for step, at in enumerate((100.0, 104.9, 105.0, 106.0, 110.0)):
                clock.return_value = at
                run.publish(sending.sums_step(facts, run.plan, step))
        self.assertEqual([0, 2, 4], [manifest.sent_step for manifest in sink.manifests])
        self.assertTrue(all(manifest.HasField("sent_time") for manifest in sink.manifests))

    def test_any_thread_may_count_skipped_steps_and_warn(self) -> None:
        run, sink = publisher(sending.facts())

        def work() -> None:
            for number in range(500):
                run.skip(2, "behind")
                run.warn(f"warning {number % 3}")

        threads = [threading.Thread(target=work) for _ in range(4)]
        with self.assertLogs("lossledger.publisher", "WARNING") as logged:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
        report = run.finish("finished", 0)
        self.assertEqual({"behind": 4000}, report.skipped)
        self.assertEqual(["warning 0", "warning 1", "warning 2"], sorted(report.warnings))
        self.assertEqual(4, len(logged.output))
        self.assertEqual(sorted(report.warnings), sorted(sink.manifests[-1].warnings))

    def test_the_session_is_never_0(self) -> None:
        with mock.patch("lossledger.publisher.secrets.randbits", return_value=0), mock.patch(
            "lossledger.publisher.FileSink"
        ) as sink:
            open_publisher(sending.facts(), "file:x", "sums")
        manifest = row_format.parse(sink.call_args.args[2], run_pb2.RunManifest())
        self.assertNotEqual(0, manifest.session)

    def test_a_forked_child_sends_nothing_and_says_so_once(self) -> None:
        facts = sending.facts()
        run, sink = publisher(facts)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            seen = "error"
            try:
                with self.assertLogs("lossledger.publisher", "WARNING") as logged:
                    run.publish(sending.sums_step(facts, run.plan, 0))
                    run.skip(1, "behind")
                    run.finish("finished", 1)
                seen = f"{len(logged.output)} {len(sink.steps)} {sink.closings} {sink.abandoned} {run.report().skipped}"
            finally:
                os.write(write, seen.encode())
                os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual("1 0 0 True {}", os.read(read, 1000).decode())
        os.close(read)
        os.close(write)
        run.publish(sending.sums_step(facts, run.plan, 0))
        self.assertEqual((1, False), (len(sink.steps), sink.abandoned))

    def test_a_step_that_the_processor_would_reject_is_refused_by_name(self) -> None:
        facts = sending.facts(parts=["momentum"], first_step=2)
        run, sink = publisher(facts)
        good = sending.sums_step(facts, run.plan, 5)
        of = good.objectives[0]
        first = of.allocated[0]

        def changed(**values: Any) -> MeasuredStep:
            return dataclasses.replace(good, objectives=[dataclasses.replace(of, **values)])

        def chunk(**values: Any) -> MeasuredStep:
            return changed(allocated=[dataclasses.replace(first, **values), *of.allocated[1:]])

        def sums(**values: Any) -> MeasuredStep:
            return chunk(sums=first.sums._replace(**values))

        vectors = sending.vectors_step(facts, 5)
        wrong = {
            "step: must begin at step 2 or later": dataclasses.replace(good, steps_covered=5),
            "Found: 0 steps to step 5": dataclasses.replace(good, steps_covered=0),
            "time: must be in seconds since 1970": dataclasses.replace(good, time=float("nan")),
            "examples: must be from 0": dataclasses.replace(good, examples=-1),
            "objectives: must be those of the run, train. Found: valid": changed(name="valid"),
            "objective train: rule must be simpson-2": changed(rule="simpson-3"),
            "must have allocated, as all steps of the run. Found: neither": changed(allocated=None),
            "must have allocated, as all steps of the run. Found: both": changed(vectors=vectors.objectives[0].vectors),
            "must have allocated, as all steps of the run. Found: vectors": changed(
                allocated=None, vectors=vectors.objectives[0].vectors
            ),
            "delta: must be None": dataclasses.replace(good, delta=vectors.delta),
            "must have 3 entries, one for each chunk. Found: 2": changed(allocated=of.allocated[:2]),
            "sampling_error must be in all chunks of a step, or in none. Found: in 2": chunk(sampling_error=None),
            "must add up to 12. Found: 12 and 13": sums(zero=1),
            "must add up to 12. Found: 11 and 12": sums(parameters=11),
            "must not be negative. Found: -1.0 and 5.0": sums(gradient_squares=-1.0),
            "unit_lca must have 4 floating-point elements, one for each unit of the chunk. Found: None": chunk(unit_lca=None),
            "Found: shape (3,) of float64": chunk(unit_lca=np.zeros(3)),
            "Found: shape (4,) of int64": chunk(unit_lca=np.zeros(4, np.int64)),
            "parts: must be those of the run, ['momentum']. Found: []": chunk(parts=()),
        }
        for message, step in wrong.items():
            with self.subTest(message), self.assertRaises(ValueError) as refused:
                run.publish(step)
            self.assertIn(message, str(refused.exception))
        self.assertEqual([], sink.steps)
        run.publish(good)
        with self.assertRaisesRegex(ValueError, "step: must begin at step 6 or later"):
            run.publish(good)

    def test_vectors_of_the_wrong_length_or_type_are_refused_by_name(self) -> None:
        facts = sending.facts(parts=["momentum"])
        run, sink = publisher(facts, "vectors")
        good = sending.vectors_step(facts, 0)
        of = good.objectives[0]

        def gradients(**values: Any) -> MeasuredStep:
            return dataclasses.replace(
                good, objectives=[dataclasses.replace(of, vectors=dataclasses.replace(of.vectors, **values))]
            )

        def cut(arrays: "list[np.ndarray]") -> "list[np.ndarray]":
            return [*arrays[:2], arrays[2][:-1]]

        wide = [array.astype(np.float64) for array in of.vectors.mean]
        wrong = {
            "delta: must be there when steps are sent as vectors. Found: None": dataclasses.replace(good, delta=None),
            "delta: must have 5 elements of float32 for 1_p. Found: shape (4,)": dataclasses.replace(good, delta=cut(good.delta)),
            "objective train: mean: must have 12 elements of float32 for 0_W. Found: shape (12,) of float64": gradients(mean=wide),
            "objective train: coarse_mean: must have 3 arrays": gradients(coarse_mean=of.vectors.mean[:2]),
            "objective train: contrast: must have 5 elements": gradients(contrast=cut(of.vectors.contrast)),
            "parts: must be those of the run, ['momentum']. Found: ['other']": dataclasses.replace(
                good, parts=[("other", good.delta)]
            ),
            "part momentum: must have 5 elements": dataclasses.replace(good, parts=[("momentum", cut(good.delta))]),
        }
        for message, step in wrong.items():
            with self.subTest(message), self.assertRaises(ValueError) as refused:
                run.publish(step)
            self.assertIn(message, str(refused.exception))
        run.publish(good)
        self.assertEqual(1, len(sink.steps))

    def test_wrong_arguments_are_refused_before_anything_is_opened(self) -> None:
        for run in ("", "a b", "x" * 65, "ä"):
            with self.assertRaisesRegex(ValueError, "run: must be 1 to 64"):
                open_publisher(sending.facts(run), "file:/nonexistent/never", "sums")
        with self.assertRaisesRegex(ValueError, "patience_seconds: must be at least 0. Found: -1"):
            open_publisher(sending.facts(), "localhost:1", "sums", patience_seconds=-1)


if __name__ == "__main__":
    unittest.main()
