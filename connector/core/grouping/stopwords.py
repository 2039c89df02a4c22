"""Words of the languages that mail comes in which say nothing, or little, about an issue."""

from __future__ import annotations

from typing import Final

_ENGLISH = """
a about above after again all already also although always am an and any anyone anything are
aren't as at be because been before being below between both but by came can come could did
didn does doesn doing don done down during each either else etc even ever every few for from
further get gets getting go goes going gone good got had has hasn have haven having he hello
her here hers hi him his how however i if in into is isn it its itself just keep let like ll
lot made make many may maybe me might mine more most much must my myself near need neither
never next no nor not now of off often oh ok okay on once one only onto or other our ours
out over own per perhaps please pls put quite rather re really same say says see seem seems
she should since so some somehow someone something sometimes still such sure take than thank
thanks that the their them then there these they thing things this those though through thus
till to too toward try under until up upon us use used uses using ve very via want wants was
wasn way we well went were what when where whether which while who whom whose why will with
within without won would yes yet you your yours hope wrote regards dear best kind kindly
cheers team support advise asap someone anybody somebody"""
_GERMAN = """
aber alle als also am an auch auf aus bei beim bin bis bitte da dann das dass dem den der
des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer
eines er es euch für hat hatte habe haben hier ich ihm ihn ihr ihre ihren im immer in ist ja
jetzt kann kein keine können könnte man mehr mein meine mich mir mit muss nach noch nun nur
ob oder ohne schon sehr sein seine seit sich sie sind so soll über um und uns unser unsere
unter vom von vor war was weil wenn wer werden wie wieder wir wird wo wurde würde zu zum zur"""
_ROMANCE = """
au aux avec ce ces cet cette dans de des du elle en est et être eu il ils je la le les leur
lui ma mais me même mes moi mon ne nos notre nous on ont ou où par pas plus pour qu quand
que qui sa sans se ses si son sont sur ta te tes toi ton tu un une vos votre vous al algo
ante antes como con contra cual cuando del desde donde el ella ellos entre era eres es esa
ese eso esta está estaba están este esto estos fue ha han hasta hay la las lo los más mi mis
muy nada ni nos nosotros nuestro o para pero por porque qué se ser sin sobre solo son soy su
sus también te tengo tiene todo tu un una uno unos y ya yo che chi ci come cui da dai dal
dalla degli dei del della delle di dove e gli ha hanno ho il io ma mi mio ne nei nel nella
no noi non o per perché più quando questo sei si sono sul sulla suo tra un una uno vi ao aos
às até com da das de deles dele dos e ela ele em essa esse eu foi isso isto já mas meu minha
muito na não nas nem no nos nós o os ou para pela pelo por qual quando que quem se sem seu
sua são também te tem um uma você"""
_NORTHERN = """
aan als bij dan dat de deze die dit doen door een en er geen haar had heb hebben heeft hem
het hier hij hoe ik is ja je kan kunnen maar me meer met mijn moet na naar niet nog nu of om
omdat onder ons ook op over te tegen toch toen tot u uit uw van veel voor waar was wat we
wel wie wij wil worden zal ze zich zij zijn zo zonder zou alla att av blev bli den denna det
detta du efter ett från för ha han har hon hur här i inte jag kan med men mig min mycket
någon några när och oss på sig sin ska som så till under upp ut vad var vi vid än är af at
blev blive de dem den der det dig eller en er et fra ham han hun hvad hvor ikke ind jeg jo
kunne mange med meget mig nogle nu når og også om op os over på skal skulle som til ud vil
være være var"""
_SLAVIC = """
się nie na jest to do że w z i o po za od jak ale czy co tak dla przez już być był była mam
ja my wy on ona je są и в во не что он на я с со как а то все она так его но да ты к у же вы
за бы по только ее мне было вот от меня еще нет о из ему теперь когда даже ну ли если уже
или ни быть был него до вас нибудь опять уж вам ведь там потом себя ничего ей может они тут
где есть надо"""

STOP: Final[frozenset[str]] = frozenset(
    f"{_ENGLISH} {_GERMAN} {_ROMANCE} {_NORTHERN} {_SLAVIC}".split()
)
"""Terms that are never compared."""

_COMMON = """
able account accounts afternoon app appear appears application broken bug button case change
changed check click clicked client colleague colleagues company currently customer customers day
days different error errors evening example everyone fail failed failing fails failure find first
fix found friday give happen happened happening happens help hour hours important impossible
information issue issues know last look looking message messages minute minutes monday month
months morning new night number office old open opened page people possible problem problems
question recently right saturday screen several show showing shows site solve staff start started
starting stop stopped stopping suddenly sunday system tell think thursday time times today tried
trying tuesday unable update updated urgent user users version way website wednesday week weeks
work worked working works wrong yesterday
anwendung benutzer dienstag donnerstag fehler fehlermeldung firma frage freitag früh funktioniert
funktionieren geht gestern heute hilfe klappt klicken kollege kollegen konto kunde kunden leider
meldung minuten mitarbeiter mittwoch montag morgen möglich nutzer öffnen plötzlich problem probleme
samstag seite sonntag stunde stunden tag tage woche zeigt
affiche aide aujourd bouton clients collègues compte dimanche entreprise erreur fonctionne
fonctionner heure heures hier hui jeudi jour jours lundi marche mardi matin mercredi problème samedi
semaine soir système utilisateur utilisateurs vendredi
aparece aplicación ayer ayuda botón cliente clientes cuenta día días domingo empresa falla funciona
funcionar hoy jueves lunes martes mañana mensaje miércoles minutos página pregunta problema sábado
sistema tarde usuario usuarios versión viernes"""

COMMON: Final[frozenset[str]] = frozenset(_COMMON.split()) - STOP
"""Terms that many reports of any product hold, as a young store has to know before it can count."""
