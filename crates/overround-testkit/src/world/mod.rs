//! A made-up but lifelike stream of odds events that never ends.
//!
//! Unlike [`scenario`](crate::scenario), which makes small nasty worlds, this one looks like an ordinary day: fixtures of several sports
//! come, start, are scored in, end and are replaced; true probabilities walk; bookmakers follow them late, each with its margin, its
//! opinion, its grid of prices and its pace; two feeds carry them, and much goes wrong on the way. It holds bounded state however long
//! it runs; only the ids it gives out grow.
//!
//! ```
//! use overround::Engine;
//! use overround_testkit::world::{Params, World};
//!
//! let world = World::new(7, Params::small());
//! let mut engine = Engine::new(world.config())?;
//! let mut out = Vec::new();
//! for instant in world.take(200) {
//!     engine.apply_batch(instant.now, &instant.events, &mut out);
//! }
//! assert!(!out.is_empty());
//! # Ok::<(), overround::ConfigError>(())
//! ```

mod bookmaker;
mod config;
mod faults;
mod life;
mod params;
mod sheet;
mod slot;
mod sport;
#[cfg(test)]
mod tests;

pub use params::{Faults, Params};

use crate::random::Random;
use crate::scenario::{EPOCH, Features, Scenario, Step, random_config};
use bookmaker::{Bookmaker, Link};
use faults::Resync;
use overround::odds_event::{BookmakerDefinition, Scope};
use overround::{Config, FeedId, FixtureId, MarketId, OddsEvent, Timestamp};
use sheet::{Part, Tally};
use slot::{Ids, Slot};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What happens at one time: one call of `apply_batch`.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// Receive time. It may run backwards, as a receiver's clock may.
    pub now: Timestamp,
    /// At least one.
    pub events: Vec<OddsEvent>,
}

/// An endless stream of [`Instant`]s: the same seed and parameters give the same stream on every machine.
///
/// It begins with the definitions of all bookmakers. Ids are dense, and families are numbered in the order of their first record, as the
/// feed's catalog does both.
#[derive(Clone, Debug)]
pub struct World {
    params: Params,
    random: Random,
    clock: i64,
    /// Receive clocks differ from the world's by so much, for so many instants.
    clock_jump: (i64, u32),
    tasks: BinaryHeap<Reverse<(i64, Task)>>,
    books: Vec<Bookmaker>,
    links: Vec<Link>,
    slots: Vec<Slot>,
    in_play: Vec<usize>,
    resyncs: Vec<Resync>,
    ids: Ids,
    tally: Tally,
    /// Fixtures that were over lately, each with one of its markets.
    late: [(Option<FixtureId>, Option<MarketId>); 8],
    late_at: usize,
    is_young: bool,
    has_begun: bool,
}

/// Something to do at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// A fixture's life goes on.
    Life(usize),
    /// A link's next poll.
    Poll(usize),
    /// The second part of a poll.
    Rest(usize),
    /// A bookmaker falls silent, or is back.
    Outage(usize),
    /// A heartbeat or a signal.
    Pulse(usize),
    /// The next piece of the snapshot of a feed.
    Resync(u16),
    /// A feed reconnects.
    Reconnect,
    Configure,
}

/// Snapshots in progress at a time: one per feed.
const MAX_RESYNCS: usize = 2;

impl World {
    /// A world of a seed.
    #[must_use]
    pub fn new(seed: u64, params: Params) -> Self {
        let mut random = Random::new(seed);
        let count = params.bookmakers.clamp(1, 64);
        let books: Vec<Bookmaker> = (0..count).map(|id| Bookmaker::random(&mut random, id)).collect();
        let mut links = Vec::new();
        for bookmaker in 0..books.len() {
            let link = |feed, is_copy| Link { bookmaker, feed, is_copy, is_paused: false, cursor: 0, rest: None };
            links.push(link(FeedId(0), false));
            if random.happens(params.second_feed) {
                links.push(link(FeedId(1), true));
            }
        }
        let slots: Vec<Slot> = (0..params.fixtures.max(1)).map(|_| Slot::roomy(&params, books.len())).collect();
        let mut world = Self {
            params,
            random,
            clock: EPOCH,
            clock_jump: (0, 0),
            // One life, poll and rest, outage and pulse each, and a few that are the world's own.
            tasks: BinaryHeap::with_capacity(slots.len() + 2 * (links.len() + books.len()) + 8),
            in_play: Vec::with_capacity(slots.len()),
            resyncs: Vec::with_capacity(MAX_RESYNCS),
            ids: Ids::default(),
            tally: Tally::default(),
            late: [(None, None); 8],
            late_at: 0,
            is_young: true,
            has_begun: false,
            books,
            links,
            slots,
        };
        world.schedule_all();
        world
    }

