"""Compares LossLedger's evaluation of a gradient over a whole set with PyTorch's; run by tests/bench/evaluation."""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

EXAMPLES = """
examples:
  tests/bench/evaluation                                             all cases; takes many minutes
  tests/bench/evaluation --case mnist-fc,mnist-lenet --precision float32
  tests/bench/evaluation --case classes --rounds 3
  tests/bench/evaluation --case mnist-lenet --data ~/mnist           on MNIST's own images

Needs PyTorch, and an optimised BLAS library below it (Debian: python3-torch libopenblas0-pthread). Another Python: PYTHON=PATH.
Options of LossLedger's JVM: LOSSLEDGER_JAVA_OPTS. Exits with 1 when gradients differ or LossLedger fails, with 2 when an
option is wrong or PyTorch is missing.
"""

CLASSES = "classes"
# The number of images.
CASES = {"mnist-fc": 55_000, "mnist-lenet": 2_000, "cifar-resnet20": 500, "cifar-allcnn": 100}
CLASSES_NETWORKS = ("mnist-fc", "mnist-lenet")
# How far gradients may differ, relative to their norm. In float32, ReLUs near 0 flip, the more often the deeper the network;
# float64 is the strict check.
TOLERANCE = {"float32": 5e-3, "float64": 1e-9}
WARM_UP_ROUNDS = 2
# Threads of BLAS libraries wait for more work before they sleep; the other side must not pay for that.
PAUSE_SECONDS = 0.2


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that files and processes are cleared away
    try:
        import torch
    except ImportError:
        fail(f"python: must have PyTorch. Found: none in {sys.executable} (Debian: apt install python3-torch libopenblas0-pthread)")
    import blas

    if blas.is_reference():
        if not options.any_blas:
            fail(
                "BLAS of PyTorch: must be an optimised library, or the comparison means nothing. Found: "
                + f"{blas.name()} (Debian: apt install libopenblas0-pthread)"
            )
    progress("building what is missing ...")
    import ledger

    if subprocess.run([ledger.COMMAND, "--version"], stdout=subprocess.DEVNULL, timeout=1800).returncode != 0:
        fail("lossledger: must build. Found: an error, above")
    rows, class_rows, evaluators, differing = [], [], set(), []
    for network, examples in CASES.items():
        beside = network in options.cases
        by_class = CLASSES in options.cases and network in CLASSES_NETWORKS
        if not beside and not by_class:
            continue
        for precision in options.precisions:
            case = Case(options, network, options.examples or examples, precision)
            try:
                with tempfile.TemporaryDirectory(prefix="lossledger-bench-") as folder, case.start(folder) as side:
                    work = ledger.Work(folder)
                    evaluators.add(f"{work.description['evaluator']} on {work.description['threads']} threads")
                    if beside:
                        rows.append(case.compare(side, work))
                    if by_class:
                        class_rows.append(case.compare_classes(side, work))
            except ledger.LedgerFailed as failure:
                print_tables(rows, class_rows)
                fail(str(failure), code=1)
            differing += case.differing
    print(
        f"PyTorch {torch.__version__} with {blas.name()}, LossLedger with {', '.join(sorted(evaluators))},"
        f" {os.cpu_count()} processors; medians of {options.rounds} rounds in turn.\n"
    )
    print_tables(rows, class_rows)
    if differing:
        fail("\n".join(differing), code=1)


