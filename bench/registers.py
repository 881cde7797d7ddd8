"""A generated national register with its links file: the real one's columns, sizes and oddities; invented schools."""

import csv
import datetime as dt
import random
from dataclasses import dataclass, field, replace

HEADER = """URN|LA (code)|LA (name)|EstablishmentNumber|EstablishmentName|TypeOfEstablishment (code)
TypeOfEstablishment (name)|EstablishmentTypeGroup (code)|EstablishmentTypeGroup (name)|EstablishmentStatus (code)
EstablishmentStatus (name)|ReasonEstablishmentOpened (code)|ReasonEstablishmentOpened (name)|OpenDate
ReasonEstablishmentClosed (code)|ReasonEstablishmentClosed (name)|CloseDate|PhaseOfEducation (code)
PhaseOfEducation (name)|StatutoryLowAge|StatutoryHighAge|Boarders (code)|Boarders (name)|NurseryProvision (name)
OfficialSixthForm (code)|OfficialSixthForm (name)|Gender (code)|Gender (name)|ReligiousCharacter (code)
ReligiousCharacter (name)|ReligiousEthos (name)|Diocese (code)|Diocese (name)|AdmissionsPolicy (code)
AdmissionsPolicy (name)|SchoolCapacity|SpecialClasses (code)|SpecialClasses (name)|CensusDate|NumberOfPupils
NumberOfBoys|NumberOfGirls|PercentageFSM|TrustSchoolFlag (code)|TrustSchoolFlag (name)|Trusts (code)|Trusts (name)
SchoolSponsorFlag (name)|SchoolSponsors (name)|FederationFlag (name)|Federations (code)|Federations (name)|UKPRN
FEHEIdentifier|FurtherEducationType (name)|OfstedLastInsp|OfstedSpecialMeasures (code)|OfstedSpecialMeasures (name)
LastChangedDate|Street|Locality|Address3|Town|County (name)|Postcode|SchoolWebsite|TelephoneNum|HeadTitle (name)
HeadFirstName|HeadLastName|HeadPreferredJobTitle|BSOInspectorateName (name)|InspectorateReport
DateOfLastInspectionVisit|NextInspectionVisit|TeenMoth (name)|TeenMothPlaces|CCF (name)|SENPRU (name)|EBD (name)
PlacesPRU|FTProv (name)|EdByOther (name)|Section41Approved (name)|SEN1 (name)|SEN2 (name)|SEN3 (name)|SEN4 (name)
SEN5 (name)|SEN6 (name)|SEN7 (name)|SEN8 (name)|SEN9 (name)|SEN10 (name)|SEN11 (name)|SEN12 (name)|SEN13 (name)
TypeOfResourcedProvision (name)|ResourcedProvisionOnRoll|ResourcedProvisionCapacity|SenUnitOnRoll|SenUnitCapacity
GOR (code)|GOR (name)|DistrictAdministrative (code)|DistrictAdministrative (name)|AdministrativeWard (code)
AdministrativeWard (name)|ParliamentaryConstituency (code)|ParliamentaryConstituency (name)|UrbanRural (code)
UrbanRural (name)|GSSLACode (name)|Easting|Northing|MSOA (name)|LSOA (name)|InspectorateName (name)|SENStat
SENNoStat|BoardingEstablishment (name)|PropsName|PreviousLA (code)|PreviousLA (name)|PreviousEstablishmentNumber
OfstedRating (name)|RSCRegion (name)|Country (name)|UPRN|SiteName|QABName (code)|QABName (name)
EstablishmentAccredited (code)|EstablishmentAccredited (name)|QABReport|CHNumber|MSOA (code)|LSOA (code)|FSM
AccreditationExpiryDate""".replace("\n", "|").split("|")
LINKS_HEADER = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
PLACES = [
    "Ashmere", "Birchcombe", "Coldharrow", "Dunwell", "Elverton", "Farnley Cross", "Gillsea", "Hatherwick", "Ivelbrook",
    "Jarrowby", "Kestrelham", "Lowmarsh", "Mereton", "Northolm", "Oxenford", "Pelham Vale", "Quenby", "Rushmoor End",
    "Saltfleet", "Thornage", "Upwick", "Vellacott", "Wintersea", "Yarrowdale",
]  # fmt: skip
KINDS = ["Primary School", "Infant School", "Junior School", "C of E Primary School", "Catholic Primary School"]
SAINTS = [
    "St Anne's",
    "St Mary\N{RIGHT SINGLE QUOTATION MARK}s",
    "St. John the Baptist",
    "Holy Trinity",
    "All Saints'",
    "St Zoë's",
]
TYPES = ["Community school", "Voluntary aided school", "Foundation school", "Academy converter", "Free schools"]
HEADS = ["Mrs|Ada|Quell", "Mr|Ben|Orrick", "Ms|Cara|Vane", "Dr|René|Ashdown", "|Ella|Thwaite"]
FILLING = "Not applicable"


