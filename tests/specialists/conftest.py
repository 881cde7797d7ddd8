"""A coordinator and the specialist teachers on their way into our programme."""
