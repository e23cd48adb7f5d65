"""Forms, tables and records: names of fields and their values, as people and programs write them."""

import json
import random
from typing import Protocol

from training.names.people import Maker, Piece

FIELDS = {
    "name": {"en": "Name|Full name|Customer|Patient|Contact|Client|Signed by|Employee|Account holder|Reviewer|Owner|Doctor|Recipient",
             "es": "Nombre|Titular|Paciente|Cliente|Médico|Contacto|Remitido por", "de": "Name|Patient|Kunde|Arzt|Kontakt|Inhaber",
             "fr": "Nom|Patient|Client|Médecin|Contact|Titulaire", "it": "Nome|Paziente|Cliente|Medico|Intestatario",
             "pt": "Nome|Paciente|Cliente|Médico|Titular", "nl": "Naam|Patiënt|Klant|Arts|Contact",
          "sv": "Namn|Patient|Kund|Läkare|Kontakt", "da": "Navn|Patient|Kunde|Læge|Kontakt|Pasient", "pl": "Imię i nazwisko|Pacjent|Klient|Lekarz|Nazwisko i imię"},
    "first": {"en": "First name|Given name|Forename", "es": "Nombre", "de": "Vorname", "fr": "Prénom", "it": "Nome", "pt": "Nome", "nl": "Voornaam",
          "sv": "Förnamn", "da": "Fornavn", "pl": "Imię"},
    "last": {"en": "Last name|Surname|Family name", "es": "Apellidos|Apellido", "de": "Nachname|Familienname", "fr": "Nom de famille|Nom",
             "it": "Cognome", "pt": "Apelido|Sobrenome", "nl": "Achternaam",
          "sv": "Efternamn", "da": "Efternavn|Etternavn", "pl": "Nazwisko"},
    "city": {"en": "City|Town|Birthplace|Location", "es": "Localidad|Ciudad|Provincia|Localidad/ Provincia|Municipio", "de": "Ort|Stadt|Wohnort|Geburtsort",
             "fr": "Ville|Commune|Lieu de naissance", "it": "Città|Comune", "pt": "Cidade|Localidade", "nl": "Plaats|Woonplaats|Geboorteplaats",
          "sv": "Ort|Stad|Födelseort", "da": "By|Sted|Poststed", "pl": "Miasto|Miejscowość|Miejsce urodzenia"},
    "country": {"en": "Country|Nationality country", "es": "País", "de": "Land", "fr": "Pays", "it": "Paese", "pt": "País", "nl": "Land",
          "sv": "Land", "da": "Land", "pl": "Kraj"},
    "street": {"en": "Street|Address|Address line 1", "es": "Domicilio|Dirección|Calle", "de": "Straße|Anschrift", "fr": "Adresse|Rue",
               "it": "Indirizzo|Via", "pt": "Morada|Endereço", "nl": "Adres|Straat",
          "sv": "Gata|Adress", "da": "Vej|Adresse|Gade", "pl": "Ulica|Adres"},
    "addr": {"en": "Address|Home address|Ship to|Billing address", "es": "Domicilio|Dirección", "de": "Adresse|Anschrift", "fr": "Adresse",
             "it": "Indirizzo|Residenza", "pt": "Morada|Endereço", "nl": "Adres",
          "sv": "Adress|Leveransadress", "da": "Adresse", "pl": "Adres|Adres zamieszkania"},
    "zip": {"en": "ZIP|Postcode|Zip code", "es": "CP|Código postal", "de": "PLZ", "fr": "Code postal|CP", "it": "CAP", "pt": "CEP|Código postal", "nl": "Postcode",
          "sv": "Postnummer", "da": "Postnummer|Postnr.", "pl": "Kod pocztowy"},
    "org": {"en": "Company|Employer|Organisation|Hospital|School|Bank", "es": "Empresa|Hospital|Centro", "de": "Firma|Arbeitgeber|Klinik",
            "fr": "Société|Employeur|Hôpital", "it": "Azienda|Ospedale", "pt": "Empresa|Hospital", "nl": "Bedrijf|Werkgever",
          "sv": "Företag|Arbetsgivare|Sjukhus", "da": "Firma|Arbejdsgiver|Hospital", "pl": "Firma|Pracodawca|Szpital"},
    "age": {"en": "Age", "es": "Edad", "de": "Alter", "fr": "Âge", "it": "Età", "pt": "Idade", "nl": "Leeftijd",
          "sv": "Ålder", "da": "Alder", "pl": "Wiek"},
}  # fmt: skip
EMPTY = {"id": "ID|No.|Ref|NHC|Order|Case", "date": "Date|DOB|Datum|Fecha|Fecha de nacimiento", "phone": "Phone|Tel|Telefon|Teléfono",
         "email": "E-mail|Email|Mail", "noun": "Subject|Type|Status|Item|Tipo|Motivo", "words": "Notes|Comment|Bemerkung|Observaciones",
         "prod": "Product|Device|Plan"}  # fmt: skip
"""What fields are called, by slot of the generator and language; those of `EMPTY` hold nothing to find."""

