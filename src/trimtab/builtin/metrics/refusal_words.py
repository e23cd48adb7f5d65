"""How assistants say that they refuse, in English, German, French and Spanish.

One form of refusing stands on each line, a regular expression over words in lower case without accents and
apostrophes, with single spaces between them: "I can't" is "i cant", "je n'ai" is "je nai", "für" is "fur". A mark that
ends a sentence or a part of one is a word of its own, which no gap crosses. Names in capitals stand for the parts below
the forms. Gaps are bounded, so the time is linear in the length of the text.

What keeps refusals apart from other texts with the same words is whom the sentence is about (I, we, my rules). What an
assistant says that it cannot do is refused, but for the exceptions: "I can't find a mistake", "I can't thank you
enough", "I can't wait". "You cannot park here" and "he refused to answer" are no refusals.
"""

import re
from collections.abc import Mapping

_PART = re.compile(r"[A-Z]{2,}[0-9]?")


def _but(words: str) -> str:
    """Not followed, within the same part of a sentence, by any of these, which are told apart by bars."""
    return rf"(?!(?:\w+ ){{0,6}}(?:{words.replace(chr(10), '|')})\b)"


def _forms(lines: str, parts: Mapping[str, str]) -> str:
    filled = (_PART.sub(lambda part: parts[part[0]], line) for line in lines.strip().splitlines())
    return "|".join(rf"\b{line}(?!\w)" for line in filled)


_GAPS = {f"GAP{count}": rf"(?:\w+ ){{0,{count}}}" for count in range(1, 10)} | {"END": "(?: [,.;]|$)"}

_ENGLISH = _forms(
    r"""
(?:i|we) CANNOT(?: SAVE\w+|END)
(?:i|we) (?:could ?not|couldnt) GAP3HELP
(?:i|we)(?:m|re| am| are) GAP1UNABLE to SAVE\w+
UNABLE to GAP3HELP
i(?:m| am) GAP1(?:sorry|afraid) (?:, )?(?:but )?(?:that )?i (?:do not|dont)
i apologi[sz]e (?:, )?but i (?:am|do not|dont)
i(?:m| am) (?:just |only )?not (?:comfortable|willing|going to LIES\w+)
i (?:do not|dont) (?:feel comfortable|provide|support|condone|promote|engage|share|disclose|discuss|create)
i (?:do not|dont) (?:give (?:out|advice|opinions)|do that|(?:help|assist) with)
i (?:(?:do not|dont) have (?:the ability|permission|access to)|have no (?:permission|access to))
i (?:must|have to|need to|will|would like to|respectfully) GAP1(?:decline|refuse|turn this down|say no)
i (?:decline|refuse) to (?!believe)\w+
(?:i would|id) (?:rather|prefer) not (?:to )?(?:say|answer|respond|comment|discuss|tell|share|guess|speculate)
(?:i would|id) (?:rather|prefer) not (?:to )?(?:do|help|write|name|give)
(?:i would|id) rather leave (?:this|that|it) unanswered
not (?:something|one|a thing|a topic) (?:that )?(?:i|we) (?:can|could|will|am)
(?:isnt|is) (?:not )?something (?:that )?(?:i|we) (?:CANNOT|dont|do not|have to decline|could do|can (?:help|assist)\w*)
(?:isnt|is not) something (?:that )?(?:i|we) (?:can|could)
something i(?:m| am) not (?:able|allowed|permitted|willing)
(?:beyond|outside|outside of) what i(?:m| can| am)
(?:isnt|is not|its not|impossible) (?:possible )?for me to
(?:it|this|that) would(?: not|nt) be (?:right|appropriate|proper|fair) (?:of|for) me to
not (?:for me|mine|my place) to
(?:my|our) GAP1(?:instructions|guidelines|rules|polic\w+) (?:do not|dont|forbid|prevent|prohibit)
as an? GAP3(?:ai|assistant|model|chatbot|bot) (?:, )?GAP6(?:CANNOT|UNABLE|not capable)
(?:it is|its|that is|thats|this is) (?:not (?:appropriate|ethical|acceptable|legal)|inappropriate|unethical)
(?:against|violat\w+) (?:my|our) GAP1(?:guidelines|polic\w+|principles|programming|rules|terms|values)
your request (?:cannot|cant|can not) be
(?:off the table|out of the question|off limits)
i have been (?:asked|told) not to
""",
    _GAPS
    | {
        "CANNOT": "(?:can ?not|cant|wont|will not|must not|may not|can neither)",
        "UNABLE": "(?:unable|not (?:able|allowed|permitted|authori[sz]ed|equipped|in a position))",
        "HELP": r"(?:help|assist|provid|answer|giv|offer|support|fulfil|compl[iy]|discuss|shar|engag|creat|generat|writ"
        r"|continu|tell|explain|promot|condon|endors|facilitat|participat|respond|do (?:that|this|so)|talk|describ"
        r"|show)\w*",
        "LIES": _but("lie|be|complain"),
        "SAVE": _but(
            r"""enough|wait|believe|imagine|thank|complain|deny|agree|argue|remember|find|see|hear|open|log ?in|sign in
upload|download|install|connect|reach|print|sleep|stop|live without|help but|help \w+ing|do without|apart
over(?:state|emphasi[sz]e)|stress|forget|lie|regret|bore|bother|keep you|come|attend|be (?:there|late|long)
be (?:happier|prouder|more)|fault|resist|go wrong|think of (?:a|any)|disagree|miss|pretend that"""
        ),
    },
)

