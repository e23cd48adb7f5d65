"""Plain facts and everyday words of Swedish, Danish (with Norwegian) and Polish, written down for this purpose."""

from trimtab.builtin.detectors.names.function_words import BY_LANGUAGE


def _w(text: str) -> list[str]:
    return text.split()


SMALL_WORDS = {code: BY_LANGUAGE[code].split() for code in ("sv", "da", "pl")}

CALENDAR = {
    "sv": _w(
        "januari februari mars april maj juni juli augusti september oktober november december måndag tisdag onsdag torsdag fredag lördag söndag"
    ),
    "da": _w(
        "januar februar marts april maj juni juli august september oktober november december mandag tirsdag onsdag torsdag fredag lørdag søndag"
    ),
    "pl": _w(
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia poniedziałek wtorek środa czwartek piątek sobota niedziela"
    ),
}

FIELDS = {
    "sv": _w(
        "namn förnamn efternamn adress gata ort stad land postnummer ålder patient kund läkare telefon boende personnummer"
    ),
    "da": _w("navn fornavn efternavn adresse gade vej by land postnummer alder patient kunde læge telefon bopæl"),
    "pl": _w(
        "imię nazwisko adres ulica miasto miejscowość kraj kod pocztowy wiek pacjent pacjentka klient lekarz telefon zamieszkały"
    ),
}

TITLES = {
    "sv": _w("Herr Fru Fröken Dr Doktor Professor"),
    "da": _w("Hr Fru Frøken Dr Doktor Professor"),
    "pl": _w("Pan Pani Dr Doktor Prof Inż Mgr"),
}

SPOKEN_TITLES = {
    "sv": ["herr", "fru", "Herr", "Fru", "Dr", "dr", "doktor", "professor"],
    "da": ["hr.", "fru", "Hr.", "Fru", "Dr.", "dr.", "doktor", "overlæge"],
    "pl": ["Pan", "Pani", "pan", "pani", "dr", "dr n. med.", "prof.", "inż.", "mgr"],
}

STREET_WORDS = {
    "sv": _w("gatan vägen gränd torget stigen backen allén plan gata väg lägenhet lgh box Storgatan Kungsgatan"),
    "da": _w("gade vej allé plads stræde torv vænget stien boulevard sal postboks Storgata Nørregade"),
    "pl": _w("ul ulica al aleja aleje plac pl osiedle os rondo lok mieszkanie skrytka"),
}

NOUNS = {
    "sv": _w("""faktura rapport konto lösenord avtal beställning skrivare server möte budget dator telefon smärta feber hosta brott operation behandling
    diagnos recept tid leverans betalning lån försäkring intyg brev dokument mapp projekt frist erbjudande pris kvitto paket trädgård kök fönster dörr bil
    cykel tåg buss flyg hotell museum konsert film sång bok match val lag domstol strejk storm brand olycka krig flod berg sjö skog ö bro torn slott kyrka
    skola marknad affär kaffe te bröd ost vin öl hund katt häst träd blomma musik fest bröllop väder sol regn snö sommar vinter vecka månad år problem fråga
    svar prov kurs språk ord mening sida kapitel tabell tal program nät ärende uppgift beslut ansökan utbildning regering kommun sjukdom blod hjärta kropp"""),
    "da": _w("""faktura rapport konto adgangskode aftale bestilling printer server møde budget computer telefon smerte feber hoste brud operation behandling
    diagnose recept tid levering betaling lån forsikring attest brev dokument mappe projekt frist tilbud pris kvittering pakke have køkken vindue dør bil
    cykel tog bus fly hotel museum koncert film sang bog kamp valg lov domstol strejke storm brand ulykke krig flod bjerg sø skov ø bro tårn slot kirke skole
    marked butik kaffe te brød ost vin øl hund kat hest træ blomst musik fest bryllup vejr sol regn sne sommer vinter uge måned år problem spørgsmål svar
    prøve kursus sprog ord sætning side kapitel tabel tal program net sag opgave beslutning ansøgning uddannelse regering kommune sygdom blod hjerte krop"""),
    "pl": _w("""faktura raport konto hasło umowa zamówienie drukarka serwer spotkanie budżet komputer telefon ból gorączka kaszel złamanie operacja leczenie
    diagnoza recepta wizyta dostawa płatność pożyczka ubezpieczenie zaświadczenie list dokument teczka projekt termin oferta cena paragon paczka ogród kuchnia
    okno drzwi samochód rower pociąg autobus lot hotel muzeum koncert film piosenka książka mecz wybory ustawa sąd strajk burza pożar wypadek wojna rzeka góra
    jezioro las wyspa most wieża zamek kościół szkoła rynek sklep kawa herbata chleb ser wino piwo pies kot koń drzewo kwiat muzyka przyjęcie wesele pogoda
    słońce deszcz śnieg lato zima tydzień miesiąc rok problem pytanie odpowiedź egzamin kurs język słowo zdanie strona rozdział tabela liczba program sieć
    sprawa zadanie decyzja wniosek wykształcenie rząd gmina choroba krew serce ciało wynik badanie"""),
}

ADJECTIVES = {
    "sv": _w(
        "bra dålig stor liten ny gammal trasig färdig känd tom full snabb långsam billig dyr glad ledsen klar mörk öppen stängd viktig vanlig"
    ),
    "da": _w(
        "god dårlig stor lille ny gammel ødelagt færdig kendt tom fuld hurtig langsom billig dyr glad trist klar mørk åben lukket vigtig almindelig"
    ),
    "pl": _w(
        "dobry zły duży mały nowy stary zepsuty gotowy znany pusty pełny szybki wolny tani drogi szczęśliwy smutny jasny ciemny otwarty zamknięty ważny zwykły"
    ),
}
