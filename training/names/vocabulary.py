"""Everyday words beyond the lists of `faker`, written down for this purpose, with their regular forms.

Most false alarms of a tagger of names are ordinary words that it never saw.
"""


def _w(text: str) -> list[str]:
    return text.split()


_VERBS = _w("""abandon absorb accuse achieve acquire adapt adjust admire adopt advance advise afford aim alert allege amaze amend amuse analyse announce
annoy apologise appeal appoint appreciate arrange arrest assemble assess assign assist assume assure attach attack attempt attend attract award bake balance
ban bark bath bathe beg behave belong bend bet bind bite blame bleed blend bless blink block bloom blow board boast boil bomb bond book boost borrow bother
bounce bow brake brand breathe brew bribe broadcast browse bruise brush bubble bully bump burn burst bury buzz calculate camp cancel capture care carve cash
cast celebrate challenge charge charm chat cheat cheer chew choke chop claim clap clarify climb cling clip coach collapse collect combine comfort command comment
commit communicate compete compile complain complete compose compress compute conceal concentrate conclude conduct confess configure confirm confront confuse
connect conquer consult consume contact contain contest continue contribute convert convince cope copy correct cough count crack crash crawl criticise cross crush
cry cure curl damage dance dare deal debate debug decay deceive declare decorate dedicate defeat defend define delay delegate deliver demand demonstrate deny depart
depend deploy derive descend deserve destroy detect deteriorate develop devote diagnose dig digest dip disable disagree disappear disappoint discharge disclose
discover discuss dismiss display dispute dissolve distract distribute disturb dive divide divorce dominate donate double doubt download drag drain dream dress drift
drill drown drum dump dust earn ease edit educate elect embarrass embrace emerge emit emphasise employ empty enable encounter encourage endorse endure engage enhance
enjoy enrol ensure enter entertain escape estimate evaluate evolve exaggerate examine exceed exchange excite exclude excuse execute exercise exhibit expand expire
explode exploit explore export expose extend extract fade faint fake fasten fear feature feed fetch fight file filter finance finish fire fit flash flee float flood flow
flush fold forbid forecast forge forget forgive format fry fuel fulfil gain gamble gather gaze generate glance glow glue govern grab grade greet grieve grill grin grip
groan guarantee guard guess guide hack halt hammer handle hang harm hate haunt heal heat hesitate highlight hire hit host hug hum hunt hurry hurt identify ignore
illustrate imitate implement imply import impress infect inflate influence inform inherit inject injure innovate insert insist inspect inspire instruct insult integrate
intend interrupt interview introduce invade invent invest investigate invite irritate itch jog joke judge juggle jump justify kick kidnap kiss kneel knit knock label
lack land last launch leak lean leap lecture lend license lick limp listen load lock log long lurk maintain manage manufacture march marry master match mature melt mend
mention merge migrate mind mislead mix moan monitor motivate mount mourn multiply murder murmur nail navigate neglect negotiate nod nominate note notify number obey object
observe obtain occupy offend operate oppose optimise orbit organise overlook overtake owe pack paddle park pass pause peel perform permit persuade pick pinch pitch plan
plant plead please plot plug point poke polish pop possess post postpone pour praise pray preach predict prefer prepare prescribe preserve press pretend prevail print
proceed process proclaim produce progress prohibit promise promote prompt pronounce propose protest prove publish pump punch punish purchase pursue qualify query queue
quote race raid rain rank rate react realise rebuild recall reckon recognise recommend record recover recruit recycle refer reflect refresh refuse register regret reject
relax release relieve rely remain remark remind remove render rent repeat replace reply report reproduce request rescue research resemble resign resist resolve rest restart
restore restrict resume retain retire retreat return reveal reverse review revise reward rid ring rinse roar roast rob rock roll rotate rub ruin rule rush sail sample
scare scatter schedule scold scorch score scrape scratch scream screw scrub scrutinise seal search seek seem seize select sense sentence separate settle sew shade shake
share shave shelter shift shine shiver shock shoot shout shrink shrug sigh sign signal sink sip skate sketch ski skip slap sleep slice slide slip slow smash smell smile smoke
sneeze sniff snore soak solve sort spare spark spell spend spill spin spit split spoil spot spray spread sprint squeeze stain stamp stare starve steal steer step stick
sting stir stitch store strain strap stream strengthen stretch strike strip stroke struggle stuff stumble submit subtract succeed suck sue suffer suggest suit summon supply
suppose surf surprise surrender surround survive suspect suspend swallow swap swear sweat sweep swell swim swing switch tag tame tap taste tease tempt tend terminate test
thank thaw threaten throw tick tickle tie time tip tire toast toss touch tour trace trade transfer transform translate transmit transport trap travel treat tremble trick
trim trip trot trouble trust try tug tumble tune twist type undergo unite unlock unpack untie upgrade upset urge use utilise vanish vary verify violate visit vote wag wail
wait wake walk wander want warn wash waste watch wave weaken wear weave weep weigh welcome whine whip whirl whisper whistle win wink wipe wish withdraw witness wonder
work worry wrap wreck wrestle yawn yell yield zip zoom""")

