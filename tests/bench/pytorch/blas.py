"""The library that PyTorch's matrix products run on. PyTorch must have been imported."""

import ctypes
import os

import torch

_paths = []


def paths():
    """Files of it that are loaded."""
    if not _paths:
        with open("/proc/self/maps") as maps:
            files = {line.split(maxsplit=5)[5].strip() for line in maps if "/" in line}
        _paths.extend(sorted(file for file in files if "blas" in os.path.basename(file).lower()))
    return _paths


def name():
    return ", ".join("/".join(path.split("/")[-2:]) for path in paths()) or "a library of its own"


def is_reference():
    """Whether it is netlib's, which is not optimised: twenty times slower."""
    return "BLAS_INFO=generic" in torch.__config__.show() and all("openblas" not in path for path in paths())


def set_threads(count):
    for path in paths():
        try:
            ctypes.CDLL(path).openblas_set_num_threads(count)
        except AttributeError:
            pass  # of another library, which follows OpenMP
