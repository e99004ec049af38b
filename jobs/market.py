"""Counts of a day what the market asks for, what it pays and how long jobs stay open; each vacancy once, little hidden."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any

from django.conf import settings
from django.db import connection

from jobs.insights import Between, difference_of_shares, share_between, spread_of, time_to_event
from jobs.insights.figures import (
    AskedSkill,
    PayFigures,
    SkillFigures,
    TimeFigures,
    TitleFigures,
    Trend,
    WeekShare,
)
from jobs.models import Insight
from jobs.skills.vocabulary import vocabulary
from jobs.titles import read_title

# Fewer say nothing, and may say what one employer does.
LEAST_JOBS, LEAST_EMPLOYERS = 10, 3
WEEKS, RECENT_WEEKS = 12, 4
# Of the change of a share: hundreds of skills are looked at, of which one in twenty would seem to rise by chance.
SURE = 0.99
# Of each kind the most frequent, so that a day stays some thousand rows; and of jobs the newest.
MOST_SKILLS, MOST_TITLES, MOST_GROUPS, MOST_JOBS = 300, 200, 1500, 200_000
SKILLS_OF_A_TITLE = 15
PAID_WITHIN = timedelta(days=365)
_ONCE = "coalesce(-l.vacancy_id, j.id)"
_CAME = "least(coalesce(j.posted_at, j.first_seen_at), j.first_seen_at)"
# New vacancies, each by the posting that came first. Ids are chosen before texts and requirements are read.
_NEW = f"""
SELECT n.id, n.came, lower(j.title) AS title, j.requirements_json -> 'skills' AS skills
  FROM (SELECT DISTINCT ON ({_ONCE}) j.id, {_CAME} AS came
          FROM jobs_job j LEFT JOIN jobs_listing l ON l.job_id = j.id
         WHERE j.first_seen_at > %(since)s AND j.requirements_json <> '{{}}'
         ORDER BY {_ONCE}, {_CAME}, j.id) n
  JOIN jobs_job j ON j.id = n.id WHERE n.came > %(since)s
"""  # noqa: S608  # constants
_WEEKS = f"""
SELECT floor(extract(epoch FROM %(now)s - came) / 604800)::int, count(*) FROM ({_NEW}) new GROUP BY 1
"""  # noqa: S608
_SKILLS = f"""
SELECT floor(extract(epoch FROM %(now)s - came) / 604800)::int, s.skill_id, max(s.name), count(DISTINCT new.id)
  FROM ({_NEW}) new, jsonb_to_recordset(skills) AS s(skill_id text, name text) GROUP BY 1, 2
"""  # noqa: S608
_TITLES = f"""
SELECT title, ARRAY(SELECT DISTINCT s.skill_id FROM jsonb_to_recordset(skills) AS s(skill_id text))
  FROM ({_NEW}) new ORDER BY id DESC LIMIT %(most)s
"""  # noqa: S608
_PAID = f"""
SELECT DISTINCT ON ({_ONCE}) lower(j.title), j.country, j.level, j.salary_currency, lower(j.company),
       ((coalesce(j.salary_year_min, j.salary_year_max) + coalesce(j.salary_year_max, j.salary_year_min)) / 2)::float8
  FROM jobs_job j LEFT JOIN jobs_listing l ON l.job_id = j.id
 WHERE j.first_seen_at > %(since)s AND j.salary_currency <> '' AND NOT j.salary_estimated
   AND coalesce(j.salary_year_max, j.salary_year_min) > 0
 ORDER BY {_ONCE}, j.id DESC LIMIT %(most)s
"""  # noqa: S608
# A vacancy is open as long as any of its postings is. Of those seen first within the retention none has been removed yet:
# of older ones those that closed soon are gone, and the rest would seem to take long.
_TIMES = f"""
SELECT (array_agg(lower(j.title) ORDER BY j.id))[1], (array_agg(j.country ORDER BY j.id))[1],
       (array_agg(j.level ORDER BY j.id))[1],
       extract(epoch FROM CASE WHEN bool_or(j.status = 'active') THEN %(now)s ELSE max(j.ended_at) END
                          - min(j.first_seen_at))::float8 / 86400,
       NOT bool_or(j.status = 'active')
  FROM jobs_job j LEFT JOIN jobs_listing l ON l.job_id = j.id
 GROUP BY {_ONCE} HAVING min(j.first_seen_at) > %(since)s ORDER BY {_ONCE} LIMIT %(most)s
