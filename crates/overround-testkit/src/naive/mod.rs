//! A model of the engine that is obviously right and slow.
//!
//! After every instant it judges every quote, market, pair of lines and profile afresh from what was fed, and compares the result with
//! what it told before. It shares with the engine only the public types and the margin removal of `overround-math`.
//!
//! ```
//! use overround::{Config, Timestamp};
//! use overround_testkit::naive::Model;
//!
//! let mut model = Model::new(Config::recorded());
//! let (report, told) = model.apply_batch(Timestamp(0), &[]);
//! assert_eq!((report.accepted, told.len()), (0, 0));
//! ```

mod counting;
mod detect;
mod fair;
mod identity;
mod middle;
#[cfg(test)]
mod tests;
mod told;
mod world;

pub use world::Counts;

use overround::odds_event::SourceRole;
use overround::{
    BatchReport, Config, DeadlineKind, EventError, FixtureId, OddsEvent, Opportunity, OpportunityEvent, Timestamp,
};
use told::Told;
use world::World;

/// The naive engine.
#[derive(Clone, Debug)]
pub struct Model {
    world: World,
    told: Told,
    /// Has time begun?
    begun: bool,
}

impl Model {
    /// A model with nothing in it.
    ///
    /// # Panics
    /// If the configuration cannot be used.
    #[must_use]
    pub fn new(config: Config) -> Self {
        config.check().expect("a configuration that can be used");
        Self { world: World::new(config), told: Told::default(), begun: false }
    }

    /// One odds event: one instant.
    ///
    /// # Errors
    /// As the engine: nothing has changed then.
    pub fn apply(&mut self, now: Timestamp, event: &OddsEvent) -> Result<Vec<OpportunityEvent>, EventError> {
        let (report, out) = self.apply_batch(now, std::slice::from_ref(event));
        match report.rejected.first() {
            Some((_, error)) => Err(*error),
            None => Ok(out),
        }
    }

    /// Many odds events at one instant: only net changes are told.
    pub fn apply_batch(&mut self, now: Timestamp, events: &[OddsEvent]) -> (BatchReport, Vec<OpportunityEvent>) {
        let mut report = BatchReport::default();
        let mut out = Vec::new();
        let mut next = self.clone();
        next.pass_until(now, &mut out);
        for (index, event) in (0_u32..).zip(events) {
            match next.world.judge(event) {
                Ok(()) => {
                    next.world.accept(event);
                    report.accepted += 1;
                }
                Err(error) => report.rejected.push((index, error)),
            }
        }
        if report.accepted == 0 {
            return (report, Vec::new());
        }
        next.finish_instant(&mut out);
        *self = next;
        (report, out)
    }

    /// Time passes, nothing else.
    pub fn advance(&mut self, now: Timestamp) -> Vec<OpportunityEvent> {
        let mut out = Vec::new();
        self.pass_until(now, &mut out);
        self.finish_instant(&mut out);
        out
    }

    /// Open opportunities as told, in the order of output.
    #[must_use]
    pub fn view(&self) -> Vec<Opportunity> {
        self.told.view()
    }

    /// Everything that stands, with today's figures, in the order of output.
    #[must_use]
    pub fn evaluate(&self) -> Vec<Opportunity> {
        self.told.evaluate(&self.world)
    }

    /// The latest time seen.
    #[must_use]
    pub fn now(&self) -> Option<Timestamp> {
        self.begun.then_some(Timestamp(self.world.now))
    }

