"""The contract's limits for producers, and the rules for names.

Source: UpdateParser and TensorChunkRules of the streams processor, which rejects records that exceed a limit.
"""

from __future__ import annotations

import re

MAX_STEP = 2**31 - 3
"""Largest step; the end marker's step is one more."""
MAX_CHUNKS = 1 << 20
MAX_COUNT = 1 << 28
"""Most parameters in a chunk."""
MAX_UNITS = 1 << 22
MAX_LAYERS = 1 << 20
MAX_OBJECTIVES = 1024
MAX_PARTS = 16
MAX_NAME = 200
MAX_WARNING = 1000

_RUN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def require_run_id(run: str) -> str:
    """Returns the run id. Raises ValueError unless it has 1 to 64 letters, digits, '.', '_' or '-'."""
    if not _RUN_ID.fullmatch(run):
        raise ValueError(f"run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: {run!r}")
    return run


def require_name(field: str, name: str) -> str:
    """Returns the name of a layer, tensor, objective or part. Raises ValueError unless it has 1 to 200 characters."""
    length = text_length(name)
    if not 1 <= length <= MAX_NAME:
        found = f"{length}, {name[:20]}..." if name else "0"
        raise ValueError(f"{field}: must have 1 to {MAX_NAME} characters. Found: {found}")
    return name


def require_unique(field: str, names: list[str]) -> None:
    """Raises ValueError when a name occurs twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{field}: must be unique. Found twice: {name}")
        seen.add(name)


def text_length(text: str) -> int:
    """Length in UTF-16 units, as the processor counts characters."""
    return len(text.encode("utf-16-le", "replace")) // 2


def cut_text(text: str, most: int) -> str:
    """The longest start of the text that has at most `most` UTF-16 units, without lone surrogates."""
    return text.encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")
