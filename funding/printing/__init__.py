"""Money on paper: plain figures, frozen when they are asked for, and the PDF that a worker makes of them."""
