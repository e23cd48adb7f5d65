"""Personal data with a shape of its own, other than plain numbers: see `numbers` for those."""

from trimtab.builtin.detectors.patterns.address_codes import ADDRESS_CODES
from trimtab.builtin.detectors.patterns.address_east import ADDRESSES_EAST
from trimtab.builtin.detectors.patterns.address_lots import ADDRESS_LOTS
from trimtab.builtin.detectors.patterns.announced import ANNOUNCED
from trimtab.builtin.detectors.patterns.announced_beyond import BEYOND
from trimtab.builtin.detectors.patterns.birth_dates import BIRTH_DATES
from trimtab.builtin.detectors.patterns.columns import COLUMNS
from trimtab.builtin.detectors.patterns.coordinates import COORDINATES
from trimtab.builtin.detectors.patterns.lettered import LETTERED
from trimtab.builtin.detectors.patterns.money import MONEY
from trimtab.builtin.detectors.patterns.network import NETWORK
from trimtab.builtin.detectors.patterns.places import PLACES
from trimtab.builtin.detectors.patterns.spec import Pattern

PERSONAL: tuple[Pattern, ...] = (
    *NETWORK,
    *BIRTH_DATES,
    *MONEY,
    *LETTERED,
    *ANNOUNCED,
    *BEYOND,
    *COLUMNS,
    *PLACES,
    *ADDRESS_LOTS,
    *ADDRESS_CODES,
    *ADDRESSES_EAST,
    *COORDINATES,
)
