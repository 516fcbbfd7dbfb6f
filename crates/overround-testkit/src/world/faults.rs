//! What goes wrong: outages, gaps and resyncs, signals, parts, clocks, and events that must be refused.

use super::sheet::Part;
use super::slot::Phase;
use super::{Task, World, config, micros};
use overround::odds_event::{
    Barrier, BarrierCause, BookmakerDefinition, Ended, Filter, FixtureUpdate, MarketDefinition, MarketShape,
    OddsUpdate, Scope, Side, SourceHealth, SourceRole, SourceSignal,
};
use overround::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp};
use overround_math::odds::Odds;

/// A snapshot in progress.
#[derive(Clone, Debug)]
pub(super) struct Resync {
    pub(super) scope: Scope,
    /// Next link and slot.
    at: (usize, usize),
    /// Polls at a time, so that it is done within seconds.
    chunk: usize,
    /// It will be completed.
    is_completed: bool,
}

/// Time between two pieces of a snapshot: with at most 30 of them it is done long before it would time out.
const PIECE_US: i64 = 50_000;
const PIECES: usize = 30;

impl World {
    // ---- outages ----

    /// A bookmaker falls silent, or is back.
    pub(super) fn outage(&mut self, book: usize, out: &mut Vec<OddsEvent>) -> i64 {
        let faults = &self.params.faults;
        let id = self.books[book].id;
        let signal =
            |health| OddsEvent::Source(SourceSignal { bookmaker: id, fixture: None, health, last_write_ts: None });
        if self.books[book].is_down {
            self.books[book].is_down = false;
            let says_so = self.random.chance(60);
            let way_back = [SourceHealth::Stale(false), SourceHealth::Role(SourceRole::Primary)];
            out.extend(way_back.into_iter().filter(|_| says_so).map(signal));
            for link in 0..self.links.len() {
                if self.links[link].bookmaker == book {
                    let scope = Scope { feed: self.links[link].feed, bookmaker: Some(id), fixture: None };
                    self.resync(scope, out);
                }
            }
            return self.clock + micros(self.random.wait(self.params.faults.outage_every_s));
        }
        self.books[book].is_down = true;
        match self.random.below(4) {
            0 => out.push(signal(SourceHealth::Stale(true))),
            1 => out.push(signal(SourceHealth::Role(SourceRole::Offline))),
            2 => out.push(OddsEvent::Gap(Scope { feed: FeedId(0), bookmaker: Some(id), fixture: None })),
            _ => {}
        }
        self.clock + micros(self.random.wait(faults.outage_s))
    }

    // ---- snapshots ----

    /// A whole feed reconnects, or one fixture is read anew.
    pub(super) fn reconnect(&mut self, out: &mut Vec<OddsEvent>) -> i64 {
        let feed = FeedId(u16::from(self.random.chance(30)));
        let slot = self.random.below(self.slots.len());
        let is_there = self.slots[slot].phase != Phase::Over;
        let fixture = Some(self.slots[slot].fixture).filter(|_| is_there && self.random.chance(70));
        self.resync(Scope { feed, bookmaker: None, fixture }, out);
        self.clock + micros(self.random.wait(self.params.faults.resync_every_s))
    }

    /// Mostly says that something was lost, then begins a snapshot. Two of one bookmaker or feed do not run at a time.
    fn resync(&mut self, scope: Scope, out: &mut Vec<OddsEvent>) {
        if self.resyncs.len() >= super::MAX_RESYNCS || self.resyncs.iter().any(|other| other.scope.feed == scope.feed) {
            return;
        }
        if self.random.chance(70) {
            out.push(OddsEvent::Gap(scope));
        }
        out.push(OddsEvent::SnapshotBegin(scope));
        let polls = if scope.fixture.is_some() { 1 } else { self.slots.len() };
        let links = self.links.iter_mut().filter(|link| covers(&scope, link.feed, link.bookmaker));
        let count = links.map(|link| link.is_paused = scope.fixture.is_none()).count();
        let is_completed = self.random.chance(90);
        self.resyncs.push(Resync { scope, at: (0, 0), chunk: (count * polls).div_ceil(PIECES).max(1), is_completed });
        self.schedule(self.clock + PIECE_US, Task::Resync(scope.feed.0));
    }

