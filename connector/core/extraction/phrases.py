"""Phrases by which people tell what they tried, promised, need and lose.

No labelled data exists for these, so each is a short grammar with cases of its own in the tests.
Patterns are bounded and meant for one sentence at a time.
"""

# ruff: noqa: E501 - grammars read better when a phrase stays on one line
from __future__ import annotations

import re
from typing import Final


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_WHO: Final = r"(?:i|we|they|he|she|you|customer|client|user|ich|wir)"
_HAVE: Final = r"(?:(?:'ve|have|has|had|habe|haben)\s)?(?:(?:also|already|then|even|just|bereits|schon)\s){0,2}"
_DONE: Final = (
    r"(?:tried|attempted|restarted|rebooted|reinstalled|re-installed|cleared|disabled|enabled|reset|"
    r"upgraded|updated|downgraded|rolled back|reverted|recreated|re-created|removed|deleted|switched|"
    r"changed|logged out|signed out|checked|verified|tested|reproduced|confirmed|retried|re-ran|reran|"
    r"re-synced|reconnected|reauthorized|flushed|purged|uninstalled|asked|walked|escalated to|"
    r"replaced|increased|decreased|turned off|turned on|whitelisted|allowlisted|regenerated|compared|"
    r"versucht|neu gestartet|neugestartet|neu installiert|gelöscht|deaktiviert|geprüft|getestet)"
)
_DONE_IN_GERMAN: Final = (
    r"(?:neu gestartet|neugestartet|neu installiert|gelöscht|geleert|deaktiviert|aktiviert|geprüft|getestet|versucht|"
    r"ausprobiert|zurückgesetzt|aktualisiert|entfernt|gewechselt|deinstalliert|abgemeldet)"
)
_DONE_IN_FRENCH: Final = r"(?:vidé|redémarré|réinstallé|essayé|tenté|désactivé|activé|supprimé|vérifié|testé|mis à jour|changé|réinitialisé|effacé)"
_DONE_IN_SPANISH: Final = r"(?:borrado|reiniciado|reinstalado|probado|intentado|desactivado|activado|eliminado|verificado|comprobado|actualizado|cambiado|vaciado)"
TRIED_WORDS: Final = frozenset(
    {
        *(part.split()[0] for part in _DONE[3:-1].replace("(?:", "").split("|")),
        *("had", "after", "despite", "nach", "help", "fix", "solve", "change", "make"),
        *("haben", "habe", "hatten", "wurde", "avons", "j'ai", "on", "hemos", "he", "han"),
    }
)
"""One of these stands in every sentence that `TRIED` or `NO_HELP` finds."""

