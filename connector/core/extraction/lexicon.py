"""General English words by what they tell about a sentence of a report. Hand-written.

No list here was taken from data: closed-class words, the verbs of using software and the verbs of
its failing. A word may stand in several classes; a phrase is two words with a space.
"""

# ruff: noqa: E501 - lists of words read better unbroken
from __future__ import annotations

from typing import Final

_CLASSES: Final = {
    "not": "not no never none nothing nobody nowhere neither nor cannot can't cant don't doesn't didn't won't wouldn't isn't aren't wasn't weren't hasn't haven't hadn't couldn't shouldn't dont doesnt didnt wont isnt without unable nicht kein keine",
    "fails": "fail fails failed failing crash crashes crashed crashing break breaks broke breaking hang hangs hung hanging freeze freezes froze freezing frozen throw throws threw thrown throwing stop stops stopped lose loses lost losing disappear disappears disappeared vanish vanishes vanished ignore ignores ignored ignoring reject rejects rejected refuse refuses refused corrupt corrupts corrupted leak leaks leaking die dies died abort aborts aborted terminate terminates terminated kill killed complain complains complained miss misses exit exits exited overflow loops segfault segfaults deadlock deadlocks",
    "failure": "error errors exception exceptions failure failures fault bug bugs problem problems issue issues warning warnings segfault regression leak deadlock timeout timeouts glitch defect npe nullpointerexception traceback fehler",
    "bad": "wrong wrongly incorrect incorrectly invalid missing empty blank broken impossible weird strange odd unexpected unexpectedly slow slower stuck garbled truncated corrupt corrupted duplicate duplicated useless unusable unresponsive inconsistent inaccessible confusing misleading annoying inappropriate unreadable ugly misaligned bogus stale infinite endless silently infinitely disabled gone undefined nan hidden invisible unclear",
    "should": "should ought supposed",
    "shouldnt": "shouldn't shouldnt",
    "expect": "expect expects expected expecting expectation expectations expectedly",
    "would": "would i'd we'd you'd it'd",
    "want": "want wants wanted wish wishes prefer preferable desired desirable hope suggest suggested suggestion propose proposed recommend request requested",
    "need": "need needs needed require requires required requirement must shall",
    "better": "better best nice nicer ideal ideally helpful useful great good sensible reasonable logical cleaner easier consistent",
    "right": "correct correctly proper properly right rightly appropriate appropriately normal normally successfully fine ok okay valid accurate",
    "instead": "instead rather",
    "act": "click clicks tap taps press presses hit push open opens go select choose pick enter type input navigate create add delete remove run start launch install drag drop scroll swipe switch login log sign visit browse load reload refresh close save edit modify insert paste copy cut upload download submit hover move set change configure use try follow check uncheck mark enable disable import export build compile execute call invoke send connect disconnect restart reboot put make write define declare place attach unzip extract look focus resize rotate expand collapse view hold wait point turn zoom publish share replace rename update upgrade clone checkout commit pull apply register activate deactivate toggle highlight double-click right-click dial fill specify format mount boot search find test compare define repeat perform observe notice note verify see confirm",
    "look": "observe notice note verify see confirm watch expect check",
    "acted": "clicked tapped pressed opened went selected chose entered typed navigated created added deleted removed ran started launched installed dragged dropped scrolled switched logged signed visited loaded reloaded closed saved edited modified inserted pasted copied uploaded downloaded submitted moved set changed configured used tried followed checked enabled imported exported built compiled executed called sent connected restarted rebooted wrote updated upgraded downgraded cloned replaced tested",
    "acting": "clicking tapping pressing opening going selecting choosing entering typing navigating creating adding deleting removing running starting launching installing dragging scrolling switching logging visiting loading reloading closing saving editing inserting pasting copying uploading downloading submitting moving setting changing configuring using trying building compiling executing calling sending connecting restarting updating upgrading editing pulling",
    "sees": "see sees saw seen notice noticed observe observed appears appear appeared shows show showed shown displays display displayed get gets got getting gotten receive receives received returns return returned happen happens happened happening occur occurs occurred becomes become remains remain stays stay looks look looked found find finds reports reported prints printed outputs says said gives give gave shows produces produced results causes caused leads triggers turns generates generated renders rendered yields responds",
    "still": "still remains keeps kept continues anymore longer even again",
    "works": "work works worked working",
    "when": "when whenever while upon",
    "after": "after afterwards",
    "before": "before until previously earlier originally formerly",
    "if": "if unless whether",
    "then": "then next finally first second third now lastly",
    "once": "once as soon",
    "i": "i we i'm i've we've we're me my our us",
    "you": "you your you'll you're yourself",
    "it": "it its it's",
    "this": "this these that that's those",
    "user": "user users customer customers people someone anyone everybody",
    "but": "but however although though yet except nevertheless unfortunately sadly whereas aber",
    "because": "because since due cause reason therefore thus hence so",
    "always": "always every each everytime constantly consistently",
    "sometimes": "sometimes often intermittently randomly occasionally sporadically rarely usually frequently",
    "actual": "actual actually currently current presently",
    "only": "only just merely",
    "also": "also too additionally furthermore moreover",
    "seems": "seem seems seemed apparently looks probably maybe perhaps possibly likely might guess think believe suspect assume suppose presumably appears",
    "will": "will would'll it'll",
    "can": "can could able allow allows allowed possible possibility",
    "may": "may might",
    "be": "be been being",
    "is": "is are am",
    "was": "was were had did",
    "has": "has have having",
    "does": "does do doing done",
    "repro": "reproduce reproduced reproducible reproduces reproducing repro recreate replicate steps step testcase scenario",
    "example": "example examples e.g eg sample snippet instance say consider suppose imagine given",
    "following": "following below above follows here there",
    "version": "version versions release build builds revision branch trunk nightly snapshot beta rc",
    "system": "os windows linux mac macos osx ubuntu debian centos fedora android ios iphone ipad win xp vista solaris unix x64 x86 amd64 64-bit 32-bit arm platform environment architecture kernel",
    "software": "browser chrome firefox safari edge ie opera java jdk jre php python node nodejs npm mysql mariadb postgres postgresql docker apache nginx tomcat server client database webpack typescript react angular vue",
    "device": "device phone tablet nexus samsung galaxy pixel emulator simulator hardware cpu memory ram gb mb ghz disk",
    "log": "log logs trace stack stacktrace traceback output console dump logcat debug verbose backtrace",
    "attach": "attached attachment attachments attaching screenshot screenshots image images picture video gif screencast png jpg",
    "fix": "fix fixes fixed fixing patch patches patched solution solve solved resolve resolved workaround workarounds work-around",
    "question": "how why what which where who anyone",
    "thanks": "thanks thank cheers regards hi hello hey please sorry danke bitte",
    "code": "function method class variable parameter argument null return constructor interface object array string boolean integer field constant callback module package import api",
    "feature": "feature enhancement functionality improvement support implement implemented implementing option options ability introduce provide provided provides",
    "ui": "button buttons menu dialog window page screen tab tabs panel view list link field form icon toolbar popup wizard editor box bar checkbox dropdown text title header footer column row table item cursor mouse keyboard key",
    "file": "file files folder directory path project workspace document image container command config configuration settings preferences properties",
    "same": "same similar identical different differently difference",
    "other": "other another others else",
    "all": "all any everything anything whole entire complete completely",
    "bugref": "duplicate related regression revision commit changeset ticket",
    "in": "in on at inside within under",
    "to": "to into onto towards",
    "from": "from",
    "with": "with using via through by",
    "as": "as like such",
    "than": "than",
    "and": "and or",
    "the": "the a an",
    "time": "time times minutes seconds hours days yesterday today week ago recently",
    "back": "back",
    "new": "new newly",
    "try": "try tries tried trying attempt attempts attempted attempting",
    "know": "know knows known understand sure idea aware",
}  # fmt: skip
_PHRASES: Final = {
    "should be": "should be|should have|should show|should display|should return|should work|should only|should also|should then|should still|should now|should see",
    "should not": "should not|should never|must not",
    "expected to": "expected to|expect to|expect that|expected that|expect the|expected the|i expect|i expected|would expect|as expected|be expected|we expect|supposed to",
    "would be": "would be|would like|would have|would love|would prefer|would make|i'd like|i'd expect|would appreciate",
    "instead of": "instead of|rather than",
    "does not": "does not|do not|did not|is not|are not|was not|has not|have not|can not|could not|will not|would not|not work|not working|not be|not able|not get|not show|not displayed|not shown|not appear|not have|unable to|fails to|failed to|no longer|not found|not respond|not possible",
    "no x": "no error|no message|no way|no such|no response|no effect|no result|no option|no indication|nothing happens|nothing is|there's no|is no|are no|was no",
    "to reproduce": "to reproduce|steps to|how to|reproduce this|reproduce the|repro steps|test case|to repeat|to replicate|to recreate",
    "for example": "for example|for instance|as follows|the following|like this|such as|e g|consider the|say you",
    "i see": "i see|i get|i got|we see|we get|i'm getting|i am|i have|you see|you get|you will|i receive|i found|i notice|i noticed|we noticed|i was|i saw|it shows|it says|i'm seeing|getting the|i've",
    "i did": "i tried|i try|i created|i used|i set|i run|i ran|i click|i clicked|i open|i opened|i went|i go|i installed|i want|i add|i added|i type|i use|i start|i started|i select|i press|i changed|we have|we use|i made|i wrote",
    "if you": "if you|if i|if we|if the|if a|if it|if there|when i|when you|when the|when a|when using|when trying|when we|after i|after you|after the|whenever i|every time|each time|after a",
    "try to": "try to|trying to|tried to|tries to|attempt to|attempting to|want to|wanted to|when trying",
    "there is": "there is|there are|there was|there were|there's|it is|it's|this is|that is|it was|which is|it does|it has|it will|it seems",
    "seems to": "seems to|seem to|appears to|looks like|seems that|seems like|appear to|i think|i believe|i guess|i suspect",
    "works fine": "works fine|works correctly|works well|works as|works ok|works in|works on|works with|worked fine|work fine|working fine|works when|works if|works properly",
    "leads to": "leads to|lead to|results in|result in|resulting in|caused by|causes the|cause the|ends up|end up",
    "need to": "need to|needs to|have to|has to|had to|must be|needs a|we need|i need",
    "able to": "able to|be able|possible to|allowed to|allow to|allows to|way to|ability to|can be|could be",
    "it would": "it would|that would|this would|it should|this should|that should|they should|i would|we should|we could|you should|would it|it could",
    "will be": "will be|will not|will have|going to|will see|will get|will then|will show|will return",
    "please": "please add|please see|please fix|please make|please provide|please note|please let|can you|could you|feature request",
    "let know": "let me|let us|any help|any idea|any ideas|many thanks|thanks in|thank you|more information|more info|further information",
    "on x": "go to|click on|click the|click ok|right click|double click|tap on|open the|open a|select the|press the|run the|create a|create new|add a|log in|sign in|start the|navigate to|try to|add the|choose the|change the|enter a|enter the|set the|make sure|use the|hit the|type in|switch to|move the|drag the|look at",
    "tested": "tested on|tested with|tested in|reproduced on|reproduced in|reproduced with|running on|reproducible on|i'm using|i am using|using version|we are|we're using|running version|happens on|happens in|seen on|seen in|only happens|also happens|same problem|same issue|same error|same thing",
    "the problem": "the problem|the issue|the bug|the error|this bug|this problem|this issue|an error|error message|the following error|this error|the exception|a bug|problem is|issue is|error is|an exception",
    "in fact": "even though|even if|as well|at all|at least|as soon|so that|in order|due to|because of|because the|since the|even when|but it|but the|but i|but when|but not|but no|but this|however the|and the|and then|and it|then the",
}  # fmt: skip

WORDS: Final[dict[str, tuple[str, ...]]] = {}
"""The classes that a word stands in."""

FOLLOWED: Final[dict[str, dict[str, str]]] = {}
"""A word, the word behind it, and what both together are a sign of."""

CLASSES: Final = tuple(_CLASSES)
PHRASES: Final = tuple(_PHRASES)


def words_of(name: str) -> list[str]:
    """The words of a class."""
    return _CLASSES[name].split()


for _name in _CLASSES:
    for _word in words_of(_name):
        WORDS[_word] = tuple(dict.fromkeys((*WORDS.get(_word, ()), _name)))
for _name, _phrases in _PHRASES.items():
    for _phrase in _phrases.split("|"):
        _first, _, _second = _phrase.partition(" ")
        FOLLOWED.setdefault(_first, {})[_second.split(" ")[0]] = _name
