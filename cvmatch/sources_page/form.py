"""The form of one source, made from what its kind says about its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cvmatch.sources_page.kinds import hint
from ingestion.models import NAME_PATTERN, Source
from ingestion.sources import About, Parameter
from ingestion.syncing.connecting import LEAST_MINUTES
from ingestion.syncing.secrets import FROM_ENVIRONMENT, Secrets

UNITS = {"minutes": 1, "hours": 60, "days": 1440}
MOST_MINUTES = 31 * UNITS["days"]
MOST_GRACE_DAYS = 60
LONGEST = 4000
# An address of ours begins like this; a source of the name could not be opened.
TAKEN = {"add"}
KEPT = gettext_lazy("Kept, not shown. Type to replace it.")


@dataclass(frozen=True)
class Given:
    """What was typed in, as the services take it."""

    name: str
    options: dict[str, str | list[str]]
    secrets: dict[str, str | list[str]]
    every_minutes: int
    grace_days: int


class SourceForm(forms.Form):
    """``kept`` names the secrets that are known already: they may stay empty, and are never written out."""

    def __init__(
        self, kind: str, about: About, *, kept: Secrets | None = None, has_name: bool = True, **values: Any
    ) -> None:
        super().__init__(**values)
        self.kind, self.parameters, self.kept = kind, about.parameters, dict(kept or {})
        self.optional = {"source_name", *(one.name for one in about.parameters if not one.required)}
        for parameter in about.parameters:
            self.fields[parameter.name] = _field(parameter, is_kept=parameter.name in self.kept)
        if has_name:
            self.fields["source_name"] = forms.CharField(
                label=_("Name"),
                required=False,
                max_length=40,
                help_text=_("Stands beside its jobs. Left empty it is made of %s and what is given above.") % kind,
                widget=forms.TextInput({"class": "input", "autocomplete": "off"}),
            )
        self.fields["every"] = forms.IntegerField(
            label=_("Read every"), min_value=1, widget=forms.NumberInput({"class": "input"})
        )
        self.fields["unit"] = forms.ChoiceField(
            label=_("Unit"), choices=[(unit, _(unit)) for unit in UNITS], widget=forms.Select({"class": "input"})
        )
        self.fields["grace_days"] = forms.IntegerField(
            label=_("Days of grace"),
            min_value=0,
            max_value=MOST_GRACE_DAYS,
            help_text=_("A job that is not there any more stays open for so long, in case it comes back.")
            if about.complete
            else _(
                "Only for kinds that see everything that is open: this one does not, so its jobs end by their last day."
            ),
            widget=forms.NumberInput({"class": "input"}),
        )

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of the kind's own parameters."""
        return [self[parameter.name] for parameter in self.parameters]

    @property
    def mistakes(self) -> Iterator[tuple[forms.BoundField | None, str]]:
        """Each error with its field, or with None where it is about all of them."""
        for name, errors in self.errors.items():
            for error in errors:
                yield (self[name] if name in self.fields else None), str(error)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for parameter in self.parameters:
            values = as_list(cleaned.get(parameter.name, ""))
            if not all(_fits(parameter, value) for value in values):
                self.add_error(
                    parameter.name, f"{_('This is not of the form that it must have.')} {hint(parameter)}".strip()
                )
        minutes = (cleaned.get("every") or 0) * UNITS[cleaned.get("unit") or "minutes"]
        if "every" in cleaned and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            self.add_error("every", _("Between %d minutes and 31 days.") % LEAST_MINUTES)
        return cleaned

    def clean_source_name(self) -> str:
        name: str = self.cleaned_data["source_name"].strip()
        if name in TAKEN or not re.fullmatch(NAME_PATTERN, name or "x") or name.startswith("."):
            raise forms.ValidationError(_("Letters, digits, dots and dashes, such as acme-berlin."))
        if Source.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is a source of this name already. Choose another one."))
        return name

    def given(self) -> Given:
        """What was typed in; only after ``is_valid``."""
        cleaned = self.cleaned_data
        typed = {one.name: cleaned[one.name] for one in self.parameters if cleaned.get(one.name)}
        secret = {one.name for one in self.parameters if one.secret}
        options = {name: value for name, value in typed.items() if name not in secret}
        return Given(
            name=cleaned.get("source_name") or suggested_name(self.kind, options, self.parameters),
            options=options,
            secrets={name: value for name, value in {**self.kept, **typed}.items() if name in secret},
            every_minutes=cleaned["every"] * UNITS[cleaned["unit"]],
            grace_days=cleaned["grace_days"],
        )