_GERMAN = _forms(
    r"""
(?:ich|wir) KANN GAP9NICHT(?: SAVE\w+|END)
KANN (?:ich|wir) (?!nur\b)GAP7NICHT(?: SAVE\w+|END)
ich TUE (?!mich\b)GAP8NICHT(?! dass| auf| immer| gern| genug)
TUE ich GAP5NICHT(?! dass| auf| immer| gern| genug)
(?:ich bin|bin ich) GAP5(?:nicht (?:in der lage|imstande)|ausserstande)(?!(?: ,)? mich)
(?:ich bin|bin ich|wir sind|sind wir) GAP5nicht (?:befugt|berechtigt|bereit|autorisiert|ermachtigt|befahigt)
(?:ist (?:es )?mir|mir ist (?:es|das)|ist mir das) GAP4(?:nicht (?:erlaubt|gestattet|moglich)|untersagt|verboten)
mir (?:fehlt|fehlen) GAP3(?:befugnis|berechtigung|erlaubnis)
steht mir nicht zu
(?:ich habe|habe ich) GAP5kein\w{0,2} (?:befugnis|berechtigung|erlaubnis|meinung|zugriff|zugang)
(?:ich (?:muss|mochte|werde)|muss ich) GAP8(?:, )?GAP1(?:ablehnen|verweigern|ausschlagen)
muss ich GAP6(?:passen|fur mich behalten|nein sagen)
(?:ich lehne|lehne ich) (?!mich\b)GAP8ab
(?:ich weigere mich|weigere ich mich)(?!(?: ,)? zu glauben)
(?:gegen|widerspricht|widersprache|verletzt) (?:meine[mnr]?|unsere[mnr]?) GAP1REGELN
meine GAP1REGELN GAP1(?:verbieten|untersagen|erlauben GAP3nicht|lassen GAP5nicht zu)
(?:erlauben|verbieten) (?:mir )?meine REGELN
ich (?:mochte|wurde)(?: \w+){0,5} lieber nicht
lieber (?:nicht (?:sagen|beantworten)|unbeantwortet)
(?:keine auskunft (?:geben|erteilen)|(?:gebe|erteile) ich keine auskunft|ich enthalte mich)
(?:von mir nicht|behalte ich fur mich|geht leider nicht)
(?:bitte|anfrage) (?:lautet nein|wurde abgelehnt)
(?:kommt|kame) (?:fur mich )?nicht (?:in ?frage|in betracht)
ist fur mich (?:tabu|ausgeschlossen)
""",
    _GAPS
    | {
        "KANN": "(?:kann|darf|werde|mochte|will|konnen|durfen)",
        "NICHT": r"(?:nicht|nichts|kein\w{0,2}|weder)",
        "TUE": "(?:gebe|verrate|nenne|sage|schreibe|helfe|beantworte|erteile|leite|aussere|bewerte|teile|mache|tue"
        "|erfulle|antworte|unterstutze|wahle|spreche|rede|leiste|reiche|erklare|erstelle|zeige|ergreife|ubersetze|fulle|rate"
        "|schatze)",
        "REGELN": "(?:richtlinien?|regeln|grundsatze?n?|vorschriften|werten?|nutzungsbedingungen|prinzipien|vorgaben"
        "|anweisungen)",
        "SAVE": _but(
            """genug|nur|mehr als|oft|glauben|erwarten|abwarten|vorstellen|danken|erinnern|klagen|beklagen|finden|sehen
horen|offnen|einloggen|anmelden|registrieren|hochladen|herunterladen|erreichen|drucken|schlafen|aufhoren|leben
unterscheiden|vergessen|bereuen|lugen|leugnen|kommen|dabei sein|aufhalten|spannen|behaupten|zustimmen|widersprechen
weglegen|fehler|nein sagen|schlechtes|zweifel"""
        ),
    },
)

