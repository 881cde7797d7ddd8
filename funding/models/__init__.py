from .ledger import LedgerCheck, LedgerEntry, Recovery
from .papers import FundingLetter, MoneyReport
from .payments import AnswersFile, FileLayout, Payee, Payment, PaymentBatch, Route
from .plans import Evidence, FundingPlan, ItemRecord, PlanChange, PlanItem, Side, Stage, VisitNotHeld
from .releases import FIXED, Approval, Hold, Release, ReleaseLine, Waiver, WrongState

__all__ = [
    "FIXED",
    "AnswersFile",
    "Approval",
    "Evidence",
    "FileLayout",
    "FundingLetter",
    "FundingPlan",
    "Hold",
    "ItemRecord",
    "LedgerCheck",
    "LedgerEntry",
    "MoneyReport",
    "Payee",
    "Payment",
    "PaymentBatch",
    "PlanChange",
    "PlanItem",
    "Recovery",
    "Release",
    "ReleaseLine",
    "Route",
    "Side",
    "Stage",
    "VisitNotHeld",
    "Waiver",
    "WrongState",
]