    /// A configuration that fits the world: preset `live`, ranks, commissions, a group of copies, retention.
    #[must_use]
    pub fn config(&self) -> Config {
        config::usual(&self.params, &self.books)
    }

    /// The bookmakers' names, in the order of their ids.
    pub fn bookmakers(&self) -> impl Iterator<Item = &str> {
        self.books.iter().map(|book| book.name.as_str())
    }

    /// How many fixtures and markets there have been so far.
    #[must_use]
    pub const fn given_out(&self) -> (u32, u32) {
        (self.ids.fixtures, self.ids.markets)
    }

    /// The next instant, written into the caller's buffer (cleared first), which then holds at least one event. Returns its time.
    pub fn next_into(&mut self, events: &mut Vec<OddsEvent>) -> Timestamp {
        events.clear();
        let (is_first, fixtures) = (!self.has_begun, self.ids.fixtures);
        if is_first {
            self.has_begun = true;
            let define = |book: &Bookmaker| BookmakerDefinition { bookmaker: book.id, key: book.key };
            events.extend(self.books.iter().map(|book| OddsEvent::Bookmaker(define(book))));
        }
        while events.is_empty() {
            let Some(Reverse((at, task))) = self.tasks.pop() else { break };
            self.clock = at;
            self.is_young &= at - EPOCH < micros(self.params.tick_s);
            self.take(task, events);
        }
        if !is_first && self.random.happens(self.params.faults.bad) {
            let at = self.random.below(events.len() + 1);
            let bad = self.bad(fixtures);
            events.insert(at, bad);
        }
        Timestamp(self.clock + self.jump())
    }

    /// Bytes of memory that the generator holds: they do not grow with the length of the stream.
    #[must_use]
    pub fn footprint(&self) -> usize {
        self.slots.iter().map(Slot::footprint).sum::<usize>()
            + self.tasks.capacity() * size_of::<(i64, Task)>()
            + self.in_play.capacity() * size_of::<usize>()
            + self.resyncs.capacity() * size_of::<Resync>()
            + self.links.capacity() * size_of::<Link>()
            + self.books.capacity() * size_of::<Bookmaker>()
    }

    /// The first so many instants of a [`small`](Params::small) world as a scenario, for comparing and minimising; under the world's
    /// own configuration or a random one.
    #[must_use]
    pub fn scenario(seed: u64, instants: usize) -> Scenario {
        let world = Self::new(seed, Params::small());
        let mut random = Random::new(seed ^ 0x3041d);
        let mut config = world.config();
        if random.chance(60) {
            let names: Vec<&str> = world.bookmakers().collect();
            let retention = config.lifecycle.retention_after_start_h;
            let features = Features::random(&mut random);
            config = random_config(&mut random, &names, features);
            // A market of a fixture that is over would be refused, and every later id with it: nobody who asks the engine first, as
            // the catalog does, would define it.
            config.lifecycle.retention_after_start_h = retention;
            config.overrides.iter_mut().for_each(|patch| patch.lifecycle.retention_after_start_h = None);
        }
        let steps = world.take(instants).map(|instant| Step::Batch(instant.now, instant.events)).collect();
        Scenario { config, steps }
    }

    // ---- time ----

    fn schedule(&mut self, at: i64, task: Task) {
        self.tasks.push(Reverse((at, task)));
    }

    fn schedule_all(&mut self) {
        for slot in 0..self.slots.len() {
            self.schedule(EPOCH + i64::try_from(slot).unwrap_or(0), Task::Life(slot));
        }
        for link in 0..self.links.len() {
            let at = EPOCH + micros(0.5 + self.random.within(0.0, self.poll_wait()));
            self.links[link].cursor = self.random.below(self.slots.len());
            self.schedule(at, Task::Poll(link));
        }
        let faults = self.params.faults.clone();
        for book in 0..self.books.len() {
            self.schedule_fault(faults.outage_every_s, Task::Outage(book));
            self.schedule_fault(faults.pulse_every_s, Task::Pulse(book));
        }
        self.schedule_fault(faults.resync_every_s, Task::Reconnect);
        self.schedule_fault(faults.configure_every_s, Task::Configure);
    }

