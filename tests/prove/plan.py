"""What goes wrong in one seed, and when."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.loopback.faulty import Fault
from tests.prove.virtual import utc

MONDAY = date(2025, 5, 5)
DAYS = tuple(MONDAY + timedelta(days=n) for n in range(4))


@dataclass(frozen=True, slots=True)
class Window:
    """Something is wrong from `start` to `end`, true time; with `channel_id` only there."""

    start: datetime
    end: datetime
    kind: str
    rate: float = 1.0
    channel_id: str = ""

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(slots=True)
class Plan:
    """All that goes wrong in one seed. `kills` are moments, how many touches later the bot dies, and for how many seconds.

    Besides what the windows say, a share `post_rate` of all posts in the time of trouble fails in some way.
    `met` counts what really happened to the bot. In a lonely one a single room is closed all day and nothing else is wrong.
    """

    trouble_from: datetime
    calm_from: datetime
    appears: dict[date, datetime] = field(default_factory=dict)
    deferred: date | None = None
    hole_until: datetime | None = None
    source: list[Window] = field(default_factory=list)
    scorer: list[Window] = field(default_factory=list)
    chat: list[Window] = field(default_factory=list)
    kills: list[tuple[datetime, int, float]] = field(default_factory=list)
    shifts: list[tuple[datetime, float]] = field(default_factory=list)
    votes: list[datetime] = field(default_factory=list)
    post_rate: float = 0.0
    singly: bool = False
    is_lonely: bool = False
    met: Counter[str] = field(default_factory=Counter)

    @property
    def is_fresh(self) -> bool:
        """Whether trouble begins before the channels' first morning."""
        return self.trouble_from < utc("2025-05-05T09:00")


def make_plan(rng: random.Random) -> Plan:
    """The troubles of one seed: Tuesday's listing and mornings, in one of five seeds the very first ones as well."""
    start = utc("2025-05-05T08:00") if rng.random() < 0.2 else utc("2025-05-05T14:00")
    plan = Plan(start, utc("2025-05-06T18:00"), singly=rng.random() < 0.3)
    plan.appears = {day: at(day, 4.7) for day in DAYS}
    if rng.random() < 0.08:
        plan.trouble_from, plan.is_lonely = utc("2025-05-05T14:00"), True
        plan.appears[DAYS[1]] = at(DAYS[1], rng.uniform(5, 12))
        plan.chat = [Window(at(DAYS[1], 8), plan.calm_from, chat_kind(rng), 1.0, "room-a")]
        plan.votes = sorted(_moment(rng, plan) for _ in range(20))
        return plan
    _plan_listing(plan, rng)
    _plan_chat(plan, rng)
    plan.post_rate = rng.choice([0.0, 0.1, 0.3, 0.6])
    if rng.random() < 0.25:
        plan.scorer = [Window(at(DAYS[1], 4.5), at(DAYS[1], rng.uniform(6, 17)), "no scores")]
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 5])):
        downtime_s = rng.choice([2.0, 2.0, 40.0, 900.0, 3 * 3600.0])
        plan.kills.append((_moment(rng, plan), rng.choice([0, 1, 2, 3, 5, 8, 13, 21]), downtime_s))
    plan.kills.sort()
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        plan.shifts.append((_moment(rng, plan), rng.uniform(-3, 3) * 3600))
    plan.shifts.append((plan.calm_from, 0.0))
    plan.votes = sorted(_moment(rng, plan) for _ in range(rng.randrange(5, 40)))
    return plan


def _plan_listing(plan: Plan, rng: random.Random) -> None:
    tuesday = DAYS[1]
    match rng.choice(["fine", "late", "late", "deferred", "hole", "503", "malformed", "empty"]):
        case "late":
            plan.appears[tuesday] = at(tuesday, rng.uniform(5, 17))
        case "deferred":
            plan.deferred = tuesday
        case "hole":
            plan.appears[tuesday] = at(DAYS[2], 4.7)
            plan.hole_until = at(DAYS[2], rng.uniform(4, 8))
        case "fine":
            pass
        case kind:
            plan.source += [Window(at(tuesday, 4), at(tuesday, rng.uniform(5, 17)), kind)]
    if rng.random() < 0.3:
        plan.source.append(_window(rng, plan, rng.choice(["503", "malformed", "empty"]), 0.1, 3, rate=0.5))


def _plan_chat(plan: Plan, rng: random.Random) -> None:
    for morning in (at(DAYS[1], 9), at(DAYS[1], 13)):
        for _ in range(rng.choice([0, 1, 2, 3])):
            start = morning + timedelta(minutes=rng.choice([-0.1, -0.1, rng.uniform(-30, 60)]))
            end = start + timedelta(minutes=rng.choice([1, 5, 30, 120]))
            plan.chat.append(Window(start, min(end, plan.calm_from), chat_kind(rng), rng.choice([0.2, 0.5, 1.0])))
    if plan.is_fresh:
        plan.chat.append(_window(rng, plan, chat_kind(rng), 0.1, 8, rate=0.4))


def chat_kind(rng: random.Random) -> str:
    """Some way in which a call of the chat fails."""
    return str(rng.choice([fault for fault in Fault if fault not in {Fault.REFUSED, Fault.KILLS_CALLER}]))


def _window(rng: random.Random, plan: Plan, kind: str, least_h: float, most_h: float, rate: float = 1.0) -> Window:
    start = _moment(rng, plan)
    return Window(start, min(start + timedelta(hours=rng.uniform(least_h, most_h)), plan.calm_from), kind, rate)


def _moment(rng: random.Random, plan: Plan) -> datetime:
    """A random moment of the trouble; half of them around a morning, where it hurts."""
    if rng.random() < 0.5:
        morning = at(DAYS[1], rng.choice([9, 13]))
        return morning + timedelta(seconds=rng.uniform(-60, 600))
    return plan.trouble_from + (plan.calm_from - plan.trouble_from) * rng.random()


def at(day: date, hour: float) -> datetime:
    """That many hours after the day's midnight in UTC."""
    """That many hours after the day's midnight in UTC."""
    return utc(f"{day}T00:00") + timedelta(hours=hour)
