"""The hand-over pack of a partnership: all that whoever follows in it needs, as a page and on paper."""

from reports.handover.sections import SECTIONS, handover

__all__ = ["SECTIONS", "handover"]
