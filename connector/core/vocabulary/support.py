"""What agents say of hard cases, and what belongs in support sounds like."""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import phrase_lines

BEYOND_DIAGNOSIS: Final = phrase_lines("""
    out of ideas
    out of our|my depth
    beyond our|my|support's|the ... expertise|knowledge|scope|skills|ability
    cannot|can't|unable|couldn't|not ... diagnose|explain|determine|find ... cause
    cannot|can't|unable|couldn't diagnose|explain
    unable to diagnose|explain|determine|find
    need|needs|needed|require|requires|requesting|request ... l2|l3|tier2|senior|specialist|
    engineering|developer|dev ... help|support|team|look|input|investigation|assistance|eyes
    need|needs|escalate|escalating|hand|pass to|over|this|it ... l2|l3|senior|engineering|
    developers
    root cause unknown|unclear
    exhausted all|our|the ... options|steps|troubleshooting
    tried everything
    keine ahnung|idee mehr|woran
""")

NEEDS_ACCESS: Final = phrase_lines("""
    don't|do|does|not have ... access
    no access to
    lack|lacks|lacking|missing|without ... access|permission|permissions|privileges
    need|needs|require|requires|request|requesting ... access to
    need|needs|require|requires database|db|server|backend|admin|root|production|shell access|
    logs
    cannot|can't|unable to|see|access|query|read ... database|db|logs|backend|server|production
    kein|keinen zugriff|zugang
""")

CUSTOM_IMPLEMENTATION: Final = phrase_lines("""
    custom implementation|integration|development|code|connector|script|build|module|plugin|
    extension|workflow|deployment
    customised|customized|bespoke|tailor-made
    professional services
    their|customer's|customers own fork|code|script|integration
    on-premise|on-prem installation|deployment
    sonderentwicklung|individualentwicklung|eigenentwicklung
""")

HOW_TO: Final = phrase_lines("""
    how do|can|could|should i|we|you|one
    how to
    where do|can|could i|we
    is there a|any way|documentation|guide|tutorial|training
    do you have|offer ... documentation|guide|tutorial|training|webinar
    could|can|would you ... explain|show|walk|guide|teach
    looking for documentation|guidance|instructions|training
    need|needs|want|would guidance|training|instructions
    wie kann|können|mache|machen|stelle|stellen|richte ich|wir|man
    gibt es eine|einen|ein anleitung|möglichkeit|dokumentation|schulung
    comment puis-je|pouvons-nous|peut-on|faire
    cómo puedo|podemos|se
""")

TROUBLE: Final = phrase_lines("""
    error|errors|exception|crash*|fail*|broken|bug|bugs|wrong|stuck|freez*|hang|hangs|timeout|
    outage|down|lost|missing|corrupt*|slow|fehler|absturz|kaputt|erreur|panne|fallo
    not|doesn't|don't|isn't|can't|cannot|won't work|working|load|loading|open|save|saving|
    respond|responding|log|login|access|start|send|sync
    no longer works|work|loads|opens|possible|responds
    stopped working|responding|syncing|loading
    unable to
    funktioniert nicht
    geht nicht
    ne fonctionne
    no funciona
""")

SETTING_UP: Final = phrase_lines("""
    misconfigured|misconfiguration
    configuration|config|setup|set-up|settings|setting issue|question|matter|mistake|error|
    problem
    wrong|incorrect|missing setting|settings|configuration|permission|value ... customer|side|
    account|config*
    customer|user needs|need|has|have|must|should to ... configure|enable|activate|set|adjust|
    whitelist|update|change|add|switch
    needs|need to be configured|enabled|activated|set|whitelisted
    fehlkonfiguration|konfigurationsfehler|einstellungssache
""")

WORKAROUND: Final = phrase_lines("""
    workaround is|exists|available|provided|given|shared|sent|found|works|worked|in|helps|:
    provided|gave|shared|sent|suggested|offered|documented|have|has a|the|with ... workaround
    as a workaround
    known|documented solution|workaround|alternative|fix
    documented in ... article|kb|docs|documentation|help
    umgehungslösung|umgehung
    solution de contournement
    solución alternativa
""")

KNOWN_LIMITATION: Final = phrase_lines("""
    known limitation|limitations|restriction
    documented limitation|limitations|restriction
    works as designed|intended|expected
    working as designed|intended|expected
    is|are by design
    bekannte|dokumentierte einschränkung|limitierung
    limitation connue
    limitación conocida
""")
