"""Finds orders to a model that reads the CV: to drop what it was told, or to judge the person in some way.

Three kinds of signs in nine languages: dropping earlier orders, speaking to a machine, and a verdict that is commanded. Some
say it alone; the others count together, near each other. The words stand folded, without accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ingestion.integrity.lines import paragraph_end
from ingestion.integrity.scripts import Span, plain
from ingestion.values import Document

_DROP = r"""
ignore|disregard|forget|override|bypass|discard|neglect|overrule|abandon|ignorier(?:e|en|t|st)|missachte\w*|vergiss|
vergesse\w*|ubergehe\w*|uberspring\w*|verwirf|ignorez|ignorer|oublie[zr]?|neglige[zr]?|contourne[zr]?|ignor[aei]|
ignor[ae]n?|ignorar|ignorad|olvid[ae]n?|olvidar|omit[aei]r?|descart[ae]r?|ignorare|ignorate|dimentica\w*|dimentichi|
tralascia\w*|trascura\w*|ignorem|esqueca\w*|esquece[r]?|desconsider[ae]\w*|negeer|negeren|vergeet|vergeten|
zignoruj\w*|ignoruj\w*|zapomnij\w*|pomin\w*|porzuc\w*|odrzuc\w*|zlekcewaz\w*|ignorati|ignora-ti|uita\w*|omiteti|
nesocot\w*|abstraction|omiso|suspend"""
_ORDERS = r"""
instruction\w*|prompts?|directions?|directives?|rules?|guidelines?|commands?|criteria|constraints?|anweisung\w*|
anleitung\w*|befehl\w*|vorgaben?|regeln?|instruktion\w*|richtlinien?|consignes?|regles?|criteres?|instruccion\w*|
indicacion\w*|directivas?|reglas?|directri\w*|pautas?|istruzion\w*|indicazion\w*|direttiv\w*|regole|comandi|
criteri\w*|instruc\w+|orientac\w+|diretri\w*|regras?|comandos?|ordens|ordenes|instructies?|opdracht\w*|
aanwijzing\w*|regels|richtlijn\w*|instrukcj\w*|polece\w*|wytyczn\w*|zasad\w*|regul\w*|instructiuni\w*|indicati\w*|
comenzi\w*|directive\w*|cerinte\w*|ordine\w*"""
_EARLIER = r"""
previous\w*|prior|above|earlier|all|any|preceding|foregoing|existing|initial|original|system|your|other|every|past|
vorherig\w*|bisherig\w*|vorangegangen\w*|vorangehend\w*|obig\w*|alle\w*|fruher\w*|vorig\w*|samtlich\w*|deine\w*|
ihre|precedent\w*|anterieur\w*|toutes?|tous|dessus|initiales?|recues?|vos|tes|previas?|previos?|anterior\w*|
tod[oa]s|arriba|precedente\w*|tus|tutt\w+|sopra|iniziali|acima|suas|vorige|eerdere|bovenstaande|voorgaande|
poprzedni\w*|wczesniejsz\w*|wszystk\w+|wszelki\w*|powyzsz\w*|dotychczas\w*|toate|sus|antericare|initiale\w*|
received|given|far"""
_MACHINE = r"""
ai|a\.i|llm|llms|gpt|chatgpt|gemini|claude|copilot|bot|ki|ia|si|language model|large language model|ai model|
ai system|ai assistant|assistant|sprachmodell\w*|ki-\w+|modele de langage|modelo de lenguaje|modelo de linguagem|
modello linguistico|taalmodel|model jezykowy|modelem jezykowym|model de limbaj|ats|automated \w+|
artificial intelligence|machine|reviewer model|screening tool|screening system|parser|inteligencia artificial|
intelligence artificielle|intelligenza artificiale|inteligenta artificiala|sztuczn\w+ inteligencj\w*|
kunstliche intelligenz|kunstmatige intelligentie"""
_JUDGE = r"""
rate|rank|score|recommend|classify|mark|select|give|assign|return|output|respond|reply|answer|say|state|conclude|
treat|consider|evaluate|assess|shortlist|advance|prioriti[sz]e|hire|invite|approve|accept|report|write|label|put|
place|move|print|grade|summari[sz]e|describe|declare|award|bewerte\w*|empfiehl|empfehlen|stufe\w*|setze\w*|gib|
geben|antworte\w*|behandle\w*|behandeln|wahle\w*|markiere\w*|ordne|erklare\w*|beurteile\w*|schreibe\w*|vergib|lade|
note[zr]?|evalue[zr]?|classe[zr]?|recommande[zr]?|considere[zr]?|attribue[zr]?|donne[zr]?|reponds|repondez|
selectionne[zr]?|retenez|place[zr]?|dites|jugez|indique[zr]?|califi[cq]\w+|evalua\w*|recomiend\w+|clasifi[cq]\w+|
puntu[ae]\w*|considera\w*|respond\w+|seleccion\w+|asign[ae]|dale|otorg\w+|marca|marque|valora|valore|valuta\w*|
raccomanda\w*|classifica\w*|consiglia\w*|assegna\w*|rispond\w+|seleziona\w*|attribuisci|scegli|giudica\w*|
avali[ae]\w*|recomend[ae]\w*|classifi\w+|atribua\w*|selecione|pontue|beoordeel|beoordelen|beveel|rangschik|geef|
antwoord|beschouw|selecteer|markeer|plaats|zet|kies|ocen\w*|polec\w*|zarekomenduj\w*|rekomenduj\w*|uznaj\w*|
przyznaj\w*|odpowiedz|wybierz|oznacz\w*|sklasyfikuj|zaklasyfikuj|traktuj\w*|nadaj|evalueaza|evaluati|recomanda\w*|
clasific\w+|acorda\w*|raspunde\w*|selecteaza|noteaza|marcheaza|apreciaza|puncteaza|tratat?i|ensure"""
_PERSON = r"""
candidat\w*|applicant\w*|bewerber\w*|bewerbung|kandidat\w*|lebenslauf|cv|resume|curriculum|profile?|profiel|
profilo?|perfil|application|person|postulant\w*|sollicitant\w*|aplicant\w*|kandydat\w*|candidature|zyciorys|
hoja de vida"""
_THIS = r"this|dies\w+|cet|cette|ce|este|esta|quest[oa]|deze|dit|tego|te|ten|ta|tej|acest\w*|diesen|the present"
_BEST = r"""
10 ?/ ?10|5 ?/ ?5|100|99|95|top|best\w*|highest|hochst\w*|perfe[ck]t\w*|parfait\w*|perfett\w*|perfeit\w*|
exc?el+ent\w*|ausgezeichnet\w*|hervorragend\w*|exceptional\w*|exceptionn?el\w*|outstanding|ideal\w*|maximum|
maxim\w*|meilleur\w*|mejor\w*|miglior\w*|melhor\w*|beste|uitstekend\w*|hoogste|najlepsz\w*|najwyzsz\w*|idealn\w*|
doskonal\w*|bun|buna|strong\w*|stark\w*|immediately|hire|interview|qualified|geeignet\w*|suitable|number one|first|
primer\w*|erste\w*|pierwsz\w*|eccellent\w*|unqualified|superior|stronger|positive\w*|positiv\w*|favou?rabl\w*"""
_ALONE = re.compile(
    r"<\|?(?:im_start|im_end|system|endoftext|start_header_id)\|?>|\[/?inst\]|<</?sys>>|#{2,} ?(?:new |"
    r"system |override )?instructions?\b:?|"
    r"\bsystem (?:prompt|message|override)\s*:|\b(?:begin|end|new|start of) (?:system )?(?:prompt|instructions)\s*[:\]]|"
    r"\bprompt injection\s*:|\bend of (?:the )?(?:resume|cv|document)\b.{0,40}\b(?:instruction|task)"
)
_LEADERS = {
    "please", "then", "and", "must", "should", "now", "you", "always", "simply", "just", "bitte", "und", "sie",
    "et", "svp", "y", "e", "ed", "en", "i", "oraz", "si", "prosze", "va", "rog", "favor", "gelieve", "graag",
    "kindly", "also", "instead", "instruction", "instructions", "note", "veuillez", "debes", "devi", "deve",
    "musisz", "trebuie", "moet", "musst", "doit", "dois", "fait", "faites", "haz", "haga", "per",
}  # fmt: skip
_TELLERS = {
    "i", "we", "he", "she", "they", "would", "could", "can", "will", "ich", "wir", "je", "nous", "yo", "nosotros",
    "io", "eu", "ik", "wij", "my", "that", "who", "not", "to", "attempts", "highly", "strongly", "may", "might",
    "which", "never",
}  # fmt: skip
_NEAR = 9  # words between the parts of one order
_TOGETHER = 260  # characters between the signs of one message


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    def words(pattern: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{''.join(pattern.split(chr(10)))})")

    return {"drop": words(_DROP), "orders": words(_ORDERS), "earlier": words(_EARLIER), "judge": words(_JUDGE)}


@cache
def _phrases() -> dict[str, re.Pattern[str]]:
    machine, person = (f"(?:{''.join(p.split(chr(10)))})" for p in (_MACHINE, _PERSON))
    return {
        "machine": re.compile(
            rf"\b(?:if|wenn|falls|si|se|als|indien|jesli|jezeli|daca) (?:you are|you're|you|du|sie|vous|tu|eres|"
            rf"usted es|es|sei|siete|voce e|for|je|u|"
            rf"jestes|esti|sunteti)\b[^.\n]{{0,30}}?\b{machine}\b"
            rf"|\b(?:note|notice|attention|message|instructions?|hinweis|anweisung|achtung|nachricht|note|avis|"
            rf"message|nota|atencion|aviso|mensaje|"
            rf"attenzione|messaggio|atencao|mensagem|let op|bericht|uwaga|wiadomosc|atentie|mesaj|dear|liebe\w*|"
            rf"cher|chere|estimad[oa]|"
            rf"gentile|caro|cara|beste|drog[ia]|draga|hey|hello) (?:to|for|an|a|pour|para|per|voor|do|dla|pentru|"
            rf"the|das|die|den|al|alla|ao|le|la|l'|"
            rf"any|all|every|jede\w*|tout\w*|cualquier|ogni|qualquer|elke|each|catre|toate| )*{machine}\b"
            rf"|\byou are (?:now )?(?:an? |the )?(?:\w+ ){{0,3}}(?:assistant|recruiter|evaluator|chatbot|"
            rf"language model|ai)\b"
            rf"|\bas an? (?:ai|artificial intelligence|large language model|language model|llm)(?: language|"
            rf" large)*(?: model| assistant| system| recruiter|"
            rf" reviewer| evaluator)?\s*,? (?:you|must|should)\b"
            rf"|\b(?:ai|llm|gpt|ats|ki|ia)[ -](?:reviewers?|screeners?|recruiters?|evaluators?|readers?|agents?|"
            rf"models?|systems?|assistants?|bots?|"
            rf"systeme?|modell\w*)\s*(?:reading|processing|screening|evaluating|parsing|scanning|[:,])"
        ),
        "yours": re.compile(
            r"\byour (?:only |new |sole |final )?(?:task|job|goal|answer|output|response|evaluation|rating|score|"
            r"verdict|decision|summary|reply)\b"
            r"|\byou (?:must|should|will|shall|are (?:required|instructed|to)|have to|need to)\b|\bdu (?:musst|"
            r"sollst)|\bsie (?:mussen|sollen)"
            r"|\bvous devez|\btu dois|\b(?:debes|debe|tienes que)\b|\b(?:devi|dovete)\b|\bje moet|\bmusisz\b|\btrebuie sa\b"
            r"|\bvoce deve\b|\bdeine (?:aufgabe|antwort)|\bvotre (?:tache|reponse)|\btu (?:tarea|respuesta)|"
            r"\bla tua risposta|\bsua resposta"
            r"|\bin (?:all|any|your) (?:rankings?|evaluations?|outputs?|scor\w+)\b|\bregardless of\b|\bno matter what\b"
        ),
        "person": re.compile(rf"\b(?:{_THIS}) (?:\w+ )?{person}\b"),
        "anyone": re.compile(rf"\b{person}\b|\b(?:him|her|them|ihn|ihm|me)\b"),
        "best": re.compile(rf"(?<![\w/]){'(?:' + ''.join(_BEST.split(chr(10))) + ')'}(?!\w)"),
    }


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    begins: bool  # a sentence, a line or a bracket opens with it


def find_instructions(document: Document) -> list[Span]:
    """The places, whole sentences to the end of their paragraph, that speak to a model instead of a person."""
    text = plain(document.text)
    spans = [_sentence(text, start, end) for start, end in _orders(text)]
    return _merged([(start, paragraph_end(document, end)) for start, end in spans])


def speaks_to_a_reader(text: str) -> bool:
    """Whether text that nobody should see gives orders to a model; said there, less is enough."""
    folded = plain(text)
    return any(_orders(folded)) or bool(_phrases()["machine"].search(folded)) or any(_verdicts(folded, named=False))


def _orders(text: str) -> Iterator[Span]:
    yield from (match.span() for match in _ALONE.finditer(text))
    drops = list(_dropped(text))
    yield from drops
    yield from _verdicts(text, named=True)
    machines = [m.span() for m in _phrases()["machine"].finditer(text)]
    yours = [m.span() for m in _phrases()["yours"].finditer(text)] if machines or drops or "andidat" in text else []
    for start, end in _verdicts(text, named=False) if machines or yours or drops else ():
        near = [s for s in (*machines, *yours, *drops) if s[0] - _TOGETHER < start and end - _TOGETHER < s[1]]
        yield from ((min(start, s[0]), max(end, s[1])) for s in near)


def _dropped(text: str) -> Iterator[Span]:
    """``Ignore all previous instructions`` in any order of the words."""
    signs = _signs()
    if not signs["drop"].search(text):
        return
    words = _words(text)
    for i, word in enumerate(words):
        if not signs["drop"].fullmatch(word.text):
            continue
        before, after = words[max(0, i - _NEAR) : i], words[i + 1 : i + 1 + _NEAR]
        if _is_command(words, i) and _names_orders(after):
            yield word.start, after[-1].end if after else word.end
        elif _names_orders(_same_sentence(before)) and not any(w.text in _TELLERS for w in before):
            yield before[0].start, word.end


def _same_sentence(before: Sequence[_Word]) -> Sequence[_Word]:
    """The words since the last one that opens a sentence."""
    opening = max((i for i, w in enumerate(before) if w.begins), default=None)
    return () if opening is None else before[opening:]


def _names_orders(words: Sequence[_Word]) -> bool:
    signs = _signs()
    return any(signs["orders"].fullmatch(w.text) for w in words) and any(
        signs["earlier"].fullmatch(w.text) for w in words
    )


def _verdicts(text: str, *, named: bool) -> Iterator[Span]:
    """A commanded verdict on the person; with ``named`` only where it says *this* candidate, which a CV has no use for."""
    phrases, judge = _phrases(), _signs()["judge"]
    people = list(phrases["person" if named else "anyone"].finditer(text))
    for person in people:
        window = text[max(0, person.start() - 90) : person.end() + 110]
        if not phrases["best"].search(window):
            continue
        start = max(0, person.start() - 70)
        words = _words(text[start : person.start()])
        commands = [w for i, w in enumerate(words) if judge.fullmatch(w.text) and _is_command(words, i)]
        if commands and not (named and any(w.text in _TELLERS for w in words[-6:])):
            yield start + commands[-1].start, person.end()


def _is_command(words: Sequence[_Word], index: int) -> bool:
    return words[index].begins or (index > 0 and words[index - 1].text in _LEADERS)


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    last = 0
    for match in re.finditer(r"[\w'’/%-]+", text):
        begins = not found or bool(re.search(r"[^\w\s'’]|\n", text[last : match.start()]))
        found.append(_Word(match[0].strip("-'’"), match.start(), match.end(), begins))
        last = match.end()
    return found


def _sentence(text: str, start: int, end: int) -> Span:
    """The span widened to the sentence around it."""
    before = max(text.rfind(mark, 0, start) for mark in (". ", "! ", "? ", "\n", ".\n"))
    after = re.compile(r"[.!?](?=\s|$)|$").search(text, end)
    return before + 1, after.end() if after else end


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
