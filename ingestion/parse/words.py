"""Words that tell titles, employers, schools and degrees apart; they only vote, structure decides."""

from __future__ import annotations

import re
from functools import cache

from ingestion.parse.lexicon import fold

_TITLE_WORDS = set(
    """accountant actor actuary administrator adviser advisor agent analyst apprentice architect artist assistant associate
    attendant attorney auditor author baker banker barista barrister bartender biologist bookkeeper bricklayer broker
    builder buyer
    captain carer caregiver carpenter cashier ceo cfo chair chairman chef chemist chief cleaner clerk coach co-founder cofounder
    commis conductor consultant controller cook coo coordinator co-ordinator copywriter counsel counsellor counselor courier
    creator cto curator custodian dean deputy dentist designer detective developer dietitian director dispatcher doctor
    doctoral draughtsman drafter driver economist editor educator electrician engineer entrepreneur estimator examiner
    executive expert fellow fitter foreman founder freelancer gardener geologist guard guide head hairdresser handler helper host
    hostess hygienist illustrator inspector installer instructor intern internship interpreter interviewer investigator
    janitor jeweller journalist judge keeper lab laborer labourer lawyer lead leader lecturer librarian lifeguard
    linguist machinist manager marketer mason matron mechanic merchandiser merchant midwife miner model musician nanny negotiator
    notary nurse officer operative operator optician organiser organizer owner painter paralegal paramedic partner pharmacist
    photographer physician physicist physiotherapist pilot planner plumber porter postdoc practitioner president principal
    processor producer professor programmer promoter psychologist publicist purchaser radiographer realtor receptionist
    recruiter registrar rep reporter representative researcher reviewer roofer sailor salesman salesperson saleswoman
    scheduler scientist secretary seller server sister solicitor specialist staff steward stockist strategist student
    superintendent supervisor surgeon surveyor teacher technician technologist teller tester therapist trader trainee trainer
    translator treasurer tutor typist underwriter vet veterinarian vicepresident volunteer vp waiter waitress warden welder worker
    writer sommelier housekeeper concierge sous-chef kellner
    berater leiter leiterin manager entwickler ingenieur ingenieurin assistent assistentin referent referentin praktikant
    praktikantin werkstudent werkstudentin sachbearbeiter sachbearbeiterin lehrer lehrerin verkaufer kaufmann kauffrau kaufer
    mitarbeiter mitarbeiterin techniker mechaniker meister pfleger pflegerin krankenschwester geschaftsfuhrer arzt anwalt
    auszubildende auszubildender buchhalter fahrer koch redakteur gestalter vorstand
    directeur directrice ingenieur ingenieure responsable charge chargee chef conseiller conseillere consultant developpeur
    developpeuse stagiaire alternant apprenti assistante gerant gerante infirmier infirmiere professeur enseignant enseignante
    comptable vendeur vendeuse technicien technicienne redacteur avocat avocate medecin cuisinier serveur serveuse
    director directora gerente ingeniero ingeniera jefe jefa desarrollador desarrolladora analista asesor asesora auxiliar
    becario becaria coordinador coordinadora encargado encargada enfermero enfermera profesor profesora tecnico tecnica
    vendedor vendedora abogado abogada contable practicante administrativo administrativa consultor consultora camarero
    direttore direttrice responsabile ingegnere sviluppatore impiegato impiegata tirocinante stagista addetto addetta
    consulente insegnante docente infermiere commesso commessa cuoco cameriere avvocato contabile tecnico coordinatore operaio
    diretor diretora engenheiro engenheira desenvolvedor estagiario estagiaria gestor gestora professora vendedor
    assistente coordenador coordenadora enfermeiro advogado contabilista
    medewerker stagiair leraar docent verpleegkundige ontwikkelaar adviseur hoofd beheerder verkoper directeur
    specjalista kierownik inzynier asystent asystentka programista dyrektor ksiegowy nauczyciel pracownik stazysta praktykant
    analityk konsultant sprzedawca kierowca pielegniarka
    inginer programator asistent asistenta sef contabil profesor consilier stagiar vanzator operator functionar asistenta
    jurist""".split()
)
_TITLE_ENDINGS = ("engineer", "manager", "berater", "leiter", "leiterin", "entwickler", "entwicklerin", "ingenieur", "techniker",
                  "mechaniker", "assistent", "lehrer", "verkaufer", "kaufmann", "kauffrau", "pfleger", "arbeiter", "fuhrer",
                  "ologist", "ographer", "keeper", "medewerker", "worker")  # fmt: skip
