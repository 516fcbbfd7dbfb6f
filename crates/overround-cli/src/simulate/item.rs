//! What the simulator says, in its own small form, and how it becomes a record of the feed format.

use super::bookmakers::Bookmaker;
use super::contest::Contest;
use super::desk::{Market, Quote, Side, Slot};
use super::ladder::Shown;
use overround::Timestamp;
use overround::odds_event::{self, BarrierCause, SourceHealth};
use overround_feed::{
    BarrierRecord, Body, Change, EndedRecord, FilterRecord, FixtureRecord, MarketRecord, Name, OddsRecord, Price,
    PriceForm, Record, ScopeRecord, SourceRecord,
};
use overround_math::line::Line;

/// A record to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) ts_us: i64,
    pub(super) feed: Feed,
    pub(super) what: What,
}

/// Which connection a record comes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    /// The poller.
    Poll,
    /// The provider that pushes.
    Push,
    /// A second provider that carries some of the same, later.
    Relay,
}

/// What a record says. Numbers are indices of contests and bookmakers.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Announce(u32),
    Restart(u32),
    Live(u32),
    FirstToScore(u32),
    Odds(u32, u16, Quote),
    Gone(Gone),
    Suspended(u32, u16, Option<Market>),
    Scope(ScopeKind, u16, Option<u32>),
    Source(u16, SourceHealth),
    Barrier(u32, BarrierCause),
    Heartbeat(u16),
    Ended(u32),
}

/// What is withdrawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gone {
    pub(super) contest: u32,
    pub(super) bookmaker: u16,
    /// Nothing: all of it.
    pub(super) slot: Option<Slot>,
    /// The whole market of the slot, or its outcome alone.
    pub(super) is_market: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Gap,
    SnapshotBegin,
    SnapshotComplete,
    HoldBegin,
    HoldEnd,
}

/// Everybody's names.
#[derive(Clone, Copy)]
pub(super) struct Cast<'a> {
    pub(super) contests: &'a [Contest],
    pub(super) bookmakers: &'a [Bookmaker],
}

