"""Words that CVs in nine languages use for sections; everything else is left to structure."""

from __future__ import annotations

import unicodedata
from functools import cache

_BY_KIND = {
    "work": """experience|work experience|professional experience|employment|employment history|work history|career history
        |career|professional background|professional history|experience history|work|job history|jobs|relevant experience
        |professional career|positions held|internships|industry experience|working experience|career summary
        |berufserfahrung|beruflicher werdegang|berufliche erfahrung|werdegang|praxiserfahrung|arbeitserfahrung|praktika
        |beruflicher hintergrund|berufliche laufbahn|berufspraxis|tatigkeiten
        |experience professionnelle|experiences professionnelles|experiences|parcours professionnel|parcours|emplois
        |experiencia|experiencia laboral|experiencia profesional|trayectoria profesional|historial laboral|empleo
        |esperienza|esperienze|esperienza lavorativa|esperienze lavorative|esperienza professionale|esperienze professionali
        |experiencia profissional|experiencias profissionais|historico profissional|percurso profissional
        |werkervaring|ervaring|professionele ervaring|loopbaan|arbeidsverleden
        |doswiadczenie|doswiadczenie zawodowe|przebieg kariery|historia zatrudnienia|kariera zawodowa
        |experienta|experienta profesionala|experienta de munca|experienta in munca|istoric profesional""",
    "education": """education|academic background|educational background|education history|academic qualifications|studies
        |academic history|academic education|qualifications|education and training|academics|schooling|degrees
        |education & qualifications|university education|academic training
        |ausbildung|bildung|studium|bildungsweg|schulbildung|akademische ausbildung|bildungsgang|schulische ausbildung
        |akademischer werdegang|hochschulbildung|aus- und weiterbildung
        |formation|formations|etudes|diplomes|formation academique|parcours academique|parcours scolaire|scolarite
        |educacion|formacion|formacion academica|estudios|formacion reglada|titulaciones
        |istruzione|formazione|titoli di studio|studi|istruzione e formazione|percorso di studi|formazione accademica
        |educacao|formacao|formacao academica|habilitacoes|habilitacoes academicas|escolaridade|habilitacoes literarias
        |opleiding|opleidingen|onderwijs|scholing|studie|studies
        |wyksztalcenie|edukacja|studia|wyksztalcenie i kwalifikacje
        |educatie|studii|formare|educatie si formare|studii academice""",
    "skills": """skills|technical skills|core competencies|competencies|key skills|skill set|skillset|technologies|expertise
        |areas of expertise|core skills|abilities|strengths|technical expertise|tools|tech stack|professional skills
        |key competencies|technical proficiencies|it skills|computer skills|hard skills|soft skills|proficiencies
        |skills summary|summary of skills|specialties|specialities|capabilities|technical competencies|skills & tools
        |areas of knowledge|knowledge|tech skills|digital skills|programming skills
        |kenntnisse|fahigkeiten|kompetenzen|it-kenntnisse|fachkenntnisse|edv-kenntnisse|fachkompetenzen|qualifikationen
        |technische kenntnisse|kernkompetenzen|besondere kenntnisse|fertigkeiten|technologien|starken|edv kenntnisse
        |competences|competences techniques|savoir-faire|informatique|competences cles|aptitudes|logiciels|atouts
        |habilidades|competencias|conocimientos|aptitudes|habilidades tecnicas|competencias tecnicas|destrezas
        |conocimientos informaticos|informatica|herramientas
        |competenze|capacita|abilita|competenze tecniche|conoscenze|conoscenze informatiche|competenze informatiche
        |capacita e competenze|competenze digitali
        |habilidades|competencias|conhecimentos|aptidoes|competencias tecnicas|conhecimentos tecnicos
        |vaardigheden|competenties|kennis|technische vaardigheden|kennis en vaardigheden|computervaardigheden
        |umiejetnosci|kompetencje|kwalifikacje|umiejetnosci techniczne|znajomosc programow
        |competente|abilitati|aptitudini|cunostinte|competente tehnice|abilitati si competente""",
    "languages": """languages|language skills|spoken languages|foreign languages|language proficiency|languages spoken
        |sprachen|sprachkenntnisse|fremdsprachen|langues|langues etrangeres|competences linguistiques|idiomas|lenguas
        |lingue|lingue straniere|competenze linguistiche|conoscenze linguistiche|linguas|idiomas estrangeiros|talen
        |talenkennis|jezyki|jezyki obce|znajomosc jezykow|znajomosc jezykow obcych|limbi|limbi straine
        |competente lingvistice""",
    "certificates": """certifications|certificates|licences|licenses|licences & certifications|licenses & certifications
        |certification|certifications and licenses|professional certifications|courses and certifications|credentials
        |training|courses|trainings|training & certifications|professional development|certificates and training
        |courses & certificates|accreditations|professional qualifications|continuing education
        |zertifikate|zertifizierungen|weiterbildung|weiterbildungen|fortbildungen|lizenzen|kurse|bescheinigungen
        |certificats|habilitations|certificaciones|certificados|cursos|formacion complementaria|licencias
        |certificazioni|certificati|corsi|attestati|corsi e certificazioni|certificacoes|cursos e certificacoes
        |certificaten|certificeringen|cursussen|certyfikaty|kursy|szkolenia|kursy i szkolenia|uprawnienia
        |certificari|certificate|cursuri|atestate|diplome si certificate""",
    "projects": """projects|personal projects|key projects|selected projects|side projects|project experience
        |projects experience|portfolio|open source|open-source projects|academic projects|notable projects
        |projekte|projets|projets personnels|proyectos|progetti|projetos|projecten|projekty|proiecte
        |projekterfahrung|ausgewahlte projekte""",
    "volunteer": """volunteer|volunteering|volunteer experience|volunteer work|voluntary work|community|community service
        |community involvement|voluntary experience|social engagement|civic engagement|leadership & volunteering
        |ehrenamt|ehrenamtliches engagement|ehrenamtliche tatigkeiten|engagement|soziales engagement|benevolat
        |vie associative|voluntariado|volontariato|vrijwilligerswerk|wolontariat|voluntariat""",
    "awards": """awards|honors|honours|honors & awards|awards & honors|achievements|recognition|prizes|scholarships
        |awards and achievements|accomplishments|distinctions|key achievements|honors and awards
        |auszeichnungen|preise|stipendien|erfolge|prix|recompenses|distinctions|premios|reconocimientos|logros
        |premi|riconoscimenti|premios e reconhecimentos|conquistas|prijzen|onderscheidingen|nagrody|osiagniecia|premii
        |distinctii|realizari""",
    "publications": """publications|papers|articles|selected publications|research|patents|talks|presentations|conferences
        |publikationen|veroffentlichungen|vortrage|publicaciones|pubblicazioni|publicacoes|publicaties|publikacje
        |publicatii|research experience""",
    "interests": """interests|hobbies|hobbies & interests|interests & hobbies|personal interests|activities
        |extracurricular activities|leisure|passions|interessen|hobbys|freizeit|centres d interet|centres d'interet|loisirs
        |interets|intereses|aficiones|interessi|hobby|interesses|passatempos|interesse|interesses pessoais
        |zainteresowania|interese|pasiuni|hobby-uri""",
    "summary": """summary|profile|about|about me|professional summary|personal statement|objective|career objective
        |personal profile|executive summary|introduction|overview|bio|biography|professional profile|statement|info
        |who i am|summary of qualifications|career profile|background summary
        |profil|kurzprofil|uber mich|zusammenfassung|personliches profil|berufsziel|zur person
        |profil professionnel|a propos|a propos de moi|resume|objectif|objectif professionnel|presentation|accroche
        |perfil|perfil profesional|resumen|sobre mi|objetivo|acerca de mi|extracto|resumen profesional
        |profilo|profilo professionale|sommario|chi sono|obiettivo|riepilogo|profilo personale|presentazione
        |perfil profissional|resumo|sobre mim|objetivo profissional|sobre|resumo profissional
        |profiel|samenvatting|over mij|persoonlijk profiel|doelstelling
        |podsumowanie|o mnie|profil zawodowy|cel zawodowy|podsumowanie zawodowe
        |despre mine|rezumat|profil profesional|obiectiv|sumar""",
    "contact": """contact|contact details|contact information|contact info|personal details|personal information|details
        |personal data|contact me|address|get in touch|personal|contacts
        |kontakt|kontaktdaten|personliche daten|personliche angaben|anschrift|angaben zur person
        |coordonnees|contacter|informations personnelles|etat civil|contacto|datos personales|datos de contacto
        |informacion personal|contatti|dati personali|recapiti|informazioni personali|contato|contatos|dados pessoais
        |contactgegevens|persoonlijke gegevens|personalia|contactinformatie|dane osobowe|dane kontaktowe
        |date personale|date de contact|informatii personale""",
    "profiles": "profiles|links|social|social media|online|online profiles|social links|web|on the web|social profiles|profils",
    "references": """references|referees|recommendations|testimonials|referenzen|empfehlungen|referencias|referenze
        |referencje|referinte|referenties|available references""",
    "other": """background|declaration|miscellaneous|memberships|affiliations|professional affiliations|sonstiges
        |mitgliedschaften|divers|otros|otros datos|altro|outros|overig|inne|altele|alte informatii|additional information
        |other|weitere angaben|military service|driving licence|fuhrerschein|permis de conduire""",
}


@cache
def fold(text: str) -> str:
    """Lower case without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ł", "l").replace("ß", "ss").replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


HEADINGS: dict[str, str] = {}
for _kind, _words in _BY_KIND.items():
    for _word in _words.split("|"):
        HEADINGS.setdefault(fold(_word.strip()), _kind)