"""  # noqa: S608


def market_rows(now: datetime) -> list[Insight]:
    """All figures of the market as of this moment, not saved yet."""
    found = [*_skill_rows(now), *_title_rows(now), *_pay_rows(now), *_time_rows(now)]
    for row in found:
        row.day = now.date()
    return found


def _skill_rows(now: datetime) -> Iterator[Insight]:
    since = now - timedelta(weeks=WEEKS)
    jobs = Counter(dict(_read(_WEEKS, now=now, since=since)))
    names, asking = dict[str, str](), defaultdict[str, Counter[int]](Counter)
    for week, said, name, count in _read(_SKILLS, now=now, since=since):
        skill = _in_use(said)
        names[skill] = vocabulary().skills[skill].name if skill in vocabulary().skills else name
        # Both names of two skills that were merged may stand in one job.
        asking[skill][week] = min(asking[skill][week] + count, jobs[week])
    for skill in sorted(asking, key=lambda each: (-asking[each].total(), each))[:MOST_SKILLS]:
        if row := _skill_row(skill, names[skill], asking[skill], jobs, now):
            yield row


def _skill_row(skill: str, name: str, asking: Counter[int], jobs: Counter[int], now: datetime) -> Insight | None:
    recent, before = range(RECENT_WEEKS), range(RECENT_WEEKS, WEEKS)
    part, whole = (sum(counts[week] for week in recent) for counts in (asking, jobs))
    old_part, old_whole = (sum(counts[week] for week in before) for counts in (asking, jobs))
    if part + old_part < LEAST_JOBS or not whole:
        return None
    change = None
    if old_whole >= LEAST_JOBS:
        now_is, was = (share_between(*pair, confidence=SURE) for pair in ((part, whole), (old_part, old_whole)))
        change = difference_of_shares(now_is, was)
    weeks = tuple(
        WeekShare((now - timedelta(weeks=week + 1)).date().isoformat(), jobs[week], asking[week])
        for week in reversed(range(WEEKS))
    )
    figures = SkillFigures(name, share_between(part, whole), change, _trend(change), weeks)
    return Insight(kind=Insight.Kind.SKILL, name=skill, count=part, figures=figures.to_json())


def _trend(change: Between | None) -> Trend:
    if change is None or change.low is None or change.high is None or change.low <= 0 <= change.high:
        return Trend.STEADY
    return Trend.RISING if change.low > 0 else Trend.FALLING


def _title_rows(now: datetime) -> Iterator[Insight]:
    jobs, asking = Counter[str](), defaultdict[str, Counter[str]](Counter)
    for title, skills in _read(_TITLES, since=now - timedelta(weeks=WEEKS), most=MOST_JOBS):
        key = title_key(title)
        jobs[key] += 1
        asking[key].update({_in_use(skill) for skill in skills})
    known = vocabulary().skills
    for key, count in jobs.most_common(MOST_TITLES):
        if count < LEAST_JOBS:
            return
        often = [(skill, part) for skill, part in asking[key].most_common(SKILLS_OF_A_TITLE) if skill in known]
        skills = tuple(AskedSkill(skill, known[skill].name, part, share_between(part, count)) for skill, part in often)
        yield Insight(kind=Insight.Kind.TITLE, name=key, count=count, figures=TitleFigures(skills).to_json())


def _pay_rows(now: datetime) -> Iterator[Insight]:
    pays, employers = defaultdict[tuple[str, ...], list[float]](list), defaultdict[tuple[str, ...], set[str]](set)
    for title, country, level, currency, company, amount in _read(_PAID, since=now - PAID_WITHIN, most=MOST_JOBS):
        for group in _groups(title_key(title), country, level):
            pays[*group, currency].append(amount)
            employers[*group, currency].add(company)
    shown = [group for group in pays if len(pays[group]) >= LEAST_JOBS and len(employers[group]) >= LEAST_EMPLOYERS]
    for group in sorted(shown, key=lambda each: (-len(pays[each]), each))[:MOST_GROUPS]:
        spread = spread_of(pays[group])
        figures = PayFigures(spread.lower, spread.median, spread.upper)
        yield _row(Insight.Kind.PAY, group, spread.count, figures.to_json())


def _time_rows(now: datetime) -> Iterator[Insight]:
    times = defaultdict[tuple[str, ...], list[tuple[float, bool]]](list)
    since = now - timedelta(days=settings.RETENTION_DAYS)
    for title, country, level, days, ended in _read(_TIMES, now=now, since=since, most=MOST_JOBS):
        if days > 0:  # one that had ended when it was seen first was never open here
            for group in _groups(title_key(title), country, level):
                times[*group, ""].append((days, ended))
    shown = [group for group in times if len(times[group]) >= LEAST_JOBS]
    for group in sorted(shown, key=lambda each: (-len(times[each]), each))[:MOST_GROUPS]:
        found = time_to_event(times[group])
        median = Between(found.median, found.low, found.high) if found.median is not None else None
        still_open = tuple(round(found.still_going(7.0 * week), 4) for week in range(WEEKS + 1))
        yield _row(Insight.Kind.TIME, group, found.count, TimeFigures(found.ended, median, still_open).to_json())


def _row(kind: str, group: tuple[str, ...], count: int, figures: dict[str, Any]) -> Insight:
    name, country, level, currency = group
    return Insight(kind=kind, name=name, country=country, level=level, currency=currency, count=count, figures=figures)


def _groups(*values: str) -> Iterable[tuple[str, ...]]:
    """All groups that something is in: by each of what is known of it, or not by it; all things are in the one of none."""
    return product(*(("", value) if value else ("",) for value in values))


@lru_cache(maxsize=50_000)
def title_key(title: str) -> str:
    """What titles are counted under: the occupation without level, place and case."""
    return " ".join(read_title(title).core.casefold().split())[:200]


def _in_use(skill: str) -> str:
    return vocabulary().merged.get(skill, skill)


def _read(sql: str, **values: datetime | int) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement, some thousand at a time."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(5000):
            yield from rows