    fn schedule_fault(&mut self, every_s: f64, task: Task) {
        if every_s > 0.0 {
            let at = EPOCH + micros(1.0 + self.random.wait(every_s));
            self.schedule(at, task);
        }
    }

    /// Seconds between two polls of one link.
    fn poll_wait(&self) -> f64 {
        self.params.poll_s / f64::from(self.params.fixtures.max(1))
    }

    fn take(&mut self, task: Task, out: &mut Vec<OddsEvent>) {
        let again = match task {
            Task::Life(slot) => self.live(slot, out),
            Task::Poll(link) => self.poll_next(link, out),
            Task::Outage(book) => self.outage(book, out),
            Task::Pulse(book) => self.pulse(book, out),
            Task::Reconnect => self.reconnect(out),
            Task::Configure => self.configure(out),
            Task::Rest(link) => return self.poll_rest(link, out),
            Task::Resync(feed) => return self.resync_piece(feed, out),
        };
        self.schedule(again.max(self.clock + 1), task);
    }

    /// How far the receiver's clock is off at this instant.
    fn jump(&mut self) -> i64 {
        let (by, left) = self.clock_jump;
        if left > 0 {
            self.clock_jump = (by, left - 1);
            return by;
        }
        if self.random.happens(self.params.faults.clock_jumps) {
            let by = self.random.pick(&[-5_000_000, -1_000_000, -1_000, -1, 1, 250_000, 2_000_000, 20_000_000]);
            self.clock_jump = (by, self.random.below(4).try_into().unwrap_or(0));
            return by;
        }
        0
    }

    // ---- polls ----

    /// A link asks for the next fixture: in turn, or every other time one that is in play.
    fn poll_next(&mut self, link: usize, out: &mut Vec<OddsEvent>) -> i64 {
        let wait = self.poll_wait() * self.random.within(0.5, 1.5);
        let again = self.clock + micros(wait);
        let of = &mut self.links[link];
        let bookmaker = of.bookmaker;
        if of.is_paused || self.books[bookmaker].is_down {
            return again;
        }
        let slot = if !self.in_play.is_empty() && self.random.chance(50) {
            self.random.pick(&self.in_play)
        } else {
            of.cursor = (of.cursor + 1) % self.slots.len();
            of.cursor
        };
        let link_now = of.clone();
        if link_now.rest.is_none() && self.random.happens(self.params.faults.parts) {
            let scope = self.scope_of(&link_now, slot);
            out.push(OddsEvent::HoldBegin(scope));
            self.poll(&link_now, slot, Part::First, out);
            self.links[link].rest = Some(slot);
            let at = self.clock + micros(self.random.within(0.001, 0.4));
            self.schedule(at, Task::Rest(link));
            return again;
        }
        self.poll(&link_now, slot, Part::All, out);
        self.take_back(bookmaker, slot, link_now.feed, out);
        again
    }

    /// The second part of a poll; now and then its end is lost.
    fn poll_rest(&mut self, link: usize, out: &mut Vec<OddsEvent>) {
        let Some(slot) = self.links[link].rest.take() else { return };
        let link_now = self.links[link].clone();
        self.poll(&link_now, slot, Part::Second, out);
        if self.slots[slot].phase != slot::Phase::Over && self.random.chance(95) {
            out.push(OddsEvent::HoldEnd(self.scope_of(&link_now, slot)));
        }
    }

    fn scope_of(&self, link: &Link, slot: usize) -> Scope {
        let slot = &self.slots[slot];
        let fixture = Some(slot.fixture).filter(|_| slot.phase != slot::Phase::Over);
        Scope { feed: link.feed, bookmaker: Some(self.books[link.bookmaker].id), fixture }
    }
}

impl Iterator for World {
    type Item = Instant;

    fn next(&mut self) -> Option<Instant> {
        let mut events = Vec::with_capacity(48);
        let now = self.next_into(&mut events);
        Some(Instant { now, events })
    }
}

/// Seconds in whole microseconds.
fn micros(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "times of a stream, far within range")]
    let us = (seconds * 1e6) as i64;
    us
}
