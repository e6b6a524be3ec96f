"""Loss Change Allocation for PyTorch: which layers and units lower the loss, at every step, while a model trains."""

from __future__ import annotations

from lossledger.ledger import Ledger
from lossledger.watch import watch

# Reading results: `rows` is exported here once it is part of the package.

__version__ = "0.1.0"

__all__ = ["Ledger", "watch", "__version__"]
