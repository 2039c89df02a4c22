"""What mail says without saying anything: greetings, closings, quote headers, notices, form heads.

Written by hand, in the languages that mail to a support desk mostly comes in. Every pattern is
matched against one stripped line and is bounded, so no text can make it slow. What these tables
miss and many customers share weighs little all the same, since its words are not rare.
"""

from __future__ import annotations

import re
from typing import Final


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


REPLY_ABOVE: Final = _any(
    r"^#{0,3}-{0,3}\s?please type your reply above this line",
    r"^(?:bitte )?antworten sie oberhalb dieser zeile",
    r"^(?:veuillez )?(?:entrer|saisir) votre réponse au-dessus de cette ligne",
)

WROTE: Final = _any(
    r"^(?:on|am|le|el|il|op|em|den|dnia|w dniu|a|on day)\b.{4,160}"
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev"
    r"|napisał\(?a?\)?)\b.{0,80}:?$",
    r"^.{4,160}(?:写道|寫道|のメール|님이 작성)\s?[:：]?$",
    r"^.{1,80}<[^<>\s]{1,80}@[^<>\s]{3,80}>\s(?:wrote|schrieb|a écrit|escribió|schreef)\s?:$",
)

SENDER: Final = _any(r"^.{1,80}<[^<>\s]{1,80}@[^<>\s]{3,80}>[^:：]{0,20}[:：]$")
"""Who wrote what is quoted below, in a language whose word for it stands in no table; above
anything else it is a sentence with an address in it.
"""

ORIGINAL_MESSAGE: Final = _any(
    r"^[-_ ]{2,}\s?(?:original message|forwarded message|original appointment|weitergeleitete "
    r"nachricht"
    r"|ursprüngliche nachricht|message d'origine|message transféré|mensaje original|mensaje "
    r"reenviado"
    r"|messaggio originale|oorspronkelijk bericht|mensagem original|původní zpráva|wiadomość "
    r"oryginalna"
    r"|原始邮件|转发的邮件)\s?[-_ ]{2,}$",
    r"^begin forwarded message:$",
)

HEADER_FROM: Final = _any(r"^\*?(?:from|von|de|da|van|från|od|发件人|差出人)\*?\s?[:：]\*?\s?\S")
HEADER_SENT: Final = _any(
    r"^\*?(?:sent|date|to|gesendet|datum|an|envoyé|à|enviado|para|inviato|data|verzonden|aan"
    r"|skickat"
    r"|wysłano|发送时间|收件人|送信日時)\*?\s?[:：]"
)

CLOSING: Final = _any(
    r"^(?:(?:with )?(?:best|kind(?:est)?|warm(?:est)?|many) (?:regards|wishes|thanks)|best"
    r"|regards|rgds"
    r"|cheers|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|thanks(?: again)?(?: "
    r"and regards)?"
    r"|thanks & regards|many thanks|thank you|thx|ty|br|kr|respectfully|cordially|all the best"
    r"|mit (?:freundlichen|besten|lieben) gr(?:ü|ue)(?:ß|ss)en|(?:freundliche|viele|beste"
    r"|liebe|schöne) gr(?:ü|ue)(?:ß|ss)e"
    r"|mfg|lg|vg|danke|vielen dank|besten dank"
    r"|(?:bien )?cordialement|(?:sincères|meilleures) salutations|bien à vous|merci(?: d'avance)?"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|muchas gracias|gracias"
    r"|(?:cordiali|distinti) saluti|grazie(?: mille)?|met vriendelijke groet(?:en)?|groeten"
    r"|mvg|bedankt"
    r"|atenciosamente|(?:com os )?melhores cumprimentos|obrigad[oa]|abraços"
    r"|(?:med )?vänliga hälsningar|hälsningar|tack|med venlig hilsen|vennlig hilsen|mvh"
    r"|ystävällisin terveisin"
    r"|pozdrawiam|z poważaniem|s pozdravem|děkuji|с уважением|спасибо"
    r"|谢谢|謝謝|此致|(?:どうぞ)?(?:よろしく|宜しく)お願い(?:いたし|致し|し)ます|敬具"
    r"|teşekkürler|saygılarımla)\s?[,.!;:，。！；：、–-]*$",
    r"^(?:\S{1,20}\s+){0,12}(?:gr(?:ü|ue)(?:ß|ss)en?|regards|wishes|salutations(?: distinguées)?"
    r"|cordialement|saludos?(?: cordial(?:es)?)?|atentamente|saluti|groet(?:en)?|cumprimentos"
    r"|hälsningar|hilsen)\s?[,.!;:，。！；：、–-]*$",
)