_NOUNS = _w("""abbey absence accent accuracy acid acre actor actress adapter admin advert advice aeroplane affair ambulance anchor angel angle animal ankle announcer
anthem antibiotic anxiety appendix appetite apple apricot apron aquarium arch architect architecture archive arena armchair arrow artery artist assembly asset
assistant asthma athlete attachment attic audience audit autumn avalanche avocado axe baby bachelor backpack backup bacon bacteria badge bakery balcony ball ballad balloon
ballot bamboo banana band bandage bar barn baron barrel barrier base basement basket bass bat battery bay beach bead beam bean bear beard beast beauty beaver bed bedroom bee
beef beetle beginner behaviour belief bell belly belt bench berry bet bible bicycle bid bill bin biology birth biscuit bishop bladder blade blanket blog blonde blood
blossom blouse bolt bone bonus boot border boss bottle bottom bowl box boy boyfriend bracelet brain branch brass bravery bread breakfast breast breath breeze brick bride brief
broccoli broker bronze broom brother brow bucket buddy buffer bug builder bull bullet bunch bundle burden burger bush butcher butter butterfly button cabbage cabin cabinet
cable cactus cage cake calcium calendar calf camel campaign campus canal cancer candidate candle candy cannon canvas cap capacity captain caravan carbon career cargo carpet
carrot cartoon cashier casino cathedral cattle cave ceiling cell cellar cement cemetery cereal ceremony chain chair chairman chamber champagne champion channel chaos chapel
chapter charity chart cheek chef cheque cherry chess chest chick chief child childhood chimney chin chip chocolate choice cholesterol chord chorus cigarette cinema circle
circuit circus citizen clarity classroom clause claw clay clerk client cliff climate clinic clip clock cloth cloud clown clue coal coast coat cocoa coconut code coffin coin
collar colleague collection colon colony column comedy comet commander commerce commodity companion comparison compass compensation competitor composer compound conclusion
condition condom conference confidence conflict congestion connection conscience consent container contest context contractor contribution conversation cookie copper cord cork
corn corner corpse corridor cottage cotton couch council counter countess country couple coupon courage courier cousin cow crab cradle crane cream creature credential credit crew
cricket crime criminal crisis critic crocodile crop crowd crown cruise crystal cube cucumber cuisine culture cup cupboard curator currency curriculum curry curtain curve cushion
customs cycle cylinder dairy dam dame damage dancer danger darkness dashboard database daughter dawn deadline deaf dealer dean death debt decade deck deer defect defence deficit
delight delivery democracy dentist deposit depot depression deputy descent desert dessert destination detail detective detergent device devil diabetes dialect diamond diaper diary
dictionary diet dinner dinosaur diploma diplomat director dirt disaster disc disco discovery disease dish disk distance district ditch diversity dock doctor doll dollar dolphin
domain donkey donor dose dot dough dove dozen draft dragon drawer driver drug duck duke dune duration duty dwarf eagle ear earring earth east eagerness echo eclipse economy edge
editor effort egg elbow elder electrician electricity elephant elevator elite ember embryo emergency emotion emperor empire employee employer energy engine engineer envelope
environment enzyme episode equality equipment equity era error essay estate ethics evening event evidence evil exception excuse exhibition exit expense expert explosion
exposure eye eyebrow fabric facility factory failure fairy faith falcon fame fan fantasy fare farm farmer fashion fat fate father fault feast feather fee feeling fence fence
ferry fiction field fig figure finger firefighter firm fist flag flame flash flat flavour flea fleet flesh flock floor flour flu fluid flute fly foam fog folk follower fool
foot football footage fork formula fortune forum fossil foster fountain fox fragment frame fraud freedom freight freezer frequency fridge friend friendship frog fruit fuel fun
fund funeral fur furniture future gadget galaxy gallery gallon gang gap garage garlic garment gas gate gear gender gene general genius genre gentleman geography ghost giant gift
girl girlfriend glass glove goal goat god golf goose gossip gown grain grandchild grandfather grandmother grape grass gravel gravity grease grief grocery groom ground guest
guilt gum gun guy gym habit hair haircut hall ham hamster hand handle harbour hardware harmony harvest hat hawk hay hazard head headline headset heart heaven hedge heel height
heir helicopter helmet help hen herb herd heritage hero hill hint hip hive hobby hockey hole home homework honey honour hood hook hope horizon hormone horn horror hose hostage
hostel household housing hurricane husband hut hydrogen hygiene ice icon identity illness image impact impulse inch incident income infant infection inflation
ingredient inhabitant injection injury ink inn insect insight inspector instinct instrument insulin intention interface intern internet interpreter intestine intro invader
invoice ion iron ivory jacket jail jam jar jaw jazz jealousy jeans jelly jewel joint journal journalist journey joy jug juice jungle junior jury justice kettle keyboard kid
kidney king kingdom kit kite kitten knee knife knight knot label laboratory labour lace ladder lady lamb lamp landlord landscape lane lap laser laughter laundry lawn lawyer layer
leaf league leather lecture leg legend lemon length lens leopard lesion liability liar liberty librarian lid lie lieutenant lifestyle limb lime limit line lion lip liquid
list literature litter liver lizard loaf lobby lobster location lodge logic logo lord lorry lottery lounge lover loyalty luck luggage lullaby lump lunch lung luxury lyrics
machine magazine magic magnet maid mail mall mammal manager manner mansion manual manufacturer marble margin marine marriage mask mass master mat mate material mathematics
matrix mattress maximum mayor meadow meal meaning meat mechanic medal medicine melody melon member memory menu merchant mercy merit mess message metal meter method microphone
microwave midnight mile milk mill mine mineral minister minor miracle mirror misery missile mission mist mixture mob module mole mom monarch monastery money monk monkey monster mood
moon mosquito moss motel moth mother motion motor motorcycle motto mouse mouth movement mud mug muscle mushroom musician mustard mystery myth nail nanny narrator nature necklace
needle neighbour neighbourhood nephew nerve nest net neuron newborn newcomer newspaper nickel nickname niece nightmare nitrogen noise noodle noon norm nose notebook notice notion
novel novelist nun nurse nut nutrition oak oath obesity obligation observer obstacle occasion ocean offence officer oil olive onion opera operator opinion opponent option
orange orchard orchestra organ origin orphan outcome outfit outlet output oven owl owner oxygen oyster ozone pace packet pad paintbrush pal palace palm pancake panda panel panic pants
paper parade paradise paragraph parent parish park parliament parrot participant partner passage passenger passion pasta paste pastry patch path patience patient pattern pavement
paw peach peak peanut pear pearl peasant pedal pen penalty pencil penguin penny pension pepper percentage performer perfume period permission pest pet petition petrol pharmacy phase
philosopher philosophy photographer phrase physician pianist pickle pie pig pigeon pile pill pillow pilot pin pine pineapple pink pint pioneer pipe pirate pistol pizza plague plane
planet plank plaster plastic plate platform player pleasure plenty plumber pocket poet poetry poison pole politician politics poll pollution pond pony pool pope porch pork
porter portion portrait possession poster pot potato pottery poverty powder prayer precision predator pregnancy prejudice premise premium presence president pressure priest
prince princess principal principle printer priority prison prisoner privacy privilege producer profession professor profile profit profitability promise pronoun proof property
prophet protein protocol province provider psychologist psychology pub publisher pudding pulse pump pumpkin pupil puppet puppy purpose purse puzzle pyramid quarrel quarter queen
quest quota rabbit racism racket radar radio rage rail railway rainbow ramp ranch range rat ratio raw razor reader reality reason rebel receiver reception recipe recipient
recovery rectangle referee reference refrigerator refugee regime regulation rehearsal relation relative relief religion remedy reminder reputation resident resource respect
responsibility restaurant revenge revenue revolution rhythm rib ribbon rice riddle rider ridge riff rifle ring riot ritual rival roadmap robber robe robot rocket rod role roof
rookie room root rope rose roundabout route routine row royalty rubber rubbish rug rugby ruler rumour sack saddle safety sailor saint salad salary saliva salmon salon
salt salute sand sandal sandwich satellite sauce sausage saw scale scandal scar scarf scenario scene scent scheme scholar scholarship scientist scissors scope scout script sculpture
seafood seam season secret secretary section sector seed segment semester senator senior sensation sensor sequence serenade sergeant series sermon servant session shadow shame
shampoo shape shark sheep sheet shelf shell shepherd sheriff shield ship shirt shoe shore shortage shoulder shovel shower shrimp shrine shuttle sibling siege silence silk sin singer
sister site skeleton skill skin skirt skull sky slang slave sleeve slogan slope smartphone snack snake soap soccer sock soda sofa soil soldier solution sorrow soul
sound source south souvenir space spade spaghetti spam species spectator speech speed spell sphere spice spider spine spirit spokesman sponge sponsor spoon spouse spring spy squad
squirrel stability stadium staff stage staircase stake stall standard statue status steak steam steel stem stereo steward stomach stool storage storey stove straw strawberry
strategy string studio style subject submarine substance suburb subway sugar suicide suit suitcase sultan surface surgeon surname surplus survey survivor sweater sweet swimmer sword
symbol sympathy symphony symptom syndrome syrup tablet tail tailor talent tank tape target tax taxi teaspoon technician technique teenager telescope television temper temperature
temple tenant tennis tension tent territory terror theatre theft theme theory therapist therapy thief thigh thread threat throat throne thumb thunder tide tiger tile timber timeline
tin tissue title tobacco toe toilet tomato tomb ton tone tongue tool tooth torch tornado tourist towel toy tractor traffic tragedy trail trainer trait tram transaction trauma
traveller tray treasure treaty trend tribe trick trophy trousers truck trumpet trunk truth tube tunnel turkey tutor twin uncle uniform union universe university upgrade user vaccine
valley van vanilla variable variety vegetable vegetarian vehicle vein velvet vendor venue verb verdict verse vessel veteran victim victory video villa village villain vinegar violence
virus vision visitor vitamin vocabulary vocal volcano volleyball volunteer voter voucher voyage waist waiter waitress wallet warehouse warrior waste waterfall wealth weapon
wedding weed weekend welfare whale wheat wheel wheelchair whiskey widow widower wife wilderness willow wing winner wire wisdom wit witch witness wolf womb wood wool workshop
worker worm wound wrist yacht yard yoga yogurt youth zebra zone zoo""")

