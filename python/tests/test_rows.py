from __future__ import annotations

import os
import subprocess
import sys
import threading
import unittest
from typing import Any, Iterable

import sending
from google.protobuf.message import Message
from lossledger import row_format
from lossledger.rows import follow_rows, rows
from lossledger.v1 import results_pb2
from test_manifest import golden

LAYER = "lossledger.layer"
WINDOW = "lossledger.window"


def layer_rows(run: str, steps: Iterable[int]) -> "list[tuple[bytes, bytes]]":
    return [(run.encode(), row_format.to_json(results_pb2.LayerRow(run=run, step=step, layer="dense"))) for step in steps]


def closing(run: str, layer: str = "") -> "tuple[bytes, bytes]":
    row = results_pb2.WindowRow(run=run, kind=results_pb2.WINDOW_KIND_RUN, layer=layer)
    return run.encode(), row_format.to_json(row)


class RowsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.kafka = sending.SmallKafka()
        self.kafka.__enter__()
        self.addCleanup(self.kafka.stop)

    def found(self, run: "str | None", topic: str = "layer", **more: Any) -> "list[Any]":
        return list(rows(run, self.kafka.address, topic, **more))

    def test_only_the_rows_of_the_run_are_found_in_order(self) -> None:
        self.kafka.write(LAYER, layer_rows("a", range(5)) + layer_rows("ab", range(3)) + layer_rows("a", range(5, 9)))
        self.assertEqual(list(range(9)), [row.step for row in self.found("a")])
        self.assertEqual([("ab", step) for step in range(3)], [(row.run, row.step) for row in self.found("ab")])
        self.assertEqual([], self.found("none"))
        self.assertEqual(12, len(self.found(None)))

    def test_rows_of_every_version_and_both_formats_are_read_as_the_java_side_wrote_them(self) -> None:
        for topic, name in {"layer": "LayerRow", "step": "StepRow", "window": "WindowRow", "moment": "MomentRow",
                            "alert": "AlertRow", "unit": "UnitRow", "parameter": "ParameterRow"}.items():
            files = golden(name + "*")
            self.assertTrue(files, name)
            written = [(b"Run_1.a-b", value) for _, text, binary in files for value in (text, binary)]
            written.append((b"Run_1.a-b", b"{not a row"))
            written.append((b"Run_1.a-b|3|5", files[0][2]))
            self.kafka.write(f"lossledger.{topic}", written)
            kind = getattr(results_pb2, name)
            expected = [kind.FromString(binary) for _, _, binary in files for _ in range(2)] + [kind.FromString(files[0][2])]
            self.assertEqual(_sorted(expected), _sorted(self.found("Run_1.a-b", topic)), topic)

    def test_following_ends_when_the_closing_balance_has_come_and_everything_before_it_is_read(self) -> None:
        self.kafka.write(LAYER, layer_rows("a", range(3)))
        self.kafka.write(WINDOW, [closing("other")])
        seen: "list[int]" = []
        reached = {count: threading.Event() for count in (3, 5)}

        def take(row: Any) -> None:
            seen.append(row.step)
            if len(seen) in reached:
                reached[len(seen)].set()

        follower = follow_rows("a", take, self.kafka.address)
        self.assertTrue(reached[3].wait(20))
        self.assertFalse(follower.join(0.3))
        self.kafka.write(LAYER, layer_rows("a", [3, 4]))
        self.assertTrue(reached[5].wait(20))
        self.kafka.write(LAYER, layer_rows("a", range(5, 500)))
        self.kafka.write(WINDOW, [closing("a")])
        self.assertTrue(follower.join(20))
        self.assertEqual(list(range(500)), seen)
        self.assertIsNone(follower.error)

    def test_following_a_run_that_is_over_reads_it_to_the_end(self) -> None:
        self.kafka.write(WINDOW, [closing("a", "dense"), closing("a")])
        self.kafka.write(LAYER, layer_rows("a", range(300)))
        self.assertEqual(300, len(self.found("a", follow=True)))
        self.assertEqual(["dense", ""], [row.layer for row in self.found("a", "window", follow=True)])

    def test_a_function_that_fails_gets_the_next_rows_all_the_same(self) -> None:
        self.kafka.write(LAYER, layer_rows("a", range(4)))
        self.kafka.write(WINDOW, [closing("a")])
        seen: "list[int]" = []

        def take(row: Any) -> None:
            seen.append(row.step)
            raise KeyError("mine")

        with self.assertLogs("lossledger.rows", "ERROR") as logged:
            self.assertTrue(follow_rows("a", take, self.kafka.address).join(20))
        self.assertEqual((1, [0, 1, 2, 3]), (len(logged.output), seen))

    def test_a_follower_can_be_stopped(self) -> None:
        self.kafka.write(LAYER, layer_rows("a", range(1)))
        self.kafka.write(WINDOW, [closing("other")])
        follower = follow_rows("a", lambda row: None, self.kafka.address)
        follower.stop()
        self.assertTrue(follower.join(20))

    def test_the_example_for_tensorboard_says_its_arguments_when_they_are_missing(self) -> None:
        example = os.path.join(sending.ROOT, "examples/pytorch/to_tensorboard.py")
        source = {**os.environ, "PYTHONPATH": os.path.join(sending.ROOT, "python/src")}
        done = subprocess.run([sys.executable, example], capture_output=True, text=True, timeout=60, env=source)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^Puts the LCA .* Run: python to_tensorboard.py RUN \[TO\] \[FOLDER\]")

    def test_wrong_arguments_are_refused_by_name(self) -> None:
        with self.assertRaisesRegex(ValueError, "topic: must be one of layer, unit, .*Found: layers"):
            self.found("a", "layers")
        with self.assertRaisesRegex(ValueError, "run: must be 1 to 64"):
            follow_rows("a b", print, self.kafka.address)


def _sorted(messages: "list[Message]") -> "list[bytes]":
    return sorted(message.SerializeToString(deterministic=True) for message in messages)


if __name__ == "__main__":
    unittest.main()