GREETING: Final = _any(
    r"^(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern"
    r"|hallo|guten (?:tag|morgen|abend)|liebes?r?|sehr geehrter?|grüß gott|moin|servus"
    r"|bonjour|bonsoir|salut|cher|chère|madame|hola|buenos días|buenas (?:tardes|noches)"
    r"|estimad[oa]s?"
    r"|ciao|buongiorno|buonasera|gentil[ei]|spettabile|beste|geachte|goede(?:morgen|middag)|dag"
    r"|olá|bom dia|boa tarde|prezad[oa]s?|caro|hej|hei|god (?:morgon|dag)|cześć|dzień dobry"
    r"|szanowni państwo"
    r"|dobrý den|здравствуйте|добрый день|привет"
    r"|你好|您好|こんにちは|お世話になっております|안녕하세요|merhaba)"
    r"(?:[ ,/]+[\w.'’&-]{1,20}){0,4}\s?[,.!:;，。！：；、–-]*$"
)

OPENING: Final = _any(
    r"^(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening)|hallo|guten (?:tag"
    r"|morgen)|bonjour"
    r"|hola|ciao|buongiorno|olá|hej|dear (?:\w{1,20} ?){1,3})(?: (?:there|all|team|everyone"
    r"|support|folks|guys))?\s?[,!.]\s"
)

PLEASANTRY: Final = _any(
    r"^(?:i |we )?(?:hope|trust) (?:you|this|all|everything|that)\b.{0,60}$",
    r"^(?:many )?(?:thanks|thank you|thx)\b.{0,60}(?:help|advance|time|support|attention"
    r"|assistance|reply|answer|response"
    r"|reading|looking|understanding)\b.{0,30}$",
    r"^(?:please|kindly|pls) (?:advise|help|assist|respond|reply|check|look into (?:this|it)"
    r"|let (?:me|us) know|see below|fix)"
    r"(?: (?:asap|soon|urgently|us|me|as soon as possible|with this|on this))*\s?[.!?]*$",
    r"^(?:i'?m |we'?re |i am |we are )?(?:looking|look) forward to\b.{0,60}$",
    r"^(?:please |kindly |pls )?(?:let (?:me|us) know|get back to (?:me|us))\b.{0,60}$",
    r"^(?:any|your) (?:help|assistance|support|ideas?|advice)\b.{0,60}(?:appreciated|welcome"
    r"|great)\b.{0,20}$",
    r"^(?:i |we )?(?:would )?appreciate\b.{0,60}$",
    r"^(?:could|can) (?:you|anyone|someone|somebody) (?:please )?(?:help|assist|advise)(?: "
    r"(?:me|us))?(?: with this| here| out)?\s?[.!?]*$",
    r"^sorry (?:to|for)\b.{0,60}$",
    r"^(?:if you )?(?:have|need) (?:any|more|further) (?:questions?|information|details)\b.{0,60}$",
    r"^(?:vielen dank|danke)\b.{0,40}(?:voraus|hilfe|unterstützung|mühe)\b.{0,20}$",
    r"^(?:über|ich freue mich)\b.{0,60}(?:antwort|rückmeldung)\b.{0,40}$",
    r"^(?:für|bei) (?:weitere )?(?:rück)?fragen\b.{0,60}\b(?:verfügung|gern\w?)\b.{0,20}$",
    r"^(?:ich bitte|wir bitten|bitte) um\b.{0,40}\b(?:hilfe|rückmeldung|antwort|unterstützung)"
    r"\b.{0,20}$",
    r"^(?:können|könnten) sie (?:mir|uns)\b.{0,30}\bhelfen\b.{0,10}$",
    r"^bitte (?:helfen|melden|antworten) sie\b.{0,40}$",
    r"^ich hoffe,? (?:es geht ihnen|sie)\b.{0,40}$",
    r"^merci (?:d'avance|de|pour|par avance)\b.{0,60}$",
    r"^(?:pourriez|pouvez)[- ]vous (?:nous |m['’])?(?:aider|répondre)\b.{0,40}$",
    r"^(?:dans l['’]attente|en vous remerciant|je reste à votre|nous restons à votre"
    r"|n['’]hésitez pas|veuillez agréer|je vous prie d['’]agréer|j['’]espère que vous)\b.{0,120}$",
    r"^(?:quedo|quedamos) (?:a la espera|atent\w|a su disposición)\b.{0,60}$",
    r"^por favor,? (?:ayuda|ayúden?(?:me|nos))\b.{0,40}$",
    r"^(?:espero|esperamos) (?:su|que (?:se|est))\b.{0,60}$",
    r"^no duden? en\b.{0,60}$",
    r"^(?:le |les )?agradec(?:ería|eríamos|emos|o)\b.{0,60}\b(?:ayuda|respuesta|atención)"
    r"\b.{0,20}$",
    r"^(?:podrían?|pueden?) (?:ayudar(?:me|nos))\b.{0,40}$",
    r"^(?:follow us|folgen sie uns|suivez[- ]nous|síg[au]enos)\b.{0,60}$",
    r"^(?:muchas )?gracias (?:de antemano|por)\b.{0,60}$",
    r"^(?:grazie|obrigad[oa]|bedankt|tack) (?:in anticipo|per|pel[oa]|desde já|alvast|voor|på "
    r"förhand|för)\b.{0,60}$",
)

