"""A school week as half-days: "tue-am" is Tuesday morning."""

DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}
HALVES = {"am": "morning", "pm": "afternoon"}
HALF_DAYS = {f"{day}-{half}": f"{name} {part}" for day, name in DAYS.items() for half, part in HALVES.items()}
SHORT = {f"{day}-{half}": f"{name[:3]} {half}" for day, name in DAYS.items() for half in HALVES}


def in_week_order(codes) -> list[str]:
    return [code for code in HALF_DAYS if code in codes]
