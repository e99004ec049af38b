"""The form of a new experiment: which lists, who, and the weights that are tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import User
from matching.experiments import keeping
from matching.experiments.configuring import NEAR_ONE
from matching.experiments.keeping import Plan
from matching.learning.choices import shipped_weights
from matching.models import Experiment, Prediction, RankingConfig
from matching.selectors.lines import PART_NAMES

SIDES: Mapping[str, str | Promise] = {
    Prediction.Side.JOBS_FOR_CV: gettext_lazy("Jobs for a CV"),
    Prediction.Side.CVS_FOR_JOB: gettext_lazy("Candidates for a job"),
}
_INPUT = {"class": "input", "autocomplete": "off"}
_WEIGHT = "weight_"


def _share(label: str, initial: float, help_text: str) -> forms.FloatField:
    widget = forms.NumberInput({"class": "input", "step": "any"})
    return forms.FloatField(
        label=label, initial=initial, min_value=0, max_value=1, help_text=help_text, widget=widget, localize=False
    )


class ExperimentForm(forms.Form):
    """A new configuration is made of the weights unless one that is there is chosen."""

    optional = frozenset({"note", "config_name"})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        known = [(str(row.pk), str(row)) for row in RankingConfig.objects.all()[:50]]
        look = forms.Select({"class": "input"})
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(_INPUT))
        self.fields["side"] = forms.ChoiceField(label=_("Lists"), choices=list(SIDES.items()), widget=look)
        self.fields["method"] = forms.ChoiceField(
            label=_("Method"),
            choices=Experiment.Method.choices,
            widget=look,
            help_text=_(
                "Interleaving needs far fewer users; A/B also shows what becomes of those who see one order only."
            ),
        )
        self.fields["share"] = _share(
            _("Share of users in it"), 1.0, _("0.2 is a fifth; nobody changes arm when it grows.")
        )
        self.fields["share_of_treatment"] = _share(_("Of these in the treatment, with A/B"), 0.5, "")
        self.fields["max_hide_rate_rise"] = _share(
            _("Stop when so much more is hidden or rejected"), 0.25, _("0.25 is a quarter more than in the control.")
        )
        self.fields["max_open_rate_fall"] = _share(
            _("Stop when so much less is opened"), 0.10, _("0.1 is a tenth less than in the control.")
        )
        self.fields["control"] = forms.ChoiceField(
            label=_("Control"), choices=[("", _("as shipped")), *known], required=False, widget=look
        )
        self.fields["treatment"] = forms.ChoiceField(
            label=_("Treatment"), choices=[("", _("the weights below")), *known], required=False, widget=look
        )
        self.fields["config_name"] = forms.CharField(
            label=_("Name of the weights"), max_length=60, required=False, widget=forms.TextInput(_INPUT)
        )
        self.fields["note"] = forms.CharField(
            label=_("What is hoped of them"), max_length=300, required=False, widget=forms.TextInput(_INPUT)
        )
        for part, weight in shipped_weights().items():
            self.fields[_WEIGHT + part] = _share(_(PART_NAMES[part]), weight, "")

    @property
    def of_experiment(self) -> list[forms.BoundField]:
        return [
            self[name] for name in self.fields if name not in {"config_name", "note"} and not name.startswith(_WEIGHT)
        ]

    @property
    def of_weights(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_WEIGHT)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("treatment") or any(name.startswith(_WEIGHT) for name in self.errors):
            return cleaned
        if not cleaned.get("config_name"):
            self.add_error("config_name", _("Give the weights a name, or choose a treatment that is there."))
        whole = math.fsum(self._weights(cleaned).values())
        if abs(whole - 1) > NEAR_ONE:
            wanted = _("take away %.3f") if whole > 1 else _("add %.3f")
            self.add_error(
                None,
                _("The weights sum to %(sum).3f and must sum to 1: %(change)s.")
                % {"sum": whole, "change": wanted % abs(whole - 1)},
            )
        return cleaned

    def make(self, *, by: User) -> Experiment | None:
        """The draft; None, with the errors in the form, where it cannot be. Only after ``is_valid``."""
        given = self.cleaned_data
        try:
            with transaction.atomic():
                treatment = (
                    given["treatment"]
                    or keeping.add_config(
                        name=given["config_name"], weights=self._weights(given), note=given["note"], by=by
                    ).pk
                )
                plain = (
                    "name",
                    "side",
                    "method",
                    "share",
                    "share_of_treatment",
                    "max_hide_rate_rise",
                    "max_open_rate_fall",
                )
                control = int(given["control"]) if given["control"] else None
                plan = Plan(treatment=int(treatment), control=control, **{name: given[name] for name in plain})
                return keeping.create_experiment(plan, by=by)
        except CvmatchError as error:
            field = error.details.get("field")
            self.add_error(field if field in self.fields else None, _(error.message))
            return None

    @staticmethod
    def _weights(given: dict[str, Any]) -> dict[str, float]:
        return {part: given[_WEIGHT + part] for part in shipped_weights() if given.get(_WEIGHT + part) is not None}
