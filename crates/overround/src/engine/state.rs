//! Counts: what came, what became of it, what is held.

use super::Engine;
use crate::deadlines::DeadlineKind;
use crate::error::EventError;
use crate::odds_event::EventKind;
use crate::opportunity::Kind;

/// Counts since the engine was made (or restored), and what it holds now. Lists are in the order of the `ALL` or `NAMES` beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Odds events accepted.
    pub accepted: u64,
    /// The same by kind, in the order of [`EventKind::ALL`].
    pub events: [u64; EventKind::ALL.len()],
    /// Odds events refused, by reason in the order of [`EventError::NAMES`].
    pub rejected: [u64; EventError::NAMES.len()],
    /// [`OddsEvent::Odds`](crate::OddsEvent::Odds) applied that moved a price or activity.
    pub changed: u64,
    /// [`OddsEvent::Odds`](crate::OddsEvent::Odds) applied that moved neither.
    pub unchanged: u64,
    /// `Odds` that lost to a newer one of another feed.
    pub superseded: u64,
    /// Calls whose time ran backwards and was raised to the latest seen.
    pub clamped: u64,
    /// Snapshots and holds that were closed because they held too much or too long, or too much came into them.
    pub overflowed: u64,
    /// Opportunities withheld because recomputing them by settlement gave other figures.
    pub withheld: u64,
    /// Episodes not told, or ended, by a cap; by kind in the order of [`Kind::ALL`].
    pub capped: [u64; Kind::ALL.len()],
    /// Deadlines fired, by kind in the order of [`DeadlineKind::ALL`]. How many depends on how the calls fell, not on the state alone.
    pub deadlines: [u64; DeadlineKind::ALL.len()],
    /// Bookmakers defined.
    pub bookmakers: u64,
    /// Fixtures held.
    pub fixtures: u64,
    /// Markets held.
    pub markets: u64,
    /// Columns held: bookmakers that stand in a market, over all markets.
    pub columns: u64,
    /// Quotes held, active or not.
    pub quotes: u64,
    /// Records held back by snapshots and holds in progress.
    pub held: u64,
    /// Opportunities told as open, by kind in the order of [`Kind::ALL`].
    pub open: [u64; Kind::ALL.len()],
    /// About how many bytes of memory the state takes.
    pub bytes: u64,
}

impl Stats {
    /// Odds events of one kind accepted.
    #[must_use]
    pub const fn events_of(&self, kind: EventKind) -> u64 {
        self.events[kind as usize]
    }

    /// Opportunities of one kind told as open.
    #[must_use]
    pub const fn open_of(&self, kind: Kind) -> u64 {
        self.open[kind as usize]
    }
}

impl Engine {
    /// Counts since the engine was made or restored, and what it holds now. Walks the state: not for every odds event.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut open = [0; Kind::ALL.len()];
        self.tracker.open().iter().for_each(|told| open[told.kind() as usize] += 1);
        Stats {
            accepted: self.counts.events.iter().sum(),
            events: self.counts.events,
            rejected: self.counts.rejected,
            changed: self.intake.changed,
            unchanged: self.intake.unchanged,
            superseded: self.intake.superseded,
            clamped: self.counts.clamped,
            overflowed: self.intake.overflowed,
            withheld: self.tracker.withheld,
            capped: self.tracker.capped,
            deadlines: self.counts.deadlines,
            bookmakers: count(self.books.bookmakers.len()),
            fixtures: count(self.books.fixtures.held()),
            markets: count(self.books.markets.held()),
            columns: self.books.markets.iter().map(|(_, market)| count(market.slots())).sum(),
            quotes: self.books.quotes,
            held: self.intake.holds.iter().map(|hold| count(hold.held.len())).sum(),
            open,
            bytes: count(self.books.bytes() + self.tracker.bytes() + self.intake.bytes()),
        }
    }
}

