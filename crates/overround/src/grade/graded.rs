//! An engine that is followed.

use super::follow::Grader;
use super::{Ask, BadSettings, Grade, Settings};
use crate::engine::{BatchReport, Engine};
use crate::error::EventError;
use crate::ids::MarketId;
use crate::odds_event::OddsEvent;
use crate::opportunity::OpportunityEvent;
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::settlement::MatchResult;

/// An engine (or shards of one) whose opportunities are followed. Feed it instead of the engine: outputs and digest are the same.
///
/// Live, call [`advance`](Self::advance) at [`next_deadline`](Self::next_deadline), which is then also when something is to be looked at
/// again. Calling late gives the same grades: everything is looked at as of its own time.
///
/// See the [module](super) for an example.
#[derive(Debug)]
pub struct Graded<E = Engine> {
    engine: E,
    grader: Grader,
}

impl<E: Ask> Graded<E> {
    /// Follows what this engine will tell. What it told before is not graded.
    ///
    /// # Errors
    /// If the settings cannot be used.
    pub fn new(engine: E, settings: Settings) -> Result<Self, BadSettings> {
        settings.check()?;
        let mut graded = Self { engine, grader: Grader::new(settings) };
        graded.engine.note_touched();
        Ok(graded)
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &E {
        &self.engine
    }

    /// The engine, for asking it: what it is told here is not graded.
    pub const fn engine_mut(&mut self) -> &mut E {
        &mut self.engine
    }

    /// What is looked at.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        self.grader.settings()
    }

    /// See [`Engine::apply`].
    ///
    /// # Errors
    /// If the event is refused; then state, digest and `out` are as they were.
    pub fn apply(
        &mut self,
        now: Timestamp,
        event: &OddsEvent,
        out: &mut Vec<OpportunityEvent>,
    ) -> Result<(), EventError> {
        let report = self.apply_batch(now, core::slice::from_ref(event), out);
        report.rejected.first().map_or(Ok(()), |&(_, error)| Err(error))
    }

    /// See [`Engine::apply_batch`].
    pub fn apply_batch(
        &mut self,
        now: Timestamp,
        events: &[OddsEvent],
        out: &mut Vec<OpportunityEvent>,
    ) -> BatchReport {
        if !self.engine.would_accept(now, events) {
            return self.engine.apply_batch(now, events, out);
        }
        let latest = self.engine.now();
        let raised = latest.map_or(now, |latest| latest.max(now));
        self.grader.reopen(raised);
        self.catch_up(raised, out);
        // As it was a moment before.
        let before = raised.plus_us(-1);
        if self.grader.wants_close(events, raised) && latest.is_some_and(|latest| latest < before) {
            self.step(before, out);
        }
        self.grader.before(&mut self.engine, raised, events);
        let first = out.len();
        let report = self.engine.apply_batch(now, events, out);
        self.grader.after(&mut self.engine, raised, events, &out[first..]);
        report
    }

    /// See [`Engine::advance`].
    pub fn advance(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        let raised = self.engine.now().map_or(now, |latest| latest.max(now));
        self.grader.reopen(raised);
        self.catch_up(raised, out);
        let first = out.len();
        self.engine.advance(now, out);
        self.hear(raised, first, out);
    }

    /// See [`Engine::next_deadline`]: also when something is to be looked at again.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let looks = self.grader.next_task();
        [looks, self.engine.next_deadline_at()].into_iter().flatten().min()
    }

    /// A result that no [`Ended`](OddsEvent::Ended) tells: a player's points, a period's score. Settles the legs that are followed in this
    /// market, before their fixture ends; what stands on several markets, a middle's lines, is settled when each of them has its result or the
    /// end gives it. The first result of a market counts, and it comes before what the end says. `false` if no leg that is followed
    /// and not settled yet is settled by it.
    pub fn settle(&mut self, now: Timestamp, market: MarketId, result: MatchResult) -> bool {
        self.grader.settle_market(&self.engine, now, market, result)
    }

    /// The grades of fixtures that are over, since this was last called: by the end of their fixtures, then by number.
    pub fn take_grades(&mut self) -> Vec<Grade> {
        self.grader.take_done()
    }

    /// The last grades, those of what is still followed among them, which then is no longer. What is due at the present moment is looked at
    /// before.
    pub fn finish(&mut self) -> Vec<Grade> {
        if let Some(now) = self.engine.now() {
            self.grader.look(&mut self.engine, now);
        }
        self.grader.finish()
    }

    /// How much is still to be done.
    #[cfg(test)]
    pub(super) fn tasks(&self) -> usize {
        self.grader.tasks()
    }

    /// How many opportunities are followed.
    #[must_use]
    pub fn followed(&self) -> usize {
        self.grader.followed()
    }

    /// How many were told and not followed because [`Settings::most_followed`] were.
    #[must_use]
    pub const fn not_followed(&self) -> u64 {
        self.grader.not_followed()
    }

    /// Lets everything before `now` happen at its own time: deadlines, so that what they tell is heard of at once, and looks.
    fn catch_up(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        while let Some(at) = self.next_deadline().filter(|&at| at < now) {
            self.step(self.engine.now().map_or(at, |latest| latest.max(at)), out);
        }
    }

    /// Time passes up to `at`, and what is due is looked at.
    fn step(&mut self, at: Timestamp, out: &mut Vec<OpportunityEvent>) {
        let first = out.len();
        self.engine.advance(at, out);
        self.hear(at, first, out);
    }

    /// Hears what was told from `first` on, and looks at what is due up to `at`, the present.
    fn hear(&mut self, at: Timestamp, first: usize, out: &[OpportunityEvent]) {
        self.grader.watch(&mut self.engine, at, &[]);
        self.grader.hear(&mut self.engine, &out[first..]);
        self.grader.look(&mut self.engine, at);
    }
}