DEVICE: Final = _any(
    r"^(?:sent|envoyé|enviado|gesendet|von meinem|inviato|verzonden|skickat|wysłan[oe]"
    r"|odesláno|lähetetty|get)"
    r"\b.{0,60}\b(?:iphone|ipad|android|mobile|mobil\w*|phone|blackberry|samsung|galaxy"
    r"|huawei|outlook|mail|gmail|yahoo|device"
    r"|smartphone|handy|tablet|telefon\w*|móvil|dispositivo)\b.{0,40}$",
    r"^von meinem (?:iphone|ipad|handy|smartphone|mobiltelefon)\b.{0,40}$",
    r"^发自我的.{1,20}$",
    r"^отправлено (?:с|из)\b.{1,60}$",
)

NOTICE: Final = _any(
    r"\b(?:intended (?:recipients?|only)|confidential(?:ity)?|privileged|unauthori[sz]ed "
    r"(?:use|disclosure|review))\b",
    r"\b(?:consider the environment|think before (?:you )?print(?:ing)?|save (?:a tree|paper))\b",
    r"\b(?:vertrauliche?|vertraulichkeit|bestimmungsgemäße)\b.{0,200}\b(?:informationen"
    r"|e-?mail|empfänger)\b",
    r"\bconfidenti(?:els?|elles?|alité|al(?:es|idad)?|aliteit)\b.{0,200}\b(?:destinataires?|destinatarios?"
    r"|destinatários?|bestemd|message|mensaje|correo)\b",
    r"\bconfidencial(?:es|idad)?\b",
    r"\b(?:courriel|correo|mensaje|messaggio|message)\b.{0,250}\b(?:confiden\w+|destinatari\w+"
    r"|destinataires?)\b",
    r"\b(?:riservat[oie]|vertrouwelijk)\b.{0,200}\b(?:destinatari|geadresseerde|messaggio"
    r"|bericht)\b",
    r"\b(?:virus(?:es)?|malware)\b.{0,120}\b(?:scanned|checked|geprüft|free)\b",
    r"^this (?:e-?mail|message)\b.{0,80}\b(?:sent|from|was|may|is"
    r"|and)\b.{0,200}\b(?:recipient|automatically|unsubscribe|notify|external)",
    r"^(?:registered (?:office|in)|company (?:number|registration)|geschäftsführ\w+|sitz der "
    r"gesellschaft|handelsregister|ust-?id)",
    r"^(?:caution|warning|external)\s?:?.{0,40}\b(?:external|outside)\b.{0,40}\b(?:sender"
    r"|organi[sz]ation|source|e-?mail)",
    r"\bunsubscribe\b.{0,80}$",
)

NOTICE_MENTIONS_MAIL: Final = _any(
    r"\b(?:e-?mail|message|mail|attachments?|nachricht|courriel|correo|mensaje|messaggio|bericht"
    r"|recipient|sender|print\w*)\b"
)