_SENIORITY = re.compile(
    r"\b(senior|junior|sr|jr|lead|principal|staff|chief|head of|vice|visiting|freelance|trainee|interim)\b"
)
_ORGANISATION = re.compile(
    r"""\b(?:inc|ltd|llc|llp|plc|corp|corporation|company|co|gmbh|ag|kg|ug|ohg|e\.?v|sarl|sas|sasu|sa|s\.a|s\.l|sl|srl|s\.r\.l|spa|
    s\.p\.a|s\.c|bv|b\.v|nv|n\.v|oy|oyj|ab|as|a\.s|aps|a/s|sp\.?\s?z\s?o\.?\s?o|s\.r\.o|kft|zrt|jsc|pty|pte|pvt|limited|kk|lda|ltda|eood|
    group|holding|holdings|partners|solicitors|associates|labs|laboratories|laboratory|technologies|technology|systems|
    solutions|software|consulting|consultancy|industries|international|global|enterprises|ventures|capital|bank|insurance|
    hospital|clinic|klinik|klinikum|krankenhaus|hopital|ospedale|szpital|spital|pharmacy|care\ home|surgery|
    practice|medical\ cent(?:re|er)|
    health\ cent(?:re|er)|nhs|trust|foundation|stiftung|fundacion|fondation|charity|institute|institut|
    university|universitat|universite|
    college|school|academy|academie|studio|studios|agency|agentur|media|publishing|press|restaurant|hotel|cafe|
    bistro|kitchen|bakery|arms|inn|resort|supermarkets?|stores?|shop|market|retail|foods|logistics|transport|freight|shipping|
    airlines|airways|railways|energy|power|utilities|telecom|telecommunications|networks?|motors|automotive|aerospace|
    engineering|construction|builders|maschinenbau|pharma|biotech|analytics|robotics|games|interactive|digital|creative|
    ministry|ministerium|council|municipality|government|department\ of|city\ of|county|police|army|church|museum|library|
    association|society|federation|club|union|shelter|services|supplies|distribution|properties|homes|farms?|garage|team)\b\.?
    |&\ (?:co|sons|partners)\b|\b\w+(?:werke|bank|tech|soft|group|gruppe)\b""",
    re.VERBOSE,
)
_SCHOOL = re.compile(
    r"""\b(?:universit\w*|universida\w*|universita\w*|univ|college|colegio|college|colleges|school|schule|schools|hochschule|fachhochschule|
    gymnasium|gimnazjum|institut\w*|instytut|academy|akademi\w*|academi\w*|academia|accademia|polytechni\w*|politecni\w*|politechni\w*|
    polytech\w*|ecole|escuela|escola|scuola|liceo|liceum|liceul|lycee|lyceum|faculdade|facultad|facolta|faculty|iut|tafe|
    realschule|berufsschule|berufskolleg|technikum|hogeschool|hogskolan|hogskole|hoyskole\w*|ammattikorkeakoulu|yliopisto|
    uniwersytet|szkola|universitet\w*|universiteti|universitesi|universitas|sixth\ form|conservatory|conservatoire|seminary|
    bootcamp|akademia|kolegium|vysoke\ uceni|vysoka\ skola|egyetem|eth|mit|ucl|ucla|caltech|tu|fh|high|professionshojskolen|
    daigaku|escuelas|ensa|insa|epfl|kth|iit|bits|nit)\b|\w+(?:schule|hochschule|universitat|universiteit|universitet|skolan|skole|hojskole\w*)\b""",
    re.VERBOSE,
)
_DEGREE = re.compile(
    r"""(?<![\w])(?:
    (?:bachelor|master|associate|doctor|licenciate|magister|bachelier)(?:['’]?s)?(?:\s+degree)?\s+(?:of|en|in)\s+
        (?:applied\s+)?(?:science|arts|engineering|business\ administration|technology|laws?|education|
        philosophy|commerce|fine\ arts|
        nursing|architecture|medicine|music|social\ work|public\ health|public\ administration|design|computer\ applications|
        business|economics|sciences)(?:\s+(?:and|&)\s+(?:arts|science|technology))?(?:\s*\((?:hons?|honours|honors)\.?\))?
    | (?:bachelor|master|associate)(?:['’]?s)?(?:\s+(?:degree|diploma))?(?:\s+(?:of|in)\b)?
    | (?:professions)?bachelor\w*|masterstudium|bachelorstudium|mastère|maîtrise|laurea(?:\s+(?:triennale|
    magistrale|specialistica))?
    | b\.?\s?sc\.?|m\.?\s?sc\.?|b\.?\s?a\.?|m\.?\s?a\.?|b\.?\s?s\.?|m\.?\s?s\.?|b\.?\s?eng\.?|m\.?\s?eng\.?|
    b\.?\s?tech\.?|m\.?\s?tech\.?|b\.?\s?com\.?
    | b\.?\s?ed\.?|m\.?\s?ed\.?|ll\.?\s?b\.?|ll\.?\s?m\.?|m\.?\s?b\.?\s?a\.?|bba|m\.?\s?phil\.?|ph\.?\s?d\.?|
    d\.?\s?phil\.?|mbbs|m\.?d\.?|j\.?d\.?|mfa|bfa|mpa|mph|msw|bsw|bsn|msn|
      dba|edd|pgce|pgdip|hnd|hnc|fdsc|mca|bca|b\.?arch\.?|m\.?arch\.?|ba\s\(hons\)|meng|beng|mres|btec
    | doctorate|doctorat|doctorado|dottorato|doktor\w*|doutorado|promotion|postdoc\w*
    | diplom(?:a|e|ă|-?\w*(?:in|ingenieur|kaufmann|informatiker\w*)?)?\b(?:\s+(?:of|in)\b)?|dipl\.?-?\s?\w+\.?|
    staatsexamen|magister\w*|mgr(?:\s+inż\.?)?|inżynier|inż\.?|lic\.?|licencjat
    | licence(?:\s+professionnelle)?|licenciatura|licenciado|licenciada|licențiat?ă?|licenta|grado|máster|
    maestría|mestrado|bacharelado|graduação|
      ingénieur|ingeniería|ingeniero|titulación|tecnólogo|técnico|dut|bts|but|deug|cap|bac(?:calauréat)?|ptychio|tradenomi|insinööri|
      kandidat\w*|civilingenjör|sivilingeniør|diplomi-insinööri|titulo|lisans|yüksek\s+lisans|önlisans|sarjana|cử\s+nhân|kỹ\s+sư|bc\.|ing\.|
      alapképzés|mesterképzés|osztatlan
    | abitur|matura|maturita|high\s+school(?:\s+diploma)?|secondary\s+school(?:\s+certificate)?|a[\s-]levels?|gcses?|ged|
      international\s+baccalaureate|esame\s+di\s+maturità|bachillerato|vwo|havo|ausbildung|lehre|apprenticeship|fachabitur|
      (?:advanced|higher\s+national|graduate|postgraduate|national)\s+(?:diploma|certificate)|associate\s+degree|foundation\s+degree|
      certificate(?:\s+(?:of|in)\b)?|nvq\s+level\s+\d|staatlich\s+\w+
    )(?:\s*\((?:hons?|honours|honors)\.?\))?(?![\w])""",
    re.VERBOSE | re.IGNORECASE,
)


