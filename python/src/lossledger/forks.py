"""What a fork leaves behind: the child has the parent's objects, but none of its threads."""

from __future__ import annotations

import ctypes
import os
import weakref
from typing import Any, Protocol


class Forked(Protocol):
    """An object that must not act in a forked child."""

    def forked(self) -> None:
        """Called in the child, before anything else runs there."""


_watched: "weakref.WeakSet[Any]" = weakref.WeakSet()


def watch(thing: Forked) -> None:
    """Calls forked() of this object, as long as it lives, in each child that os.fork starts."""
    _watched.add(thing)


def never_free(thing: Any) -> None:
    """Keeps an object from being freed, even at exit: freeing a client of Kafka waits for threads that the child lacks."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _in_child() -> None:
    for thing in list(_watched):
        thing.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