_FRENCH = _forms(
    r"""
(?:je|nous) ne LE1PEUX GAP1(?:pas|rien|ni)(?: SAVE\w+|END)
je ne (?:puis|saurais|peux) (?!que\b|qu\w+)SAVE2\w+
je n(?:e )?LE1DIRAI GAP1(?:pas|rien)
je n(?:e )?LE1DONNE GAP1(?:pas|aucun\w*|rien|jamais)
je ne (?:le|la|les) (?:fais|donne|dis|ferai|dirai|donnerai) (?:pas|a personne)
je ne me ferai pas passer
(?:je|nous) ne (?:suis|sommes|serais) GAP1pas GAP1(?:en mesure|capable)(?! de (?:trouver|me|mouvrir))
(?:je|nous) ne (?:suis|sommes|serais) GAP1pas GAP1(?:autoris\w+|habilit\w+|a laise|programm\w+)
je suis incapable d\w+
je ne suis pas la bonne personne
il (?:ne )?mest GAP1(?:pas )?GAP1(?:possible|impossible|interdit|permis)
je (?:dois|suis oblige\w? de|vais devoir|me vois oblige\w? de) GAP1(?:decliner|refuser|taire|dire non)
je (?:refuse|decline|mabstiens|my refuse|men abstiens)(?! de croire| jamais)
je (?:prefere|prefererais|aimerais mieux) (?:ne pas(?! attendre| manger)|laisser cela)
je nai GAP1pas GAP1(?:le droit|lautorisation|la permission|acces)
(?:contraires? a|contre|enfrein\w+|viol\w+) (?:mes|nos) GAP1REGLES
mes GAP1REGLES (?:m\w+|ne (?:me |m)?(?:permett|autoris)\w+|interdis\w+)
(?:je crains|je regrette|desole\w?|navre\w?) de ne (?:pas )?pouvoir
(?:est hors de question|cest exclu|je garde (?:le silence|cela pour moi)|ne laurez pas de moi|pas de ma part)
il ne (?:serait|sera) pas (?:correct|approprie|juste|convenable) (?:que je|de ma part)
(?:restera sans reponse|votre demande (?:ne peut|a ete refusee)|je dois dire non)
ce nest pas (?:a moi d\w*|(?:quelque chose|un sujet) (?:que|dont) je)
on m(?:a|e) \w+ (?:de ne|interdi\w)
""",
    _GAPS
    | {
        "LE1": "(?:(?:vous|te|le|la|les|lui|en|y|me|rien) ){0,2}",
        "PEUX": "(?:peux|puis|saurais|dois|vais|veux|souhaite|pourrai|desire|pouvons|devons)",
        "DIRAI": r"\w*(?:donner|dir|ecrir|reveler|fournir|communiquer"
        "|divulguer|transmettr|partager|repondr|aider|fer|parler|livrer|produir|expliquer|confirmer|remplir|prendr|jouer"
        "|transformer|creer|enverr|traduir)ai",
        "DONNE": "(?:donne|communique|partage|revele|divulgue|reponds"
        "|fournis|discute|transmets|explique|ecris|livre|reproduis|cree|genere|participe)",
        "REGLES": "(?:regles|directives|consignes|principes|instructions|valeurs|politiques?|conditions)",
        "SAVE": _but(
            """assez|trop|croire|attendre|imaginer|remercier|rappeler|plaindre|empecher|vivre|dormir|trouver|voir|entendre
ouvrir|connecter|telecharger|joindre|imprimer|oublier|mentir|nier|contester|venir|etre la|etre plus|mieux|lasser|lacher
regretter|distinguer|pretendre que|dire que"""
        ),
        "SAVE2": _but("pas|rien|ni|plus|trop|assez|dire que"),
    },
)

