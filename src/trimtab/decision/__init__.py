from trimtab.decision.model import Decision, Verdict

__all__ = ["Decision", "Verdict"]
