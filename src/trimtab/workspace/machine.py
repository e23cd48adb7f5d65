"""What kind of machine this is: enough to compare timings, nothing that names a host or a person."""

import os
import platform


def machine() -> str:
    """System, processor family and the number of cores that this process may use."""
    return f"{platform.system()} {platform.machine()}, {cores()} cores"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
