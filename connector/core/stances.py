"""Words and phrases that tell how something is meant: denied, supposed, asked, taken back.

Written by hand, in English, German, French and Spanish; one phrase a line (notation:
`connector.core.signals_text`).
"""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import lexicon, phrase_lines, word_set

DENIERS: Final = word_set("""
    no not never none nothing neither nor without zero isn't wasn't aren't weren't don't
    doesn't didn't hasn't haven't hadn't unable failed stopped stops stop ceased hardly
    barely avoid avoids avoided prevent prevents prevented kein keine keinen keiner
    keinerlei nicht nie niemals ohne aucun aucune pas jamais sans ningún ninguna nunca sin
""")

MODAL_DENIERS: Final = word_set("""
    can't cannot couldn't couldnt cant won't wouldn't
""")

PERCEIVE: Final = word_set("""
    see find confirm reproduce detect notice observe identify report imagine be
""")

BOUNDARIES: Final = word_set("""
    , ; : ? ! ( ) but however though although because since so while and yet aber weil da
    denn und mais car et pero porque y
""")

SPENT: Final = word_set("""
    working work works worked fixed resolved responding able loading answering acceptable
    only just again longer good ok okay happy sure clear mehr nur
""")

CLAUSE_ENDS: Final = word_set("""
    , ; : then dann alors
""")

IFS: Final = word_set("""
    if unless until till once falls wenn si bis sobald jusqu'à hasta
""")

DENIED_AFTER: Final = lexicon(
    phrase_lines("""
    did|does|has|have|was|were|is|are not|never occur*|happen*|found|confirmed|the|a|an
    didn't|hasn't|haven't|wasn't|isn't|weren't|aren't occur*|happen*|found|confirmed|the|a|an
    can|could|was|were|is|are be|been ruled|excluded out
    was|were|is|are|has|can ruled|excluded|unlikely|impossible
    can|could be ruled|excluded
    has|have been ruled|excluded
    false alarm|positive
    prevention|protection
""")
)

SUPPOSED: Final = lexicon(
    phrase_lines("""
    what if
    what happens|happened if|when
    what would happen
    would happen if
    in case
    in the event
    suppose|supposing|assuming|imagine|hypothetically|theoretically
    should there be
    if there is|was|were|are ever
    is|are|was|were there a|an|any|some ... outage|outages|breach|breaches|incident|incidents|
    downtime|leak|vulnerability|vulnerabilities
    to simulate|rehearse
    simulated|simulating|rehearsal|drill|tabletop
    fire|recovery drill|exercise
    was passiert wenn
    was passiert , wenn
    im falle
    angenommen
    que se passe-t-il si
    en cas de
""")
)

ASKED: Final = lexicon(
    phrase_lines("""
    how do|can|could|would|should|may|might i|we|you|one|they|our|my|a|an|the|someone
    how to
    where do|can|could|should|would i|we|one|someone
    where is|are the|your
    who do|should|can|could i|we
    whom do|should|can|could i|we
    what is|are|'s the|your best|correct|right|recommended|usual|proper
    what is|are the|your|a policy|policies|process|procedure|procedures|steps|way|definition
    what's the|your best|correct|right|recommended|policy|process|procedure|way
    what steps|process|policy|procedure do|does|should|is|are
    what does ... mean
    do|does you|your|it|the ... offer|support|provide|have|include|protect|handle|cover
    is|are there a|any|some way|documentation|guide|guidance|article|policy|procedure|option|
    best|recommended|instructions
    can|could|would|will you|someone ... explain|describe|tell|send|share|clarify|document
    are you|they ... compliant|certified|audited
    i|we would|'d|want|wanted|wish|like ... know|learn|understand how|what|where|whether
    i'd|we'd like to know|learn|understand how|what|where|whether
    please send|share|provide|forward us|me|over ... report|reports|results|certificate|
    certificates|documentation|questionnaire|policy|policies|statement|evidence
    fill|complete ... questionnaire|assessment
    looking for documentation|guidance|instructions|information|docs
    wie kann|können|könnte|soll|sollen|melde|melden|mache|machen ich|wir|man
    wo kann|können|finde|finden|melde|melden ich|wir|man
    gibt es eine|einen|ein anleitung|möglichkeit|dokumentation|weg|richtlinie
    comment puis-je|pouvons-nous|peut-on|faire|signaler|voir|accéder|afficher|ouvrir
    cómo puedo|podemos|se
""")
)

TAKEN_BACK: Final = lexicon(
    phrase_lines("""
    false alarm
    my|our mistake
    never mind|nevermind
    nevermind
    it|everything|all|this|that|issue|problem works|working|resolved|fixed|solved|sorted again|
    now
    it|everything|all|this|that is|are ... working|resolved|fixed|solved|sorted again|now
    it's|everything's|that's working|resolved|fixed|solved|sorted
    is|are|came back up|online|normal
    back to normal
    works|working fine|again|now
    issue|problem ... is|was|has|been resolved|solved|fixed|gone|disappeared
    resolved itself
    can|may|please close this|the|my ticket|case|issue|request
    please close it
    hat sich erledigt
    funktioniert wieder|jetzt
    geht wieder
    fonctionne à nouveau
    fehlalarm
""")
)
