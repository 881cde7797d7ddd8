"""The national register of schools: searching it, bringing it up to date, and what follows when a school closes."""
