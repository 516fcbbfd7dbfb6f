//! The engine: odds events in, opportunity events out.

mod accept;
mod explain;
mod quote_views;
mod requests;
mod snapshot;
mod state;

#[cfg(feature = "rayon")]
use crate::books::Seat;
use crate::books::{Books, TOGETHER};
use crate::config::Config;
use crate::deadlines::{Deadline, DeadlineKind};
#[cfg(feature = "rayon")]
use crate::error::RestoreError;
use crate::error::{ConfigError, EventError};
use crate::ids::{BookmakerId, FixtureId, MarketId};
use crate::intake::Intake;
use crate::lifecycle::{Tracker, stands_on};
use crate::memo::DEFAULT_PLACES;
use crate::odds_event::OddsEvent;
use crate::opportunity::{Opportunity, OpportunityEvent};
use crate::pages::Known;
use crate::rules::Rules;
use crate::time::Timestamp;
use alloc::vec::Vec;

pub use quote_views::{BetOn, FairFrom, FairNow, FixtureFacts, MarketFacts, QuoteNow};
pub use requests::{Hedge, HedgeRequest};
pub use snapshot::SNAPSHOT_VERSION;
#[cfg(feature = "rayon")]
pub(crate) use snapshot::write as write_snapshot;
use state::Counts;
pub use state::Stats;

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// How many events were applied.
    pub accepted: u32,
    /// Index and reason of each that was refused, in order.
    pub rejected: Vec<(u32, EventError)>,
}

/// Watches prices and says where money lies on the table. Owns all state; reads no clock and does no IO.
///
/// # The contract for callers
///
/// 1. Make one with [`Engine::new`] and a [`Config`].
/// 2. Define bookmakers, fixtures and markets by odds events before using their ids.
/// 3. Feed odds events with [`apply`](Self::apply) (one event: one instant) or [`apply_batch`](Self::apply_batch) (many at one
///    instant: only net changes are told). Each call is given the receive time.
/// 4. When nothing comes, call [`advance`](Self::advance) at [`next_deadline`](Self::next_deadline). Calling late gives the same
///    answers, with the times at which they became true; calling early does nothing.
/// 5. Outputs are appended to the caller's buffer. Summed up they equal [`opportunities`](Self::opportunities).
///
/// | kind | methods |
/// |---|---|
/// | handlers | [`apply`](Self::apply), [`apply_batch`](Self::apply_batch), [`advance`](Self::advance) |
/// | polls | [`next_deadline`](Self::next_deadline) |
/// | views | [`opportunities`](Self::opportunities), [`digest`](Self::digest), [`stats`](Self::stats), [`now`](Self::now), [`config`](Self::config), [`is_retired`](Self::is_retired) |
/// | questions | [`explain`](Self::explain), [`why_not`](Self::why_not), [`evaluate`](Self::evaluate), [`market_book`](Self::market_book), [`combinations`](Self::combinations), [`hedge`](Self::hedge), [`quote`](Self::quote), [`best_quote`](Self::best_quote), [`fair_probability`](Self::fair_probability), [`fair_by_ladder`](Self::fair_by_ladder) |
/// | state | [`snapshot`](Self::snapshot), [`restore`](Self::restore), [`digest`](Self::digest) |
///
/// ```
/// use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate};
/// use overround::{
///     BookmakerId, Config, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OpportunityEvent, OutcomeIndex, Side,
///     Timestamp,
/// };
/// use overround_math::odds::Odds;
///
/// let mut engine = Engine::new(Config::recorded())?;
/// let mut events: Vec<OddsEvent> = ["pinnacle", "draftkings"]
///     .iter()
///     .zip(0..)
///     .map(|(name, id)| OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key: Key::of(name) }))
///     .collect();
/// let (sport, league, start, live) = (None, None, None, None);
/// events.push(OddsEvent::Fixture(FixtureUpdate {
///     fixture: FixtureId(0), key: Key::of("final"), sport, league, start, live,
/// }));
/// events.push(OddsEvent::Market(Box::new(MarketDefinition {
///     market: MarketId(0),
///     family: FamilyId(0),
///     fixture: FixtureId(0),
///     shape: MarketShape::TwoWay,
///     market_type: Key::of("moneyline"),
///     period: Key::of("full_game"),
///     participant: Key::NONE,
///     line: None,
///     outcomes: vec![Key::of("home"), Key::of("away")],
/// })));
/// for (bookmaker, outcome, price) in [(0, 0, 2.10), (0, 1, 1.80), (1, 1, 2.05)] {
///     events.push(OddsEvent::Odds(OddsUpdate {
///         market: MarketId(0),
///         bookmaker: BookmakerId(bookmaker),
///         outcome: OutcomeIndex(outcome),
///         side: Side::Back,
///         feed: FeedId(0),
///         active: true,
///         main: None,
///         price: Some(Odds::new(price)?),
///         limit: None,
///         source_ts: None,
///     }));
/// }
/// let mut out = Vec::new();
/// let report = engine.apply_batch(Timestamp(1_000_000), &events, &mut out);
/// assert!(report.rejected.is_empty());
/// assert!(matches!(out[0], OpportunityEvent::Detected(_))); // 2.10 and 2.05: an arbitrage
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    books: Books,
    tracker: Tracker,
    intake: Intake,
    has_begun: bool,
    is_configured: bool,
    /// Bookmakers that wrote in this instant.
    writers: Vec<BookmakerId>,
    counts: Counts,
}

