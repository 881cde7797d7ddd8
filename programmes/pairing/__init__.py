"""Who is paired with whom: pure functions over plain values, without the database.

`suggest` places all open wishes at once; `ranking` puts everyone in order for one school. Both say why in words.
"""

from programmes.pairing.ranking import ranking
from programmes.pairing.rules import Asking, Rule, broken
from programmes.pairing.suggest import nearest_cure, suggest
from programmes.pairing.values import Teacher, Wish

__all__ = ["Asking", "Rule", "Teacher", "Wish", "broken", "nearest_cure", "ranking", "suggest"]