@dataclass(frozen=True)
class Establishment:
    urn: int
    la: int
    name: str
    number: str
    type: str = "Community school"
    status: str = "Open"
    opened: str = "01-01-1900"
    closed: str = ""
    phase: str = "Primary"
    pupils: str = ""
    town: str = ""
    head: str = "||"
    postcode: str = ""
    filling: str = FILLING

    def row(self):
        title, first, last = self.head.split("|")
        known = {
            "URN": self.urn,
            "LA (code)": f"{self.la:03}",
            "LA (name)": f"Authority {self.la}",
            "EstablishmentNumber": self.number,
            "EstablishmentName": self.name,
            "TypeOfEstablishment (name)": self.type,
            "EstablishmentStatus (name)": self.status,
            "OpenDate": self.opened,
            "CloseDate": self.closed,
            "PhaseOfEducation (name)": self.phase,
            "StatutoryLowAge": 4,
            "StatutoryHighAge": 11,
            "NumberOfPupils": self.pupils,
            "PercentageFSM": f"{self.urn % 400 / 10:.1f}",
            "Street": f"{self.urn % 90 + 1} Mill Lane",
            "Town": self.town,
            "Postcode": self.postcode,
            "HeadTitle (name)": title,
            "HeadFirstName": first,
            "HeadLastName": last,
            "Easting": 400000 + self.urn % 99991,
            "Northing": 200000 + self.urn % 88883,
        }
        return [known.get(name, self.filling if number % 3 == 0 else "") for number, name in enumerate(HEADER)]


@dataclass
class Register:
    """`schools` by URN, and the links: (URN, other URN, other name, type, day)."""

    schools: dict = field(default_factory=dict)
    links: list = field(default_factory=list)

    def change(self, urn, **fields):
        self.schools[urn] = replace(self.schools[urn], **fields)

    def follow(self, urn, successor, words="Successor", day="01-09-2026"):
        """Both directions, as the links file has them."""
        back = words.replace("Successor", "Predecessor")
        self.links += [
            (urn, successor, self.schools[successor].name, words, day),
            (successor, urn, self.schools[urn].name, back, day),
        ]

    def write(self, path, encoding="cp1252"):
        with open(path, "w", encoding=encoding, newline="") as file:
            out = csv.writer(file, quoting=csv.QUOTE_ALL)
            out.writerow(HEADER)
            out.writerows(school.row() for school in self.schools.values())
        return path

    def write_links(self, path, encoding="cp1252"):
        with open(path, "w", encoding=encoding, newline="") as file:
            out = csv.writer(file, quoting=csv.QUOTE_ALL)
            out.writerow(LINKS_HEADER)
            out.writerows(self.links)
        return path


def generate(count, seed=1, first=100000, filling=FILLING):
    """A register of `count` establishments, half of them closed long ago as in the real one."""
    rng = random.Random(seed)
    register = Register()
    for urn in range(first, first + count):
        place, status = rng.choice(PLACES), rng.choices(["Open", "Closed"], [1, 1])[0]
        kind = rng.choice(KINDS)
        name = f"{rng.choice(SAINTS)} {kind}, {place}" if rng.random() < 0.4 else f"{place} {kind}"
        la = 801 + rng.randrange(150)
        opened = dt.date(1960, 1, 1) + dt.timedelta(days=rng.randrange(22000))
        register.schools[urn] = Establishment(
            urn=urn,
            la=la,
            name=name,
            number="" if rng.random() < 0.05 else str(2000 + urn % 5000),
            type=rng.choice(TYPES),
            status=status,
            opened=rng.choice(["01-01-1800", "", f"{opened:%d-%m-%Y}"]),
            closed=f"{opened + dt.timedelta(days=4000):%d-%m-%Y}" if status == "Closed" else "",
            pupils=str(rng.randrange(600)) if status == "Open" else "",
            town=place,
            head=rng.choice(HEADS),
            postcode=f"ZZ{urn % 90 + 1} {urn % 9 + 1}AA" if rng.random() > 0.02 else "",
            filling=filling,
        )
    return register