    /// The next piece of the snapshot of a feed.
    pub(super) fn resync_piece(&mut self, feed: u16, out: &mut Vec<OddsEvent>) {
        let Some(index) = self.resyncs.iter().position(|resync| resync.scope.feed.0 == feed) else { return };
        let mut resync = self.resyncs.swap_remove(index);
        let mut left = resync.chunk;
        while left > 0 && resync.at.0 < self.links.len() {
            let (link, slot) = resync.at;
            let is_last = slot + 1 >= self.slots.len();
            resync.at = if is_last { (link + 1, 0) } else { (link, slot + 1) };
            let link = self.links[link].clone();
            let is_of_fixture = resync.scope.fixture.is_none_or(|fixture| fixture == self.slots[slot].fixture);
            let is_up = !self.books[link.bookmaker].is_down;
            if covers(&resync.scope, link.feed, link.bookmaker) && is_of_fixture && is_up {
                self.poll(&link, slot, Part::Snapshot, out);
                left -= 1;
            }
        }
        if resync.at.0 < self.links.len() {
            self.resyncs.push(resync);
            self.schedule(self.clock + PIECE_US, Task::Resync(feed));
            return;
        }
        for link in self.links.iter_mut().filter(|link| covers(&resync.scope, link.feed, link.bookmaker)) {
            link.is_paused = false;
        }
        let is_over = resync.scope.fixture.is_some_and(|fixture| self.slots.iter().all(|it| it.fixture != fixture));
        if resync.is_completed && !is_over {
            out.push(OddsEvent::SnapshotComplete(resync.scope));
        }
    }

    // ---- signals ----

    /// A bookmaker is heard of, apart from its prices.
    pub(super) fn pulse(&mut self, book: usize, out: &mut Vec<OddsEvent>) -> i64 {
        let again = self.clock + micros(self.random.wait(self.params.faults.pulse_every_s));
        let book = &mut self.books[book];
        if book.is_down {
            return again;
        }
        if self.random.chance(75) {
            out.push(OddsEvent::Heartbeat(Some(book.id).filter(|_| self.random.chance(90))));
            return again;
        }
        let (bad, good) = self.random.pick(&[
            (SourceHealth::Stale(true), SourceHealth::Stale(false)),
            (SourceHealth::Role(SourceRole::Degraded), SourceHealth::Role(SourceRole::Primary)),
            (SourceHealth::Role(SourceRole::Unknown), SourceHealth::Role(SourceRole::Primary)),
        ]);
        if std::mem::take(&mut book.is_signalled) {
            for health in [SourceHealth::Stale(false), SourceHealth::Role(SourceRole::Primary)] {
                out.push(OddsEvent::Source(SourceSignal {
                    bookmaker: book.id,
                    fixture: None,
                    health,
                    last_write_ts: None,
                }));
            }
            return again;
        }
        let slot = &self.slots[self.random.below(self.slots.len())];
        let fixture = Some(slot.fixture).filter(|_| slot.phase != Phase::Over && self.random.chance(50));
        book.is_signalled = fixture.is_none();
        let health = if fixture.is_some() && self.random.chance(50) { good } else { bad };
        let last_write_ts = Some(Timestamp(self.clock - 1_000_000));
        out.push(OddsEvent::Source(SourceSignal { bookmaker: book.id, fixture, health, last_write_ts }));
        again
    }

    pub(super) fn configure(&mut self, out: &mut Vec<OddsEvent>) -> i64 {
        let config = config::variant(&mut self.random, &self.params, &self.books);
        out.push(OddsEvent::Configure(Box::new(config)));
        self.clock + micros(self.random.wait(self.params.faults.configure_every_s))
    }

