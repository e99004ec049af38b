"""Everything that a page may say is there in German, with the same placeholders, and the compiled file is that of the texts."""

from __future__ import annotations

from babel.messages.catalog import Message

from tests import translations


def both(message: Message) -> list[tuple[str, str]]:
    """Each text with its translation; of two forms the second, which holds all placeholders."""
    if isinstance(message.id, tuple):
        return [(message.id[1], text) for text in message.string[1:]]
    return [(message.id, str(message.string))]


def test_every_text_of_templates_and_code_is_in_the_catalogue_and_nothing_else() -> None:
    """To mend it: python -m tests.translations, then fill in what is new."""
    needed = {message.id for message in translations.messages() if message.id}
    known = {message.id for message in translations.read() if message.id}
    assert (needed - known, known - needed) == (set(), set())


def test_every_text_has_a_translation_with_the_same_placeholders() -> None:
    messages = [message for message in translations.read() if message.id]
    assert [message.id for message in messages if not all(text for _, text in both(message))] == []
    wrong = [
        (text, translated)
        for message in messages
        for text, translated in both(message)
        if translations.placeholders(text) != translations.placeholders(translated)
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    assert translations.PO.with_suffix(".mo").read_bytes() == translations.compiled(translations.read())
