"""The look-ahead certificate of an expression.

A value at date t may depend on dates up to t only. The proof by trial: cut the panel after some
dates, evaluate what is left, and compare every value before the cut, bit by bit, with the value on
the whole panel; again with everything after the cut replaced by noise; and then the same with every
operator of the expression alone, at thousands of places. What reads ahead changes some bits.

Values that carry a state also depend on where the data start. How long they do is part of it.
"""

from __future__ import annotations

from engine.lookahead.certificate import Certificate, certificate
from engine.lookahead.warmup import Start

__all__ = ["Certificate", "Start", "certificate"]
