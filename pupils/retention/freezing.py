"""The figures of an erased programme: written down as they were worked out, and read again as the same values."""

from collections import Counter
from decimal import Decimal

from pupils import results
from pupils.figures import Block, Share, TwoScales
from pupils.models import FrozenFigures

SHARES = ("met_first", "met", "exceeded", "above")


def freeze_results(programme) -> dict:
    try:
        return {"results": results.worked_out(programme)}
    except TwoScales as error:
        return {"results_refused": str(error)}


def frozen_figures(programme) -> dict | None:
    """What was frozen, or None as long as the figures are worked out from the pupils' grades."""
    return FrozenFigures.objects.filter(programme=programme).values_list("figures", flat=True).first()


def write_block(b: Block) -> dict:
    return {
        "places": b.places,
        "n": b.n,
        "pupils": b.pupils,
        "missing_first": b.missing_first,
        "missing_final": b.missing_final,
        "first_reasons": dict(b.first_reasons),
        "final_reasons": dict(b.final_reasons),
        "mean_points": None if b.mean_points is None else str(b.mean_points),
        "mean_hidden": b.mean_hidden,
        **{name: write_share(getattr(b, name)) for name in SHARES},
    }


def read_block(given: dict) -> Block:
    mean = given["mean_points"]
    changed = {
        "first_reasons": Counter(given["first_reasons"]),
        "final_reasons": Counter(given["final_reasons"]),
        "mean_points": None if mean is None else Decimal(mean),
        **{name: Share(*given[name]) for name in SHARES},
    }
    return Block(**given | changed)


def write_share(share: Share) -> list:
    return [share.of, share.n, share.hidden]
