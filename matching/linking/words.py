"""The words that phrases are cut at and freed from: what joins, what introduces, what only praises, what offers."""

from __future__ import annotations

import re

# Between two things asked, or between what is asked and what is said of it ("experience with X is a plus").
JOINTS = re.compile(
    r"\s*(?:[,;|•·]|\s/\s|(?<=[a-z])/(?=[a-z])|\s&\s|\bas well as\b|\band/or\b|\band\b|\bor\b|\bbut\b"
    r"|\b(?:is|are|was|were|has|have|had|will|would|can|could|may|must|should)\b)\s*"
    r"(?:\b(?:and|or|also|both)\b\s*)?",
    re.IGNORECASE,
)
# What follows one of these says how, with what, where or why; what stands before can be a skill by itself.
TURNS = re.compile(
    r"\s+(?:such as|including|e\.g\.|i\.e\.|for example|especially|in particular|in order to|so that|that|which"
    r"|who|where|when"
    r"|while|using|via|with|by|through|within|across|from|during|under|between|into|on|at|for|in|to|of|about"
    r"|towards?|against"
    r"|without|based on|according to|in line with|related to)\s+",
    re.IGNORECASE,
)
# These turns open an example or a tool of its own; the others rather qualify what stands before them.
OPENING_TURNS = frozenset(
    {"such as", "including", "e.g.", "for example", "especially", "in particular", "using", "via", "with", "in"}
)

SENTENCE_ENDS = re.compile(r"(?<=[.!?;:])\s+|\s*\n\s*(?:[-–•*·▪●]|o(?=\s))?\s*|\s*[()\[\]•·▪●]\s*|\s+[-–—]\s+")

_PRAISE = (
    r"strong|excellent|good|great|outstanding|exceptional|superb|solid|proven|demonstrated|demonstrable"
    r"|advanced|basic|sound|deep|in-depth|extensive"
    r"|thorough|effective(?:ly)?|efficient(?:ly)?|successful(?:ly)?|actively|hands-on|practical|professional"
    r"|high|superior|fantastic|first[- ]class"
    r"|confident|enthusiastic|regular(?:ly)?|continuous(?:ly)?|clear(?:ly)?|previous|prior|relevant|first"
    r"|direct|some|working|desirable|ideally|preferably"
)
_HAVING = (
    r"experienced?|background|expertise|track record|knowledge|skills|skilled|competen(?:ce|t|cy)|proficien(?:t"
    r"|cy)|fluen(?:t|cy)|know-how"
    r"|understanding|qualification|command|familiar(?:ity)?"
)
_LEADS = (
    r"in this (?:role|position|job)(?: you)?",
    r"(?:you|we|they|he|she|who)(?:'ll|'re|’ll|’re)?(?: also| then)?(?: will| should| must| can| may)?(?: be"
    r"| have)?(?: able to)?",
    r"you (?:are|have|can|bring|know|enjoy|like to|love to|live|know your way around|are looking)",
    r"we (?:are )?(?:looking for|expect|need|require|want|seek)",
    r"the (?:ideal|successful|right) (?:candidate|applicant|person)",
    r"(?:will|must|should|would|can|may)(?: be| have)?(?: able to)?",
    r"(?:to )?(?:be|is|are|being) (?:able to|responsible for|involved in|comfortable (?:with|in)|familiar with"
    r"|part of|willing to)",
    r"respons(?:ible|ibility) for|able to|willing(?:ness)? to|capab(?:le|ility) (?:of|to)|capacity to"
    r"|aptitude for|talent for|flair for",
    r"abilit(?:y|ies) (?:to|in|of)|passion(?:ate)? (?:for|about)|interest(?:ed)? in|awareness of"
    r"|appreciation of|exposure to|acquainted with",
    r"(?:at least |minimum |up to )?[\w+–-]+\+?(?: to \w+)? years?(?:'|’)?(?: of)?",
    rf"(?:{_HAVING}) (?:in|with|of|on|using|at|as|working with|working in|to)",
    r"work(?:ing)? on(?! your own)|tak(?:e|ing) part in|contribut(?:e|ing) to|participat(?:e|ing) in"
    r"|involved in|help(?:s|ing)?(?: us)?(?: to)?",
    r"including|such as|like|e\.g\.|i\.e\.|especially|particularly|in particular|first line",
    r"and|or|as|with|in|of|on|for|to|at|by|from|through|via|the|a|an|our|your|their|its|his|her|all|any|some"
    r"|other|another|various|several"
    r"|different|both|new|own|more|most|these|those|this|that|each|every|also|then|well|very|highly|truly"
    r"|really|if|be|is|are|has|have|having"
    r"|daily|day-to-day|main|key|related|appropriate|necessary|required|desired|general|overall|similar"
    r"|multiple|complex|already",
    _PRAISE,
)
LEAD = re.compile(rf"(?:{'|'.join(_LEADS)})(?=[\s,:]|$)[\s,:]*", re.IGNORECASE)

