"""Takes recorded payloads apart: bytes to JSON values, XML elements to JSON objects."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from lxml import etree

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Answer, Fetch, FetchFailed, Request
from ingestion.sources import Item, JobSource, Page, Rejected
from ingestion.sources.markup import local_name, xml_tree

# Said with requests whose answers are needed whole: a page of a list that is "unchanged" does not say what was on it.
IN_FULL = {"Cache-Control": "no-cache"}


def json_document(payload: BinaryIO) -> Any:
    """The payload as JSON. Raises InvalidInput when it is something else."""
    try:
        return json.loads(payload.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The file is not JSON.") from error


def listed(document: Any, *keys: str) -> list[Any]:
    """The rows of a JSON answer: under one of the keys, or the answer itself where it is a list. Raises InvalidInput."""
    rows = document
    if isinstance(document, dict):
        rows = next((document[key] for key in keys if isinstance(document.get(key), list)), None)
    if not isinstance(rows, list):
        raise InvalidInput(f"The file has no list of postings ({', '.join(keys) or 'a list'}).")
    return rows


def items_of(rows: list[Any], **shared: Any) -> Iterator[Item | Rejected]:
    """Each row as an item; what ``shared`` says of all of them is added to each."""
    for position, row in enumerate(rows, start=1):
        if isinstance(row, dict):
            yield Item(position, {**row, **shared})
        else:
            yield Rejected(position, "The row is not an object.")


def xml_document(payload: BinaryIO, root: str) -> Any:
    """The root element of an XML feed of the name ``root``. Raises InvalidInput when it is something else."""
    document = xml_tree(payload.read())
    if local_name(document) != root:
        raise InvalidInput(f"The feed begins with <{local_name(document)}> and not with <{root}>.")
    return document


def xml_record(element: Any, markup: frozenset[str] = frozenset()) -> Any:
    """An XML element as JSON: its text, or an object by local name where it has children; repeated ones are lists.

    Elements of a name in ``markup`` hold HTML, also where a feed does not escape it. Attributes and text between children
    say nothing in the feeds that are read here.
    """
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return "".join(element.itertext()).strip()
    if etree.QName(element).localname in markup:
        inside = (etree.tostring(child, encoding="unicode") for child in children)
        return f"{element.text or ''}{''.join(inside)}".strip()
    record: dict[str, Any] = {}
    for child in children:
        name, value = etree.QName(child).localname, xml_record(child, markup)
        if name not in record:
            record[name] = value
        elif isinstance(record[name], list):
            record[name].append(value)
        else:
            record[name] = [record[name], value]
    return record


def page_of(source: JobSource, answer: Answer, cursor: str = "") -> Page:
    """The page that an answer brought. Raises FetchFailed when it is no payload of the source."""
    try:
        return Page(tuple(source.items(io.BytesIO(answer.body))), cursor)
    except InvalidInput as error:
        # Services say that something is wrong in a page for people; to take it for an empty board would close every posting.
        where = answer.url.split("?")[0]
        raise FetchFailed(f"{where} answered with something that is no list of postings. {error.message}") from error


def whole(source: JobSource, fetch: Fetch, request: Request) -> Iterator[Page]:
    """The one page of a service that gives everything in one answer; none when nothing changed since the last run."""
    answer = fetch(request)
    if not answer.unchanged:
        yield page_of(source, answer)


def outcomes(fetch: Fetch, requests: Sequence[Request]) -> Iterator[Answer | FetchFailed]:
    """What came of each request in order, several asked at once: its answer, or why there is none."""
    waiting = list(requests)
    while waiting:
        answered = 0
        try:
            for answer in fetch.each(waiting):
                answered += 1
                yield answer
            return
        except FetchFailed as error:
            failure = error
        yield failure
        waiting = waiting[answered + 1 :]


def details(fetch: Fetch, requests: Sequence[Request]) -> Iterator[Answer | None]:
    """The answer to each request in order; None for a posting that was taken down after it was listed.

    Raises FetchFailed, also when not one of several is there: then it is not the postings that are gone.
    """
    missing = 0
    for came in outcomes(fetch, requests):
        if not isinstance(came, FetchFailed):
            yield came
            continue
        missing += 1
        if not came.permanent or missing == len(requests) > 1:
            raise came
        yield None


def completed(
    fetch: Fetch, listed: Sequence[Item | Rejected], request_of: Callable[[Mapping[str, Any]], Request | None]
) -> Iterator[Item | Rejected]:
    """The rows of a list, each item with what the answer about it says more. Raises FetchFailed.

    An item without a request stays as it was listed.
    """
    asked = {row.position: request_of(row.raw) for row in listed if isinstance(row, Item)}
    answers = details(fetch, [request for request in asked.values() if request])
    for row in listed:
        if isinstance(row, Rejected) or asked[row.position] is None:
            yield row
            continue
        answer = next(answers)
        more = answer.json() if answer is not None else None
        if isinstance(more, dict):
            said = {name: value for name, value in more.items() if value not in (None, [], "")}
            yield Item(row.position, {**row.raw, **said})
        else:
            yield Rejected(row.position, "The posting was taken down after it was listed.")
