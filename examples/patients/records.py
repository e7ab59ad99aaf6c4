"""The patients' records: made up on the fly, always the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

Record = dict[str, Any]

#: Pages per patient of each paged data type: fewest and most.
PAGES: Final = {
    "assessments": (2, 4),
    "conditions": (1, 3),
    "medications": (2, 3),
    "vital_signs": (1, 1),
}
PAGE_SIZE: Final = 4
LIST_PAGE_SIZE: Final = 250
_PATIENTS_PER_MDS: Final = 5
_FACILITY_FACTOR: Final = 100_000
_CODES: Final = ("I10", "E11.9", "J44.9", "F03.90", "N18.3", "M81.0", "I50.9")
_FIRST: Final = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana")
_LAST: Final = ("Abel", "Brook", "Cole", "Dorn", "Ems", "Frey", "Gray")


@dataclass(frozen=True, slots=True)
class Population:
    """How many facilities and patients there are, and the seed of their data."""

    facilities: int
    patients: int
    seed: int = 1

    def facility_list(self) -> list[Record]:
        """Every facility, in order."""
        return [
            {"facility_id": number, "name": f"Facility {number:02d}"}
            for number in range(1, self.facilities + 1)
        ]

    def patient_list(self, facility_id: int) -> list[Record]:
        """Every patient of a facility, in order."""
        return [
            {"facility_id": facility_id, "patient_id": self._patient(facility_id, n)}
            for n in range(1, self.patients + 1)
        ]

    def mds_list(self, facility_id: int) -> list[Record]:
        """The MDS assessments of a facility: one for every fifth patient."""
        return [
            {
                "assessment_id": patient["patient_id"] * 10 + 1,
                "facility_id": facility_id,
                "patient_id": patient["patient_id"],
            }
            for patient in self.patient_list(facility_id)[::_PATIENTS_PER_MDS]
        ]

    def has_facility(self, facility_id: int) -> bool:
        """Whether the facility exists."""
        return 1 <= facility_id <= self.facilities

    def has_patient(self, patient_id: int) -> bool:
        """Whether the patient exists."""
        facility_id, number = divmod(patient_id, _FACILITY_FACTOR)
        return self.has_facility(facility_id) and 1 <= number <= self.patients

    def record_count(self, patient_id: int, data_type: str) -> int:
        """How many records of a paged type the patient has."""
        fewest, most = PAGES[data_type]
        first = (fewest - 1) * PAGE_SIZE + 1
        spread = most * PAGE_SIZE - first + 1
        return first + self._hash(patient_id, data_type) % spread

    def records(self, patient_id: int, data_type: str, page: int) -> list[Record]:
        """One page of the patient's records of a type; empty behind the last."""
        count = self.record_count(patient_id, data_type)
        number = self._hash(patient_id, data_type, page)
        first = (page - 1) * PAGE_SIZE + 1
        return [
            {
                "record_id": n,
                "code": _CODES[(number + n) % len(_CODES)],
                "value": (number >> n) % 1000,
                "recorded_on": f"2024-{number % 12 + 1:02d}-{n % 28 + 1:02d}",
            }
            for n in range(first, min(first + PAGE_SIZE, count + 1))
        ]

    def demographics(self, patient_id: int) -> Record:
        """The patient's one demographic record."""
        number = self._hash(patient_id, "demographics")
        first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
        return {
            "patient_id": patient_id,
            "name": f"{first} {last}",
            "born_on": f"19{20 + number % 60}-{number % 12 + 1:02d}-15",
            "sex": "fm"[number % 2],
        }

    def mds_details(self, assessment_id: int) -> Record | None:
        """An MDS assessment with its sections; None if there is no such one."""
        patient_id, last_digit = divmod(assessment_id, 10)
        place = patient_id % _FACILITY_FACTOR - 1
        if last_digit != 1 or place % _PATIENTS_PER_MDS:
            return None
        if not self.has_patient(patient_id):
            return None
        number = self._hash(assessment_id, "mds")
        return {
            "assessment_id": assessment_id,
            "patient_id": patient_id,
            "status": "completed",
            "sections": {name: (number >> i) % 28 for i, name in enumerate("ABCDGJ")},
        }

    def _patient(self, facility_id: int, number: int) -> int:
        return facility_id * _FACILITY_FACTOR + number

    def _hash(self, *parts: object) -> int:
        return crc32(repr((self.seed, parts)).encode())
