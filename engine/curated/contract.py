"""The contract of each area of a curated folder: its keys, columns and release dates."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.importing.keys import fold
from engine.panel.roles import COST_COLUMNS

Kind = Literal["entity", "date", "release", "text", "number"]
TICKER = ("ticker", "symbol", "instrument", "isin")
DAY = ("date", "datum", "day", "trade_date", "as_of", "as_of_date")
RELEASE = (
    "release_date", "released", "released_at", "published", "published_at", "publish_date",
    "publication_date", "report_date", "reported", "reported_at", "available_from", "available",
    "available_at", "filing_date", "filed", "filed_at", "announced", "announcement_date",
    "announced_at", "known_from", "knowledge_date", "first_known",
)  # fmt: skip
PERIOD = (
    "period_end", "period", "fiscal_period_end", "fiscal_date", "period_ending", "period_end_date",
    "quarter_end", *DAY,
)  # fmt: skip
VALUE = ("value", "rate", "close", "mid", "price", "last", "fx", "level", "c")
MAX_BPS = 10_000
BORROW = "borrow_fee_bps"
COSTS = (*COST_COLUMNS, BORROW)
CATEGORIES = ("sector", "branch", "list", "country", "exchange")
"""The facts of `asset_master` that become categories; a name tells one share from all others."""

FACTS = ("name", *CATEGORIES, "currency")


class Column(msgspec.Struct, frozen=True):
    """A column of an area: our name, what it holds, and how users spell it."""

    name: str
    kind: Kind
    spellings: tuple[str, ...]


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What the files of one folder must hold.

    key: the part `key=value` of the path that names what the rows are about; a file that is in no
    such folder names it in a column. columns: those with a meaning. others: whether every other
    column of numbers is taken, under the name it has. needs: of each group at least one column.
    unique: the columns that tell rows apart. yearly: the year in the path is that of `date`.
    low, high: what its known numbers may be.
    """

    name: str
    says: str
    key: str
    columns: tuple[Column, ...]
    others: bool = False
    needs: tuple[tuple[str, ...], ...]
    unique: tuple[str, ...] = ("entity", "date")
    yearly: bool = False
    low: float | None = None
    high: float | None = None

    def column_of(self, name: str) -> Column | None:
        """The column of the contract that a name in a file stands for."""
        folded = fold(name)
        return next((each for each in self.columns if folded in each.spellings), None)


_SYMBOL = Column("entity", "entity", TICKER)
_DAY = Column("date", "date", DAY)
_RELEASE = Column("release", "release", RELEASE)

CONTRACTS = (
    Contract(
        name="bars_eod",
        says="prices per day: date, c_sek or c_usd or close, and o_, h_, l_, v",
        key="ticker",
        columns=(_SYMBOL, _DAY, Column("currency", "text", ("currency", "ccy"))),
        others=True,
        needs=(("entity",), ("date",)),
        yearly=True,
    ),
    Contract(
        name="fundamentals",
        says="figures of companies: the end of the period, the release date, and numbers",
        key="ticker",
        columns=(_SYMBOL, _RELEASE, Column("date", "date", PERIOD)),
        others=True,
        needs=(("entity",), ("date", "release")),
        unique=("entity", "date", "release"),
    ),
    Contract(
        name="fx_rates",
        says="exchange rates of one pair: date and rate; USDSEK holds kronor per dollar",
        key="ccy_pair",
        columns=(
            Column("entity", "entity", ("ccy_pair", "pair", "currency_pair")),
            _DAY,
            _RELEASE,
            Column("value", "number", VALUE),
        ),
        others=True,
        needs=(("entity",), ("date",)),
        unique=("entity", "date", "release"),
        low=1e-12,
        high=1e12,
    ),
    Contract(
        name="exogener",
        says="one series about the economy: date, release date, and value",
        key="series",
        columns=(
            Column("entity", "entity", ("series", "series_id", "series_name")),
            _RELEASE,
            Column("date", "date", PERIOD),
            Column("value", "number", VALUE),
        ),
        others=True,
        needs=(("entity",), ("date", "release")),
        unique=("entity", "date", "release"),
    ),
    Contract(
        name="universe_membership",
        says="members of the universe: date and symbol, or symbol with from and to",
        key="ticker",
        columns=(
            _SYMBOL,
            _DAY,
            Column("start", "date", ("from", "start", "valid_from", "from_date", "start_date")),
            Column("until", "date", ("to", "until", "end", "valid_to", "to_date", "end_date")),
            Column("member", "number", ("member", "is_member", "in_universe", "universe")),
        ),
        needs=(("entity",), ("date", "start")),
        unique=("entity", "date", "start"),
        yearly=True,
        low=0.0,
        high=1.0,
    ),
    Contract(
        name="cost_model_daily",
        says=f"costs of trading: date, symbol, and {', '.join(COSTS)}",
        key="ticker",
        columns=(_SYMBOL, _DAY, *(Column(name, "number", (name,)) for name in COSTS)),
        needs=(("entity",), ("date",), COSTS),
        yearly=True,
        low=0.0,
        high=MAX_BPS,
    ),
    Contract(
        name="asset_master",
        says="facts about a share: name, sector, branch, list, currency",
        key="ticker",
        columns=(
            _SYMBOL,
            Column("date", "date", ("valid_from", "from", "from_date", *DAY)),
            *(
                Column(name, "text", (name, *more))
                for name, *more in (
                    ("name", "company", "company_name"),
                    ("sector", "gics_sector"),
                    ("branch", "industry", "gics_industry"),
                    ("list", "market_list", "segment"),
                    ("country",),
                    ("exchange", "mic"),
                    ("currency", "ccy"),
                )
            ),
        ),
        needs=(("entity",), FACTS),
    ),
)
CONTRACT = {area.name: area for area in CONTRACTS}
