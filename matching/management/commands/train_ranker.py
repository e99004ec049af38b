"""Learns from what recruiters chose, puts what was learned into service, and takes it back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import CvmatchError
from matching.learning import keeping
from matching.learning.reading import organisations_to_train
from matching.learning.words import weights_in_words
from matching.models import LearnedRanker, organisation_of


class Command(BaseCommand):
    help = "Train a ranker of an organisation from its choices (without one: of all that have choices), or change what serves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", nargs="?", default="", help="the company whose jobs it is for")
        parser.add_argument("--serve", action="store_true", help="put the newest candidate into service, if it may")
        parser.add_argument(
            "--roll-back", action="store_true", help="back to what served before, or to the score alone"
        )
        parser.add_argument("--list", action="store_true", help="show what there is and what serves")

    def handle(self, *args: Any, **options: Any) -> None:
        name = organisation_of(options["organisation"])
        if (options["serve"] or options["roll_back"]) and not name:
            raise CommandError('Name the organisation, for example: train_ranker "Acme" --serve')
        try:
            self._do(name, options)
        except CvmatchError as error:
            raise CommandError(error.message) from error

    def _do(self, name: str, options: dict[str, Any]) -> None:
        if options["roll_back"]:
            before = keeping.roll_back(name, by=None)
            self.stdout.write(f"{before} serves again." if before else f"{name}: lists stand by score alone again.")
        elif options["serve"]:
            self.stdout.write(f"{keeping.serve(_newest(name).pk, by=None)} serves.")
        elif options["list"]:
            rows = LearnedRanker.objects.filter(organisation=name) if name else LearnedRanker.objects.all()
            self.stdout.write("\n".join(map(_told, rows)) or "Nothing was learned yet.")
        else:
            names = [name] if name else organisations_to_train(least=1)
            self.stdout.write(
                "\n".join(_told(keeping.train_organisation(one)) for one in names) or "Nobody chose anything yet."
            )


def _newest(name: str) -> LearnedRanker:
    row = LearnedRanker.objects.filter(organisation=name).first()
    if row is None:
        raise CommandError(f'Nothing was learned for “{name}” yet. Train it first: train_ranker "{name}"')
    return row


def _told(row: LearnedRanker) -> str:
    judged = row.judgement_json
    return (
        f"{row}: {row.state}, {row.decisions} decisions in {row.lists} lists; on {judged['lists']} later lists nDCG "
        f"{judged['learned']:.3f} against {judged['shown']:.3f} ({judged['low']:+.3f} to {judged['high']:+.3f}); "
        f"{weights_in_words(row.weights_json)}. {row.obstacle or 'May serve.'}"
    )
