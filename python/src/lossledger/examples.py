"""A set of examples, in whatever form the training has it."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Optional, Sequence

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset
from torch.utils.data.dataloader import default_collate


class Examples:
    """Examples that can be counted and fetched by number.

    data is a map-style Dataset; a DataLoader, of which only the dataset and the collate function are used; a tensor, or
    a tuple or dict of tensors, with a common first axis; or a list of such batches. Not thread-safe: a Dataset may not be.

    Raises ValueError when data is none of these, or empty.
    """

    def __init__(self, name: str, data: Any, collate: Optional[Callable[[list[Any]], Any]] = None) -> None:
        self._tensors: Any = None
        if isinstance(data, DataLoader):
            data, collate = data.dataset, collate or data.collate_fn
        if isinstance(data, IterableDataset) or isinstance(data, Iterator):
            raise ValueError(f"{name}: must be a set that can be indexed, to draw examples from. "
                             f"Found: {type(data).__name__}, which can only be iterated over")
        if isinstance(data, torch.Tensor) or isinstance(data, (tuple, dict)) and _first(data) is not None:
            _require_tensors(name, data)
            self._tensors, self._count = data, _length(name, data)
        else:
            if isinstance(data, list) and data and _first(data[0]) is not None and _is_batch(data[0]):
                data = _Rows(name, data)
            if not (hasattr(data, "__getitem__") and hasattr(data, "__len__")):
                raise ValueError(f"{name}: must be a map-style Dataset, a list of batches, or a tuple or dict of "
                                 f"tensors. Found: {type(data).__name__}")
            self._count = len(data)
        if self._count == 0:
            raise ValueError(f"{name}: must have examples. Found: none")
        self._data = data
        self._collate = collate or default_collate

    def __len__(self) -> int:
        return self._count

    def rows(self, numbers: Sequence[int]) -> Any:
        """The examples with these numbers as one batch."""
        if self._tensors is None:
            return self._collate([self._data[int(number)] for number in numbers])
        index = torch.as_tensor(numbers, dtype=torch.long)
        return map_tensors(self._tensors, lambda tensor: tensor[index.to(tensor.device)])

    def chunks(self, size: int, rank: int = 0, ranks: int = 1) -> list[tuple[int, Any]]:
        """Every ranks-th chunk of `size` examples from number `rank` on, each with its number of examples.

        Tensors are not copied; what a Dataset returns is kept, so that the set stays the same.
        """
        chunks = []
        for first in range(rank * size, self._count, ranks * size):
            last = min(first + size, self._count)
            batch = self.rows(range(first, last)) if self._tensors is None else map_tensors(
                self._tensors, lambda tensor: tensor[first:last])
            chunks.append((last - first, batch))
        return chunks


class _Rows:
    """The rows of batches, numbered through."""

    def __init__(self, name: str, batches: list[Any]) -> None:
        self._places = [(batch, row) for batch in batches for row in range(_length(name, batch))]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> Any:
        batch, row = self._places[number]
        return map_tensors(batch, lambda tensor: tensor[row])


def map_tensors(value: Any, function: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """The same structure of tuples, lists and dicts with each tensor replaced."""
    if isinstance(value, torch.Tensor):
        return function(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(map_tensors(item, function) for item in value))
    if isinstance(value, (tuple, list)):
        return type(value)(map_tensors(item, function) for item in value)
    if isinstance(value, dict):
        return {key: map_tensors(item, function) for key, item in value.items()}
    return value


def rows_in(batch: Any) -> Optional[int]:
    """The common length of all tensors of a batch along the first axis; None when they have none."""
    lengths: set[int] = set()
    map_tensors(batch, lambda tensor: lengths.add(len(tensor) if tensor.dim() else -1) or tensor)
    return lengths.pop() if len(lengths) == 1 and -1 not in lengths else None


def _first(value: Any) -> Optional[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return next((found for found in map(_first, items) if found is not None), None)


def _require_tensors(name: str, value: Any) -> None:
    """Others would not be cut into rows, and so be paired with the wrong ones."""
    if isinstance(value, np.ndarray) or isinstance(value, list) and value and _first(value) is None:
        raise ValueError(f"{name}: must hold tensors, of which rows can be taken; torch.as_tensor() makes them. "
                         f"Found: {type(value).__name__}")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ():
        _require_tensors(name, item)


def _is_batch(value: Any) -> bool:
    """Whether all tensors have the same first axis; a single example, such as (image, label number), fails this."""
    lengths: list[Optional[int]] = []
    map_tensors(value, lambda tensor: lengths.append(len(tensor) if tensor.dim() else None) or tensor)
    single = isinstance(value, torch.Tensor) and value.dim() < 2
    return None not in lengths and len(set(lengths)) == 1 and not single


def _length(name: str, value: Any) -> int:
    lengths: set[int] = set()
    map_tensors(value, lambda tensor: lengths.add(len(tensor) if tensor.dim() else -1) or tensor)
    if len(lengths) != 1 or -1 in lengths:
        raise ValueError(f"{name}: tensors must have a common first axis. Found: lengths "
                         + ", ".join("a scalar" if length < 0 else str(length) for length in sorted(lengths)))
    return lengths.pop()
