"""What the reports say, as plain values that JSON can hold: frozen with the report, so that it can be made again.

The only module that may join pupils to everything else. Figures are for a reader: what a person may not see is not in
them.
"""

from reports.figures.programme import programme_figures
from reports.figures.school import school_figures

__all__ = ["programme_figures", "school_figures"]
