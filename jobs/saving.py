"""The only writer of saved searches: keep one under a name, rename, share, delete, and note that somebody looked."""

from __future__ import annotations

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from jobs.asked import canonical
from jobs.models import SavedSearch, SearchLook
from jobs.searches import visible_to

MOST = 50
LONGEST_NAME = 80


@transaction.atomic
def save_search(*, user: User, name: str, query: str, is_shared: bool = False) -> SavedSearch:
    """Keep a search under a name; the same name again stands for the new one. Only recruiters share.

    Raises InvalidInput for a name or a search that cannot be, and when there are too many.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once neither pass the limit nor conflict
    own, said = SavedSearch.objects.filter(user=user), _named(name)
    if own.count() >= MOST and not own.filter(name__iexact=said).exists():
        raise InvalidInput(_("You keep %(most)d searches already. Delete one first.") % {"most": MOST})
    values = {"name": said, "query": canonical(QueryDict(query)), "is_shared": is_shared and user.is_recruiter}
    search, _created = SavedSearch.objects.update_or_create(user=user, name__iexact=said, defaults=values)
    look_at_search(user=user, pk=search.pk)
    return search


@transaction.atomic
def change_search(*, user: User, pk: int, name: str, is_shared: bool) -> SavedSearch:
    """Another name, or shared or not. Raises NotFound for one that is not theirs, and InvalidInput for a name in use."""
    search, said = _own(user, pk), _named(name)
    if SavedSearch.objects.filter(user=user, name__iexact=said).exclude(pk=pk).exists():
        raise InvalidInput(_("Another of your searches has this name."), details={"field": "name"})
    search.name, search.is_shared = said, is_shared and user.is_recruiter
    search.save(update_fields=["name", "is_shared"])
    return search


def delete_search(*, user: User, pk: int) -> None:
    """Raises NotFound for one that is not theirs; what others share, they delete."""
    _own(user, pk).delete()


def look_at_search(*, user: User, pk: int) -> SavedSearch:
    """Note that the person sees its jobs now. Raises NotFound for a search that is not there for them."""
    search = visible_to(user).filter(pk=pk).first()
    if search is None:
        raise NotFound(_("There is no such search. It may have been deleted."))
    SearchLook.objects.bulk_create(
        [SearchLook(search=search, user=user, looked_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["search", "user"],
        update_fields=["looked_at"],
    )
    return search


def _own(user: User, pk: int) -> SavedSearch:
    search = SavedSearch.objects.filter(user=user, pk=pk).first()
    if search is None:
        raise NotFound(_("There is no such search of yours. It may have been deleted, or somebody shares it with you."))
    return search


def _named(name: str) -> str:
    said = " ".join(name.replace("\x00", " ").split())
    if not said or len(said) > LONGEST_NAME:
        raise InvalidInput(
            _("Give the search a name of at most %(most)d letters.") % {"most": LONGEST_NAME}, details={"field": "name"}
        )
    return said
