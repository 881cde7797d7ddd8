"""What is known of pupils goes when a programme is past its date: what that is, and how it goes.

Nothing is erased before a person confirmed what would go. Apps to the right append their parts to `ERASE`, their
figures to `FREEZE` and what has to end first to `STILL_OPEN`.
"""

from pupils.retention.registry import ERASE, FREEZE, STILL_OPEN

__all__ = ["ERASE", "FREEZE", "STILL_OPEN"]
