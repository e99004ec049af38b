"""Finds the person whom an operator names on the command line, also one without an account."""

from __future__ import annotations

from argparse import ArgumentParser

from cvmatch.core.errors import NotFound
from cvmatch.core.models import User
from cvmatch.my_data.download import person_of
from cvmatch.my_data.holdings import Person
from ingestion.models import Candidate


def add_person_arguments(parser: ArgumentParser) -> None:
    """The options by which somebody is named, and who asks."""
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", help="user name of their account")
    who.add_argument("--candidate", type=int, help="their number as a candidate, for people without an account")
    parser.add_argument("--by", required=True, help="user name of the admin who does it; it is kept who that was")


def find_person(*, user: str | None, candidate: int | None) -> Person:
    """Raises NotFound."""
    if user is not None:
        return person_of(get_user(user))
    found = Candidate.objects.select_related("user").filter(pk=candidate or 0).first()
    if found is None:
        raise NotFound(f"There is no candidate {candidate}.")
    return Person(found.user, found)


def get_user(name: str) -> User:
    """Raises NotFound."""
    user = User.objects.filter(username=name).first()
    if user is None:
        raise NotFound(f"There is no account {name}.")
    return user
