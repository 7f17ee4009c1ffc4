"""Results of measurements, kept in build/bench by work, side and round, so that a long measurement can be made in parts."""

import json

from broker import ROOT

FOLDER = ROOT / "build/bench"
SIDES = ("apache", "barnabas")


class Kept:
    """{work: {side: {round: figures}}} in a file that is written after every change."""

    def __init__(self, path=FOLDER / "results.json"):
        self.path = path
        self.works = json.loads(path.read_text()) if path.exists() else {}

    def add(self, work, side, number, figures):
        self.works.setdefault(work, {side: {} for side in SIDES})[side][str(number)] = figures
        self.save()

    def drop(self, works):
        for work in works:
            self.works.pop(work, None)
        self.save()

    def last_round(self, work):
        sides = self.works.get(work, {})
        return max((int(number) for side in sides.values() for number in side), default=0)

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.works, indent=1))
        fresh.replace(self.path)

    def pairs(self, work):
        """[(Apache's figures, Barnabas's)] of the rounds that both have."""
        sides = self.works.get(work, {side: {} for side in SIDES})
        numbers = sorted(set(sides["apache"]) & set(sides["barnabas"]), key=int)
        return [(sides["apache"][number], sides["barnabas"][number]) for number in numbers]


def keep(name, value):
    """Of another kind of measurement, all of it at once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(value, indent=1))


def kept(name):
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None
