"""The organisation's KPIs, each computed from evidence with its interval: pure estimators by id.

A module for each group has `ESTIMATORS`: by id (`R01`), an `Estimator` of `asked`; and `DETAILS`, where there is more
to tell. `table` says which module it is, `reading` holds an estimate against the policy, `page` tells all of one.
"""
