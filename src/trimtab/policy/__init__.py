from trimtab.policy.model import Policy

__all__ = ["Policy"]
