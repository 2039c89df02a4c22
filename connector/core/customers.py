"""Who counts as one customer: an organization, else an e-mail domain, else the requester.

Source: the domain's section 1. A public mail provider is nobody's domain, so its users count as
requesters; this is the one place that names the providers.
"""

from __future__ import annotations

from typing import Final

_BRANDS = """
gmail googlemail yahoo ymail rocketmail hotmail outlook live msn aol gmx web icloud yandex
mail proton protonmail zoho fastmail inbox"""
_PLACES = """
com net org de at ch fr it es pt nl be uk co.uk ie se no dk fi pl cz sk hu ro gr ru ua tr
com.tr ca mx com.mx br com.br ar com.ar cl in co.in id co.id jp co.jp kr co.kr cn hk com.hk
tw com.tw sg com.sg my ph com.ph th co.th vn com.vn au com.au nz co.nz za co.za me us info
eu"""
_OTHERS = """
me.com mac.com pm.me proton.me hey.com tutanota.com tutanota.de tuta.io tuta.com posteo.de
posteo.net mailbox.org t-online.de freenet.de arcor.de online.de 1und1.de email.de email.com
mail2world.com bluewin.ch sunrise.ch hispeed.ch aon.at chello.at chello.nl orange.fr
wanadoo.fr free.fr laposte.net sfr.fr neuf.fr numericable.fr bbox.fr libero.it virgilio.it
tiscali.it alice.it tin.it telefonica.net terra.es terra.com.br uol.com.br bol.com.br
ig.com.br globo.com sapo.pt telenet.be skynet.be ziggo.nl kpnmail.nl kpnplanet.nl planet.nl
xs4all.nl hetnet.nl home.nl btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com
blueyonder.co.uk eircom.net telia.com online.no wp.pl o2.pl onet.pl interia.pl op.pl
seznam.cz centrum.cz volny.cz azet.sk freemail.hu citromail.hu abv.bg bk.ru list.ru
rambler.ru ukr.net i.ua comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
charter.net earthlink.net optonline.net juno.com rogers.com sympatico.ca shaw.ca telus.net
videotron.ca prodigy.net.mx rediffmail.com qq.com foxmail.com 163.com 126.com yeah.net
sina.com sina.cn sohu.com aliyun.com 139.com 189.cn naver.com daum.net hanmail.net nate.com
docomo.ne.jp ezweb.ne.jp softbank.ne.jp bigpond.com bigpond.net.au optusnet.com.au
xtra.co.nz mweb.co.za duck.com privaterelay.appleid.com users.noreply.github.com
mailinator.com yopmail.com"""

PUBLIC_PROVIDERS: Final[frozenset[str]] = frozenset(
    {f"{brand}.{place}" for brand in _BRANDS.split() for place in _PLACES.split()}
    | set(_OTHERS.split())
)
"""Domains that anybody can have an address at."""


def customer_key(
    organization: int | str | None,
    requester_email: str | None,
    requester_id: int | str | None,
) -> str | None:
    """The key (organization:…, domain:… or requester:…); None when nothing is known.

    A `requester_email` that is no address (a name, a pseudonym) counts as the requester himself,
    unless `requester_id` is known.
    """
    if organization is not None and str(organization).strip():
        return f"organization:{str(organization).strip()}"
    text = (requester_email or "").strip().lower()
    domain = mail_domain(text)
    if domain and domain not in PUBLIC_PROVIDERS:
        return f"domain:{domain}"
    if requester_id is not None and str(requester_id).strip():
        return f"requester:{str(requester_id).strip()}"
    return f"requester:{text}" if text else None


def mail_domain(address: str) -> str | None:
    """The domain of an e-mail address in lower case, None for anything else."""
    text = address.strip().lower().rstrip(">")
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    fine = at and local and "." in domain and not any(c.isspace() or c in "/\\@" for c in domain)
    return domain if fine else None
