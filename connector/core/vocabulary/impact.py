"""What wrong data, an outage, a blocked customer and many affected people sound like."""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import phrase_lines, word_set

DATA_INTEGRITY: Final = phrase_lines("""
    data|figures|totals|balances|records|inventory|stock|amounts ... inconsistent|mismatch*|
    duplicated|mixed
    inconsistent|duplicate|duplicated|mixed-up data|figures|totals|balances|invoices|charges|
    bookings|payments|records
    wrong|incorrect|false data|records|balances in|for|shown|stored|saved
    data|records|balances is|are|was|were wrong|incorrect|false
    booked|stored|saved|recorded|imported|posted twice|double
    double booked|booking|bookings|records|entries
    data integrity
    data|records|systems is|are out of sync
    assigned to|shown the wrong customer|account|user
    falsche|fehlerhafte|doppelte daten|beträge|rechnungen|buchungen|zahlen|werte
    doppelt gebucht|gespeichert|erfasst
    données incohérentes|erronées|fausses
    datos incorrectos|inconsistentes|duplicados
""")

PRODUCTION_DOWN: Final = phrase_lines("""
    production|prod|site|website|service|services|platform|portal|system|systems|application|app|
    server|servers|api|shop|store|checkout|everything|cluster|tenant|instance|environment is|are|
    went|goes|keeps|gone down|offline|unavailable|unreachable|inaccessible|dead
    production|prod|site|website|service|services|platform|portal|system|systems|application|app|
    server|servers|api|shop|store|checkout|everything|cluster|tenant|instance|environment is|are|
    has|have|keeps|just|went currently|completely|totally|fully|entirely|again|now|still|all|
    suddenly|been|gone|going|both down|offline|unavailable|unreachable|inaccessible
    seems|appears to be ... down|offline|unavailable|unreachable|inaccessible
    production|prod is|has|was ... broken|dead|stopped|halted
    production|prod|system|site|service|platform|server|website|store|shop|app down|outage
    production|prod outage|incident|stopped|halted|standstill
    production|prod ... at a standstill
    outage since|affecting
    an|the|this outage in|of|on
    complete|total|full|major|massive|system-wide|systemwide|global|nationwide outage|standstill
    whole|entire|complete system|site|service|platform|company|plant|warehouse|business|shop down|
    stopped|offline|blocked
    nobody|noone|no-one ... can|is ... log|login|sign|access|work|use|connect|able
    no one|none ... can|is|are ... log|login|sign|access|work|use|connect|able
    all|every|everyone|everybody ... cannot|can't|unable ... log|login|sign|access|work|use|connect
    everyone|everybody is ... locked|logged|kicked out
    completely|totally|fully down|offline|unavailable|unreachable
    our|the business|operations|production line|lines|has|have|is ... stopped|halted
    steht still
    system|server|produktion|shop|webseite|anwendung|dienst|plattform ... ausgefallen|offline
    system|server|produktion|shop|webseite|anwendung|dienst|plattform ... nicht erreichbar|verfügbar
    system|server|produktion|shop|webseite|anwendung|dienst|plattform ist|sind ... down
    totalausfall|komplettausfall|systemausfall|serverausfall
    niemand kann ... arbeiten|einloggen|anmelden|zugreifen
    production|site|service|plateforme|serveur|système est|sont ... panne|arrêt|indisponible|
    inaccessible|hors
    producción|sitio|servicio|sistema|servidor|plataforma está|esta|están ... caído|caída|caido|
    parado|detenido
""")

DOWN_IF_URGENT: Final = phrase_lines("""
    down|offline|unavailable|unreachable|inaccessible
    cannot|can't|unable ... log|login|sign|access|work|connect
    not|doesn't|isn't work|working|respond|responding|load|loading at all
    completely broken|blocked|stuck
""")

BLOCKED: Final = phrase_lines("""
    blocked
    blocker
    blocking us|me|our|the|all
    showstopper
    show stopper
    cannot|can't|couldn't work|proceed|continue|operate|ship|invoice|produce|deliver
    unable to work|proceed|continue|operate|ship|invoice|produce|deliver
    standstill
    work has|is stopped
    blockiert
    können nicht ... arbeiten|weiterarbeiten
    bloqué|bloqués|bloqueado|bloqueados
""")

MANY_AFFECTED: Final = phrase_lines("""
    all|every|most|many|several|multiple|hundreds|thousands|dozens ... users|customers|clients|
    employees|colleagues|people|staff|agents|accounts|tenants|stores|offices|sites ... affected|
    impacted|blocked|cannot|can't|unable|fail|failing|down|see|get|getting|report|reporting|
    reported|complaining|complain
    affects|affecting|impacts|impacting|hits|hitting all|every|most|many|several|multiple|
    hundreds|thousands ... users|customers|clients|employees|people|accounts|tenants|stores
    whole|entire company|team|department|organization|organisation|office|staff ... affected|
    impacted|blocked|cannot|can't|unable|down
    everyone|everybody ... affected|impacted|blocked|cannot|can't|unable
    alle ... nutzer|benutzer|kunden|mitarbeiter|kollegen ... betroffen|blockiert|nicht
    tous|toutes ... utilisateurs|clients|employés ... touchés|bloqués|peuvent
""")

PEOPLE: Final = word_set("""
    users user customers clients employees colleagues people staff agents accounts tenants
    stores offices sites seats stations terminals members patients students drivers shops
    warehouses nutzer benutzer kunden mitarbeiter kollegen utilisateurs usuarios clientes
""")

AFFECTED: Final = word_set("""
    affected impacted blocked cannot can't unable couldn't stuck waiting down failing fail
    fails failed locked lost stopped hit hits losing broken without betroffen blockiert
    nicht bloqués touchés afectados bloqueados complaining reporting
""")