#[cfg(feature = "rayon")]
impl Stats {
    /// Adds what another shard counted for itself: prices and opportunities of its own fixtures.
    pub(crate) fn with_shard(mut self, other: Self) -> Self {
        let add = |to: &mut [u64], from: &[u64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.superseded += other.superseded;
        self.withheld += other.withheld;
        add(&mut self.capped, &other.capped);
        for own in [DeadlineKind::Age, DeadlineKind::Confirm] {
            self.deadlines[own as usize] += other.deadlines[own as usize];
        }
        self.columns += other.columns;
        self.quotes += other.quotes;
        add(&mut self.open, &other.open);
        self.bytes += other.bytes;
        self
    }
}

/// What the engine itself counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) events: [u64; EventKind::ALL.len()],
    pub(super) rejected: [u64; EventError::NAMES.len()],
    pub(super) deadlines: [u64; DeadlineKind::ALL.len()],
    pub(super) clamped: u64,
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use crate::odds_event::{
        BookmakerDefinition, Ended, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Side,
    };
    use crate::{
        BookmakerId, Config, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp,
    };
    use alloc::boxed::Box;
    use alloc::vec;
    use alloc::vec::Vec;
    use overround_math::line::Line;
    use overround_math::odds::Odds;

    const BOOKMAKERS: u32 = 12;

    /// Everything about one fixture with a market and two lines of another.
    fn life(id: u32) -> Vec<OddsEvent> {
        let (sport, league, start, live) = (None, None, None, None);
        let fixture = FixtureId(id);
        let mut events =
            vec![OddsEvent::Fixture(FixtureUpdate { fixture, key: Key(id.into()), sport, league, start, live })];
        for (market, line) in [(3 * id, None), (3 * id + 1, Some(2500)), (3 * id + 2, Some(3500))] {
            events.push(OddsEvent::Market(Box::new(MarketDefinition {
                market: MarketId(market),
                family: FamilyId(2 * id + u32::from(line.is_some())),
                fixture,
                shape: if line.is_some() { MarketShape::Total } else { MarketShape::TwoWay },
                market_type: Key(if line.is_some() { 5 } else { 1 }),
                period: Key(2),
                participant: Key::NONE,
                line: line.and_then(Line::from_thousandths),
                outcomes: vec![Key(3), Key(4)],
            })));
            for (bookmaker, outcome) in (0..2 * BOOKMAKERS).map(|n| (BookmakerId(n / 2), n % 2)) {
                events.push(OddsEvent::Odds(OddsUpdate {
                    market: MarketId(market),
                    bookmaker,
                    outcome: OutcomeIndex(u16::try_from(outcome).unwrap()),
                    side: Side::Back,
                    feed: FeedId(0),
                    active: true,
                    main: None,
                    price: Odds::new(1.9 + f64::from(bookmaker.0) / 100.0).ok(),
                    limit: Some(100.0),
                    source_ts: Some(Timestamp(0)),
                }));
            }
        }
        events
    }

    #[test]
    fn there_is_a_last_bookmaker() {
        let mut engine = Engine::new(Config::recorded()).unwrap();
        let most = u32::try_from(BookmakerDefinition::MAX_BOOKMAKERS).unwrap();
        let defined = |id: u32| {
            OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key: Key(u64::from(id) + 9) })
        };
        let events: Vec<OddsEvent> = (0..=most).map(defined).collect();
        let report = engine.apply_batch(Timestamp(0), &events, &mut Vec::new());
        assert_eq!(report.rejected, [(most, crate::EventError::Conflict)]);
    }

    #[test]
    fn what_is_over_costs_no_memory() {
        let mut engine = Engine::new(Config::recorded()).unwrap();
        let mut out = Vec::new();
        for bookmaker in (0..BOOKMAKERS).map(BookmakerId) {
            let key = Key(u64::from(bookmaker.0) + 9);
            engine
                .apply(Timestamp(0), &OddsEvent::Bookmaker(BookmakerDefinition { bookmaker, key }), &mut out)
                .unwrap();
        }
        let mut after_each = Vec::new();
        for day in 0..40_u32 {
            for id in day * 200..(day + 1) * 200 {
                engine.apply_batch(Timestamp(day.into()), &life(id), &mut out);
            }
            for id in day * 200..(day + 1) * 200 {
                let (fixture, winner) = (FixtureId(id), None);
                let ended = Ended { fixture, home_score: None, away_score: None, winner, void: false };
                engine.apply(Timestamp(day.into()), &OddsEvent::Ended(ended), &mut out).unwrap();
            }
            after_each.push(engine.stats().bytes);
        }
        assert_eq!(after_each[39], after_each[7], "{after_each:?}");
    }
}
