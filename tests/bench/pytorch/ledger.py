"""LossLedger's side: `lossledger bench evaluation --exchange`, in a process of its own."""

import json
import os
import queue
import signal
import subprocess
import threading

import torch

HOME = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
QUIT_SECONDS = 10
COMMAND = os.path.join(HOME, "lossledger")


class LedgerFailed(Exception):
    """The process ended or did not answer in time."""


class Work:
    """What both evaluate, as LossLedger wrote it."""

    def __init__(self, folder):
        with open(os.path.join(folder, "description.json")) as file:
            self.description = json.load(file)
        self.precision = getattr(torch, self.description["precision"])
        image = self.description["image"]
        self.features = read(folder, "features.bin", torch.float32).to(self.precision).reshape(-1, *image)
        self.labels = read(folder, "labels.bin", torch.uint8).to(torch.int64)
        self.parameters = read(folder, "parameters.bin", self.precision)


class Ledger:
    """Evaluates when asked, and never else."""

    def __init__(self, arguments, folder, timeout):
        self.folder = folder
        self.timeout = timeout
        self.errors = open(os.path.join(folder, "errors.txt"), "w+")
        self.process = subprocess.Popen(
            [COMMAND, "bench", "evaluation", "--exchange", folder, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            start_new_session=True,
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._expect("ready")
        except BaseException:
            self.close()
            raise

    def evaluate(self):
        return self._measure("evaluate")

    def classes(self):
        return self._measure("classes")

    def gradient(self, precision):
        """The flat gradient of the last evaluation."""
        self._send("gradient")
        self._expect("gradient.bin")
        return read(self.folder, "gradient.bin", precision)

    def close(self):
        try:
            self._send("quit")
            self.process.wait(QUIT_SECONDS)
        except (LedgerFailed, subprocess.TimeoutExpired):
            pass  # it is ended below
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _measure(self, request):
        self._send(request)
        nanos, loss = self._line().split()
        return int(nanos) / 1e9, float(loss)

    def _send(self, request):
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except OSError:
            raise self._failed("ended") from None

    def _expect(self, line):
        found = self._line()
        if found != line:
            raise self._failed(f"answered '{found}' in place of '{line}'")

    def _line(self):
        try:
            line = self.lines.get(timeout=self.timeout)
        except queue.Empty:
            raise self._failed(f"did not answer within {self.timeout:g} s") from None
        if not line:
            raise self._failed(f"ended with {self.process.wait(QUIT_SECONDS)}")
        return line.rstrip("\n")

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def _failed(self, what):
        self.errors.seek(0)
        said = self.errors.read().strip()
        return LedgerFailed(f"LossLedger {what}. It said: {said or 'nothing'}")


def read(folder, name, precision):
    path = os.path.join(folder, name)
    size = os.path.getsize(path) // torch.empty(0, dtype=precision).element_size()
    return torch.from_file(path, shared=False, size=size, dtype=precision).clone()
