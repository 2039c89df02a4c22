"""What a confirmed bug, failing infrastructure and lost data sound like."""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import phrase_lines

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
