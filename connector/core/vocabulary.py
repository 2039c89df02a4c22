"""The phrases that the shipped triggers listen for, in English, German, French and Spanish.

Written by hand from general support vocabulary; one phrase a line, a line that ends in `|` goes on
in the next. Each list is only a default: triggers.toml can replace it or add to it. For the
notation see `connector.core.signals_text`.
"""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import phrase_lines, word_set

CONFIRMED_BUG: Final = phrase_lines("""
    reproduced
    can reproduce
    able to reproduce
    reproducible
    confirmed bug|defect|regression
    confirmed ... bug|defect|regression
    bug|defect|regression is|was|has ... confirmed
    known bug
    is a bug|defect|regression
    code fix|change
    needs|need|requires|require a fix|hotfix|patch
    nachgestellt
    reproduzierbar
    fehler bestätigt
    bestätigter fehler|bug
""")

INFRASTRUCTURE: Final = phrase_lines("""
    502|503|504 bad|service|gateway|error|errors
    http 500|502|503|504
    bad gateway
    gateway timeout|time-out
    service unavailable
    connection refused
    connection timed out
    connections are timing out
    certificate expired
    certificate has|is|was expired
    ssl|tls handshake failed|fails|error
    dns resolution|lookup failed|fails|failure|error
    load balancer
    node|nodes|cluster|database|server|disk|replica ... unhealthy|overloaded|full|unreachable
    disk full
    out of memory
    replication lag
    high latency
    packet loss
""")

DATA_LOSS: Final = phrase_lines("""
    data loss
    loss of data
    lost all|our|my|the|some|customer* ... data|records|files|orders|documents|entries|history
    lost data|records|files|orders|documents|entries
    lose|losing all|our|my|the|some|customer* ... data|records|files|documents|entries
    lose|losing data|records|files|orders|documents
    data|records|files|orders|documents|entries|messages|contacts ... lost|vanished|wiped|
    disappeared|erased|corrupt|corrupted|gone|overwritten
    corrupted data|records|files|database|table|index|document*|backup*
    data corruption
    database|table|index|backup|file is|are|was|were|got corrupt|corrupted
    deleted all|our|my ... data|records|files|documents|customers|contacts
    wiped all|our|my|the ... data|records|files|database|account
    datenverlust
    daten ... verloren|gelöscht|weg|verschwunden|beschädigt|korrupt
    perte de données
    données perdues|corrompues|effacées
    données ... disparu|perdues|corrompues|effacées
    pérdida de datos
    datos perdidos|corruptos|borrados
""")

DATA_INTEGRITY: Final = phrase_lines("""
    data|figures|totals|balances|records|inventory|stock|amounts ... inconsistent|mismatch*|
    duplicated|mixed
    inconsistent|duplicate|duplicated|mixed-up data|figures|totals|balances|invoices|charges|
    bookings|payments|records
    wrong|incorrect|false data|records|values|balances in|on|for|shown|stored|saved
    data|records|values|balances is|are|was|were wrong|incorrect|false
    charged|billed|booked|invoiced|paid|debited|ordered twice|double
    double charged|billed|booked|booking|bookings|charges|payment|payments
    data integrity
    data|records|systems is|are out of sync
    assigned to|shown the wrong customer|account|user
    falsche|fehlerhafte|doppelte daten|beträge|rechnungen|buchungen|zahlen|werte
    doppelt abgebucht|gebucht|berechnet
    données incohérentes|erronées|fausses
    datos incorrectos|inconsistentes|duplicados
""")

