"""Passwords that a place gives away rather than a name: an argument of a call, an option, a cell of a table, a cookie."""

import re

from trimtab.builtin.detectors.patterns.secret_names import kind_of
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.secret_values import has_strength, like_key, like_password
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Pattern
from trimtab.detect.signs import later

DUMMY = later(
    r"pass(?:word|wd)?|pw|pwd|secret|token|<.*|\[.*\]|\*+|x+|\.+|%s|\$\w+|\{.*\}|p|pat|api[-_]?key|PASS(?:WORD)?|key",
    re.IGNORECASE,
)


def literal(value: str, low: int, high: int) -> Judged | None:
    """What stands where nothing but a password can, unless it stands in for one."""
    if stands_in(value) or DUMMY.fullmatch(value):
        return None
    sure = like_password(value, quoted=True, told=True, literal=True)
    return (low, high, sure) if sure else None


def wide(
    label: str,
    shape: str,
    anchors: tuple[str, ...],
    judge: Judge,
    *,
    ignore_case: bool = True,
    close: bool = False,
) -> Pattern:
    """A pattern of a secret whose matches begin with their anchors."""
    return Pattern(
        label=f"secret.{label}",
        shape=shape,
        anchors=anchors,
        begins=True,
        judge=judge,
        ignore_case=ignore_case,
        close=close,
    )