_SPANISH = _forms(
    r"""
no LE1PUEDO(?: SAVE\w+|END)
no (?:vamos|voy) a poder(?! venir| ir| estar)
no LE1DOY
no LE1DARE(?! que| esperar)
no (?:estoy|soy|estamos|me siento) (?:autorizad\w+|habilitad\w+|comod\w+|dispuest\w+|en posicion)
no (?:estoy|soy|estamos) (?:en condiciones|capaz|capacitad\w+)(?! de (?:encontrar|entrar|abrir))
soy incapaz de
no soy (?:la persona|quien|el) (?:indicad\w+|adecuad\w+|para)
no (?:me es posible|me esta permitido|se me permite|me corresponde|me toca|me resulta posible|esta en mi mano)
no me (?:dejan|permiten) (?!entrar)\w+
no (?:tengo|dispongo de) GAP1(?:permiso|autorizacion|acceso|derecho|permitido|la capacidad)
(?:tengo prohibido|me esta prohibido)
me (?:es|resulta) imposible (?:ayud|respond|d|facilit|proporcion|compart|hac)\w*
(?:me niego|tengo que negarme|debo negarme|he de negarme) a(?! creer)
(?:debo|tengo que|he de|voy a tener que) (?:rechazar|declinar|negarme|callar\w*|decir que no|dejarl[ao] sin)
rechazo (?:esta|su|tu|la) (?:solicitud|peticion|pregunta)
su (?:solicitud|peticion) (?:no puede|fue rechazada)
(?:prefiero|preferiria) (?:no (?!comer)\w+r|dejar esto)
(?:contra(?: de)?|violar?i?a?|infring\w+|vulner\w+) (?:mis|nuestr[ao]s) GAP1REGLAS
mis GAP1REGLAS GAP1(?:me impiden|no me permiten|me prohiben|no permiten|me lo impiden)
(?:siento|lamento|me temo) GAP1no poder
no (?:lo|la|los|las|se lo|se la) (?:hago|hare|doy|facilito)
(?:no hare (?:eso|esto)|me han (?:pedido|prohibido|dicho) que no|no me hare pasar)
no seria (?:correcto|apropiado|adecuado) que yo
(?:sin comentarios|(?:queda|esta) descartado)
no es algo (?:que|en lo que|con lo que) (?:yo )?(?:pueda|haga)
es algo que (?:debo|tengo que) rechazar
""",
    _GAPS
    | {
        "LE1": "(?:(?:le|te|les|os|lo|la|los|las|se|me) ){0,2}",
        "PUEDO": "(?:puedo|podemos|podre|debo|voy a|vamos a|quiero|deseo|pienso)",
        "DOY": "(?:doy|comparto|revelo|facilito|divulgo|respondo|contesto"
        r"|proporciono|explico|comunico|comento|apoyo|creo (?:contenid|imagen|text)\w*)",
        "DARE": "(?:dare|dire|escribire|revelare|compartire|facilitare"
        "|respondere|contestare|pasare|ayudare|hare|contare|entregare|creare|explicare|hablare|rellenare|convertire|traducire"
        "|participare)",
        "REGLAS": "(?:normas|reglas|politicas?|directrices|principios|valores|instrucciones|condiciones)",
        "SAVE": _but(
            r"""lo suficiente|bastante|mas|mejor|creer\w*|esperar|imaginar\w*|agradecer\w*|recordar|quejar\w*|dejar de
vivir sin|dormir|encontrar|ver|oir|abrir|entrar|conectar\w*|subir|descargar|imprimir|olvidar\w*|mentir|negar\w*
discutir\w*|venir|ir|estar|decir que|cansar\w*|arrepentir\w*|distinguir|soltar"""
        ),
    },
)

REFUSES = re.compile(f"{_ENGLISH}|{_GERMAN}|{_FRENCH}|{_SPANISH}")
"""Found in the words of a reply that refuses."""