    /// Counts as in the engine's summary.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.world.counts
    }

    /// How many quotes are held, active or not.
    #[must_use]
    pub fn quotes(&self) -> usize {
        self.world.quotes.len()
    }

    /// The earliest future time at which anything could change by itself.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Timestamp, DeadlineKind)> {
        if !self.begun {
            return None;
        }
        let mut times = Vec::new();
        self.fixture_times(&mut times);
        self.quote_times(&mut times);
        self.source_times(&mut times);
        times.extend(self.told.confirmations().map(|at| (at, DeadlineKind::Confirm)));
        let timeout = i64::try_from(self.world.config.freshness.hold_timeout_ms).unwrap_or(i64::MAX);
        let holds = self.world.open.iter().map(|open| open.begin.saturating_add(timeout.saturating_mul(1000)));
        times.extend(holds.map(|at| (at, DeadlineKind::Hold)));
        times.into_iter().filter(|(at, _)| *at > self.world.now).min().map(|(at, kind)| (Timestamp(at), kind))
    }

    // ---- time ----

    /// Fires every deadline before `now`, each at its own time, then stands at `now` (or where it stood, if that is later).
    fn pass_until(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        let now = if self.begun { self.world.now.max(now.0) } else { now.0 };
        while let Some((at, _)) = self.next_deadline().filter(|(at, _)| at.0 < now) {
            self.world.now = at.0;
            self.finish_instant(out);
        }
        self.world.now = now;
        self.begun = true;
    }

    /// What is due at this instant after its records: timeouts, roles, retention; then what stands is compared with what was told.
    fn finish_instant(&mut self, out: &mut Vec<OpportunityEvent>) {
        let timeout = i64::try_from(self.world.config.freshness.hold_timeout_ms).unwrap_or(i64::MAX);
        let due = |begin: i64, now: i64| begin.saturating_add(timeout.saturating_mul(1000)) <= now;
        while let Some(index) = self.world.open.iter().position(|open| due(open.begin, self.world.now)) {
            self.world.close(index);
        }
        self.world.settle_roles();
        for index in 0..self.world.fixtures.len() {
            let fixture = &self.world.fixtures[index];
            let forgotten = fixture
                .start
                .is_some_and(|start| start.saturating_add(self.world.retention_us(fixture)) <= self.world.now);
            if forgotten && !fixture.retired {
                self.world.retire(FixtureId(u32::try_from(index).expect("dense ids")));
            }
        }
        self.told.settle(&mut self.world, out);
        self.world.configured = false;
    }

    fn fixture_times(&self, times: &mut Vec<(i64, DeadlineKind)>) {
        for fixture in self.world.fixtures.iter().filter(|fixture| !fixture.retired) {
            if let Some(start) = fixture.start {
                times.push((start, DeadlineKind::Start));
                times.push((start.saturating_add(self.world.retention_us(fixture)), DeadlineKind::Retention));
            }
        }
    }

    /// Quotes that become too old, and ages that drift apart while another quote's source time is still in the future.
    fn quote_times(&self, times: &mut Vec<(i64, DeadlineKind)>) {
        const UNEVEN_US: i64 = 60_000_000;
        let world = &self.world;
        let bases: Vec<(FixtureId, i64)> =
            world.quotes.iter().map(|(key, q)| (world.fixture_of(key.market), q.source_ts.unwrap_or(q.seen))).collect();
        for (key, quote) in &world.quotes {
            let base = quote.source_ts.unwrap_or(quote.seen);
            if let Some(limit) = world.age_limit(world.market(key.market)) {
                times.push((base.saturating_add(limit).saturating_add(1), DeadlineKind::Age));
            }
            let fixture = world.fixture_of(key.market);
            let uneven = base.saturating_add(UNEVEN_US).saturating_add(1);
            if uneven > world.now && bases.iter().any(|(other, theirs)| *other == fixture && *theirs >= uneven) {
                times.push((uneven, DeadlineKind::Age));
            }
        }
    }

    fn source_times(&self, times: &mut Vec<(i64, DeadlineKind)>) {
        if !self.world.config.freshness.sources {
            return;
        }
        for (&bookmaker, clock) in &self.world.sources {
            let limits = self.world.role_limits(bookmaker, clock.last_write);
            times.extend(limits.map(|last| (last.saturating_add(1), DeadlineKind::Role)));
            if let (Some(since), Some(SourceRole::Degraded | SourceRole::Offline)) = (clock.better_since, clock.role) {
                times.push((since.saturating_add(self.world.role_hold_us()), DeadlineKind::Role));
            }
        }
    }
}