FORM_HEAD: Final = _any(
    r"^(?:account|client|customer|company|organi[sz]ation|organization|plan|tier|priority"
    r"|prio|severity|urgency|region|country"
    r"|department|team|contact|name|first name|last name|full name|phone|telephone|tel|mobile"
    r"|cell|fax|e-?mail|mail|user(?:name)?"
    r"|user id|customer id|account id|ticket|ticket id|case|reference|ref|subscription"
    r"|license|licence|category|type|topic|impact"
    r"|business impact|requested by|reported by|submitted by|date|time zone|language|address"
    r"|web|website|site|kunde|kundennummer"
    r"|firma|priorität|abteilung|land|telefon|client|société|pays|téléphone|empresa|cliente"
    r"|país|teléfono|azienda|klant|bedrijf)"
    r"(?: ?(?:number|no|nr|#))?\s?[:：]\s?.{0,60}$"
)

BODY_HEAD: Final = _any(
    r"^(?:description|summary|details?|message|issue|problem|subject|beschreibung|beschwerde"
    r"|nachricht|betreff|descripción"
    r"|descrizione|omschrijving|descrição|steps to reproduce|to reproduce|reproduction(?: "
    r"steps)?|expected(?: (?:result|behaviou?r))?s?"
    r"|actual(?: (?:result|behaviou?r))?s?|observed(?: behaviou?r)?|environment|additional "
    r"(?:info(?:rmation)?|context)|attachments?"
    r"|test ?case|sample code|code|example|notes?|logs?|screenshots?)\s?[:：.]*$"
)

CONTACT_LINE: Final = _any(
    r"^(?:phone|tel|telephone|telefon|tél|téléphone|tfno|tlf|teléfono|mobile?|mobil|móvil|handy"
    r"|portable|mob|cell|fax|direct|office|t|m|p|f|e|w|d)\s?[.:]?\s?:?\s?[+(]?[\d\s().+/-]{6,30}"
    r"(?:\s?(?:ext|x)\.?\s?\d+)?$",
    r"^[+(]?\d[\d\s().+/-]{8,25}$",
    r"^(?:https?://|www\.)\S{3,80}$",
    r"^\S{1,60}@\S{3,80}$",
)

SUBJECT_PREFIX: Final = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|wg|tr|rv|rif|ref|antw|sv|vs|odp|回复|答复|转发|urgent|important|asap"
    r"|external|ext|dringend|wichtig|urgente)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：!]+|\[[^\]]{0,30}(?:#\d+|external|urgent|ticket"
    r"|case|support|request)[^\]]{0,20}\]|\[?#\d{3,12}\]?:?|\(?ticket\s?#?\d+\)?:?)\s*",
    re.IGNORECASE,
)

SUBJECT_SUFFIX: Final = re.compile(
    r"\s*(?:[-–—,(]\s*)?(?:please help|pls help|help(?: please)?|need help|help needed|urgent"
    r"|asap|bitte um hilfe|dringend"
    r"|aidez[- ]moi|ayuda|por favor|urgente)\s?[!.)]*$|\s*[\[(]?(?:ticket|case|ref"
    r"|request)?\s?#\d{3,12}[\])]?\s*$",
    re.IGNORECASE,
)

_VAGUE = """
a an the my our your new some any another with on in about for of to please pls help needed
need urgent question questions problem problems issue issues error errors bug bugs support
request ticket hi hello hey quick important asap assistance assist me us something wrong not
working work does doesn't doesnt isn't broken trouble having i we have is it case feedback
inquiry enquiry info information general other contact app website site system account
update no subject test hilfe frage fragen probleme fehler anfrage dringend bitte aide
problème demande ayuda problema pregunta consulta urgente soporte aiuto domanda richiesta
vraag probleem hulp dúvida ajuda erro hjälp fråga fel помощь вопрос проблема 帮助 问题 質問"""

VAGUE: Final[frozenset[str]] = frozenset(_VAGUE.split())
"""A subject of such words alone says nothing."""

CONTACT: Final = re.compile(
    r"\S{1,60}@\S{3,80}|(?:https?://|www\.)\S{3,80}|[+(]?\d[\d\s().+/-]{7,25}\d"
)
"""Ways to reach somebody, anywhere in a line."""

SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜÀÉÈÊÍÓÚÑ¿¡])")