class ManyField(forms.CharField):
    """Several values: one a line, or for secrets, which are typed into one line, with spaces between them."""

    def clean(self, value: Any) -> list[str]:
        cleaned: str = super().clean(value)
        return [part.strip() for part in cleaned.splitlines() if part.strip()]


class ManySecretsField(ManyField):
    def clean(self, value: Any) -> list[str]:
        return [part for line in super().clean(value) for part in line.split()]


def initial_of(source: Source) -> dict[str, Any]:
    """What the form of a connected source shows: everything but its secrets."""
    every, unit = split_minutes(source.every_minutes)
    shown = {name: "\n".join(as_list(value)) for name, value in source.options.items()}
    return {**shown, "every": every, "unit": unit, "grace_days": source.grace_days}


def split_minutes(minutes: int) -> tuple[int, str]:
    """In the largest unit that it is a whole number of."""
    unit = next(unit for unit in reversed(UNITS) if minutes % UNITS[unit] == 0)
    return minutes // UNITS[unit], unit


def suggested_name(kind: str, options: Mapping[str, str | list[str]], parameters: tuple[Parameter, ...]) -> str:
    """The kind and what tells its sources apart, as a name that is free: greenhouse-acme, greenhouse-acme-2."""
    telling = next((one for one in parameters if one.required and not one.secret and one.name in options), None)
    said = " ".join(as_list(options[telling.name])) if telling else ""
    said = re.sub(r"^https?://(www\.)?", "", said)
    base = re.sub(r"[^\w.]+", "-", f"{kind}-{said}", flags=re.ASCII).strip("-.").lower()[:36]
    taken = set(Source.objects.filter(name__startswith=base).values_list("name", flat=True))
    names = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def as_list(value: str | list[str]) -> list[str]:
    return list(value) if isinstance(value, list) else [value] * bool(value)


def _fits(parameter: Parameter, value: str) -> bool:
    if parameter.secret and value.startswith(FROM_ENVIRONMENT):
        return True
    return not parameter.pattern or re.fullmatch(parameter.pattern, value) is not None


def _field(parameter: Parameter, *, is_kept: bool) -> forms.Field:
    said: dict[str, Any] = {
        "label": parameter.label,
        "required": parameter.required and not is_kept,
        "help_text": _help(parameter),
        "error_messages": {"required": f"{_('%s is needed.') % parameter.label} {hint(parameter)}".strip()},
    }
    look = {"class": "input", "autocomplete": "off"}
    if parameter.secret:
        widget = forms.PasswordInput(
            {**look, "autocomplete": "new-password", **({"placeholder": KEPT} if is_kept else {})}, render_value=False
        )
        return (ManySecretsField if parameter.many else forms.CharField)(widget=widget, max_length=LONGEST, **said)
    if parameter.choices:
        first = [] if parameter.required else [("", _("as usual"))]
        return forms.ChoiceField(choices=[*first, *parameter.choices], widget=forms.Select(look), **said)
    if parameter.many:
        return ManyField(widget=forms.Textarea({**look, "rows": 3}), max_length=LONGEST, **said)
    return forms.CharField(widget=forms.TextInput(look), max_length=LONGEST, **said)


def _help(parameter: Parameter) -> str:
    parts = [hint(parameter)]
    if parameter.many:
        parts.append(_("Several with spaces between them.") if parameter.secret else _("One a line."))
    if parameter.secret:
        parts.append(_("Or the name of an environment variable that holds it: %sNAME.") % FROM_ENVIRONMENT)
    return " ".join(part for part in parts if part)