impl<'a> Cast<'a> {
    /// The record of an item. Every name of the cast is a valid name and every price of a ladder in range.
    pub(super) fn record(self, item: Item) -> Record<'a> {
        let feed = match item.feed {
            Feed::Poll => None,
            Feed::Push => Some(name("push")),
            Feed::Relay => Some(name("relay")),
        };
        Record { ts: Timestamp(item.ts_us), feed, body: self.body(item.what) }
    }

    fn body(self, what: What) -> Body<'a> {
        match what {
            What::Announce(i) | What::Restart(i) | What::Live(i) => self.fixture(what, i),
            What::FirstToScore(i) => Body::Market(Box::new(MarketRecord {
                fixture: self.key(i),
                market: name("first_team_to_score"),
                period: Name::FULL_GAME,
                participant: None,
                line: None,
                outcomes: ["home", "away", "none"].map(name).to_vec(),
            })),
            What::Odds(i, b, quote) => Body::Odds(self.odds(i, b, quote)),
            What::Gone(gone) => Body::Removed(Box::new(self.gone(gone))),
            What::Suspended(i, b, market) => {
                let market = market.map(|market| name(self.market(i, market)));
                let (bookmaker, fixture) = (Some(self.bookmaker(b)), Some(self.key(i)));
                Body::Suspended(Box::new(FilterRecord { bookmaker, fixture, market, ..FilterRecord::default() }))
            }
            What::Scope(kind, b, i) => {
                let scope = ScopeRecord { bookmaker: Some(self.bookmaker(b)), fixture: i.map(|i| self.key(i)) };
                match kind {
                    ScopeKind::Gap => Body::Gap(scope),
                    ScopeKind::SnapshotBegin => Body::SnapshotBegin(scope),
                    ScopeKind::SnapshotComplete => Body::SnapshotComplete(scope),
                    ScopeKind::HoldBegin => Body::HoldBegin(scope),
                    ScopeKind::HoldEnd => Body::HoldEnd(scope),
                }
            }
            What::Source(b, health) => {
                Body::Source(SourceRecord { bookmaker: self.bookmaker(b), fixture: None, health, last_write_ts: None })
            }
            What::Barrier(i, cause) => Body::Barrier(BarrierRecord { fixture: self.key(i), cause }),
            What::Heartbeat(b) => Body::Heartbeat(Some(self.bookmaker(b))),
            What::Ended(i) => Body::Ended(self.ended(i)),
        }
    }

    fn fixture(self, what: What, i: u32) -> Body<'a> {
        let contest = self.contest(i);
        let mut record = FixtureRecord::new(self.key(i));
        match what {
            What::Restart(_) => record.start = Change::Set(Timestamp(contest.start_us)),
            What::Live(_) => record.live = Change::Set(true),
            _ => {
                record.sport = Change::Set(name(contest.truth.sport.name));
                record.league = Change::Set(name(contest.league));
                record.home = Change::Set(name(&contest.home));
                record.away = Change::Set(name(&contest.away));
                record.start = Change::Set(Timestamp(contest.start_us));
                if contest.truth.is_live() {
                    record.live = Change::Set(true);
                }
            }
        }
        Body::Fixture(Box::new(record))
    }

    fn odds(self, i: u32, b: u16, quote: Quote) -> OddsRecord<'a> {
        let bookmaker = &self.bookmakers[usize::from(b)];
        let (form, shown) = match bookmaker.ladder.shown(quote.rung) {
            Shown::American(american) => (PriceForm::American, f64::from(american)),
            Shown::Decimal(decimal) => (PriceForm::Decimal, decimal),
            Shown::Probability(probability) => (PriceForm::Probability, probability),
        };
        let Slot { market, outcome, side, .. } = quote.slot;
        OddsRecord {
            fixture: self.key(i),
            bookmaker: self.bookmaker(b),
            market: name(self.market(i, market)),
            period: period(market),
            participant: self.participant(i, quote.slot),
            line: line(quote.slot),
            outcome: name(self.outcome(i, market, outcome)),
            side: if side == Side::Lay { odds_event::Side::Lay } else { odds_event::Side::Back },
            price: Price::new(form, shown).ok(),
            active: quote.active,
            limit: quote.limit.map(f64::from),
            source_ts: quote.source_us.map(Timestamp),
            main: (bookmaker.marks_main && has_line(market)).then_some(quote.main),
            url: None,
        }
    }

    fn gone(self, gone: Gone) -> FilterRecord<'a> {
        let (bookmaker, fixture) = (Some(self.bookmaker(gone.bookmaker)), Some(self.key(gone.contest)));
        let all = FilterRecord { bookmaker, fixture, ..FilterRecord::default() };
        let Some(slot) = gone.slot else { return all };
        // Without an outcome a filter's line is the canonical one: of a spread the home side's.
        let home = Slot { outcome: 0, ..slot };
        FilterRecord {
            market: Some(name(self.market(gone.contest, slot.market))),
            period: Some(period(slot.market)),
            participant: self.participant(gone.contest, slot),
            line: line(if gone.is_market { home } else { slot }),
            outcome: (!gone.is_market).then(|| name(self.outcome(gone.contest, slot.market, slot.outcome))),
            ..all
        }
    }

    fn ended(self, i: u32) -> EndedRecord<'a> {
        let contest = self.contest(i);
        let truth = &contest.truth;
        let is_told = truth.sport.scores && !contest.is_void;
        let winner = match truth.home.cmp(&truth.away) {
            std::cmp::Ordering::Greater => "home",
            std::cmp::Ordering::Equal => "draw",
            std::cmp::Ordering::Less => "away",
        };
        EndedRecord {
            fixture: self.key(i),
            home_score: is_told.then_some(truth.home),
            away_score: is_told.then_some(truth.away),
            winner: (!contest.is_void).then(|| name(winner)),
            void: contest.is_void,
        }
    }

    fn market(self, i: u32, market: Market) -> &'static str {
        let offer = &self.contest(i).truth.sport.offer;
        let named = |lines: Option<super::sports::LineOffer>, other| lines.map_or(other, |lines| lines.market);
        match market {
            Market::Winner => offer.winner,
            Market::Spread => named(offer.spread, "spread"),
            Market::Total | Market::FirstHalfTotal => named(offer.total, "total"),
            Market::TeamTotal => "team_total",
            Market::BothToScore => "both_to_score",
            Market::FirstToScore => "first_team_to_score",
            Market::PlayerPoints => "player_points",
        }
    }

    fn outcome(self, i: u32, market: Market, outcome: u8) -> &'static str {
        let names: &[&'static str] = match market {
            Market::Winner if self.contest(i).truth.sport.offer.three_way => &["home", "draw", "away"],
            Market::Winner | Market::Spread => &["home", "away"],
            Market::BothToScore => &["yes", "no"],
            Market::FirstToScore => &["home", "away", "none"],
            Market::Total | Market::TeamTotal | Market::FirstHalfTotal | Market::PlayerPoints => &["over", "under"],
        };
        names[usize::from(outcome) % names.len()]
    }

    fn participant(self, i: u32, slot: Slot) -> Option<Name<'a>> {
        let contest = self.contest(i);
        match slot.market {
            Market::TeamTotal => Some(name(if slot.participant == 0 { &contest.home } else { &contest.away })),
            Market::PlayerPoints => contest.players.get(usize::from(slot.participant)).map(|player| name(&player.name)),
            _ => None,
        }
    }

    fn contest(self, i: u32) -> &'a Contest {
        &self.contests[usize::try_from(i).unwrap_or(usize::MAX)]
    }

    fn key(self, i: u32) -> Name<'a> {
        name(&self.contest(i).key)
    }

    fn bookmaker(self, b: u16) -> Name<'a> {
        name(&self.bookmakers[usize::from(b)].key)
    }
}

fn name(text: &str) -> Name<'_> {
    Name::new(text).expect("the simulator's names are neither empty nor long")
}

fn period(market: Market) -> Name<'static> {
    if market == Market::FirstHalfTotal { name("first_half") } else { Name::FULL_GAME }
}

const fn has_line(market: Market) -> bool {
    matches!(market, Market::Spread | Market::Total | Market::TeamTotal | Market::FirstHalfTotal | Market::PlayerPoints)
}

/// The line as it is shown for the outcome: home at −3.5 wins above 3.5, away at 3.5 below.
fn line(slot: Slot) -> Option<Line> {
    let threshold = if slot.market == Market::Spread && slot.outcome == 0 { -slot.threshold } else { slot.threshold };
    Line::from_thousandths(threshold).filter(|_| has_line(slot.market))
}