def either(words: tuple[str, ...]) -> str:
    """Any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_ARGUMENTS = later(
    r"\s{0,10}(?:(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[\w.$>:-]{1,60}|\{[^{}\n]{0,160}\})\s{0,4},\s{0,20}){1,3}b?([\"'`])([^\"'`\n]{4,120})\1\s{0,4}[,)\n]"
)
_THIRD = later(
    r"(?:\s{0,10}(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[\w.$>-]{1,60})\s{0,4},\s{0,20}){2}([\"'`])([^\"'`\n]{4,120})\1\s{0,4},"
)
_USES = tuple(
    f" as {whose}{what}"
    for whose in ("", "the ", "your ", "my ", "its ")
    for what in ("password", "passphrase", "token", "api key")
)
_LOGINS = ("login(", "signin(", "sign_in(", "authenticate(")
_CALLS = (
    "mysqli_connect(", "mysql_connect(", "pg_connect(", "mysqli(", "pdo(", "httpbasicauth(", "httpdigestauth(", "auth=(", "auth = (",
    "basic_auth(", "basicauth(", "getconnection(", "passwordcredentials(", "passwordauthentication(", "networkcredential(",
    "passwordauthenticationtoken(", *_LOGINS, "jwt.sign(", "jwt.encode(", "jwt.decode(", "jwt.verify(", "createhmac(", "dbi->connect(", "simple_bind(", "simple_bind_s(", "key::new(",
)  # fmt: skip


# Calls whose last argument in quotes is a key, and nothing else.
_KEY_CALLS = ("algoliasearch(", "algolia.init(", "createclient(", "create_client(", "client('ac", 'client("ac', "twilio('ac", 'twilio("ac', "searchclient.create(", "base64encoded:")  # fmt: skip
_LAST_KEY = later(r"(?:[^\"'`\n()]{0,40}[\"'`][^\"'`\n]{0,160}[\"'`]\s{0,4},)?\s{0,20}[\"'`]([^\"'`\s]{16,400})[\"'`]")
_AFTER_ID = later(r"[0-9a-fA-F]{32}[\"']\s{0,4},\s{0,20}[\"']([^\"'`\s]{16,64})[\"']")


def _with_key(text: str, _start: int, end: int) -> Judged | None:
    """`algoliasearch("id", "...")`, `Client("AC...", "...")`."""
    found = _AFTER_ID.match(text, end) if text[end - 1] in "cC" else _LAST_KEY.match(text, end)
    sure = like_key(found[1], least=16, weak=False) if found else 0.0
    return (*found.span(1), sure) if found and sure and "://" not in found[1] else None


_USER_OF_PDO = 2  # commas before the password: the address and the user stand before it


def _called(text: str, start: int, end: int) -> Judged | None:
    """`login("maria", "...")`: the last of the arguments that are written out."""
    found = (_THIRD.match(text, end) if text.startswith("mysql", start) else None) or _ARGUMENTS.match(text, end)
    if (
        found
        and text[end - 4 : end].lower() == "pdo("
        and text[found.start() : found.start(2)].count(",") < _USER_OF_PDO
    ):
        return None  # who signs in, and the password comes from elsewhere
    if found and found[2].isalpha() and text[start:end].lower() in _LOGINS:
        return None  # `login("user", "home")` says where to go
    return literal(found[2], *found.span(2)) if found else None


_HIDDEN = r"(?:[0-9] )?(?=\S{0,80}[0-9])([^\s\"'$<-]\S{3,80})"  # how it is hidden, as a number, and what is hidden
_FIRST = later(
    r"\s{0,4}(?:(?:bytes\.fromhex|unhexlify|b64decode|base64\.b64decode)\()?[bBuUrR]{0,2}([\"'`])([^\"'`\s]{8,200})\1"
)
_CIPHERS = (
    "secretkeyspec(", "aes.new(", "des.new(", "des3.new(", "arc4.new(", "blowfish.new(", "chacha20.new(", "fernet(", "hmac.new(",
    "aesgcm(", "secretbox(",
)  # fmt: skip


def _keyed(text: str, _start: int, end: int) -> Judged | None:
    """`Fernet("...")`, `AES.new(b"...", mode)`: the first argument, where it is written out and looks drawn."""
    found = _FIRST.match(text, end)
    sure = like_key(found[2], least=12, weak=False) if found else 0.0
    return (*found.span(2), sure) if found and sure else None


_COMMANDS = {
    "ldapsearch ": later(r"[^\n|]{0,160}?\s-w\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "ldapmodify ": later(r"[^\n|]{0,160}?\s-w\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "ldapadd ": later(r"[^\n|]{0,160}?\s-w\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "openssl enc": later(r"[^\n|]{0,120}?\s-k\s{1,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "htpasswd -": later(r"[a-zA-Z]{0,6}b[a-zA-Z]{0,6}(?:\s-\w+)?\s+\S{1,80}\s+\S{1,40}\s+[\"']?([^\s\"'$<]{4,80})"),
    "net user ": later(r"[^\n|/\s]{1,40}\s{1,3}[\"']?([^\s\"'$<*/][^\s\"']{3,80})[\"']?\s{1,3}/add", re.IGNORECASE),
    "rootpw ": later(r"(?:--?plaintext\s{1,3})?([^\s\"'$<*-][^\s\"']{3,80})"),
    "net use ": later(r"[^\n|]{0,120}?/user:\S{1,60}\s+[\"']?([^\s\"'$<*/][^\s\"']{3,80})", re.IGNORECASE),
    "smbclient ": later(r"[^\n|]{0,120}?-U\s{0,2}[\"']?[^\s%\"']{1,60}%([^\s\"'$<]{4,80})"),
    "enable secret ": later(_HIDDEN),
    "enable password ": later(_HIDDEN),
    "tacacs-server key ": later(_HIDDEN),
    "radius-server key ": later(_HIDDEN),
    "snmp-server community ": later(_HIDDEN),
    "wpa-psk ascii ": later(_HIDDEN),
    "username ": later(rf"[^\s\"'=:]{{1,40}} (?:privilege \d{{1,2}} )?(?:password|secret) {_HIDDEN}"),
    "auth plain ": later(r"([A-Za-z0-9+/]{12,400}={0,2})(?=\s|\Z)"),
    "snmpwalk ": later(r"[^\n|]{0,120}?\s-c\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{5,80})"),
    "snmpget ": later(r"[^\n|]{0,120}?\s-c\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{5,80})"),
    "xfreerdp ": later(r"[^\n|]{0,160}?/p:[\"']?([^\s\"'$<]{4,80})"),
    "wpa_passphrase ": later(r"(?:\"[^\"\n]{1,32}\"|[^\s\"]{1,32}) [\"']?([^\s\"'$<>|]{8,63})"),
    "sp_addlogin ": later(r"N?'[^'\n]{1,60}',\s{0,3}N?'([^'\n]{4,80})'"),
    "pragma key": later(r"\s{0,3}=\s{0,3}[\"']([^\"'\n]{4,120})[\"']"),
    "crypt(": later(r"'([^'\n]{4,80})',\s{0,3}gen_salt"),
    "set password for ": later(r"[^\s=]{1,80}\s{0,3}=\s{0,3}'([^'\n]{4,80})'"),
    "]:587": later(r"\s{1,20}[^\s:]{1,80}:([^\s]{4,120})"),
    "]:465": later(r"\s{1,20}[^\s:]{1,80}:([^\s]{4,120})"),
    ' : eap "': later(r"([^\"\n]{4,80})\""),
    ' : xauth "': later(r"([^\"\n]{4,80})\""),
    ' : psk "': later(r"([^\"\n]{4,80})\""),
    " on >": later(r"([^\s<>]{4,120})(?=\s|\Z)"),
    "api_hash": later(r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?([0-9a-f]{32})(?![0-9a-f])"),
    "rtmp://": later(r"[^\s/]{1,80}/(?:live2?|app|rtmp)/([A-Za-z0-9_?=-]{16,120})"),
    "rtmps://": later(r"[^\s/]{1,80}/(?:live2?|app|rtmp)/([A-Za-z0-9_?=-]{16,120})"),
    "-passout pass:": later(r"([^\s\"'$<]{4,80})"),
    "-passin pass:": later(r"([^\s\"'$<]{4,80})"),
    "zip -p ": later(r"[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "mosquitto_pub ": later(r"[^\n|]{0,120}?\s-P\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "mosquitto_sub ": later(r"[^\n|]{0,120}?\s-P\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "mosquitto_passwd -b ": later(r"\S{1,80}\s+\S{1,40}\s+[\"']?([^\s\"'$<]{4,80})"),
    "lftp -u ": later(r"[\"']?[^\s,\"']{1,60},[\"']?([^\s\"'$<]{4,80})"),
    "rabbitmqctl add_user ": later(r"\S{1,60}\s+[\"']?([^\s\"'$<]{4,80})"),
    "rabbitmqctl change_password ": later(r"\S{1,60}\s+[\"']?([^\s\"'$<]{4,80})"),
    "wandb login ": later(r"(?:--?\w+\s+)?([0-9a-f]{40})"),
    "stats auth ": later(r"[^\s:]{1,40}:([^\s]{4,80})"),
    "/rp ": later(r"[\"']?([^\s\"'$<*/][^\s\"']{3,80})"),
    "qpdf --encrypt ": later(r"\S{1,60}\s+[\"']?([^\s\"'$<]{4,80})"),
    "vault operator unseal ": later(r"[\"']?([A-Za-z0-9+/=]{20,80})"),
    "cqlsh ": later(r"[^\n|]{0,120}?\s-p\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "psexec ": later(r"[^\n|]{0,120}?\s-p\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "ipmitool ": later(r"[^\n|]{0,120}?\s-P\s{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})"),
    "dev wifi connect ": later(r"[^\n|]{1,80}?\spassword [\"']?([^\s\"'$<]{8,63})"),
    "wifi-sec.psk ": later(r"[\"']?([^\s\"'$<]{8,63})"),
    "-setairportnetwork ": later(r"\S{1,12} (?:\"[^\"\n]{1,32}\"|\S{1,32}) [\"']?([^\s\"'$<]{8,63})"),
    "insecure-password ": later(r"[\"']?([^\s\"'$<]{4,80})"),
    "snmp community": later(
        r"(?: string)?(?: ?\(?(?:ro|rw|read|write|read-only|read-write)\)?)?[ \t]?[:=]?[ \t]{1,2}[\"']?(?!public\b|private\b)([^\s\"'$<>()]{6,40})",
        re.IGNORECASE,
    ),
    "wifi:": later(r"(?:[TSHRAI]:[^;\n]{0,64};){0,4}P:((?:\\.|[^;\\\n]){4,64});"),
}


_ALIAS = later(r"[\w-]{1,40}\s{1,3}\S{4,200}\s{1,3}[\"']?([^\s\"'$<]{3,80})[\"']?\s{1,3}[\"']?([^\s\"'$<]{8,80})")


def _alias(text: str, _start: int, end: int) -> list[Judged]:
    """`mc alias set depot https://... ACCESS SECRET`: both keys of a store."""
    found = _ALIAS.match(text, end)
    both = [literal(found[part], *found.span(part)) for part in (1, 2)] if found else []
    return [one for one in both if one]


_MAIL_ARGUMENTS = later(
    r"[\w.-]{0,60}[\"']\s{0,4}(?:,\s{0,20}\d{2,5}\s{0,4})?(?:,\s{0,20}(?:true|false)\s{0,4})?,\s{0,20}[\"'][^\"'\n]{2,80}[\"']\s{0,4},\s{0,20}([\"'])([^\"'`\n]{4,120})\1\s{0,4}[,)\n]",
    re.IGNORECASE,
)


def _of_mail(text: str, _start: int, end: int) -> Judged | None:
    """`Options("smtp.example.org", 587, "ana@example.org", "...")`: who sends, and the password."""
    found = _MAIL_ARGUMENTS.match(text, end)
    return literal(found[2], *found.span(2)) if found else None


_WALLETS = later(r"\s{0,3}\[\s{0,20}[\"'`]((?:0x)?[0-9a-fA-F]{64})[\"'`]")


def _wallets(text: str, _start: int, end: int) -> Judged | None:
    """`accounts: ['...']`: the private key of a wallet, as tools for contracts are told it."""
    found = _WALLETS.match(text, end)
    return (*found.span(1), 0.9) if found and len(set(found[1])) > _FEWEST_SIGNS else None


_FEWEST_SIGNS = 8
_MAILBOX = later(r"(\d{3,8}),[^,\n]{1,60},[^\n]{0,60}@")
_NUMBER_BEFORE = later(r"(?:\A|\n)[ \t]{0,4}\d{2,6}\Z")


def _mailbox(text: str, start: int, end: int) -> Judged | None:
    """`101 => 3391,Reception,desk@example.org`: the PIN of a voice mailbox."""
    found = _MAILBOX.match(text, end) if _NUMBER_BEFORE.search(text, max(0, start - 12), start) else None
    return (*found.span(1), 0.8) if found else None


_DRAWN_BY = later(r"\"special\"|\"min_lower\"|\"length\"\s?:|random_password")
_RESULT = later(r"\s{0,3}:\s{0,3}\"([^\"\n]{8,200})\"")


def _drawn_by(text: str, start: int, end: int) -> Judged | None:
    """`"length": 24, "special": false, "result": "..."`: the password that Terraform drew, in its state."""
    found = _RESULT.match(text, end) if _DRAWN_BY.search(text, max(0, start - 400), start) else None
    return literal(found[1], *found.span(1)) if found else None


def _command(text: str, start: int, end: int) -> Judged | None:
    found = _COMMANDS[text[start:end].lower()].match(text, end)
    return literal(found[1], *found.span(1)) if found else None


_ECHOED = later(
    r"(?:echo|printf)\s{1,3}(?:-[ne]{1,2}\s{1,3}|[\"']%s[\"']\s{1,3})?([\"']?)([^\s\"'$|<][^\s\"'|<]{3,100})\1\s{0,3}\|[^|\n]{0,60}\Z"
)


def _echoed(text: str, start: int, _end: int) -> Judged | None:
    """`echo ... | sudo -S`: what a command reads from the one before."""
    low = max(0, start - 180)
    found = _ECHOED.search(text[low:start])
    if not found or (found[2].isalpha() and found[2].islower()):
        return None
    at = found[2].find(":") + 1 if text.startswith("chpasswd", start) else 0
    return literal(found[2][at:], low + found.start(2) + at, low + found.end(2)) if found[2][at:] else None


_READERS = (
    "sudo -s", "--password-stdin", "chpasswd", "--passphrase-fd", "cryptsetup", "--with-token", "passwd --stdin", "smbpasswd", "su -", "kinit", "wpa_passphrase", "openssl enc",
)  # fmt: skip
_ECHOES = ("<(echo", "<(printf", "/bin/echo", "<<<")
_WRITTEN = later(r"\s{0,3}(?:-[ne]{1,2}\s{1,3}|[\"']%s[\"']\s{1,3})?[\"']?([^\s\"'$|<>(){}]{6,100})")
_ASKED = later(r"pass|crypt|key|secret|token|login|sudo|gpg|luks|vault")


def _written(text: str, start: int, end: int) -> Judged | None:
    """`--key-file <(echo -n ...)`, `sudo -S ... <<< '...'`: what a shell writes for a command that asks for a password."""
    found = _WRITTEN.match(text, end)
    if not found or found[1].isalpha() or not _ASKED.search(text[max(0, start - 100) : start].lower()):
        return None
    return literal(found[1], *found.span(1))


_AS_PASSWORD = later(r"[ ][\"'`]?([^\s\"'`]{6,64})(?=[\"'`\s])")


def _used_as(text: str, start: int, _end: int) -> Judged | None:
    """`use ... as the password`: the word before, if it can be nothing else."""
    low = max(0, start - 80)
    found = _AS_PASSWORD.match(text[low : start + 1][::-1])
    value = found[1][::-1] if found else ""
    if not found or value.isalpha() or not (like_key(value, least=12, weak=False) or has_strength(value)):
        return None
    return start + 1 - found.end(1), start + 1 - found.start(1), 0.8


_COLUMNS = later(r"\s{1,4}[\w.\"`\[\]]{1,80}\s{0,4}\(([^()]{1,600})\)\s{0,10}values\s{0,10}(?=\()", re.IGNORECASE)
_ROW = later(r"\(((?:'(?:[^'\\\n]|\\[^\n]|''){0,200}'|[^()'\n]){1,600}+|[^()\n]{1,600})\)\s{0,4},?\s{0,20}")
_CELL = later(r"\s*(?:N?'((?:[^'\\]|\\.|'')*+)'|\"((?:[^\"\\]|\\.)*+)\"|[^,'\"]*)\s*(?:,|\Z)")
_FAR = 3_000  # characters after a header that its names are remembered


def _inserted(text: str, _start: int, end: int) -> list[Judged]:
    """`INSERT INTO users (name, password) VALUES ('maria', '...'), ...`: the cells under a name of a secret."""
    columns = _COLUMNS.match(text, end)
    if not columns:
        return []
    wanted = {
        place: kind
        for place, name in enumerate(columns[1].split(","))
        if (kind := kind_of(name.strip(' \t\r\n"`[]'))) in {"password", "token"}
    }
    found: list[Judged] = []
    at = columns.end()
    while wanted and at - end < _FAR and (row := _ROW.match(text, at)):
        for place, cell in enumerate(_CELL.finditer(text, *row.span(1))):
            value = cell[1] or cell[2]
            if place in wanted and value:
                sure = (
                    like_password(value, quoted=True, told=True, literal=False)
                    if wanted[place] == "password"
                    else like_key(value, least=8, weak=False)
                )
                if sure:
                    low = cell.start(1) if cell[1] else cell.start(2)
                    found.append((low, low + len(value), sure))
        at = row.end()
    return found


_COOKIES = later(r" ?([\w.-]{1,60})=([^\s;,\"']{1,4000})(?:;|(?=\s|[\"']|\Z))")


def _cookies(text: str, _start: int, end: int) -> list[Judged]:
    """The values of a cookie header that look drawn at random."""
    found: list[Judged] = []
    at = end
    while at - end < _FAR and (pair := _COOKIES.match(text, at)):
        if like_key(pair[2], least=16, weak=False):
            found.append((*pair.span(2), 0.85))
        at = pair.end()
        if text[at - 1] != ";" or "cookie:" in pair[2].lower():
            break  # the last, or another header, which is looked at by itself
    return found


_BY_NAME = later(
    r"(?:[ \t](?:is|are)|[ \t]?[:=])?[ \t]{1,3}[\w.@+-]{2,40}(?:[ \t]?[/|][ \t]?|[ \t]?:[ \t]|[ \t][-\u2013][ \t])([^\s\"'`,;]{5,60})"
)
# The same further on, after what the pair is for: `log into the NAS? admin / ...`, `creds of the demo (ana / ...)`.
_LATER = 108  # characters in which its sign stands
_SLASH = later(r"[/|]")
_BY_NAME_LATER = later(
    r"[^\n/|]{0,60}?(?:[(:?!,.]|[ \t](?:with|as|use|mit|als|avec|con|com|met|is|ist|es|é|è|c['’]est))[ \t]{0,2}[\w.@+-]{2,40}[ \t]{0,2}[/|][ \t]?(?=[^\s]{0,40}\d)([^\s\"'`,]{6,60})"
)
_ADDRESS = later(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LOGIN_WORDS = (
    "credentials",
    "creds",
    "login",
    "log in with",
    "logins",
    "account",
    "zugang",
    "einloggen",
    "anmelden",
    "log into",
    "sign in with",
    "sign in as",
    "sign in to",
    "connecter",
    "connexion",
    "acceso",
    "acceder",
    "accesso",
    "accedi",
    "acesso",
    "inloggen",
    "logowania",
    "zaloguj",
    "identifiants",
    "credenciales",
)


def _by_name(text: str, _start: int, end: int) -> Judged | None:
    """`credentials: maria / ...`: the second of two words after one for both."""
    found = _BY_NAME.match(text, end)
    value = found[1].rstrip(".)") if found else ""
    sure = like_password(value, quoted=False, told=False, literal=False) if value else 0.0
    if not sure and _SLASH.search(text, end, end + _LATER) and (found := _BY_NAME_LATER.match(text, end)):
        value = found[1].rstrip(".);:?")
        sure = 0.8 if has_strength(value) and not value.isalnum() and not stands_in(value) else 0.0
    if not found or not sure or _ADDRESS.fullmatch(value):
        return None
    return (found.start(1), found.start(1) + len(value), sure)


CALLS: tuple[Pattern, ...] = (
    wide("password", either(_CALLS), _CALLS, _called),
    wide("password", either(_KEY_CALLS), _KEY_CALLS, _with_key, close=True),
    wide("encryption-key", either(_CIPHERS), _CIPHERS, _keyed, close=True),
    wide("password", either(tuple(_COMMANDS)), tuple(_COMMANDS), _command),
    wide("key-pair", "mc alias set |mc config host add ", ("mc alias set ", "mc config host add "), _alias, close=True),
    wide("password", "[\"']smtp\\.", ('"smtp.', "'smtp."), _of_mail, close=True),
    wide("private-key", "accounts:", ("accounts:",), _wallets, close=True),
    wide("password", " => ", (" => ",), _mailbox, close=True),
    wide("password", '"result"', ('"result"',), _drawn_by, close=True),
    wide("password", either(_READERS), _READERS, _echoed),
    wide("password", either(_ECHOES), _ECHOES, _written, close=True),
    wide("password", either(_USES), _USES, _used_as, close=True),
    wide("password", either(_LOGIN_WORDS), _LOGIN_WORDS, _by_name, close=True),
    wide("password", "insert into", ("insert into",), _inserted),
    wide("session", "cookie:", ("cookie:",), _cookies),
)