impl Engine {
    /// An engine that knows nothing yet.
    ///
    /// # Errors
    /// If a number of the configuration is out of range or a list contradicts itself.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_memo(config, DEFAULT_PLACES)
    }

    /// As [`new`](Self::new), remembering about `places` solved price vectors (56 bytes each, at least one). The number changes nothing
    /// but speed.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_memo(config: Config, places: usize) -> Result<Self, ConfigError> {
        let books = Books::new(Rules::new(config)?, places);
        Ok(Self {
            tracker: Tracker::new(),
            books,
            intake: Intake::default(),
            has_begun: false,
            is_configured: false,
            writers: Vec::new(),
            counts: Counts::default(),
        })
    }

    /// As [`new`](Self::new), for seat `index` of `of`.
    #[cfg(feature = "rayon")]
    pub(crate) fn new_shard(config: Config, index: u32, of: u32) -> Result<Self, ConfigError> {
        let mut engine = Self::new(config)?;
        engine.books.seat = Seat::new(index, of);
        Ok(engine)
    }

    /// As [`restore`](Self::restore), for seat `index` of `of`.
    #[cfg(feature = "rayon")]
    pub(crate) fn restore_shard(bytes: &[u8], index: u32, of: u32) -> Result<Self, RestoreError> {
        snapshot::read(bytes, Seat::new(index, of))
    }

    /// Applies one odds event as an instant of its own, after every deadline before `now`. A `now` that runs backwards is raised
    /// to the latest seen.
    ///
    /// # Errors
    /// If the event is refused; then state, digest and `out` are as they were.
    pub fn apply(
        &mut self,
        now: Timestamp,
        event: &OddsEvent,
        out: &mut Vec<OpportunityEvent>,
    ) -> Result<(), EventError> {
        if self.apply_quiet(now, event, out) {
            return Ok(());
        }
        let report = self.apply_together(now, core::slice::from_ref(event), out);
        report.rejected.first().map_or(Ok(()), |&(_, error)| Err(error))
    }

    /// Applies many odds events as one instant, after every deadline before `now`: only net changes are told. An event that is
    /// refused is reported with its index and the rest is applied; a batch in which every event is refused does not move time.
    pub fn apply_batch(
        &mut self,
        now: Timestamp,
        events: &[OddsEvent],
        out: &mut Vec<OpportunityEvent>,
    ) -> BatchReport {
        match events {
            [event] if self.apply_quiet(now, event, out) => BatchReport { accepted: 1, rejected: Vec::new() },
            _ => self.apply_together(now, events, out),
        }
    }

    fn apply_together(&mut self, now: Timestamp, events: &[OddsEvent], out: &mut Vec<OpportunityEvent>) -> BatchReport {
        let mut report = BatchReport::default();
        let time = self.raised(now);
        let mut done = 0;
        while done < events.len() {
            let left = &events[done..];
            if events.len() > 1 {
                self.tracker.glance_over(&mut self.books);
            }
            // The first that is accepted moves time: from there on what was on stays on, and whose a price is says what to do with it.
            let is_shared = self.books.elsewhere.is_used();
            if is_shared && report.accepted > 0 && self.intake.lets_all_through() {
                let stretch = self.books.sort_out(left);
                self.hear_others(&stretch);
                report.accepted += stretch.others();
                self.books.warm(stretch.own().iter().copied());
                for (at, event) in stretch.placed() {
                    self.take(now, done + at, event, true, &mut report, out);
                }
                done += stretch.looked_at;
                continue;
            }
            let most = if is_shared && report.accepted == 0 { 1 } else { TOGETHER };
            let together = &left[..left.len().min(most)];
            if events.len() > 1 {
                self.books.warm(together.iter());
            }
            for (at, event) in together.iter().enumerate() {
                self.take(now, done + at, event, false, &mut report, out);
            }
            done += together.len();
        }
        if report.accepted > 0 {
            self.judge_writers();
            self.fire_until(time);
            self.end_instant(out);
        }
        report
    }

    /// Checks and applies an event of a batch, of which `now` is the time. `is_sorted`: what another shard accepts has been sorted out.
    #[inline(always)]
    fn take(
        &mut self,
        now: Timestamp,
        index: usize,
        event: &OddsEvent,
        is_sorted: bool,
        report: &mut BatchReport,
        out: &mut Vec<OpportunityEvent>,
    ) {
        // Time has moved to this batch's, and what was on stays on.
        if report.accepted > 0 && self.accept_quiet(event, is_sorted) {
            report.accepted += 1;
            return;
        }
        // Once time has moved, what is over has been forgotten already; what the batch itself puts over ends with the instant.
        let horizon = if report.accepted == 0 { self.raised(now) } else { Timestamp::MIN };
        if let Err(error) = self.check(event, horizon) {
            self.counts.rejected[error.place()] += 1;
            report.rejected.push((u32::try_from(index).unwrap_or(u32::MAX), error));
            return;
        }
        if report.accepted == 0 {
            self.move_to(now, out);
        }
        report.accepted += 1;
        self.counts.events[event.kind() as usize] += 1;
        self.accept(event);
    }

    /// Time passes and nothing else: fires every deadline up to and including `now`, each at its own time.
    pub fn advance(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        let time = self.raised(now);
        self.move_to(now, out);
        self.fire_until(time);
        self.end_instant(out);
    }

    /// When to call [`advance`](Self::advance) if nothing else happens, and why. It may be early, never late.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Timestamp, DeadlineKind)> {
        self.books.deadlines.peek().map(|deadline| (deadline.at, deadline.kind))
    }

    /// The latest time seen; `None` before the first event.
    #[must_use]
    pub fn now(&self) -> Option<Timestamp> {
        self.has_begun.then_some(self.books.now)
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.books.rules.config
    }

    /// Everything told as open, as told, in the order of output: family, kind, id, profile.
    #[must_use]
    pub fn opportunities(&self) -> Vec<Opportunity> {
        self.tracker.open().into_iter().cloned().collect()
    }

    /// Would records for the fixture be refused at `now` because it is over? Deadlines before `now` that have not fired yet count
    /// as fired. `false` for a fixture that was never defined.
    #[must_use]
    pub fn is_retired(&self, fixture: FixtureId, now: Timestamp) -> bool {
        match self.books.fixtures.get(fixture.index()) {
            Known::Never => false,
            Known::Gone => true,
            Known::Here(fixture) => fixture.is_retired(self.raised(now)),
        }
    }

    fn raised(&self, now: Timestamp) -> Timestamp {
        if self.has_begun { now.max(self.books.now) } else { now }
    }

    /// Fires every deadline before `now`, each as an instant of its own, and moves to `now`.
    fn move_to(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        if self.has_begun && now < self.books.now {
            self.counts.clamped += 1;
        }
        let now = self.raised(now);
        while let Some(deadline) = self.next_armed(|at| at < now) {
            self.books.now = deadline.at;
            self.fire_until(deadline.at);
            self.end_instant(out);
        }
        self.books.now = now;
        self.has_begun = true;
    }

    /// Fires every deadline up to and including `time`, which is the present.
    fn fire_until(&mut self, time: Timestamp) {
        while let Some(deadline) = self.next_armed(|at| at <= time) {
            self.books.deadlines.pop();
            self.counts.deadlines[deadline.kind as usize] += 1;
            self.fire(deadline);
        }
    }

    /// The next deadline whose owner is still armed for it, if it is due; others are dropped on the way.
    #[inline]
    fn next_armed(&mut self, is_due: impl Fn(Timestamp) -> bool) -> Option<Deadline> {
        while let Some(deadline) = self.books.deadlines.peek().filter(|deadline| is_due(deadline.at)) {
            if self.is_armed(&deadline) {
                return Some(deadline);
            }
            self.books.deadlines.pop();
        }
        None
    }

    fn is_armed(&self, deadline: &Deadline) -> bool {
        let owner = deadline.owner;
        let index = owner as usize;
        match deadline.kind {
            DeadlineKind::Start => {
                let fixture = self.books.fixtures.get(index).here();
                fixture.is_some_and(|it| !it.retired && it.start == Some(deadline.at))
            }
            DeadlineKind::Retention => {
                let fixture = self.books.fixtures.get(index).here();
                fixture.is_some_and(|it| !it.retired && it.retention_armed == Some(deadline.at))
            }
            DeadlineKind::Age => {
                self.books.markets.get(index).here().is_some_and(|market| market.recheck() == Some(deadline.at))
            }
            DeadlineKind::Role => self.books.bookmakers[index].source.recheck == Some(deadline.at),
            DeadlineKind::Hold => self.intake.is_open(owner),
            DeadlineKind::Confirm => {
                let market = self.books.markets.get(index).here();
                market.is_some_and(|market| self.tracker.waits(market.family, MarketId(owner), deadline.at))
            }
        }
    }

    fn fire(&mut self, deadline: Deadline) {
        let owner = deadline.owner;
        match deadline.kind {
            DeadlineKind::Start => self.books.refresh_fixture(FixtureId(owner)),
            DeadlineKind::Retention => {
                let fixture = FixtureId(owner);
                self.books.fixtures[fixture.index()].retention_armed = None;
                if self.books.fixtures[fixture.index()].retention_at.is_some_and(|at| at <= self.books.now) {
                    self.books.retire(fixture);
                } else {
                    self.books.arm_retention(fixture);
                }
            }
            DeadlineKind::Age => {
                let market = MarketId(owner);
                self.books.disarm_recheck(market);
                self.books.refresh_market(market);
                if stands_on(&self.books, market) {
                    self.books.touch(market);
                }
            }
            DeadlineKind::Role => {
                self.books.bookmakers[owner as usize].source.recheck = None;
                self.judge_source(BookmakerId(owner));
            }
            DeadlineKind::Hold => self.intake.time_out(&mut self.books, owner),
            DeadlineKind::Confirm => self.books.touch(MarketId(owner)),
        }
    }

    /// Tells what the instant changed, then frees what retired fixtures held.
    fn end_instant(&mut self, out: &mut Vec<OpportunityEvent>) {
        let is_configured = core::mem::take(&mut self.is_configured);
        self.tracker.instant(&mut self.books, is_configured, out);
        if !self.books.retired.is_empty() {
            self.intake.forget(&self.books);
            self.tracker.bury(&mut self.books);
        }
        if self.books.deadlines.is_overgrown() {
            let mut deadlines = core::mem::take(&mut self.books.deadlines);
            deadlines.sweep(|deadline| self.is_armed(deadline));
            self.books.deadlines = deadlines;
        }
        self.next_armed(|_| true);
    }
}