PRODUCTION_DOWN: Final = phrase_lines("""
    production|prod|site|website|service|services|platform|portal|system|systems|application|app|
    server|servers|api|shop|store|checkout|everything|cluster|tenant|instance|environment is|are|
    went|goes|keeps|gone down|offline|unavailable|unreachable|inaccessible|dead
    production|prod|site|website|service|services|platform|portal|system|systems|application|app|
    server|servers|api|shop|store|checkout|everything|cluster|tenant|instance|environment is|are|
    has|have|seems|appears|keeps|just currently|completely|totally|fully|entirely|again|now|still|
    all|suddenly|been|gone|going|to|went|both ... down|offline|unavailable|unreachable|inaccessible
    production|prod is|has|was ... broken|dead|stopped|halted
    production|prod|system|site|service|platform|server|website|store|shop|app down|outage
    production|prod outage|incident|stopped|halted|standstill
    production|prod ... at a standstill
    outage in|of|on|since|affecting
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
    cannot|can't|unable|couldn't ... work|proceed|continue|operate|ship|invoice|pay|bill|log|
    login|access|use
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

CHURN: Final = phrase_lines("""
    cancel|cancelling|canceling|terminate|terminating|end|ending our|my|the|this contract|
    subscription|account|agreement|license|licence|service|plan|relationship|partnership
    will|going|have|want|wants|wish|decided|forced to|be cancel|cancelling|terminate|leave|churn
    will|we'll|i'll|going|shall|may|might to|have|be|probably|definitely ... cancel|cancelling
    will|we'll|i'll cancel|leave|terminate|switch|churn
    move|moving|switch|switching|migrate|migrating|change|changing|going to|
    over ... competitor*|alternative*|provider*|vendor*
    looking|look|evaluating|evaluate|considering|consider|exploring|explore at|
    for ... alternative*|competitor*|provider*|vendor*
    evaluating|evaluate|considering|consider|exploring|explore alternative*|competitor*|other|
    another|leaving|cancelling|canceling|switching|moving
    not|won't|wont|don't|never ... renew|renewing|extend|extending
    will|are|going|is not|never ... renew|renewing|renewed
    take|taking our|my business elsewhere
    done with your|this|you company|product|service
    want|demand|request|expect|need a|our|my|the ... refund
    lose|losing us|me|our ... customer|client|business|account|contract
    leaving you|your|this|us
    i|we|i'll|we'll quit
    am|are|i'm|we're|will|to quitting|quit your|this|the company|service|product|platform|provider
    am|are|i'm|we're quitting
    leave|leaving|quit|quitting your|this company|service|product|platform|provider|network
    another|different|new operator|provider|vendor|supplier|carrier
    say|saying goodbye
    had enough
    done|through with you|this|your|it
    never use|using|buy|buying|order ... again
    last chance|straw
    kündige|kündigen|kündigung|gekündigt
    verlasse|verlassen euch|sie|dich
    wechsle|wechseln|wechsel|gewechselt zu|zur|zum|weg|auf
    zu|zur|zum ... wechseln|gewechselt
    werde|werden|will|wollen|möchte|möchten ... wechseln|kündigen
    wechsle|wechseln ... anbieter|konkurrenz|alternative*
    anbieter|vertrag wechseln|kündigen|beenden
    vertrag ... nicht verlängern
    résilier|résiliation|résilions|résilie
    cancelar|rescindir ... contrato|suscripción|cuenta|servicio
    cancelar nuestro|nuestra|mi|el|la
    changer de fournisseur|prestataire
""")

LEGAL: Final = phrase_lines("""
    lawyer|lawyers|attorney|attorneys|solicitor
    our|my legal team|department|counsel
    legal action|steps|proceedings|consequences|claim|notice
    sue|suing you|your|the|for
    take you|this to court
    lawsuit|litigation
    breach of contract
    claim damages
    damages claim
    small claims
    regulator|ombudsman|trading standards
    anwalt|anwälte|rechtsanwalt|rechtsabteilung|klage|schadenersatz|schadensersatz
    rechtliche schritte
    avocat|avocats|poursuites|mise en demeure
    abogado|abogados|demanda judicial
""")

PRESS: Final = phrase_lines("""
    journalist|journalists|newspaper|newspapers
    contact|inform|call|talk|speak|tell|go|going|turn ... press|media|newspaper|journalist
    go|going|gone public about|with
    make|making this|it public
    post|posting|posted|share|sharing|complain|complaining ... on|to twitter|linkedin|reddit|
    trustpilot|glassdoor|facebook|mastodon|youtube
    write|writing|leave|leaving|post|posting|posted ... negative|bad|one-star|1-star|public|honest|
    review|trustpilot
    negative|bad|one-star|1-star|public review|reviews
    on|via|over social media
    bekannt aus der presse
    an die presse|medien|öffentlichkeit
    aux médias|journalistes
    a la prensa
""")

EXECUTIVE: Final = phrase_lines("""
    our|my|the|your ceo|cto|cio|coo|cfo|ciso|cpo|vp|svp|evp|president|founder|founders
    our|my management|leadership|executives|executive|director|directors|superiors|boss|chairman
    chief executive|technology|information|operating|financial|security officer
    vice president
    managing director
    board of directors
    board members|meeting
    i|i'm am|the ceo|cto|cio|coo|cfo|vp|founder|owner|director|president
    i am|'m the|a ceo|cto|cio|coo|cfo|vp|founder|owner|director|president
    escalate|escalated|escalating ... ceo|cto|cio|management|manager|executive*|leadership|board|
    director|supervisor
    speak|talk|call|meeting with|to ... manager|supervisor|executive|management|director|ceo|boss
    your management|leadership|executives|director|boss|supervisor
    geschäftsführer|geschäftsführung|geschäftsleitung|vorstand
    vorgesetzten|vorgesetzter
    directeur général
    la direction
    director general
""")

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

FEATURE_GAP: Final = phrase_lines("""
    feature request|gap|wish
    enhancement request
    missing feature|functionality|option|capability
    would be great|nice|helpful|good|useful if|to
    please|could|can you ... add|support|implement ... feature|option|support|ability|button|
    field|possibility
    please add|implement
    not|doesn't|does support|supported|possible|allow|offer
    there is|it's no|not way|option|possible
    workflow does|doesn't|don't|not ... match|fit|suit|make
    by design
    design decision
    expected it|to be able
    funktionswunsch|feature-wunsch
    demande de fonctionnalité
""")

SECURITY_BREACH: Final = phrase_lines("""
    data|security|privacy breach|breaches|leak|leakage
    breach of ... data|security|privacy|gdpr
    data|records|credentials|passwords|information|secrets|files|emails|documents|
    keys ... leaked|exposed|stolen|exfiltrated|compromised
    leaked|exposed|stolen|exfiltrated|compromised ... data|records|credentials|password|
    passwords|information|secrets|keys|accounts|account
    account|accounts|server|servers|system|systems|site|website|instance|mailbox|tenant|network|
    environment|database was|were|is|are|has|have|been|got ... hacked|compromised|hijacked|
    breached
    been|were|was|got|are hacked|breached|compromised|hijacked
    hacked our|my|the|into|account
    unauthorized|unauthorised|unknown|foreign|suspicious|strange access|login|logins|sign-in|
    sign-ins|user|transactions|person
    somebody|someone|stranger|attacker|attackers|hacker|hackers|intruder ... accessed|gained|stole|
    stolen|broke|hijacked
    somebody|someone|stranger|attacker|attackers|hacker|hackers|intruder ... logged|got|broke|
    gained in|into|access
    see|sees|seeing|saw|view|viewing|access|accessing|read|shown|showing|shows|download|
    open ... other|another|different|someone|somebody|wrong customer*|client*|compan*|organi*|
    tenant*|user's|users'|account*|person's|else's
    see|sees|seeing|saw|view|access|shown|showing|shows|download data|records|orders|invoices|
    documents|tickets|emails|files of|from|belonging ... other|another|different|someone
    other|another|different customer*|client*|compan*|tenant*|user*|organi* ... data|orders|
    invoices|records|documents|details|accounts|files ... visible|shown|displayed|accessible|
    appear*
    ransomware
    datenleck|datenpanne|datenschutzverletzung|sicherheitsvorfall
    security incident
    wurde|wurden|sind|ist gehackt|kompromittiert
    wurde|wurden|sind ... gehackt|kompromittiert
    unbefugter|unberechtigter|unbefugten zugriff|zugang
    fremde|andere|anderer kunden|daten|konten ... sehen|sichtbar|angezeigt|einsehen
    fuite de données
    accès non autorisé
    compte ... piraté|compromis
    filtración|fuga de datos
    acceso no autorizado
    cuenta ... hackeada|comprometida
""")

SECURITY_REPORT: Final = phrase_lines("""
    security vulnerability|hole|flaw|issue|bug|weakness|problem|defect|risk|gap
    vulnerability|vulnerabilities|vuln in|within|found|that|allows|affecting|report|on|
    discovered
    found|discovered|identified|report|reporting|detected|disclose|disclosing ... vulnerability|
    vulnerabilities|vuln|exploit
    responsible|coordinated disclosure
    sql|command|code|script|html|ldap|xml|template injection
    cross-site|cross site scripting|request
    xss|csrf|ssrf|xxe|idor|rce|lfi|clickjacking
    remote code execution
    privilege|privileges escalation
    path|directory traversal
    authentication|authorization|authorisation|login|password|2fa|mfa|permission|access|
    sso bypass
    bypass|bypassing|bypassed|circumvent ... authentication|authorization|login|password|2fa|
    mfa|permission|permissions|access|security
    without|no authentication|authorization|login|password ... access|read|download|open|view|
    delete|change
    access|log|login|read|see|open|view|download|change ... without password|authentication|
    authorization|permission|permissions|credentials
    access|log|login|read|see|open|view|download|change ... without a|any|valid|entering|
    providing|my|the password|passwords|authentication|permission|permissions|credentials
    penetration|pen test|tester found|report|finding|findings|shows|result|results
    pentest found|report|finding|findings|shows|result|results
    bug bounty
    attacker|attackers|hacker|hackers|adversary ... could|can|may|might|able ... read|access|
    execute|inject|steal|bypass|download|delete|modify|see|run|upload
    phishing attack|attempt|mail|mails|email|emails|site|page|message
    malware on|in|found|infected|detected
    zero day
    zero-day|0-day
    cve-*
    proof of concept exploit
    plain|clear text password|passwords|credentials
    plaintext|cleartext password|passwords|credentials
    password|passwords|credentials|token|tokens|secret|secrets in|as|are|is|stored|sent|
    logged ... plain|plaintext|cleartext|clear|unencrypted|visible|logs|log
    gdpr|hipaa|dsgvo|ccpa|pci|compliance|rgpd violation|breach|complaint|incident|concern|
    verstoß
    violation|violates|violate|violating of|the|our ... gdpr|hipaa|dsgvo|pci|rgpd|ccpa|privacy
    sicherheitslücke|sicherheitsluecke|schwachstelle
    faille|vulnérabilité de|dans|sécurité|trouvée
    vulnerabilidad|vulnerabilidades
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