_CALLED = {"name": "name|full_name|customer_name|userName|contact|author|patient|owner", "first": "first_name|firstName|given_name|fname|first",
           "last": "last_name|lastName|surname|family_name|lname|last", "city": "city|town|birthplace|location", "country": "country|countryName",
           "street": "street|street_address|address1|line1", "addr": "address|shippingAddress|billing_address", "zip": "zip|postcode|postal_code|zipCode",
           "org": "company|employer|organization|hospital|bank", "age": "age", "id": "id|user_id|orderId|ref", "date": "created_at|date|dob",
           "phone": "phone|tel|mobile", "email": "email|mail", "noun": "status|type|category", "words": "note|comment|message|description",
           "prod": "product|plan|device"}  # fmt: skip
"""What programs call them."""


class Slots(Protocol):
    """What records need of the generator."""

    maker: Maker
    draw: random.Random

    def slot(self, name: str, code: str) -> list[Piece]: ...
    def plain(self, name: str, code: str) -> str: ...


def _slot(name: str) -> str:
    return "per" if name == "name" else name


class Records:
    """Draws records. `filler` is the generator's: it fills slots."""

    def __init__(self, filler: Slots) -> None:
        self.filler = filler
        self.make, self.draw = filler.maker, filler.draw

    def any(self, code: str) -> list[Piece]:
        """A form in three of five cases, else one of the others."""
        form = self.draw.random()
        if form < 0.6:
            return self.form(code)
        return self.json(code) if form < 0.75 else self.table(code) if form < 0.9 else self.log(code)

    def _wanted(self, most: int) -> list[str]:
        wanted = [*FIELDS, *EMPTY]
        self.draw.shuffle(wanted)
        return wanted[: self.draw.randint(2, most)]

    def form(self, code: str) -> list[Piece]:
        """Fields and values, one below or behind the other."""
        make = self.make
        mark = make.pick([": ", ": ", ":  ", " = ", ":\t", " - ", ":\n", "=", "|"])
        end = make.pick(["\n", "\n", ".\n", ", ", "; ", " | ", "  "])
        case = make.pick(["", "", "", "lower", "upper", "program"])
        pieces: list[Piece] = []
        for name in self._wanted(8):
            labels = FIELDS[name][code] if name in FIELDS else EMPTY[name]
            label = make.pick((_CALLED[name] if case == "program" else labels).split("|"))
            label = label.lower() if case == "lower" else label.upper() if case == "upper" else label
            pieces.append((f"{label}{mark}", ""))
            pieces.extend(self.filler.slot(_slot(name), code))
            pieces.append((end, ""))
        return pieces[:-1]

    def json(self, code: str) -> list[Piece]:
        """An object, on one line or several, in JSON or as Python prints it."""
        quote = '"' if self.make.chance(0.8) else "'"
        gap = self.make.pick([", ", ",\n  ", ","])
        colon = self.make.pick([": ", ":"])
        pieces: list[Piece] = [("{" + ("\n  " if "\n" in gap else ""), "")]
        for name in self._wanted(7):
            pieces.append((f"{quote}{self.make.pick(_CALLED[name].split('|'))}{quote}{colon}{quote}", ""))
            for text, label in self.filler.slot(_slot(name), code):
                pieces.append((json.dumps(text, ensure_ascii=False)[1:-1] if "\n" in text else text, label))
            pieces.append((f"{quote}{gap}", ""))
        pieces[-1] = (quote + ("\n}" if "\n" in gap else "}"), "")
        return pieces

    def table(self, code: str) -> list[Piece]:
        """Rows of the same fields, with or without a heading."""
        sep = self.make.pick([",", ";", "\t", " | ", ", "])
        wanted = [name for name in self._wanted(6) if name not in {"addr", "words"} or "," not in sep] or ["name"]
        pieces: list[Piece] = []
        if self.make.chance(0.6):
            heads = [self.make.pick(_CALLED[name].split("|")) for name in wanted]
            pieces.append(
                (sep.join(head.replace("_", " ").title() if sep == " | " else head for head in heads) + "\n", "")
            )
        for _ in range(self.draw.randint(1, 5)):
            for name in wanted:
                slot = self.filler.slot(_slot(name), code)
                pieces += [
                    (text.replace("\n", " ").replace(",", "") if "," in sep else text.replace("\n", " "), label)
                    for text, label in slot
                ]
                pieces.append((sep, ""))
            pieces[-1] = ("\n", "")
        return pieces[:-1]

    def log(self, code: str) -> list[Piece]:
        """Lines of a log: keys and values behind a time and a level."""
        pieces: list[Piece] = []
        for _ in range(self.draw.randint(1, 3)):
            date, time = self.filler.plain("date", "en"), self.filler.plain("time", "en")
            level = self.make.pick(["INFO", "WARN", "ERROR", "DEBUG", "[info]", "[error]"])
            pieces.append((f"{date} {time} {level} {self.filler.plain('words', 'en')} ", ""))
            quote = self.make.pick(['"', "", "'"])
            for name in self._wanted(4):
                pieces.append((f"{self.make.pick(_CALLED[name].split('|'))}={quote}", ""))
                pieces += [(text.replace("\n", " "), label) for text, label in self.filler.slot(_slot(name), code)]
                pieces.append((f"{quote} ", ""))
            pieces.append(("\n", ""))
        return pieces[:-1]