TRIED = _phrase(
    rf"(?:^|[\s(,;:>*-]){_WHO}(?:'ve|\s){_HAVE}{_DONE}\b|^\W{{0,4}}(?:already\s|also\s|had\s(?:the\s)?(?:customer|client|user)\s)?"
    rf"{_DONE}\b|\b(?:tried|attempted)\s(?:to\s|with\s)?\w|\bhad (?:him|her|them|the (?:customer|client|user)|customer) \w|"
    r"\b(?:after|even after|despite|nach) (?:(?:re)?starting|rebooting|reinstalling|re-installing|clearing|disabling|"
    r"enabling|upgrading|updating|downgrading|resetting|removing|switching|logging out|neustart)\b|"
    rf"\b(?:haben|habe|hatten|wurde) (?:[\w-]{{1,30}} ){{1,5}}?{_DONE_IN_GERMAN}\b|"
    rf"\b(?:nous avons|on a|j'ai|avons) (?:[\w-]{{1,30}} ){{0,2}}?{_DONE_IN_FRENCH}\b|\b(?:hemos|he|han) (?:[\w-]{{1,30}} ){{0,2}}?{_DONE_IN_SPANISH}\b"
)
NOT_TRIED = _phrase(
    rf"\b(?:have(?:n't| not)|has(?:n't| not)|did(?:n't| not)|not yet|can you|could you|please|when (?:i|we|you)|"
    rf"if (?:i|we|you|they)|should|will|whenever|every time|each time|trying to)\b.{{0,40}}?\b{_DONE}"
    r"|^\W{0,3}(?:when|if|whenever|please|can|could|did|have you|steps?)\b"
    r"|^\W{0,3}(?:changed|removed|deleted|updated|tested) (?:in|on|by|with|from|against)\b|\?\s{0,2}$"
)
RESULT_SPLIT = _phrase(
    r"(?:,?\s(?:but|however|yet|without|with no|and (?:it|that|this|still|nothing|the|now|got)|which|aber|jedoch|ohne|mais|sans|pero|sin)\s|"
    r"\s?(?:->|=>|→|⇒)\s?|;\s|\s[–—-]\s|:\s(?=no\b|same\b|still\b|nothing\b|works?\b|fail)|,\s(?=(?:no|same|still|nothing|didn't|did not|doesn't)\b))"
)
NO_HELP = _phrase(
    r"\b(?:did(?:n't|nt| not)|does(?:n't|nt| not)|has(?:n't| not)) (?:help|fix it|solve it|change anything|make (?:a|any) difference)\b"
)
RESULT_START = _phrase(
    r"^\W{0,3}(?:(?:but|and|however)\s)?(?:no (?:change|luck|effect|difference|success|joy|avail)|same\b|still\b|nothing\b|"
    r"(?:it|this|that|neither|none|which|the (?:issue|problem|error)|problem|issue|error)\b.{0,40}\b(?:help|work|fix|solv|resolv|"
    r"persist|remain|continue|still|same|happen|occur|chang|fail|return|came back|come back|gone|go away)|did(?:n't| not) (?:help|work|fix|change)|"
    r"does(?:n't| not) (?:help|work|fix|change)|(?:that )?(?:fixed|solved|resolved|helped)|unsuccessful|to no avail|"
    r"leider|kein(?:e)? (?:änderung|erfolg|besserung)|immer noch|sans succès|toujours|sin éxito|sigue|result:|outcome:)"
)
RULED_OUT = _phrase(
    r"\b(?:rul(?:ed|ing) out|not (?:a|an|related to|caused by|due to|limited to|specific to|the) (?:\w+[ -]){0,3}?(?:browser|network|cache|firewall|"
    r"proxy|vpn|extension|plugin|permission|account|device|version|internet|user|configuration|dns|issue|problem)s?\b|"
    r"(?:also )?(?:happens|occurs|fails|reproducible|reproduces|same (?:issue|result|error|behaviou?r|problem)) (?:\w+ ){0,3}?(?:in|on|with|across|for) "
    r"(?:all|any|every|both|other|another|different|multiple|incognito|private|chrome|firefox|safari|edge|a (?:different|second|new|clean|fresh))|"
    r"(?:works?|working|worked) (?:(?:fine|ok(?:ay)?|correctly|properly|well|perfectly|as expected) )?(?:in|on|with|from|using) \w|"
    r"with \S{1,30} it (?:works|goes through|is fine)|so it(?:'s| is) only|"
    r"(?:only|exclusively) (?:happens|occurs|affects|fails|in|on|with)\b|regardless of|no matter (?:which|what|if)|independent of|"
    r"with and without|tritt (?:auch )?(?:in|auf|bei)|unabhängig von)"
)
NOT_RULED_OUT = _phrase(
    r"\b(?:not|n't|never|nt|no longer|to|should|must|would|will|make it|makes it) work|\bhow (?:do|does|can)\b|\?\s{0,2}$"
)
FREQUENCY = _phrase(
    r"\b(?:every (?:single )?time|each time|(?<!and )always(?! has| have| been)|constantly|consistently|100 ?%|\d{1,3} ?% of|intermittent(?:ly)?|sporadic(?:ally)?|"
    r"(?<!at )random(?:ly)?|sometimes|occasional(?:ly)?|from time to time|now and then|on and off|rarely|only once|just once|most of the time|"
    r"about half|(?:once|twice|\d{1,3}(?: ?times| ?x)) (?:a|an|per|every|each|in|out of)|(?:\d{1,3}|one|two|three|four|five|nine) (?:out of|in|of) (?:every )?(?:\d{1,4}|ten|five|three|four)\b|"
    r"every (?:few |other |\d{1,3} ?)?(?:second|minute|hour|day|morning|night|evening|week|month|mon|tues|wednes|thurs|fri|satur|sun)\w*|"
    r"(?:several|many|multiple|a few) times|daily|hourly|nightly|jedes mal|immer wieder|ständig|manchmal|gelegentlich|sporadisch|"
    r"reproducible|reproducibility|not reproducible|unable to reproduce|cannot reproduce|can(?:'t| not) reproduce)\b"
)
FREQUENCY_LINE = _phrase(
    r"^\W{0,4}(?:reproducible|reproducibility|how reproducible|frequency|how often(?: does it happen)?|occurrence)\s{0,2}[:?]\s{0,2}(?P<value>\S.{0,80})"
)
_WHEN: Final = (
    r"(?:yesterday|today|this (?:morning|afternoon|week|month)|last (?:night|week|month|year|mon|tues|wednes|thurs|fri|satur|sun)\w*|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\.? ?\d{0,4}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d{2}|"
    r"(?:a|an|one|two|three|four|five|several|a few|\d{1,3}) (?:minute|hour|day|week|month|year)s?(?: ago)?|"
    r"(?:the |our |your |my |a |an |upgrading|updating|installing|migrat\w{1,5}|switching|mov\w{1,3})[^.,;]{0,50}?(?:update|upgrade|release|version|deploy\w{0,5}|"
    r"migration|change|maintenance|outage|rollout|patch|v?\d{1,4}\.\d{1,4}[\w.-]{0,12})|upgrading|updating|version \d|v?\d{1,3}\.\d{1,4}|"
    r"gestern|heute|letzte[rn]? \w{1,12}|dem update|hier|ce matin|aujourd'hui|la mise à jour|lundi|mardi|mercredi|jeudi|vendredi|ayer|hoy|esta mañana|la actualización|(?:el )?(?:lunes|martes|miércoles|jueves|viernes)|montag|dienstag|mittwoch|donnerstag|freitag)"
)
FIRST_SEEN = _phrase(
    rf"\b(?:since|ever since|as of|(?:start|began|beginn|begun|begin)\w{{0,5}}(?: happening| occurring| failing| getting| seeing| to \w{{1,12}})?(?: on| at| with| after| from| around| about)?|"
    rf"first (?:noticed|seen|saw|happened|occurred|appeared|reported)(?: on| at| in| after)?|until|after|seit|ab|depuis|desde) (?:about |around |approximately |roughly )?{_WHEN}"
)
WORKAROUND = _phrase(
    r"\b(?:work[- ]?arounds?|working around|temporar(?:y|ily) (?:fix|solution|solv|resolv|by)|in the meantime|for now we|"
    r"(?:down-?grading|rolling back|reverting|refreshing|reloading|restarting|switching|using|logging out|re-?logging|disabling|removing) "
    r"[^.;]{0,60}?(?:works?|helps|fixes|resolves|solves|avoids|makes it work|does the trick)|"
    r"(?:works?|goes away|resolved|fixed) (?:if|when|once|after) (?:i|we|you|they) |umgehung|behelfslösung)\b"
)
NO_WORKAROUND = _phrase(
    r"\bno (?:known |other |viable )?work[- ]?arounds?\b|\bwithout (?:a |any )?work[- ]?around|\b(?:is|are) there (?:a|any) work[- ]?around"
    r"|work[- ]?around\w{0,3}\s?\?|\bneed a work[- ]?around"
)
_BY_WHEN: Final = (
    r"(?:tomorrow(?: (?:morning|noon|afternoon|evening))?|today|tonight|this (?:morning|afternoon|evening|week)|next (?:week|month|mon|tues|wednes|thurs|fri)\w*|"
    r"(?:the )?end of (?:the )?(?:day|business|week|month)|eod|cob|eow|noon|midnight|(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: morning| afternoon| evening| noon)?|"
    r"(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}\.? \d{1,2}(?:st|nd|rd|th)?|\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|"
    r"\d{1,2}(?::\d{2})? ?(?:am|pm|uhr|utc|cet|cest|est|pst|gmt)\b|\d{1,2}:\d{2}|"
    r"(?:the next |the |a |an )?(?:\d{1,3}|one|two|three|four|five|few|couple of|24|48) (?:business |working )?(?:minute|hour|day|week)s?|"
    r"morgen(?: früh| mittag| abend)?|heute|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|ende der woche|demain(?: matin| midi| soir)?|"
    r"aujourd'hui|(?:lun|mar|mercre|jeu|vendre|same)di|la fin de (?:la semaine|journée)|mañana|hoy|lunes|martes|miércoles|jueves|viernes|fin de semana)"
)
BY_WHEN = _phrase(
    rf"\b(?:by|within|before|until|no later than|latest|in|on|bis|vor|spätestens|avant|d'ici|antes de|antes del|para el)\s{_BY_WHEN}|\b(?:tomorrow|today|tonight|eod|end of day)\b"
)
PROMISE = _phrase(
    r"\b(?:(?:we|i|our (?:team|engineers?|developers?)|engineering|they)(?:'ll| will| are going to| should be able to| aim to| expect to| plan to)|"
    r"you(?:'ll| will| should| can expect to) (?:hear|receive|get|have|see)|will be (?:fixed|resolved|released|deployed|available|back)|"
    r"(?:a|the) (?:fix|patch|release|hotfix|update) (?:is|will|should)|wir (?:werden|melden)|ich melde mich|nous (?:reviendrons|vous (?:tiendrons|répondrons|recontacterons)|allons|corrigerons)|je reviens vers vous|"
    r"(?:le|les|te) (?:responderemos|informaremos|contactaremos|avisaremos)|lo solucionaremos|get back to you|keep you (?:posted|updated|informed))\b"
)
NO_PROMISE = _phrase(
    r"\b(?:close this|need (?:you|your)|if (?:you|we) (?:don't|do not)|be happy to help)\b|\?\s{0,2}$"
)
EXPECTS = _phrase(
    rf"\b(?:(?:need|needs|want|expect|require)\w{{0,3}} (?:this|it|that|a|an|the|to)\b[^.;]{{0,80}}?(?:by|before|within|until|today|tomorrow|asap|immediately|as soon as)|"
    rf"(?:fixed|resolved|solved|working|answer|update|solution|response) (?:\w+ ){{0,3}}?(?:by|before|within|until) {_BY_WHEN}|"
    rf"needs?\b[^.;]{{0,60}}? (?:on|by) {_BY_WHEN}|at the latest|spätestens|"
    r"deadline|go[- ]?live|going live|as soon as possible|asap|urgent(?:ly)?|immediately|when (?:can|will|do) (?:we|you|this|it)\b[^.;]{0,60}?(?:fix|expect|resol|solv|ready)|"
    rf"(?:launch|release|event|demo|audit|payroll|month[- ]end|quarter[- ]end|closing)\w{{0,5}} (?:is |starts |due )?(?:on |in |by )?{_BY_WHEN}|dringend|so schnell wie möglich|frist|(?:brauchen|benötigen)\b[^.;]{{0,60}}? bis|besoin d[^.;]{{0,60}}?(?:avant|d'ici)|au plus vite|"
    r"dès que possible|necesitamos\b[^.;]{0,60}?(?:antes|para el)|lo antes posible|cuanto antes)\b"
)
IMPACT = _phrase(
    r"\b(?:(?:all|none|most|half|many|several|hundreds|thousands|dozens|\d[\d.,]{0,10}\+?)(?: of)?(?: our| my| the)? (?:\w+ ){0,2}?(?:users?|customers?|clients?|employees|agents|people|staff|"
    r"students|patients|stores?|branches|orders?|invoices|payments|transactions|members|drivers|guests|nutzer|kunden|mitarbeiter)\b|"
    r"(?:completely |totally |fully )?(?:blocked|blocking|blocks|blocker|unusable|stuck|at a standstill)|(?:can(?:no|')t|can not|cannot|unable to|could not|couldn't) "
    r"(?:work|operate|process|bill|invoice|ship|sell|pay|access|log ?in|take|serve|onboard|close|deliver|publish|continue)\b|"
    r"los(?:e|es|ing|t) (?:\w+ ){0,3}?(?:money|revenue|sales|orders?|customers?|clients?|business|data|time|hours?)|revenue|production (?:is |system |environment |server )?(?:down|outage|affected|impact)|"
    r"(?:whole|entire) (?:company|team|department|office|business|organi[sz]ation)|business[- ]critical|mission[- ]critical|critical for|compliance|penalt(?:y|ies)|sla\b|contract\b|"
    r"(?:went|rose|dropped|fell|grew|increased) (?:\w+ ){0,2}?from (?:about |around )?\d|no-shows?|"
    r"refund\w{0,4}|chargebacks?|complain(?:ing|ts?|ed)|hours? (?:a|per|each|every) (?:day|week)|manual(?:ly)? (?:work|entry|process)|by hand|cost(?:s|ing)? us|"
    r"(?:tous|toutes|aucun) (?:de )?(?:nos|les) (?:utilisateurs|clients|employés|collaborateurs)|bloqué(?:e?s|e)?\b|chiffre d'affaires|"
    r"todos (?:nuestros|los) (?:usuarios|clientes|empleados)|bloquead[oa]s?\b|estamos perdiendo|umsatz|produktion steht)"
    r"|(?:[$€£]\s?\d[\d.,]{0,12}\s?(?:k|m|million|thousand)?|\d[\d.,]{0,12}\s?(?:k|million|thousand)?\s?(?:usd|eur|gbp|dollars?|euros?|€|£))"
)
IMPACT_SIGNS: Final = "$€£"
IMPACT_WORDS: Final = frozenset(
    {
        *("user", "users", "customer", "customers", "client", "clients", "employees", "agents"),
        *("people", "staff", "students", "patients", "store", "stores", "branches", "order"),
        *("orders", "invoices", "payments", "transactions", "members", "drivers", "guests"),
        *("nutzer", "kunden", "mitarbeiter", "blocked", "blocking", "blocks", "blocker"),
        *("unusable", "stuck", "standstill", "can't", "cannot", "unable", "not"),
        *("couldn't", "lose", "loses", "losing", "lost", "revenue", "production", "whole"),
        *("entire", "business-critical", "business", "mission-critical", "mission", "critical"),
        *("compliance", "penalty", "penalties", "sla", "contract", "no-show", "no-shows"),
        *("went", "rose", "dropped", "fell", "grew", "increased"),
        *("hour", "hours", "manual", "manually", "hand", "cost", "costs", "costing"),
        *("utilisateurs", "employés", "collaborateurs", "bloqué", "bloquée", "bloqués", "bloquées"),
        *("chiffre", "usuarios", "clientes", "empleados", "bloqueado", "bloqueada", "bloqueados"),
        *("bloqueadas", "perdiendo", "umsatz", "produktion"),
        *("usd", "eur", "gbp", "dollar", "dollars", "euro", "euros"),
    }
)
IMPACT_BEGINNINGS: Final = ("refund", "chargeback", "complain")
"""Without one of these `IMPACT` finds nothing: they cost less to look for."""