_ADJECTIVES = _w("""abrupt absent absolute abstract absurd academic accidental active actual acute adequate adorable adult aggressive agile alive allergic alone amateur ambitious
ancient angry annual anonymous anxious apparent artificial ashamed asleep athletic attractive automatic available awake aware awful awkward bald bare basic bilateral bitter bizarre
blank bleak blind blond bloody blunt bold brave brief brilliant brutal calm capable careful careless casual cautious central certain cheerful chief childish chronic
civil classic clean clever clinical clumsy cognitive collective comfortable comic common compact complex compulsory confident conscious constant content convenient cool cosy
crazy creative cruel crucial curious current cute daily damp dead dear decent defensive definite delicate delicious dense desperate diabetic digital dirty discreet distant
distinct divine dizzy domestic double dramatic drunk dry dull dumb dusty eager eastern eldest elderly electric elegant eligible emotional endless energetic enormous entire equal
essential eternal ethical evident exact excellent exclusive exotic expert explicit external extra extreme fair faithful fake familiar fancy fantastic fatal favourite federal female
fierce final financial fine firm fiscal flexible fluent fond foolish foreign formal former fortunate fragile frequent fresh friendly frozen frustrating fundamental funny furious
generous gentle genuine gifted glad global golden gorgeous gradual grateful grave greedy grey gross guilty handsome handy harsh healthy helpful hidden historic holy honest
horrible hostile huge human humble hungry hypertensive ideal identical idle ill illegal immediate immense immune implicit impressive incredible independent indirect industrial
inevitable infinite inner innocent intact intense interesting internal invisible jealous joint jolly juicy junior keen kind lame lazy legal legitimate liable liberal likely linear
literary lively living lonely loose lost loud lovely loyal lucky mad magic main male mandatory marine massive mature mean medical mental mere mild military missing mobile modern
modest moral multinational multiple musical mutual mysterious naked narrow nasty native natural naughty naval near neat negative nervous neutral noble noisy normal northern
notable nuclear numerous obese obvious occasional odd official online opposite optimal oral ordinary organic original outdoor outer overall painful pale parallel partial passive
patient peaceful perfect permanent personal physical plain pleasant plural poetic polite political popular positive postal potential powerful practical precious precise pregnant
premature present pretty previous primary prime primitive principal prior productive professional profound prominent prompt proper proud pure quick quiet radical random rapid rare
rational ready real reasonable recent redundant regular related relevant reliable religious reluctant remarkable remote renal residential responsible ridiculous ripe romantic
rotten rough round royal rude rural sacred scared scary secret secure select selfish senior sensible sensitive separate serious severe sexual shallow sharp sheer shiny shy
sick significant silent silly similar single sleepy slight slim smart smooth sober social soft sole solid sore southern spare special specific spectacular spicy spiritual splendid
square stable standard static steady steep stiff still straight strict stubborn stunning stupid subtle successful sudden sufficient suitable super superb superior supreme
surgical surplus suspicious sweet swift sympathetic tall tame tasty technical temporary tender tense thick thin thirsty thorough tidy tight tiny top total tough toxic traditional
tragic transparent tribal tropical true typical ultimate unable unanimous unique universal unlikely upper upset urban urgent usual vague valid valuable vast verbal vertical viable
violent virtual visible visual vital vivid vocal vulnerable warm weak wealthy weekly weird western wet whole wicked wide wild willing wise wonderful wooden worldwide worried worse
worst worth written yearly""")

