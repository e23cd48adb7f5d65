"""Words that carry grammar and name nobody: a finding that consists of nothing else is none.

Written down by hand for twelve languages, folded (lower case, without accents). A few of them are names as well, by
their exact spelling; those pass when the tagger is sure.
"""

from collections.abc import Iterable

BY_LANGUAGE = {
    "en": """
        a about above after again against all also although am an and any are aren as at be because been before
        being below between both but by can cannot could couldn did didn do does doesn doing don down during
        each either else ever every few for from further get got had hadn has hasn have haven having he her here
        hers herself him himself his how however i if in into is isn it its itself just ll may me might more
        most much must my myself neither no nor not now of off on once only or other ought our ours ourselves
        out over own please quite rather re same shall shan she should shouldn since so some such than that the
        their theirs them themselves then there these they this those though through thus to too under until
        unless up upon us ve very was wasn we were weren what whatever when where whereas whether which while
        who whom whose why will with within without won would wouldn yes yet you your yours yourself yourselves
        hello hi hey thanks thank ok okay oh dear sorry""",
    "de": """
        aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist da
        damit danach dann daran darauf daraus darin das dass dein deine deinem deinen deiner dem den denn der
        deren des dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem
        einen einer eines er es etwas euch euer eure fur gegen gewesen hab habe haben hat hatte hatten hier hin
        hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist ja jede jedem jeden jeder jedes
        jene jener jetzt kann kein keine keinem keinen keiner konnen konnte man manche mehr mein meine meinem
        meinen meiner mich mir mit muss mussen nach nachdem nein nicht nichts noch nun nur ob oder ohne schon
        sehr sein seine seinem seinen seiner seit sich sie sind so solche soll sollte sondern sonst sowie trotz
        uber um und uns unser unsere unserem unseren unter viel vom von vor wahrend war waren warst was weder
        wegen weil weiter welche welchem welchen welcher wenn wer werde werden wie wieder will wir wird wo wohl
        wollen worden wurde wurden zu zum zur zwar zwischen bitte danke hallo""",
    "fr": """
        a afin ai ainsi alors apres as au aucun aucune aussi autre autres aux avant avec avez avoir avons bien c
        ca car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez ci comme comment contre
        d dans de deja depuis derriere des dont donc du durant elle elles en encore entre es est et etaient
        etait etant ete etes etre eu eux fait ici il ils j je jusque l la laquelle le lequel les leur leurs lors
        lorsque lui m ma mais me meme memes mes moi moins mon n ne ni non nos notre notres nous on ont ou oui
        par parce parmi pas pendant peu peut plus pour pourquoi puis puisque qu quand que quel quelle quelles
        quels qui quoi s sa sans sauf se selon sera seront ses si sien soi soit sommes son sont sous suis sur t
        ta tandis te tes toi ton toujours tous tout toute toutes tres tu un une vers voici voila vos votre vous
        y bonjour merci""",
    "es": """
        a ademas ahi ahora al algo alguien algun alguna algunas algunos alli ante antes aquel aquella aquellas
        aquellos aqui asi aun aunque bajo bien cada casi como con contra cual cuales cuando cuanto de del demas
        desde despues donde dos durante e el ella ellas ellos en entonces entre era eran eres es esa esas ese
        eso esos esta estaba estado estan estar estas este esto estos estoy fue fueron ha habia han has hasta
        hay he hemos la las le les lo los luego mas me mi mia mientras mio mis mucho muchos muy nada ni no nos
        nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque pues que quien quienes se
        sea segun ser si sido siempre sin sino sobre sois solo somos son soy su sus suya suyo tal tambien
        tampoco tan tanto te tengo ti tiene todavia todo todos tras tu tus tuya tuyo u un una unas uno unos
        usted ustedes vosotros vuestra vuestro y ya yo hola gracias""",
    "it": """
        a abbiamo ad agli ai al alcuni alla alle allo allora altri altro anche ancora avere aveva avevano c che
        chi ci cio cioe circa coi col come con contro cosa cosi cui d da dagli dai dal dalla dalle dallo degli
        dei del della delle dello dentro di dopo dove due dunque durante e ed egli ella entro era erano essere
        essi esso fa fino fra gia gli ha hai hanno ho i il in infatti insieme invece io l la le lei li lo loro
        lui ma mai me mentre mi mia mie miei mio molti molto ne negli nei nel nella nelle nello nessuno niente
        no noi non nostra nostro o ogni oltre ora oppure per perche pero piu poi poiche presso prima qua quale
        quali quando quanto quasi quelli quello quella questa queste questi questo qui quindi sara se sei sempre
        senza si sia siamo siete solo sono sopra sotto sta stata stati stato su sua subito sue sugli sui sul
        sulla sulle suo suoi tra troppo tu tua tue tuo tutta tutte tutti tutto un una uno vi voi vostra vostro
        ciao grazie""",
    "pt": """
        a acima agora ai ainda alem algo alguem algum alguma alguns antes ao aos apenas apos aquela aquele
        aquilo as assim ate atras bem cada com como contra contudo cuja cujo da das de dela dele deles depois
        desde dessa desse desta deste disso do dos e ela elas ele eles em embora entao entre era eram essa essas
        esse esses esta estao estas estava este estes estou eu foi foram ha isso isto ja la lhe lhes logo mais
        mas me mesmo meu meus minha minhas muito muitos na nada nao nas nem nenhum nessa nesse nesta neste no
        nos nossa nosso num numa o onde os ou outra outras outro outros para pela pelas pelo pelos per perante
        pois por porque qual quais qualquer quando quanto quase que quem se seja sem sempre sendo ser seu seus
        si sim sob sobre sou sua suas tal tambem tao te tem tendo tenho ter teu teus tinha toda todas todavia
        todo todos tu tua tudo um uma umas uns voce voces vos ola obrigado obrigada""",
    "nl": """
        aan achter al alle alleen alles als altijd ander andere anders beide ben bij daar daarna dan dat de deze
        die dit doch doen door dus een eens en er erg ervan etc gaan geen geweest had hadden heb hebben hebt
        heeft hem het hier hij hoe hun iets ik in is ja jij je jou jouw jullie kan kon kunnen maar me mee meer
        men met mij mijn moet moeten na naar naast nee niet niets nog nu of om omdat onder ons onze ook op over
        reeds sinds te tegen ten ter terwijl toch toen tot tussen u uit uw van veel via voor vooral waar waarom
        wanneer want waren was wat we wel welk welke werd werden wie wij wil worden wordt zal ze zei zelf zelfs
        zich zij zijn zo zoals zonder zou zouden hallo bedankt dank""",
    "pl": """
        a aby ale albo ani az bardzo bez bo by byc byl byla bylo byly bym cala caly ci cie ciebie co cos czy
        czyli dla dlaczego dlatego do dzis gdy gdyz gdzie go i ich ile im inna inne inny ja jak jaka jaki jakie
        jako je jeden jedna jednak jego jej jemu jesli jest jestem jestes jeszcze jezeli juz kazda kazdy kiedy
        kim kto ktora ktore ktorego ktorej ktory ktorych ku lub ma maja mam mi mna mnie moja moje moj moze mu my
        na nad nam nami nas nasz nasza nic nich nie niech nim nimi niz no o obok od on ona one oni ono oraz po
        pod podczas poniewaz ponad potem pomimo przed przede przez przy sa sam sama se sie skad soba sobie swoj
        swoja swoje ta tak taka taki takie tam te tego tej ten teraz tez to toba tobie totez tu tutaj twoj twoja
        twoje ty tych tylko tym u w wam wami was wasz we wiec wlasnie wszyscy wszystkie wszystko wy z za zaden
        zas ze zeby znowu dzien dobry dziekuje prosze""",
    "sv": """
        alla allt an anda andra att av bara blev bli blir da dar de dem den denna dess dessa det detta dig din
        dina ditt du efter ej eller en er era ett fick for fran genom ha hade han hans har henne hennes hon
        honom hur i icke igen in ingen inget inom inte ja jag ju kan kunde man med mellan men mig min mina mitt
        mot mycket nagon nagot nagra nar nej ni nu nya och ocksa om oss over pa sa samma samt sedan sig sin sina
        sitt ska skulle som till under upp ut utan vad var vara varfor varit varje vart vem vi vid vilka vilken
        vill hej tack""",
    "da": """
        ad af alle alt anden at blev blive bliver da de dem den denne der deres det dette dig din dine disse dog
        du efter eller en end er et far for fordi fra gennem ham han hans har havde have hele hende hendes her
        hos hun hvad hvem hver hvilken hvis hvor hvordan hvorfor i igen ikke ind ingen intet ja jeg jer jo kan
        kun kunne lige man mange med meget mellem men mens mig min mine mit mod naar nar ned nej nogen noget
        nogle nu og ogsa om op os over pa sa sadan samme selv sig sin sine skal skulle som sit til ud uden under
        var vaere vaeret ved vi vil ville vor vores hej tak""",
    "nb": """
        alle at av bare ble bli blir da de deg dem den denne der dere deres det dette din disse du eller en enn
        er et etter for fordi fra gjennom ha hadde han hans har henne hennes her hun hva hvem hver hvilken hvis
        hvor hvordan hvorfor i igjen ikke inn ingen ja jeg kan kunne man mange med meg mellom men mens mer mine
        mitt mot na nar nei noe noen og ogsa om opp oss over pa sa samme seg selv sin skal skulle som til under
        ut uten var vart ved vi vil ville vaere vaert hei takk""",
    "fi": """
        ei eivat emme en eli ennen etta ette han hanen he heidan hyvin ja jo joka jonka jos joten jotka kaikki
        kanssa kautta kuin kuinka kuka kun kuten me meidan mika mikali missa miksi mina minun mita mutta muu
        myos ne niiden niin nyt ole olemme olen olet oli olivat olla on ovat pois se sen siella sina sinun sita
        taalla tai taman tama tassa te tehda teidan tuo vaan vai vaikka vain viela voi voin kiitos hei""",
}
"""Function words by language code, and the greetings that stand where a name would."""

FUNCTION_WORDS = frozenset(word for words in BY_LANGUAGE.values() for word in words.split())

ALSO_NAMES = frozenset(
    [
        "Will",
        "May",
        "Don",
        "Ella",
        "Elle",
        "Mia",
        "Dan",
        "Per",
        "Hans",
        "Mina",
        "Dina",
        "Ona",
        "Ole",
        "An",
        "Al",
        "Ed",
        "Che",
        "Sam",
        "Alla",
        "Mine",
        "Jo",
        "Min",
        "Ben",
        "Sara",
        "Dai",
        "Mai",
        "Chi",
        "Ha",
        "Le",
        "Do",
        "Du",
        "To",
        "So",
        "Sin",
        "Don",
        "Ma",
        "Sei",
        "Les",
        "Ja",
        "Han",
        "US",
        "WHO",
        "EU",
        "IT",
        "UN",
        "AS",
    ]
)
"""Spellings that name somebody or something as well."""


def only_grammar(words: Iterable[str]) -> bool:
    """Whether every one of the folded words is a function word or a single letter. True of none."""
    return all(word in FUNCTION_WORDS or (len(word) == 1 and word.isascii()) for word in words)