@cache
def title_score(text: str) -> float:
    """How much the text reads as a job title, in [0, 1]."""
    words = re.findall(r"[\w'-]+", fold(text))
    if not words or len(words) > 10:
        return 0.0
    hits = [_is_title_word(w) for w in words]
    head = hits[-1] or (len(words) > 1 and (hits[0] or any(hits)))
    return min(1.0, 0.7 * any(hits) + 0.15 * head + 0.15 * bool(_SENIORITY.search(" ".join(words))))


_GLUED = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-Þ][\w&.'’-]*)")


@cache
def glued_at(text: str) -> int:
    """Where a title and another name ran together without a space, or 0: ``Project EngineerAcme`` → 16."""
    for match in _GLUED.finditer(text):
        before, after = text[: match.start()], text[match.start() :]
        if not before[-1].islower() and not after[1:2].islower():
            continue
        last, first = re.findall(r"[\w-]+$", before), re.findall(r"^[\w-]+", after)
        if last and first and (_is_title_word(last[0]) or (_is_title_word(after.split()[-1]) and before[-1].isupper())):
            return match.start()
    return 0


def _is_title_word(word: str) -> bool:
    folded = fold(word)
    return folded in _TITLE_WORDS or folded.endswith(_TITLE_ENDINGS)


@cache
def titleness(text: str) -> float:
    """Title against employer; words such as *software* name both, and count little beside a title's own word."""
    title = title_score(text)
    return title - (0.3 if title >= 0.85 else 1.0) * organisation_score(text)


@cache
def organisation_score(text: str) -> float:
    words = fold(text)
    return 1.0 if _ORGANISATION.search(words) else 0.3 if re.search(r"[A-Z]\w+ [A-Z]", text) else 0.0


@cache
def is_school(text: str) -> bool:
    return bool(_SCHOOL.search(fold(text)))


def find_degree(text: str) -> re.Match[str] | None:
    """The first degree in the text; one that opens the text or a bracket is preferred by its place."""
    return next((m for m in _DEGREE.finditer(text) if _plausible(m[0])), None)


def _plausible(degree: str) -> bool:
    """Short forms are degrees only in capitals: ``BA`` and ``MS``, not ``ba`` or ``ms``; ``a`` never is."""
    letters = re.sub(r"[\W_]", "", degree)
    return len(letters) > 3 or (letters[:1].isupper() and len(letters) > 1)