_OTHERS = _w("""aboard accordingly afterwards albeit alas anybody anyhow anyway anywhere apart aside away awhile backwards barely besides beyond certainly downtown elsewhere
especially everybody everyone everything everywhere exactly forever forth forward furthermore hardly hence hereby herself himself hopefully indeed indoors instead itself lately likewise
literally meanwhile merely moreover mostly myself namely nearby nearly nevertheless nobody none nonetheless nothing notwithstanding nowadays nowhere oh okay ones oneself otherwise ought
ourselves outdoors overnight overseas perhaps please plus presumably probably quite rather scarcely seldom shall should simply since somebody somehow someone something sometimes somewhat
somewhere soon such themselves thereby therefore thereof throughout thus together tomorrow tonight toward towards twice unless unlike until upon upstairs versus via whatever whenever
whereas whereby wherever whether whichever whoever whom whose within worldwide yesterday yet yourself yourselves eleven twelve thirteen twenty thirty forty fifty hundred thousand million
billion first second third fourth fifth sixth seventh eighth ninth tenth half quarter dozen haha hahaha lmao wtf idk tbh imo gonna wanna gotta kinda sorta dunno yep nope wow ugh yay oops
guys folks bro dude bruh mate babe hubby mom dad mum daddy mommy grandma grandpa auntie aint wont dont didnt doesnt isnt wasnt couldnt shouldnt wouldnt youre theyre ive youve""")


