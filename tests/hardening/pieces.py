"""What the texts are put together from, two blanks or a line apart where it stands in a table."""

from __future__ import annotations

import re


def table(text: str) -> list[str]:
    """The entries of a table."""
    return re.split(r" {2,}|\n\s*", text.strip())


ODD = [
    *"xy(),;:?=<>!&|+-*/^\"'.0123456789eE_ \t\n\r\\#@$%~`[]{}",
    *"é½£\u00b2\u00b3\u0663\uff11\uff58\uff0b\uff08\uff09\u2212\u00d7\u00f7\u2264\u2260\u2227\u2228",
    *"\u00ac\u221e\u03c0\u0130\u0131\u017f\u00df\u03a9\u4e2d\u6587\U0001f642\U0001f600\U0010ffff",
    *"\x00\x01\x0b\x0c\x1c\x1f\x7f\x85\xa0\xad\u034f\u0301\u0308\u061c\u200b\u200d\u200e\u200f",
    *"\u2028\u2029\u202a\u202e\u2066\u2069\u3000\ud800\udc00\udfff\ufeff\ufffd\uffff",
]
"""Characters that mean something, and those that break programs that take text for granted."""

LOOKALIKES = [
    "x\u0301", "\u00e9", "e\u0301", "\uff58", "x\u200b", "\u202ex\u202c", "\ufeffx", "\u0130",
    "i\u0307", "\u0131", "\u017f", "x\ud83d", "\ud800", "\U0001f642", "\u00b5", "\u03bc",
    "\u03a9", "\u2126", "\ufb01", "\u00b2", "x\u00b2", "\uff11", "\u6570", "gr\u00f6\u00dfe",
    "GR\u00d6SSE",
    "\u0130stanbul", "istanbul", "x\x00", "\u0915\u094d\u0937", "x\u2028y", "\u00a0x", "\x1cx", "_",
    "\u00aa", "x\u0660",
]  # fmt: skip
"""Names that look like others: combining, bidirectional, full width, halves of pairs."""

PIECES = [
    "not ", "and ", " ", *table("""
    (  )  ((  ))  ,  ;  =  ==  = =  -  --  - -  !  !!  ^  **  ? x : y  ?  :  or  &&  ||  &  |
    feat(  feat("  feat('x')  1e9  1e999  1e-999  .  ..  1.  .5  0x10  1_000  1e  1e+  inf  nan
    None  True  true  yes  ts_mean(  rank(  , 5)  , d=5)  x=  d=  a = x;  "  '  \\"  ''  {}  %s  \\
    /*  --x  -- drop  //  #  lag(x, 0)  0 / 0  filter=1  __import__('os')
    """),
]  # fmt: skip

WRAPS = [tuple(wrap.split("@")) for wrap in table("""
    (@)  -@  not @  !@  abs(@)  -abs(@)  -(@)  x - (@)  x - @  x ^ @  2 ^ -@  x / (@)  (@) - x
    (@) ^ x  x ? y : @  x ? @ : y  @ ? x : y  if_else(x, @, y)  min(x, @)  min(@, x, 1)  x and @
    x or (@)  lag(@, 1)  x < (@)  not (@)  (@  @)  cs_rank(x = @)  x = @;  max(@, 1)  log(@)
    @ < x  1 / (@)  ts_mean(@, 2)  ts_corr(x, @, 3)
    """)]  # fmt: skip
"""What may stand around an expression."""

NUMBERS = table("""
    1.7976931348623157e308  1.7976931348623159e308  5e-324  2e-324  2.2250738585072011e-308  0  0.0
    00012  9007199254740993  4.35  1e22  1e23  123456789012345678  0.1  2520  2520.5  1 e5  1e0001
    2519.9999999999999  0e999999999  1.e5  1e5.5
    """)
WHERE_NUMBERS_STAND = table("""
    {}  -{}  x * {}  ts_mean(x, {})  lag(x, -{})  x ^ {}  clip(x, {})  clip(x, -{0}, {0})  {0} - {0}
    ts_quantile(x, 5, {})  {}x  {0}.{0}  cs_scale(x, a = {})  max({0}, x, {0}, -{0})  x == {}
    """)

