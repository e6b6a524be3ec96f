"""Loss Change Allocation for PyTorch: which layers and units lower the loss, at every step, while a model trains."""

from __future__ import annotations

from lossledger.ledger import Ledger
from lossledger.rows import follow_rows, rows
from lossledger.watch import watch

__version__ = "0.1.0.dev0"

__all__ = ["Ledger", "follow_rows", "rows", "watch", "__version__"]