def _doubled(verb: str) -> str:
    """The stem before -ing and -ed: "stop" to "stopp"."""
    short = (
        len(verb) <= 4
        and verb[-1] not in "aeiouwxy"
        and verb[-2] in "aeiou"
        and (len(verb) < 3 or verb[-3] not in "aeiou")
    )
    return verb + verb[-1] if short else verb


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh", "z")):
        return noun + "es"
    return noun[:-1] + "ies" if noun[-1] == "y" and noun[-2] not in "aeiou" else noun + "s"


def english() -> list[str]:
    """All of them with their regular forms, sorted."""
    found = {*_VERBS, *_NOUNS, *_ADJECTIVES, *_OTHERS}
    for verb in _VERBS:
        stem = verb[:-1] if verb[-1] == "e" else _doubled(verb)
        past = stem[:-1] + "ied" if verb[-1] == "y" and verb[-2] not in "aeiou" else stem + "ed"
        found |= {_plural(verb), stem + "ing", past}
    found |= {_plural(noun) for noun in _NOUNS}
    for word in _ADJECTIVES:
        found.add(word[:-1] + "ily" if word[-1] == "y" else word[:-1] + "y" if word.endswith("le") else word + "ly")
    return sorted(found)


OTHERS = {
    "de": _w("""Angeklagte Angestellte Beamte Bekannte Beschuldigte Betroffene Damen Deutsche Erwachsene Fremde Gefangene Geschädigte Herren Jugendliche Kläger Klägerin Beklagte
    Reisende Selbständige Studierende Verdächtige Verletzte Versicherte Verwandte Vorgesetzte Vorsitzende Zeuge Zeugin klug dumm faul fleißig freundlich höflich mutig müde ruhig
    sauber schmutzig stark schwach streng süß tapfer treu weise wild zornig ängstlich ehrlich eifrig einsam ernst fremd geduldig gerecht gesund krank Abend Abteilung Aktie Ampel Anfang Anlage Anruf Antrag Anwalt Apfel Arbeit Arm Art Aufgabe Auge Ausbildung Ausgabe Ausland Bäcker Bad Bahn Bank Bauch Baum Bauer Bein
    Beispiel Bericht Beruf Besuch Betrag Betrieb Bett Bewegung Bild Blatt Boden Bürger Büro Chef Datei Daten Decke Dorf Druck Ecke Ehe Eingang Einladung Eltern Ende Energie Entscheidung
    Erfahrung Erfolg Ergebnis Essen Fabrik Fahrer Fahrt Fall Familie Farbe Fehler Feld Ferien Fest Finger Firma Fisch Flasche Fleisch Forschung Frage Freiheit Freund Freundin Frieden Frucht
    Frühling Führung Fuß Gast Gebäude Gefahr Gefühl Geld Gemüse Gepäck Gericht Geschäft Geschichte Geschenk Gesellschaft Gesetz Gesicht Gespräch Gesundheit Gewicht Glas Glück Grenze Größe Grund
    Gruppe Haar Hafen Hals Hand Handel Haut Heft Heizung Hemd Herbst Herz Hilfe Himmel Hoffnung Holz Hose Idee Industrie Inhalt Insel Jugend Junge Kaffee Kaiser Kamera Kampf Kasse Keller Kind
    Kino Klasse Kleid Knie Koch Koffer Kopf Körper Kosten Kraft Kranke Krankheit Küche Kuh Kunst Lage Lampe Landschaft Leben Leber Lehrer Leistung Leute Licht Liebe Liste Löffel Lösung Luft Lunge
    Macht Mädchen Mann Mannschaft Maschine Mauer Meer Meinung Mensch Messer Miete Mieter Milch Minute Mittel Mitte Möbel Monat Mond Mund Mutter Nachricht Nacht Nase Natur Niere Not Note Ofen
    Ohr Öl Papier Partei Pause Pflege Pflanze Platte Politik Polizei Post Prozent Punkt Rat Raum Recht Rede Regel Regierung Reise Rest Richter Ring Rolle Rücken Ruhe Sache Salat Salz Sand
    Schatten Schiff Schlaf Schlange Schlüssel Schmuck Schnee Schrank Schritt Schuh Schuld Schüler Schulter Seele Seite Sekunde Sessel Sicherheit Sieg Sinn Sitz Sohn Soldat Sommer Spaß Spiegel Spiel
    Sport Sprache Staat Stadt Stein Stelle Stern Steuer Stimme Stock Stoff Strom Stück Stuhl Stunde Suche Suppe Tafel Tag Tasche Tasse Tat Teil Teller Thema Tier Tisch Tochter Tod Ton Topf Traum
    Treppe Uhr Umwelt Unfall Unterricht Unterschied Urlaub Vater Verein Verkehr Verkauf Verlust Versuch Vogel Volk Vorschlag Vorteil Wagen Wahl Wahrheit Wald Wand Ware Wasser Wechsel Weise Welt
    Werk Wert Wind Winter Wirtschaft Wissen Woche Wohnung Wolke Wunsch Würde Zahl Zahn Zeichen Zeit Zeitung Ziel Zimmer Zucker Zukunft Zustand Zweck arbeiten bleiben brauchen bringen denken
    fahren finden fragen geben gehen glauben halten heißen helfen hören kaufen kennen kommen lassen laufen leben legen lernen lesen liegen machen nehmen nennen öffnen sagen schlafen schreiben
    sehen setzen sitzen spielen sprechen stehen stellen suchen tragen treffen trinken tun vergessen verkaufen verlieren verstehen warten wissen wohnen zahlen zeigen ziehen"""),
    "pt": _w("""abrir acabar aceitar achar acordar agora água ajuda aluno amanhã amigo amor ano antes aprender aqui área arte assim assunto atenção aula avião banho barco beber bem boca bolsa
    braço cabeça cabelo cadeira cair calor cama caminho campo canal cara carne casa caso causa cedo centro certo céu chamar chave chegar chuva cinema cliente coisa comer começar comida como
    comprar conhecer conseguir construir contar conversa copo cor coração corpo correr cozinhar crescer criança cuidado curso dançar deixar dente dentro deputado descobrir desde desenho dever
    dia dinheiro direito dizer doce doença doente dormir edifício empresa encontrar ensinar entender entrar equipa erro escada escolher escrever escritório escutar espaço esperar esposa esquerda
    estação estudar exemplo falar família fazer fechar feliz férias ficar filha filho fim fogo folha força forma frente frio fruta futuro ganhar gente gostar governo grupo guardar história hoje
    hora ideia idade igual imagem importante inverno irmã irmão janeiro jantar jovem lado lápis lavar leite lembrar ler levantar levar limpar língua linha lugar luz mãe mala mandar manhã mão
    mar marido médico meio menina menino mesa mês metade minuto modo morrer mostrar mudar mulher mundo nada nariz nascer natureza neve noite nome notícia novo número olhar olho ontem ouvir
    pagar pai palavra papel parar parede parte partir passar pé pedir pensar perder perguntar perna pessoa pintar poder polícia política pôr possível povo praia prato precisar preço preferir
    prender primeiro procurar professor programa pronto puxar quarto querer quinto rapaz rapariga razão receber reino resposta resultado rever roupa saber sair sala sangue saúde secretária segundo
    semana sempre senhor sentar sentir servir sim sol som sonho subir tarde tempo tentar ter terra tio tirar tocar todo tomar trabalhar trabalho trazer último usar vender vento ver verão verdade
    vez viagem vida vir visita viver voltar voz"""),
}

GENERIC_ORG = _w("""university college school academy hospital clinic institute bank council ministry department office museum library church foundation association society union party league
club team band orchestra choir army navy court police agency committee commission company corporation startup firm airline newspaper broadcaster magazine publisher label studio factory shop store
restaurant hotel supermarket pharmacy insurer brewery bakery charity regiment division brigade parliament senate government cooperative group""")