CONSTANTS = table("9  2  0  1e308  1.7e308  5e-324  0.5  -1  1e200  0 / 0  x  1000")
FOLDS = table("""
    {o} ^ ({f})  ({f}) ^ {o}  ({f}) * {o}  exp({f})  log({f})  sqrt({f})  abs({f})  floor({f})
    -({f})  round({f})  inverse({f})  sign({f})  sigmoid({f})  tanh({f})  s_log_1p({f})  not ({f})
    is_missing({f})  ({f}) + {o}  {o} - ({f})  ({f}) / {o}  max({f}, {o}, 3)  fill({f}, {o})
    ({f}) < {o} ? {o} : x  signed_power({f}, 9.5)  clip({f}, -1e308, 1e308)  x + ({f}) and {o}
    if_else({f}, x, {o})
    """)
WHERE_CONSTANTS_STAND = table("""
    {}  x * ({})  ts_mean(x, {})  lag(x, {})  ts_decay_exp(x, 5, {})
    """)

WHERE_NAMES_STAND = table("""
    {}  {} + x  feat('{}')  feat("{}") / 2  {} = x; {} * 2  {}(x, 5)  group_mean(x, {})
    group_mean(x, '{}')  symbol_is('{}')  ts_mean(x, {}=5)  ts_mean(x, {})  x {} y  {}: x
    """)
WHERE_STRINGS_STAND = table("""
    feat({})  feat( {} ) + 1  group_mean(x, {})  group_rank(x, feat({}))  {}  symbol_is({}) * x
    ts_mean({}, 5)  symbol_is(symbol={})  x + {}  symbol_is({0}) + symbol_is({0})
    """)
QUOTED = ['"', "'", "\\", '\\"', "\\'", "\\\\", "x", "\n", "é", "\ud800", "(", ")"]

ROWS = table("""
    {}  max({})  a=max({});a/a  a=max({});max(a,a,x)  cs_rank({})  ({})  a=({});a-a
    """)
STEPS = table("""
    {0} + {0}  {0} * {1}  max({0}, {0}, {1})  {0} - {1}  ts_mean({0}, 2)  -{0}  {0}  lag({0}, 1)
    if_else({0}, {1}, {0})  ({0} > {1}) and {0}  min({0}, {1})  x - {0}  ts_corr({0}, {1}, 5)
    {0} ^ {1}  x
    """)

ARGUMENTS = ["", *table("""
    x  y  5  0.5  -1  1e9  sector  'sector'  'S001'  x + y  0 / 0  1 / 3  d = 5  x = y  x > 0  2520
    2521  ts_mean(x, 5)  percent = 1  *  filter = true
    """)]  # fmt: skip

PAPER = table("""
    rank({o})  Ts_Rank({o}, {d})  correlation({o}, {p}, {d})  -1 * {o}  Ts_ArgMax({o}, {d})
    SignedPower({o}, {d})  min({o}, {p})  ({o})  max({o}, {d})  IndNeutralize({o}, IndClass.{l})
    scale({o})  (({o} < {p}) ? {o} : (-1 * {p}))  decay_linear({o}, {d})  log({o})  delta({o}, {d})
    ({o} + {p})  ({o} - {p})  ({o} * {p})  ({o} / {p})  ({o} ^ {p})  abs({o})  ({o} || {p})
    stddev({o}, {d})  product({o}, {d})  TS_MIN({o}, {d})
    """)
PAPER_DAYS = table("5  3.92795  20  252.9  0.5  1e4  2  d  -1")
PAPER_LEVELS = table("sector  industry  subindustry  Sector  nothing  sector.x")
PAPER_NAMES = table("""
    close  open  high  low  volume  vwap  returns  adv20  adv180  adv0  adv99999  adv  cap  VWAP
    sector  IndClass.sector  x  0.5  2
    """)
