"""Plain facts and everyday words, written down for this purpose."""

from training.names import facts_north


def _w(text: str) -> list[str]:
    return text.split()


def _p(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


CITIES = _p(
    """London, Paris, New York, New York City, Los Angeles, Chicago, Houston, Phoenix, Philadelphia, San Antonio,
San Diego, Dallas, San Jose, Austin, San Francisco, Seattle, Denver, Boston, Nashville, Detroit, Portland, Las Vegas,
Memphis, Baltimore, Milwaukee, Atlanta, Miami, Oakland, Minneapolis, Tampa, New Orleans, Cleveland, Orlando, Pittsburgh,
Cincinnati, Saint Louis, St. Louis, Kansas City, Salt Lake City, Buffalo, Charlotte, Sacramento, Honolulu, Anchorage,
Washington, Brooklyn, Manhattan, Queens, Bronx, Hollywood, Toronto, Montreal, Vancouver, Ottawa, Calgary, Edmonton,
Quebec, Winnipeg, Halifax, Manchester, Birmingham, Liverpool, Leeds, Glasgow, Edinburgh, Bristol, Cardiff, Belfast,
Sheffield, Newcastle, Oxford, Cambridge, Brighton, Southampton, Dublin, Cork, Galway, Berlin, Hamburg, München, Munich,
Köln, Cologne, Frankfurt, Stuttgart, Düsseldorf, Leipzig, Dresden, Bremen, Hannover, Nürnberg, Wien, Vienna, Graz,
Salzburg, Innsbruck, Zürich, Zurich, Genf, Geneva, Basel, Bern, Lausanne, Lyon, Marseille, Toulouse, Nice, Nantes,
Strasbourg, Montpellier, Bordeaux, Lille, Rennes, Reims, Grenoble, Dijon, Nancy, Bruxelles, Brussels, Antwerp, Antwerpen,
Gent, Brugge, Liège, Amsterdam, Rotterdam, Den Haag, The Hague, Utrecht, Eindhoven, Groningen, Madrid, Barcelona,
Valencia, Sevilla, Seville, Zaragoza, Málaga, Bilbao, Murcia, Palma, Granada, Alicante, Córdoba, Valladolid, Vigo, Gijón,
Oviedo, Salamanca, Santander, Toledo, Cádiz, Roma, Rome, Milano, Milan, Napoli, Naples, Torino, Turin, Palermo, Genova,
Bologna, Firenze, Florence, Venezia, Venice, Verona, Bari, Catania, Pisa, Lisboa, Lisbon, Porto, Coimbra, Braga, Faro,
São Paulo, Rio de Janeiro, Brasília, Salvador, Fortaleza, Recife, Curitiba, Buenos Aires, Santiago, Bogotá, Lima,
Medellín, Cali, Quito, Caracas, Montevideo, La Paz, Mexico City, Ciudad de México, Guadalajara, Monterrey, Havana, La
Habana, Copenhagen, Stockholm, Gothenburg, Oslo, Bergen, Helsinki, Reykjavik, Warsaw, Kraków, Krakow, Gdańsk, Prague,
Praha, Brno, Bratislava, Budapest, Vienna, Bucharest, Sofia, Belgrade, Zagreb, Ljubljana, Sarajevo, Athens, Thessaloniki,
Istanbul, Ankara, Izmir, Moscow, Saint Petersburg, St. Petersburg, Kiev, Kyiv, Odessa, Lviv, Minsk, Vilnius, Riga,
Tallinn, Cairo, Alexandria, Casablanca, Marrakech, Tunis, Algiers, Lagos, Abuja, Accra, Nairobi, Johannesburg, Cape Town,
Durban, Addis Ababa, Jerusalem, Tel Aviv, Beirut, Damascus, Baghdad, Tehran, Dubai, Abu Dhabi, Doha, Riyadh, Kabul,
Karachi, Lahore, Islamabad, Delhi, New Delhi, Mumbai, Bangalore, Bengaluru, Chennai, Kolkata, Hyderabad, Pune, Dhaka,
Colombo, Kathmandu, Bangkok, Hanoi, Ho Chi Minh City, Saigon, Singapore, Kuala Lumpur, Jakarta, Manila, Hong Kong, Macau,
Beijing, Shanghai, Shenzhen, Guangzhou, Taipei, Seoul, Busan, Tokyo, Osaka, Kyoto, Yokohama, Nagoya, Sapporo, Sydney,
Melbourne, Brisbane, Perth, Adelaide, Canberra, Auckland, Wellington, Christchurch""".replace("\n", " ")
)

COUNTRIES = _p(
    """USA, US, U.S., UK, U.K., United States, United States of America, America, United Kingdom, Britain, Great
Britain, England, Scotland, Wales, Northern Ireland, Ireland, Russia, South Korea, North Korea, Iran, Syria, Vietnam,
Bolivia, Venezuela, Tanzania, Moldova, Taiwan, Palestine, Macedonia, Kosovo, Laos, Holland, The Netherlands, Europe,
Asia, Africa, Australia, South America, North America, Latin America, Middle East, Scandinavia, Burma, Ivory Coast,
Czech Republic, UAE, Hong Kong, Estados Unidos, EE.UU., Reino Unido, España, Alemania, Francia, Italia, México, Brasil,
Deutschland, Österreich, Schweiz, Frankreich, Italien, Spanien, Großbritannien, Niederlande, Belgien, Allemagne, France,
Italie, Espagne, Royaume-Uni, États-Unis, Suisse, Belgique, Pays-Bas, Germania, Regno Unito, Stati Uniti, Spagna,
Svizzera, Alemanha, Espanha, França, Itália, Suíça, Duitsland, Frankrijk, Spanje, Nederland, België, Engeland""".replace(
        "\n", " "
    )
)

PLACES = _p(
    """Mount Everest, Lake Michigan, Lake Geneva, Central Park, Hyde Park, Times Square, Golden Gate Bridge, Silicon
Valley, Wall Street, Rocky Mountains, Alps, Pyrenees, Andes, Himalaya, Mississippi, Amazon, Nile, Danube, Rhine, Thames,
Potomac, Hudson River, Pacific, Atlantic, Atlantic Ocean, Pacific Ocean, Mediterranean, Baltic Sea, Black Sea, Gulf of
Mexico, Persian Gulf, Caribbean, Siberia, Sahara, Sinai, Crimea, Balkans, Normandy, Bavaria, Tuscany, Sicily, Provence,
Catalonia, Andalusia, Flanders, Midwest, New England, Bay Area, Long Island, Staten Island, West Bank, Gaza, Kashmir,
Punjab, Tibet, Xinjiang, Hokkaido, Java, Sumatra, Borneo, Patagonia, Yorkshire, Cornwall, Kent, Essex, Cumbria""".replace(
        "\n", " "
    )
)

FIRMS = _p(
    """Google, Microsoft, Apple, Amazon, Facebook, Twitter, Netflix, IBM, Intel, Oracle, Cisco, Dell, HP, Samsung, Sony,
Nokia, Siemens, Bosch, BMW, Daimler, Volkswagen, Audi, Porsche, Ford, General Motors, Toyota, Honda, Nissan, Renault,
Peugeot, Fiat, Ferrari, Boeing, Airbus, Lufthansa, Ryanair, Air France, British Airways, Delta, United Airlines, Nike,
Adidas, Puma, Zara, IKEA, Walmart, Target, Costco, Tesco, Aldi, Lidl, Carrefour, Starbucks, McDonald's, Burger King, KFC,
Pepsi, Coca-Cola, Nestlé, Unilever, Danone, Bayer, Pfizer, Novartis, Roche, Sanofi, Merck, Shell, BP, Exxon, Chevron,
Total, Repsol, Gazprom, HSBC, Barclays, Citibank, Citigroup, JPMorgan, Goldman Sachs, Morgan Stanley, Deutsche Bank,
Commerzbank, UBS, Credit Suisse, BNP Paribas, Santander, BBVA, ING, Rabobank, Visa, Mastercard, PayPal, Uber, Airbnb,
Spotify, YouTube, Yahoo, eBay, LinkedIn, Reddit, BBC, CNN, NBC, CBS, ABC, Fox News, Reuters, Associated Press, New York
Times, Washington Post, The Guardian, Le Monde, El País, Der Spiegel, NASA, FBI, CIA, NSA, IRS, FDA, NATO, UN, United
Nations, EU, European Union, WHO, UNICEF, Red Cross, Greenpeace, Congress, Senate, Parliament, House of Representatives,
Supreme Court, Democratic Party, Republican Party, Labour Party, Royal Navy, U.S. Army, NBA, NFL, FIFA, UEFA, Manchester
United, Chelsea, Arsenal, Real Madrid, FC Barcelona, Bayern, Juventus, Yankees, Lakers, Red Sox, Cowboys, Harvard, MIT,
Stanford, Yale, Columbia University, Oxford University, Universal, Warner Bros, Disney, Paramount, EMI, Atlantic Records,
Sony Music, Nintendo, Sega, Atari, Mozilla, GitHub, Wikipedia, Accenture, Deloitte, KPMG, McKinsey, Allianz, AXA, Generali,
Spar, Migros, Coop, Rewe, Edeka, Auchan, Leroy Merlin, Decathlon, Primark, Uniqlo, Mango, Gucci, Prada, Chanel, Hermès, L'Oréal,
LVMH, Rolex, Swatch, Philips, Ericsson, Thales, Alstom, Bombardier, Rolls-Royce, Jaguar, Land Rover, Tesla, Subaru, Mazda, Suzuki, Mitsubishi,
Hitachi, Toshiba, Panasonic, Canon, Nikon, Fujitsu, Huawei, Xiaomi, Lenovo, Alibaba, Tencent, Baidu, TikTok, ByteDance, Snapchat, Instagram,
Pinterest, Tumblr, Dropbox, Salesforce, SAP, Adobe, Nvidia, AMD, Qualcomm, Broadcom, OpenAI, DeepMind, SpaceX, Lockheed Martin, Raytheon,
Northrop Grumman, General Electric, Honeywell, Caterpillar, John Deere, 3M, DuPont, Dow Chemical, Monsanto, BASF, Johnson & Johnson,
GlaxoSmithKline, AstraZeneca, Moderna, BioNTech, Eli Lilly, Abbott, Medtronic, Fresenius, Kaiser Permanente, Mayo Clinic, CVS, Walgreens,
Best Buy, Home Depot, Kroger, Safeway, Whole Foods, Trader Joe's, Sainsbury's, Marks & Spencer, Boots, Waitrose, Wendy's, Taco Bell,
Subway, Domino's, Pizza Hut, Dunkin' Donuts, Chick-fil-A, Heineken, Carlsberg, Guinness, Red Bull, Kellogg's, Kraft Heinz, Mars, Ferrero,
Wells Fargo, Bank of America, Capital One, American Express, Lloyds, NatWest, Royal Bank of Scotland, Société Générale, Crédit Agricole, UniCredit,
Intesa Sanpaolo, Caixabank, Nordea, Danske Bank, Swedbank, PKO, Sberbank, Bank of England, European Central Bank, Federal Reserve,
World Bank, International Monetary Fund, OECD, OPEC, ASEAN, African Union, Arab League, Amnesty International, Human Rights Watch, Oxfam,
Salvation Army, Save the Children, Doctors Without Borders, World Wildlife Fund, Boy Scouts, Rotary Club, YMCA, NAACP, ACLU, NRA,
Pentagon, White House, State Department, Justice Department, Department of Defense, Homeland Security, Secret Service, Scotland Yard, Interpol,
Europol, MI5, MI6, KGB, Mossad, Stasi, Gestapo, Red Army, Royal Air Force, U.S. Navy, US Army, Marine Corps, Air Force, Coast Guard, National Guard,
Taliban, Hezbollah, Hamas, Al-Qaeda, ISIS, IRA, ETA, PLO, Fatah, Sinn Féin, Kremlin, Politburo, Bundestag, Knesset, House of Commons, House of Lords,
Tories, Liberal Democrats, Green Party, Social Democrats, Christian Democrats, Communist Party, Tea Party, Congress Party, BJP, Likud,
Princeton, Cornell, Duke, Georgetown, UCLA, Berkeley, Caltech, Oxford, Cambridge, Imperial College, London School of Economics, King's College,
University of Chicago, University of Michigan, Ohio State, Penn State, Notre Dame, Texas A&M, Sorbonne, ETH Zürich, Max Planck Institute,
Smithsonian, Louvre, Tate Modern, British Museum, Metropolitan Opera, Royal Shakespeare Company, Berlin Philharmonic, Bolshoi,
Time, Newsweek, The Economist, Financial Times, Wall Street Journal, USA Today, Los Angeles Times, Chicago Tribune, Daily Mail, The Sun,
Der Standard, Die Zeit, Le Figaro, La Repubblica, Corriere della Sera, El Mundo, Al Jazeera, Sky News, MSNBC, ESPN, HBO, MTV, PBS, NPR, ITV,
Channel 4, ARD, ZDF, RTL, RAI, TF1, Bloomberg, Agence France-Presse, Xinhua, Tass, Columbia Records, Capitol Records, Def Jam, Motown,
Pixar, DreamWorks, Universal Pictures, 20th Century Fox, Metro-Goldwyn-Mayer, Marvel, Ubisoft, Electronic Arts, Blizzard, Valve, Rockstar Games,
Beatles, The Beatles, Rolling Stones, The Rolling Stones, Pink Floyd, Led Zeppelin, Queen, ABBA, U2, Radiohead, Coldplay, Oasis, Nirvana, Metallica,
Iron Maiden, Black Sabbath, Deep Purple, Pearl Jam, Green Day, Backstreet Boys, One Direction, BTS, Red Hot Chili Peppers, Foo Fighters,
Liverpool, Everton, Tottenham, West Ham, Aston Villa, Leeds United, Newcastle United, Celtic, Rangers, Ajax, PSV, Feyenoord, Benfica,
Sporting, AC Milan, Inter Milan, AS Roma, Lazio, Napoli, Borussia Dortmund, Bayern Munich, Schalke 04, Werder Bremen, Hamburger SV,
Paris Saint-Germain, Olympique Lyonnais, Atlético Madrid, Sevilla FC, Boca Juniors, River Plate, Flamengo, Santos, Corinthians, LA Galaxy,
Dallas Cowboys, New England Patriots, Green Bay Packers, Chicago Bears, Steelers, Raiders, 49ers, Broncos, Giants, Jets, Eagles, Seahawks,
Chicago Bulls, Boston Celtics, Knicks, Miami Heat, Golden State Warriors, Spurs, Rockets, Dodgers, Cubs, Mets, Braves, Cardinals, Phillies,
Maple Leafs, Canadiens, Bruins, Blackhawks, Red Wings, Penguins, Formula One, McLaren, Williams, NASCAR, PGA, WTA, ATP, NHL, MLB, MLS, WWE, UFC,
Telefónica, Vodafone, Orange, T-Mobile, Verizon, AT&T, Comcast, FedEx, UPS, DHL, Deutsche Bahn, Renfe, SNCF""".replace(
        "\n", " "
    )
)

PRODUCTS = _p(
    """iPhone, iPad, MacBook, Galaxy, Pixel, Kindle, PlayStation, Xbox, Switch, Windows, Linux, Ubuntu, Android, Chrome,
Firefox, Safari, Excel, Word, PowerPoint, Outlook, Photoshop, Gmail, WhatsApp, Bluetooth, Wi-Fi, ThinkPad, Office, Teams,
Slack, Zoom, Jira, Docker, Kubernetes, Postgres, MySQL, Redis, Kafka, Spark, Hadoop, TensorFlow, PyTorch, React, Angular,
Node, Django, Flask, Python, Java, Rust, Ruby, Swift, Kotlin, Golf, Passat, Corolla, Civic, Mustang, Focus, Fiesta, Clio,
Walkman, GoPro, Roomba, Nespresso, Nutella, Lego, Barbie, Monopoly, Tylenol, Aspirin, Advil, Viagra, Prozac, Xanax, Ozempic""".replace(
        "\n", " "
    )
)

PEOPLES = _w("""American British English Scottish Welsh Irish French German Italian Spanish Portuguese Dutch Belgian Swiss Austrian
Swedish Norwegian Danish Finnish Polish Czech Slovak Hungarian Romanian Bulgarian Greek Turkish Russian Ukrainian Serbian Croatian
Israeli Egyptian Moroccan Nigerian Kenyan Ethiopian Indian Pakistani Chinese Japanese Korean Vietnamese Thai Indonesian Filipino
Australian Canadian Mexican Cuban Brazilian Argentinian Chilean Colombian Peruvian European African Asian Latino Arab Persian Jewish
Muslim Christian Catholic Protestant Buddhist Hindu Republican Democrat Americans Germans Russians Italians Jews Muslims Christians""")

LANGUAGE_NAMES = _w("""English French German Italian Spanish Portuguese Dutch Swedish Norwegian Danish Finnish Polish Czech Hungarian
Romanian Greek Turkish Russian Ukrainian Arabic Hebrew Hindi Urdu Bengali Tamil Chinese Japanese Korean Vietnamese Thai Swahili Latin""")

UNIVERSAL_ORG = _w("""University College School Academy Hospital Clinic Institute Bank Council Ministry Department Office Museum Library
Church Foundation Association Society Union Party League Club Team Band Orchestra Choir Army Navy Regiment Division Brigade Corps
Committee Commission Agency Court Police Records Pictures Studios Press Times Post News Airlines Motors Energy Partners Group Holdings""")

FIRM_WORDS = [
    *UNIVERSAL_ORG,
    *_w("""Inc Ltd LLC Corp Corporation Company Co PLC GmbH AG KG OHG SE SA SAS SARL SL SRL SpA BV NV Lda Ltda AB AS Oy Limited
    Incorporated Sons Brothers Associates Solutions Systems Technologies Technology Software Labs Media Consulting Services Logistics
    Insurance Capital Financial Trust Fund Industries International Global Digital Networks Pharma Health Care Universidad Hospital
    Clínica Instituto Banco Ayuntamiento Fundación Consejería Ministerio Colegio Universität Klinikum Krankenhaus Stadtwerke Sparkasse
    Verein Verband Amt Bundesamt Ministerium Stiftung Université Hôpital Clinique Banque Mairie Ministère Société Fondation Università
    Ospedale Clinica Banca Comune Ministero Società Fondazione Universidade Banco Câmara Ministério Sociedade Universiteit Ziekenhuis
    Gemeente Ministerie Stichting Centro Salud"""),
]

STREET_WORDS = {
    "en": _w("""Street St Road Rd Avenue Ave Lane Ln Drive Dr Court Ct Boulevard Blvd Way Place Pl Terrace Square Sq Crescent Close
    Highway Hwy Parkway Pkwy Circle Cir Trail Row Mews Hill Park Grove Gardens Walk Apt Apartment Suite Unit Floor Flat PO Box"""),
    "es": _w(
        "Calle Avenida Avda Av Paseo Plaza Pza Camino Carretera Ctra Ronda Travesía Rambla Glorieta Urbanización C piso puerta"
    ),
    "de": _w("Straße Strasse Str Weg Allee Platz Gasse Ring Damm Ufer Hausnummer Postfach Etage"),
    "fr": _w(
        "Rue Avenue Boulevard Bd Place Chemin Impasse Allée Quai Route Cours bis ter Résidence Bâtiment Appartement"
    ),
    "it": _w("Via Viale Piazza Corso Vicolo Largo Strada Piazzale Interno Scala"),
    "pt": _w("Rua Avenida Travessa Praça Largo Alameda Estrada Rodovia Beco Lote andar"),
    "nl": _w("straat laan weg plein gracht kade singel dreef hof Postbus"),
}

FIELDS = {
    "en": _w(
        "name surname address street city town country zip postcode state province age patient customer client contact phone"
    ),
    "es": _w(
        "nombre apellidos apellido domicilio dirección calle localidad provincia ciudad país edad paciente médico CP código postal"
    ),
    "de": _w(
        "Name Vorname Nachname Anschrift Adresse Straße Ort Stadt Land PLZ Alter Patient Patientin Kunde Arzt wohnhaft"
    ),
    "fr": _w("nom prénom adresse rue ville pays âge patient patiente client médecin demeurant domicilié"),
    "it": _w("nome cognome indirizzo via città paese età paziente cliente medico residente CAP"),
    "pt": _w("nome apelido sobrenome endereço morada rua cidade país idade paciente cliente médico residente CEP"),
    "nl": _w(
        "naam voornaam achternaam adres straat plaats woonplaats land leeftijd patiënt klant arts wonende postcode"
    ),
}

TITLES = {
    "en": _w(
        "Mr Mrs Ms Miss Dr Prof Sir Lady Lord Captain Colonel Sergeant Officer Judge Senator President Rev Father Sister Madam"
    ),
    "es": _w("Sr Sra Srta Don Doña D Dña Dr Dra Prof Señor Señora"),
    "de": _w("Herr Frau Dr Prof Herrn"),
    "fr": _w("M Mme Mlle Monsieur Madame Dr Me Maître Pr"),
    "it": _w("Sig Sig.ra Signor Signora Dott Dottor Dottoressa Ing Avv Prof"),
    "pt": _w("Sr Sra Dona Dom Dr Dra Eng Senhor Senhora"),
    "nl": _w("Dhr Mevr Heer Mevrouw Dr Prof Drs Ir"),
}

SPOKEN_TITLES = {
    "en": ["Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "Mr", "Mrs", "Ms", "Dr", "Miss", "Sir"],
    "es": ["Sr.", "Sra.", "Dr.", "Dra.", "D.", "Dña.", "Don", "Doña"],
    "de": ["Herr", "Frau", "Dr.", "Prof. Dr.", "Herr Dr.", "Frau Dr."],
    "fr": ["M.", "Mme", "Dr", "Monsieur", "Madame", "Me"],
    "it": ["Sig.", "Dott.", "Dott.ssa", "Avv.", "Signor", "Signora"],
    "pt": ["Sr.", "Sra.", "Dr.", "Dra.", "Dona"],
    "nl": ["dhr.", "mevr.", "de heer", "mevrouw", "dr.", "Dr."],
}

CALENDAR = {
    "en": _w(
        "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Oct Nov Dec"
    ),
    "es": _w(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes sábado domingo"
    ),
    "de": _w(
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"
    ),
    "fr": _w(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche"
    ),
    "it": _w(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedì martedì mercoledì giovedì venerdì sabato domenica"
    ),
    "pt": _w(
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro segunda terça quarta quinta sexta sábado domingo"
    ),
    "nl": _w(
        "januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
    ),
}

SMALL_WORDS = {
    "en": _w("""the of and to a in is it you that he was for on are with as I his they be at one have this from or had by but not what all were
    we when your can said there use an each which she do how their if will up other about out many then them these so some her would
    make like him into time has look two more go see no way could my than first been who its now find down day did get come made may
    am me us our yours mine im dont cant lol omg btw pls thx ok yes yeah hey hi hello dear thanks thank please sorry also very just
    because why where while after before under over again still never always here every any both such only own same too without within"""),
    "es": _w("""de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre este ya entre cuando
    todo esta ser son dos también fue había era muy años hasta desde está mi porque qué sólo han yo hay vez puede todos así nos ni parte tiene él uno
    donde bien tiempo mismo ese ahora cada vida otro después te otros aunque esa eso hace otra gobierno tan durante siempre día tanto ella tres sí"""),
    "de": _w("""der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei
    einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ich du wir ihr mein dein uns
    Ihre Ihr Ihnen Sie bitte danke hallo guten kein keine wenn dann hier dort was wer wo warum heute morgen gestern schon sehr gut zwischen unter"""),
    "fr": _w("""de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son ou aux ses mais comme on tout nous
    sa cette fait été deux même si leur ces y où sans peut bien être très aussi je tu vous elle mon ma mes votre vos notre nos ici pourquoi quand
    bonjour merci salut oui non alors encore jamais toujours après avant entre chez depuis l d j c n s qu m"""),
    "it": _w("""di e che la il un a per in una è sono mi ho ma ha si le con non ti lo da se no al come del della dei delle nel nella più anche io tu lui lei
    noi voi loro questo questa quello quella cosa chi dove quando perché molto bene grazie ciao sì ora qui poi ancora sempre mai tra fra gli i alla dal"""),
    "pt": _w("""de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está
    eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem nas me esse eles você essa num nem suas meu minha às têm obrigado"""),
    "nl": _w("""de van het een en in is dat op te zijn met voor niet aan er om ook als dan maar bij of uit nog naar heeft door over ze zich wel ik je hij
    zij wij u mijn jouw uw ons hun dit deze die wat wie waar wanneer waarom hoe geen goed heel al nu hier daar tot bedankt hallo ja nee worden werd"""),
}

NOUNS = {
    "en": _w("""invoice report account password contract order printer server meeting budget ticket laptop phone screen headache fever cough fracture rash
    pain surgery treatment diagnosis prescription appointment delivery refund subscription payment statement loan mortgage insurance claim policy
    certificate licence letter email document file folder project schedule deadline proposal offer price discount receipt package parcel garden kitchen
    bathroom window door car bike train bus flight hotel museum concert festival movie film song album novel book poem story game match season team
    championship tournament prize award election vote law court trial strike storm flood earthquake fire accident war peace battle army river mountain
    lake sea forest island bridge tower castle church school library market shop restaurant coffee tea bread cheese wine beer chicken rice soup dog cat
    horse bird fish tree flower stone gold silver iron music guitar piano drum violin voice camera picture photo painting drama party wedding birthday
    holiday weather sun rain snow wind summer winter spring autumn morning evening night week month year century minute moment idea plan problem question
    answer test exam course class lesson degree research science physics chemistry history language grammar word sentence page chapter model data table
    chart graph number code program function database network system software update bug feature release version button menu page website account"""),
    "es": _w("""factura informe cuenta contraseña contrato pedido impresora servidor reunión presupuesto portátil teléfono dolor fiebre tos fractura
    cirugía tratamiento diagnóstico receta cita entrega pago préstamo seguro póliza certificado carta documento proyecto plazo oferta precio recibo paquete
    coche tren vuelo hotel concierto película canción libro partido premio elección ley juicio huelga tormenta incendio guerra río montaña puente iglesia
    escuela mercado tienda café pan queso vino perro gato árbol flor música fiesta boda lluvia verano invierno semana mes año problema pregunta lesión tumor
    riñón hígado pulmón vejiga masa nódulo biopsia ecografía radiografía analítica orina sangre herida úlcera infección"""),
    "de": _w("""Rechnung Bericht Konto Passwort Vertrag Bestellung Drucker Server Besprechung Budget Rechner Telefon Schmerz Fieber Husten Bruch Operation
    Behandlung Diagnose Rezept Termin Lieferung Zahlung Kredit Versicherung Police Zeugnis Brief Dokument Ordner Projekt Frist Angebot Preis Beleg Paket
    Garten Küche Fenster Tür Auto Fahrrad Zug Bus Flug Hotel Museum Konzert Film Lied Buch Spiel Preis Wahl Gesetz Gericht Streik Sturm Feuer Unfall Krieg
    Fluss Berg See Wald Insel Brücke Turm Schloss Kirche Schule Markt Laden Kaffee Tee Brot Käse Wein Bier Hund Katze Pferd Baum Blume Musik Feier Hochzeit
    Wetter Sonne Regen Schnee Sommer Winter Woche Monat Jahr Problem Frage Antwort Prüfung Kurs Sprache Wort Satz Seite Kapitel Tabelle Zahl Programm Netz"""),
    "fr": _w("""facture rapport compte contrat commande imprimante serveur réunion budget ordinateur téléphone douleur fièvre toux fracture opération traitement
    diagnostic ordonnance rendez-vous livraison paiement prêt assurance police certificat lettre document dossier projet délai offre prix reçu colis jardin
    cuisine fenêtre porte voiture vélo train bus vol hôtel musée concert film chanson livre match prix élection loi tribunal grève tempête incendie guerre
    rivière montagne lac forêt île pont tour château église école marché magasin café thé pain fromage vin bière chien chat cheval arbre fleur musique fête"""),
    "it": _w("""fattura rapporto conto contratto ordine stampante riunione bilancio computer telefono dolore febbre tosse frattura operazione terapia diagnosi
    ricetta appuntamento consegna pagamento prestito polizza certificato lettera documento progetto scadenza offerta prezzo ricevuta pacco giardino cucina
    finestra porta macchina treno volo albergo museo concerto film canzone libro partita premio elezione legge processo sciopero tempesta incendio guerra fiume
    montagna lago bosco isola ponte torre castello chiesa scuola mercato negozio caffè pane formaggio vino birra cane gatto albero fiore musica festa"""),
    "pt": _w("""fatura relatório conta contrato pedido impressora servidor reunião orçamento computador telefone dor febre tosse fratura cirurgia tratamento
    diagnóstico receita consulta entrega pagamento empréstimo seguro apólice certificado carta documento projeto prazo oferta preço recibo pacote jardim cozinha
    janela porta carro comboio voo hotel museu concerto filme canção livro jogo prémio eleição lei julgamento greve tempestade incêndio guerra rio montanha lago
    floresta ilha ponte torre castelo igreja escola mercado loja café pão queijo vinho cerveja cão gato árvore flor música festa"""),
    "nl": _w("""factuur rapport rekening wachtwoord contract bestelling printer server vergadering begroting computer telefoon pijn koorts hoest breuk operatie
    behandeling diagnose recept afspraak levering betaling lening verzekering polis certificaat brief document map project termijn aanbod prijs bon pakket tuin
    keuken raam deur auto fiets trein bus vlucht hotel museum concert film lied boek wedstrijd prijs verkiezing wet rechtbank staking storm brand oorlog rivier
    berg meer bos eiland brug toren kasteel kerk school markt winkel koffie thee brood kaas wijn bier hond kat paard boom bloem muziek feest"""),
}

ADJECTIVES = {
    "en": _w("""good bad big small new old late early broken ready famous wrong right empty full fast slow cheap expensive happy sad tired funny crazy
    beautiful ugly strange clear dark bright heavy light hot cold warm open closed free busy safe dangerous easy difficult possible important local national
    public private simple great awesome terrible amazing boring nice red blue green black white brown young rich poor long short high low deep"""),
    "es": _w(
        "bueno malo grande pequeño nuevo viejo roto listo famoso lleno vacío rápido lento barato caro feliz triste claro oscuro abierto cerrado importante normal"
    ),
    "de": _w(
        "gut schlecht groß klein neu alt kaputt fertig berühmt leer voll schnell langsam billig teuer froh traurig klar dunkel offen geschlossen wichtig normal"
    ),
    "fr": _w(
        "bon mauvais grand petit nouveau vieux cassé prêt célèbre plein vide rapide lent cher heureux triste clair sombre ouvert fermé important normal"
    ),
    "it": _w(
        "buono cattivo grande piccolo nuovo vecchio rotto pronto famoso pieno vuoto veloce lento caro felice triste chiaro scuro aperto chiuso importante normale"
    ),
    "pt": _w(
        "bom mau grande pequeno novo velho partido pronto famoso cheio vazio rápido lento barato caro feliz triste claro escuro aberto fechado importante normal"
    ),
    "nl": _w(
        "goed slecht groot klein nieuw oud kapot klaar beroemd leeg vol snel langzaam goedkoop duur blij droevig helder donker open gesloten belangrijk normaal"
    ),
}

VERBS = _w("""change update reset delete create print install open close send receive cancel renew extend fix repair replace build write read draw sing play
cook clean paint buy sell rent borrow measure compare explain describe summarise translate review approve reject sign upload download export import track
move turn push pull lift drop carry hold keep hide show watch follow lead train teach learn help support improve reduce increase mark chase grant bill""")

LIBRARIES = _w(
    "numpy pandas requests flask django react lodash express spring hibernate boto torch sklearn matplotlib asyncio json re os sys socket logging"
)

CALENDAR |= facts_north.CALENDAR
FIELDS |= facts_north.FIELDS
TITLES |= facts_north.TITLES
SPOKEN_TITLES |= facts_north.SPOKEN_TITLES
STREET_WORDS |= facts_north.STREET_WORDS
SMALL_WORDS |= facts_north.SMALL_WORDS
NOUNS |= facts_north.NOUNS
ADJECTIVES |= facts_north.ADJECTIVES