class Case:
    """A network in one precision."""

    def __init__(self, options, network, examples, precision):
        self.options = options
        self.network = network
        self.examples = examples
        self.precision = precision
        self.differing = []

    def start(self, folder):
        import ledger

        self.log(f"LossLedger makes {self.examples:,} images" if not self.options.data else "LossLedger reads the images")
        arguments = ["--network", self.network, "--examples", str(self.examples), "--seed", str(self.options.seed)]
        if self.precision == "float64":
            arguments.append("--float64")
        if self.options.threads:
            arguments += ["--threads", str(self.options.threads)]
        if self.options.data:
            arguments += ["--data", self.options.data]
        return ledger.Ledger(arguments, folder, self.options.timeout)

    def compare(self, side, work):
        """A row of the table of networks."""
        import contender

        torch_side = contender.fastest(work, os.cpu_count(), self.log)
        ours, theirs = self.in_turn(side.evaluate, torch_side.run, "LossLedger", "PyTorch")
        difference = self.require_alike(
            f"the gradients of LossLedger and PyTorch (losses {ours.loss:.6g} and {theirs.loss:.6g})",
            torch_side.parameters.of(side.gradient(work.precision)),
            torch_side.parameters.gradient(),
        )
        return [
            self.network,
            f"{work.description['examples']:,}",
            self.precision,
            f"{ours.median:.3f} s",
            f"{theirs.median:.3f} s",
            *ratios(ours, theirs),
            f"{difference:.1e}",
            str(torch_side.setting),
        ]

    def compare_classes(self, side, work):
        """A row of the table of objectives for each class. Their weighted sum must be the gradient over all images."""
        ours, classes = self.in_turn(side.evaluate, side.classes, "one objective", "one for each class")
        summed = side.gradient(work.precision)
        side.evaluate()
        difference = self.require_alike(
            "the gradient over all images and the sum of those over each class", side.gradient(work.precision), summed
        )
        return [
            self.network,
            f"{work.description['examples']:,}",
            self.precision,
            f"{ours.median:.3f} s",
            f"{classes.median:.3f} s",
            *ratios(classes, ours),
            f"{difference:.1e}",
        ]

    def in_turn(self, first, second, first_name, second_name):
        sides = (Times(first), Times(second))
        for _ in range(WARM_UP_ROUNDS):
            for side in sides:
                side.measure()
        for side in sides:
            side.seconds.clear()
        for number in range(1, self.options.rounds + 1):
            for side in sides:
                side.measure()
            self.log(
                f"round {number} of {self.options.rounds}: {first_name} {sides[0].seconds[-1]:.3f} s,"
                f" {second_name} {sides[1].seconds[-1]:.3f} s"
            )
        return sides

    def require_alike(self, what, one, other):
        difference = float((one.double() - other.double()).norm() / other.double().norm())
        if not difference <= TOLERANCE[self.precision]:
            self.differing.append(
                f"{self.network} in {self.precision}: {what} must differ by at most {TOLERANCE[self.precision]:g}"
                f" of their norm. Found: {difference:.3g}"
            )
        return difference

    def log(self, text):
        progress(f"{self.network} {self.precision}: {text}")


class Times:
    """Repeats one evaluation."""

    def __init__(self, evaluation):
        self.evaluation = evaluation
        self.seconds = []
        self.loss = float("nan")

    def measure(self):
        time.sleep(PAUSE_SECONDS)
        seconds, self.loss = self.evaluation()
        self.seconds.append(seconds)

    @property
    def median(self):
        return statistics.median(self.seconds)


def ratios(dividend, divisor):
    """The median of the rounds' ratios, the lowest, and the highest."""
    each = [one / other for one, other in zip(dividend.seconds, divisor.seconds)]
    return [f"{ratio:.2f}" for ratio in (statistics.median(each), min(each), max(each))]


def print_tables(rows, class_rows):
    if rows:
        print_table(
            "network | images | precision | LossLedger | PyTorch | ratio | from | to | gradients differ by | PyTorch's best setting",
            rows,
        )
    if class_rows:
        print_table(
            "network | images | precision | one objective | one for each class | ratio | from | to | gradients differ by", class_rows
        )


def print_table(head, rows):
    print(f"| {head} |\n|{'---|' * (head.count('|') + 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def parse():
    parser = argparse.ArgumentParser(
        prog="tests/bench/evaluation",
        description="Compares LossLedger's gradient over a whole set with PyTorch's: the same images and weights, in turn."
        " Prints Markdown tables.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [*CASES, CLASSES]
    parser.add_argument(
        "--case",
        dest="cases",
        metavar="NAME",
        type=choices("--case", names),
        default=names,
        help=f"some of {','.join(names)}; default: all. classes is LossLedger alone: a gradient for each class",
    )
    parser.add_argument(
        "--precision",
        dest="precisions",
        metavar="NAME",
        type=choices("--precision", list(TOLERANCE)),
        default=list(TOLERANCE),
        help="float32, float64 or both, the default",
    )
    images = ", ".join(f"{examples:,} for {name}" for name, examples in CASES.items())
    parser.add_argument("--examples", metavar="N", type=at_least_1, help=f"images; default: {images}")
    parser.add_argument("--data", metavar="DIR", help="folder with a data set that all cases take; default: generated images")
    parser.add_argument("--rounds", metavar="N", type=at_least_1, default=7, help="default: 7")
    parser.add_argument("--threads", metavar="N", type=at_least_1, help="of LossLedger; default: one for each processor")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="of images and weights; default: 1")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=600, help="for each answer of LossLedger; default: 600")
    parser.add_argument("--any-blas", action="store_true", help="compare with PyTorch on an unoptimised BLAS library, too")
    return parser.parse_args()


def choices(option, known):
    def parse_names(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"must be of {', '.join(known)}. Found: {name}")
        return names

    return parse_names


def at_least_1(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1. Found: {text}")
    return int(text)


def progress(text):
    print(text, file=sys.stderr, flush=True)


def fail(text, code=2):
    print(f"tests/bench/evaluation: {text}", file=sys.stderr, flush=True)
    sys.exit(code)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("interrupted", code=130)
