"""Where a ledger lies unless somebody says otherwise: apart, so that naming it loads nothing."""

DEFAULT_LEDGER = ".trimtab/ledger.db"
