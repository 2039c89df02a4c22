"""What a breach and a vulnerability report sound like."""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import phrase_lines

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
    somebody|someone|stranger|attacker|attackers|hacker|hackers|intruder ... accessed|hijacked
    somebody|someone|stranger|attacker|attackers|hacker|hackers|intruder ... stole|stolen ... data|
    account|accounts|credentials|password|passwords|identity|information|files|records
    stranger|attacker|attackers|hacker|hackers|intruder ... logged|got|broke|gained in|into|access
    somebody|someone ... broke|gained in|into|access
    somebody|someone ... logged|got in|into ... our|my|the|account|accounts
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
    sehe|sieht|sehen|einsehen|öffnen|abrufen|bekommt|bekommen ... daten|rechnungen|rechnung|
    dokumente|bestellungen|aufträge|termine|adressen|namen|tickets ... anderen|anderer|andere|
    fremden|fremder kunden|kunde|firma|firmen|nutzers|nutzer|benutzers|benutzer|mandanten|patienten
    andere|fremde kunden|firmen|nutzer|benutzer|mandanten ... unsere|meine|unseren daten|rechnungen|
    dokumente|bestellungen|termine|tickets
    fuite de données
    accès non autorisé
    compte ... piraté|compromis
    vois|voit|voyons|voient|voir|accéder|accède|affiche ... données|factures|facture|commandes|
    documents|dossiers|informations|adresses|tickets ... autre|autres client|clients|cliente|
    entreprise|entreprises|société|sociétés|utilisateur|utilisateurs|compte|comptes|patient|patients
    filtración|fuga de datos
    acceso no autorizado
    cuenta ... hackeada|comprometida
    veo|ve|vemos|ven|ver|accede|acceder|muestra ... datos|facturas|factura|pedidos|documentos|
    información|direcciones|tickets ... otro|otros|otra|otras cliente|clientes|empresa|empresas|
    usuario|usuarios|cuenta|cuentas|paciente|pacientes
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