    /// A bookmaker suspends or removes some of what it shows of a fixture.
    pub(super) fn take_back(&mut self, book: usize, slot: usize, feed: FeedId, out: &mut Vec<OddsEvent>) {
        let faults = &self.params.faults;
        let (suspends, removes) = (self.random.happens(faults.suspensions), self.random.happens(faults.removals));
        let slot = &mut self.slots[slot];
        if slot.phase == Phase::Over || !(suspends || removes) {
            return;
        }
        let family = self.random.below(slot.families.len());
        let of = slot.families[family];
        let market = of.first + self.random.below(of.count);
        let is_whole = self.random.chance(40);
        let filter = Filter {
            feed,
            bookmaker: Some(self.books[book].id),
            fixture: Some(slot.fixture),
            market_type: Some(of.market_type),
            period: self.random.maybe(50, &[of.period]),
            line: slot.markets[market].line.filter(|_| !is_whole),
            ..Filter::default()
        };
        let range = if filter.line.is_some() { market..market + 1 } else { of.first..of.first + of.count };
        let first = book * slot.markets.len();
        for column in &mut slot.columns[first + range.start..first + range.end] {
            column.is_suspended = column.is_open && !removes;
            column.is_open &= !removes;
        }
        // Sometimes a single price is taken back.
        let outcome = of.question.outcomes(slot.runners)[0];
        let outcome = self.random.maybe(20, &[Key::of(outcome)]);
        out.push(if removes {
            OddsEvent::Removed(Box::new(filter))
        } else {
            OddsEvent::Suspended(Box::new(Filter { outcome, ..filter }))
        });
    }

    // ---- what must be refused ----

    /// An event that must be refused wherever it stands in its batch, or that comes too late for its fixture. So many `fixtures` were
    /// defined before the batch.
    pub(super) fn bad(&mut self, fixtures: u32) -> OddsEvent {
        let (late, late_market) = self.late[self.random.below(self.late.len())];
        let bookmaker = self.books[self.random.below(self.books.len())].id;
        let market = MarketId(u32::try_from(self.random.below(self.ids.markets.max(1) as usize)).unwrap_or(0));
        let odds = OddsUpdate {
            market,
            bookmaker,
            outcome: OutcomeIndex(0),
            side: Side::Back,
            feed: FeedId(0),
            active: true,
            main: None,
            price: Odds::new(2.0).ok(),
            limit: None,
            source_ts: None,
        };
        let over = late.unwrap_or(FixtureId(u32::MAX));
        match self.random.below(14) {
            0 => OddsEvent::Odds(OddsUpdate { market: MarketId(u32::MAX), ..odds }),
            1 => OddsEvent::Odds(OddsUpdate { bookmaker: BookmakerId(9_999), ..odds }),
            2 => OddsEvent::Odds(OddsUpdate { outcome: OutcomeIndex(99), ..odds }),
            3 => OddsEvent::Odds(OddsUpdate { price: None, ..odds }),
            4 => {
                OddsEvent::Odds(OddsUpdate { limit: Some(self.random.pick(&[f64::NAN, -1.0, f64::INFINITY])), ..odds })
            }
            5 | 6 => OddsEvent::Odds(OddsUpdate { market: late_market.unwrap_or(MarketId(u32::MAX)), ..odds }),
            7 => OddsEvent::Barrier(Barrier { fixture: over, cause: BarrierCause::Other }),
            8 => {
                OddsEvent::Ended(Ended { fixture: over, home_score: None, away_score: None, winner: None, void: false })
            }
            9 => OddsEvent::Removed(Box::default()),
            10 => OddsEvent::Gap(Scope { bookmaker: Some(BookmakerId(9_999)), ..Scope::default() }),
            11 => OddsEvent::Bookmaker(BookmakerDefinition { bookmaker, key: Key::of("somebody else") }),
            12 if fixtures > 0 => OddsEvent::Fixture(FixtureUpdate {
                fixture: FixtureId(fixtures - 1),
                key: Key::of("another fixture"),
                sport: None,
                league: None,
                start: None,
                live: None,
            }),
            _ => OddsEvent::Market(Box::new(MarketDefinition {
                market: MarketId(self.ids.markets),
                family: FamilyId(self.ids.families),
                fixture: self.slots[0].fixture,
                shape: MarketShape::TwoWay,
                market_type: Key::of("moneyline"),
                period: Key::of("overtime"),
                participant: Key::NONE,
                line: None,
                outcomes: vec![Key::of("home")],
            })),
        }
    }
}

fn covers(scope: &Scope, feed: FeedId, book: usize) -> bool {
    scope.feed == feed && scope.bookmaker.is_none_or(|id| id.index() == book)
}