TAIL = re.compile(
    r"[\s,]*\b(?:(?:is|are|would be|will be) (?:a |an |also |highly |very |strongly )*(?:plus|must|advantage"
    r"|required|preferred|desirable|desired"
    r"|essential|necessary|needed|welcome(?: too)?|nothing new to you|important(?: to us)?|beneficial|asset"
    r"|mandatory|expected|your strength)"
    r"|(?:required|preferred|desirable|desired|essential|a plus|a must|an advantage|an asset|is part of .*"
    r"|comes? naturally.*|a bonus)"
    r"|etc|e\.g|or similar|or equivalent|and more|a?t all times|as (?:required|needed|necessary)"
    r"|on a daily basis|is what you .*)\W*$",
    re.IGNORECASE,
)

# Sentences in which an employer speaks of itself, of what it gives, or of how to apply.
OFFERS = re.compile(
    r"\b(?:we offer|we provide|we give|benefits|holidays?|vacation|annual leave|pension|salary|bonus(?:es)?"
    r"|insurance cover|health insurance|dental|gym|free fruit"
    r"|per hour|per annum|equal opportunit|regardless of|without regard|all qualified applicants|race, colou?r"
    r"|gender identity|sexual orientation"
    r"|apply (?:now|today|online|via|by|before)|send (?:us )?your|your (?:cv|application|resume)|cover letter"
    r"|closing date|interviews? (?:will|for|are|take)|for (?:further|more) (?:details|information)|visa|sponsorship"
    r"|competitive (?:pay|rates)|equality of opportunit|we (?:believe|are (?:committed|proud|dedicated))"
    r"|founded|headquarter|employees (?:in|across|world)|offices? in|leading (?:provider|supplier|company"
    r"|manufacturer)|market leader|our (?:company|mission|customers are|clients are)"
    r"|years? old|full[- ]time|part[- ]time|permanent contract|working hours|home office|work from home|perks"
    r"|stock options|flat hierarch)",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"<[A-Z_]+>")

# A phrase that is nothing but these names no skill.
EMPTY = frozenset(
    """
    a an the in of to for with and or on at by from as
    experience experiences skill skills ability abilities knowledge expertise background understanding degree
    bachelor master bachelors masters phd diploma education qualification qualifications year years team teams
    company companies organisation organization environment environments role roles position positions job work
    working day week month people person candidate candidates customer customers client clients user users colleague
    colleagues employee employees manager managers engineer engineers developer developers designer business
    businesses industry industries field area areas sector product products service services solution solutions
    project projects system systems tool tools technology technologies technical process processes task tasks
    department departments office offices country countries world city home opportunity opportunities future success
    growth career level senior junior plus preferred required must nice have good well etc you we us our your they
    them it he she time full part similar related equivalent relevant other others various multiple different new
    own great large small high fast young international global local national plenty way ways things thing lot lots
    start daily weekly monthly yearly possible stakeholder stakeholders supplier suppliers partner partners member
    members staff group groups pupil pupils patient patients resident residents site sites application applications
    platform platforms requirement requirements need needs goal goals result results quality responsibility
    responsibilities duty duties function functions operation operations support information data value values
    """.split()
)
