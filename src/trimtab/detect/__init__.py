"""Looks at texts with detectors: normalised views, running them, masking what they find.

The one place that knows how a detector is called. Measuring, guarding, rewarding and scrubbing all look
through here, so what was measured is what runs.
"""

from trimtab.detect.looking import look, look_async

__all__ = ["look", "look_async"]
