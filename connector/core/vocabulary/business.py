"""What leaving, lawyers, the public, executives and a missing feature sound like."""

from __future__ import annotations

from typing import Final

from connector.core.signals_text import phrase_lines

CHURN: Final = phrase_lines("""
    cancel|cancelling|canceling|terminate|terminating|end|ending our|my|the|this contract|
    subscription|account|agreement|license|licence|service|plan|relationship|partnership
    we|i will|shall cancel|terminate|churn
    we|i will|shall have to|probably|definitely cancel|terminate|leave|churn
    we'll|i'll cancel|terminate|churn
    going|have|forced|decided to cancel|terminate|leave|churn
    we|i want|decided to leave|churn
    move|moving|switch|switching|migrate|migrating|change|changing|going to|
    over ... competitor*|alternative*|provider*|vendor*
    looking|look|evaluating|evaluate|considering|consider|exploring|explore at|
    for ... alternative*|competitor*|provider*|vendor*
    evaluating|evaluate|considering|consider|exploring|explore alternative*|competitor*
    are|am|we're|i'm|we|i considering|consider|thinking leaving|cancelling|canceling|switching
    are|am|we're|i'm|we|i considering|thinking of|about leaving|cancelling|canceling|switching
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
    our|my|a|the|your lawyer|lawyers|attorney|attorneys|solicitor|solicitors will|is|are|has|have|
    asked|asks|advises|advised|gets|got|says
    our|my lawyer|lawyers|attorney|attorneys|solicitor|solicitors
    contact|contacting|involve|involving|consult|consulting|engage|instruct|hear|hire|see|get|
    getting ... lawyer|lawyers|attorney|attorneys|solicitor|solicitors
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
    to|with|by|from a|the|some|several journalist|journalists|newspaper|newspapers
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
    our|my management|leadership|executives|executive|director|directors|superiors|chairman
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