NO_IMPACT = _phrase(
    r"^\W{0,3}(?:at\s\S{0,80}\(|caused by|hi\b|hello\b|thanks?\b|dear\b)|\b(?:max_|limit of|up to)\b"
)
USE_CASE = _phrase(
    r"\b(?:(?:we|i|our \w{1,15}|users?|customers?) (?:need|needs|want|wants|would like|'d like|have to|has to|must|should be able) (?:to|a|an|the)\b|so that|in order to|use[- ]case|workflow|"
    r"it would be (?:great|nice|helpful|useful|good)|feature request|please add|is there (?:a|any) way|would love to|missing feature|wish)\b"
)
COMPETITIVE = _phrase(
    r"\b(?:competitors?|competing (?:product|tool|vendor)|other (?:tools?|vendors?|products?|providers?|solutions?) (?:offer|support|have|can|do|already)|"
    r"(?:switch|switching|move|moving|migrate|migrating) (?:to|away)|alternatives? (?:to you|like|such as)|evaluating|rfp|konkurrenz|mitbewerber|wechseln zu)\b"
)
CONTAINED = _phrase(
    r"\b(?:(?:we|i|they|customer|admin|agent)(?:'ve| have| has| had)? (?:already |since |immediately )?(?:revoked|rotated|disabled|suspended|locked|blocked|reset|isolated|deleted|removed|"
    r"changed (?:the|all|our|their|my) (?:password|key|token|credential)|turned off|took down|taken (?:down|offline)|signed out|logged out)|"
    r"(?:password|key|token|credential|account|access|session|link)s? (?:\w+ ){0,2}?(?:was|were|has been|have been|is|are|been) (?:\w+ )?(?:revoked|rotated|disabled|suspended|locked|reset|changed|blocked|removed)|contained|containment|mitigat\w{1,4})\b"
)
EXPECTATION = _phrase(
    r"\b(?:(?<!as it )should|expect\w{0,5}|supposed to|ought to|would like|instead of|must|rather than|(?:correct|right|desired) (?:result|behaviou?r|way)|"
    r"erwarte\w{0,3}|sollte\w{0,2}|devrait|debería)\b"
)
COURTESY = _phrase(
    r"^\W{0,4}(?:please|thanks?|thank you|hi|hello|hey|dear|any (?:update|news|progress|idea|help)|let me know|can you|could you|would you|"
    r"call me|bitte|danke|hallo|i look forward|looking forward|how are|hope)\b"
)
FAILS_OUTRIGHT = _phrase(
    r"\b(?:(?:does|do|did|can|could|will|would|is|are|has|have)(?:n't| not)|cannot|can no longer|no longer|never|nothing happens|"
    r"fail(?:s|ed)?|stop(?:s|ped)?|crash(?:es|ed)?|hangs?|froze|freezes|breaks|broke|(?:is|are|keeps|stays|remains) (?:blank|empty|stuck|missing|wrong|broken|down)|"
    r"get an? error|geht nicht|funktioniert nicht|wird nicht|ne fonctionne pas|no funciona)\b"
)
NEAR_STEP = _phrase(r"^\W{0,4}(?:please|can you|could you|if|when you)\b|\?\s{0,2}$")
CORRECTION = _phrase(
    r"^\W{0,4}(?:actually|correction|sorry,? (?:i|it|that|we|my)|update:|edit:|to correct|my mistake|scratch that|i was wrong|it turns out|turns out|korrektur|doch nicht)\b"
)
