//! What was fed: definitions, quotes, sources, open scopes. One method per record type, nothing derived.

use overround::config::Config;
use overround::odds_event::{
    Ended, Filter, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Scope, Side, SourceHealth, SourceRole,
    SourceSignal,
};
use overround::opportunity::Reason;
use overround::{
    BookmakerId, EventError, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// Names one quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QuoteKey {
    pub(crate) market: MarketId,
    pub(crate) outcome: OutcomeIndex,
    pub(crate) side: Side,
    pub(crate) bookmaker: BookmakerId,
}

/// One quote as last fed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quote {
    pub(crate) price: Option<f64>,
    pub(crate) active: bool,
    pub(crate) limit: Option<f64>,
    pub(crate) main: Option<bool>,
    pub(crate) source_ts: Option<i64>,
    pub(crate) seen: i64,
    pub(crate) changed: i64,
    pub(crate) feed: FeedId,
}

/// What is known of a fixture.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    pub(crate) key: Key,
    pub(crate) sport: Option<Key>,
    pub(crate) league: Option<Key>,
    pub(crate) start: Option<i64>,
    pub(crate) live: Option<bool>,
    pub(crate) barrier: Option<i64>,
    pub(crate) retired: bool,
}

/// When a source wrote, and the role that follows from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) last_write: i64,
    pub(crate) role: Option<SourceRole>,
    pub(crate) better_since: Option<i64>,
}

/// A snapshot or a hold between its begin and its end.
#[derive(Clone, Debug)]
pub(crate) struct OpenScope {
    pub(crate) snapshot: bool,
    pub(crate) scope: Scope,
    pub(crate) begin: i64,
    pub(crate) held: Vec<OddsEvent>,
    pub(crate) came: BTreeSet<QuoteKey>,
}

/// Counts that the engine's summary has too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Odds events accepted.
    pub accepted: u64,
    /// `Odds` events that moved a price or activity.
    pub changed: u64,
    /// `Odds` events that lost to a newer one of another feed.
    pub superseded: u64,
    /// Episodes not told, or ended, by a cap; by kind.
    pub capped: [u64; 4],
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) now: i64,
    pub(crate) bookmakers: Vec<Key>,
    pub(crate) fixtures: Vec<Fixture>,
    pub(crate) markets: Vec<MarketDefinition>,
    pub(crate) quotes: BTreeMap<QuoteKey, Quote>,
    /// How quotes that are gone went.
    pub(crate) gone: BTreeMap<QuoteKey, Reason>,
    pub(crate) sources: BTreeMap<BookmakerId, Clock>,
    pub(crate) stale_signals: BTreeSet<(BookmakerId, Option<FixtureId>)>,
    pub(crate) role_signals: BTreeMap<(BookmakerId, Option<FixtureId>), SourceRole>,
    pub(crate) open: Vec<OpenScope>,
    /// Every gap (true) and every completed snapshot (false) so far: the last one that covers a quote decides whether it awaits.
    pub(crate) gaps: Vec<(bool, Scope)>,
    /// A `Configure` was accepted in this instant.
    pub(crate) configured: bool,
    pub(crate) counts: Counts,
}

impl World {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            now: i64::MIN,
            bookmakers: Vec::new(),
            fixtures: Vec::new(),
            markets: Vec::new(),
            quotes: BTreeMap::new(),
            gone: BTreeMap::new(),
            sources: BTreeMap::new(),
            stale_signals: BTreeSet::new(),
            role_signals: BTreeMap::new(),
            open: Vec::new(),
            gaps: Vec::new(),
            configured: false,
            counts: Counts::default(),
        }
    }

    pub(crate) fn market(&self, id: MarketId) -> &MarketDefinition {
        &self.markets[id.index()]
    }

    pub(crate) fn fixture(&self, id: FixtureId) -> &Fixture {
        &self.fixtures[id.index()]
    }

    pub(crate) fn fixture_of(&self, market: MarketId) -> FixtureId {
        self.market(market).fixture
    }

    // ---- judging ----

    /// May this event be applied? Reads only.
    pub(crate) fn judge(&self, event: &OddsEvent) -> Result<(), EventError> {
        match event {
            OddsEvent::Bookmaker(definition) => match self.bookmakers.get(definition.bookmaker.index()) {
                Some(key) if *key == definition.key => Ok(()),
                None if definition.bookmaker.index() == self.bookmakers.len() => Ok(()),
                _ => Err(EventError::Conflict),
            },
            OddsEvent::Fixture(update) => match self.fixtures.get(update.fixture.index()) {
                Some(known) if known.retired => Err(EventError::RetiredFixture),
                Some(known) if known.key == update.key => Ok(()),
                None if update.fixture.index() == self.fixtures.len() => Ok(()),
                _ => Err(EventError::Conflict),
            },
            OddsEvent::FixtureUnset(unset) => self.judge_names(None, Some(unset.fixture)),
            OddsEvent::Market(definition) => self.judge_market(definition),
            OddsEvent::Odds(update) => self.judge_odds(update),
            OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => {
                if filter.bookmaker.is_none() && filter.fixture.is_none() {
                    return Err(EventError::EmptyFilter);
                }
                self.judge_names(filter.bookmaker, filter.fixture)
            }
            OddsEvent::SnapshotBegin(scope)
            | OddsEvent::SnapshotComplete(scope)
            | OddsEvent::HoldBegin(scope)
            | OddsEvent::HoldEnd(scope)
            | OddsEvent::Gap(scope) => self.judge_names(scope.bookmaker, scope.fixture),
            OddsEvent::Source(signal) => self.judge_names(Some(signal.bookmaker), signal.fixture),
            OddsEvent::Barrier(barrier) => self.judge_names(None, Some(barrier.fixture)),
            OddsEvent::Heartbeat(bookmaker) => self.judge_names(*bookmaker, None),
            OddsEvent::Ended(ended) => self.judge_names(None, Some(ended.fixture)),
            OddsEvent::Configure(config) => config.check().map_err(EventError::BadConfig),
            _ => unreachable!("the model knows every odds event"),
        }
    }

    fn judge_names(&self, bookmaker: Option<BookmakerId>, fixture: Option<FixtureId>) -> Result<(), EventError> {
        if bookmaker.is_some_and(|id| id.index() >= self.bookmakers.len()) {
            return Err(EventError::UnknownBookmaker);
        }
        match fixture.map(|id| self.fixtures.get(id.index())) {
            Some(None) => Err(EventError::UnknownFixture),
            Some(Some(known)) if known.retired => Err(EventError::RetiredFixture),
            _ => Ok(()),
        }
    }

    fn judge_market(&self, new: &MarketDefinition) -> Result<(), EventError> {
        self.judge_names(None, Some(new.fixture))?;
        match self.markets.get(new.market.index()) {
            Some(known) if known == new => return Ok(()),
            Some(_) => return Err(EventError::Conflict),
            None if new.market.index() > self.markets.len() => return Err(EventError::Conflict),
            None => {}
        }
        let distinct: BTreeSet<_> = new.outcomes.iter().collect();
        let count_fits = match new.shape {
            MarketShape::Listed => new.outcomes.len() >= 2,
            MarketShape::ThreeWay => new.outcomes.len() == 3,
            _ => new.outcomes.len() == 2,
        };
        if distinct.len() != new.outcomes.len() || !count_fits || new.line.is_some() != new.shape.has_line() {
            return Err(EventError::BadMarket);
        }
        let about = |m: &MarketDefinition| (m.fixture, m.market_type, m.period, m.participant);
        let families = self.markets.iter().map(|m| m.family.0 + 1).max().unwrap_or(0);
        let contradicts = |m: &MarketDefinition| {
            if m.family == new.family {
                about(m) != about(new) || m.shape != new.shape || m.line == new.line
            } else {
                about(m) == about(new) && m.shape.has_line() == new.shape.has_line()
            }
        };
        if new.family.0 > families || self.markets.iter().any(contradicts) {
            return Err(EventError::Conflict);
        }
        Ok(())
    }

    fn judge_odds(&self, update: &OddsUpdate) -> Result<(), EventError> {
        let market = self.markets.get(update.market.index()).ok_or(EventError::UnknownMarket)?;
        self.judge_names(Some(update.bookmaker), Some(market.fixture))?;
        if update.outcome.index() >= market.outcomes.len() {
            return Err(EventError::UnknownOutcome);
        }
        if update.active && update.price.is_none() {
            return Err(EventError::MissingPrice);
        }
        if update.limit.is_some_and(|limit| !(limit.is_finite() && limit >= 0.0)) {
            return Err(EventError::BadLimit);
        }
        Ok(())
    }

    // ---- applying ----

    /// Applies an event that [`judge`](Self::judge) let pass.
    pub(crate) fn accept(&mut self, event: &OddsEvent) {
        self.counts.accepted += 1;
        if let Some(bookmaker) = written_by(event) {
            self.write(bookmaker);
        }
        match event {
            OddsEvent::Bookmaker(definition) => {
                if definition.bookmaker.index() == self.bookmakers.len() {
                    self.bookmakers.push(definition.key);
                }
            }
            OddsEvent::Fixture(update) => self.update_fixture(update),
            OddsEvent::FixtureUnset(unset) => {
                let fixture = &mut self.fixtures[unset.fixture.index()];
                fixture.sport = if unset.sport { None } else { fixture.sport };
                fixture.league = if unset.league { None } else { fixture.league };
                fixture.start = if unset.start { None } else { fixture.start };
                fixture.live = if unset.live { None } else { fixture.live };
            }
            OddsEvent::Market(definition) => {
                if definition.market.index() == self.markets.len() {
                    self.markets.push(definition.as_ref().clone());
                }
            }
            OddsEvent::Odds(_) | OddsEvent::Removed(_) | OddsEvent::Suspended(_) => self.hold_or_store(event),
            OddsEvent::SnapshotBegin(scope) => self.begin(true, *scope),
            OddsEvent::HoldBegin(scope) => self.begin(false, *scope),
            OddsEvent::SnapshotComplete(scope) => self.complete(*scope),
            OddsEvent::HoldEnd(scope) => {
                if let Some(i) = self.open.iter().position(|o| !o.snapshot && o.scope == *scope) {
                    self.close(i);
                }
            }
            OddsEvent::Gap(scope) => {
                self.open.retain(|open| !overlap(&open.scope, scope));
                self.gaps.push((true, *scope));
            }
            OddsEvent::Source(signal) => self.signal(signal),
            OddsEvent::Barrier(barrier) => self.fixtures[barrier.fixture.index()].barrier = Some(self.now),
            OddsEvent::Heartbeat(_) => {}
            OddsEvent::Ended(Ended { fixture, .. }) => self.retire(*fixture),
            OddsEvent::Configure(config) => {
                self.config = config.as_ref().clone();
                self.configured = true;
            }
            _ => unreachable!("the model knows every odds event"),
        }
    }

    fn write(&mut self, bookmaker: BookmakerId) {
        let now = self.now;
        let clock = self.sources.entry(bookmaker).or_insert(Clock { last_write: now, role: None, better_since: None });
        clock.last_write = now;
    }

    fn update_fixture(&mut self, update: &FixtureUpdate) {
        if update.fixture.index() == self.fixtures.len() {
            self.fixtures.push(Fixture {
                key: update.key,
                sport: None,
                league: None,
                start: None,
                live: None,
                barrier: None,
                retired: false,
            });
        }
        let fixture = &mut self.fixtures[update.fixture.index()];
        fixture.sport = update.sport.or(fixture.sport);
        fixture.league = update.league.or(fixture.league);
        fixture.start = update.start.map(|Timestamp(us)| us).or(fixture.start);
        fixture.live = update.live.or(fixture.live);
    }

    fn signal(&mut self, signal: &SourceSignal) {
        let whose = (signal.bookmaker, signal.fixture);
        match signal.health {
            SourceHealth::Stale(true) => {
                self.stale_signals.insert(whose);
            }
            SourceHealth::Stale(false) => {
                self.stale_signals.remove(&whose);
            }
            SourceHealth::Role(role) => {
                self.role_signals.insert(whose, role);
            }
        }
    }

    /// Forgets a fixture: all it holds is freed.
    pub(crate) fn retire(&mut self, fixture: FixtureId) {
        self.fixtures[fixture.index()].retired = true;
        let markets = self.markets.clone();
        let of_it = |key: &QuoteKey| markets[key.market.index()].fixture == fixture;
        self.quotes.retain(|key, _| !of_it(key));
        self.gone.retain(|key, _| !of_it(key));
        self.stale_signals.retain(|(_, f)| *f != Some(fixture));
        self.role_signals.retain(|(_, f), _| *f != Some(fixture));
        self.open.retain(|open| open.scope.fixture != Some(fixture));
    }

    // ---- scopes ----

    fn begin(&mut self, snapshot: bool, scope: Scope) {
        self.open.retain(|open| !(open.snapshot == snapshot && open.scope == scope));
        if self.open.len() >= 1024 {
            self.close(0);
        }
        let begin = self.now;
        self.open.push(OpenScope { snapshot, scope, begin, held: Vec::new(), came: BTreeSet::new() });
    }

    /// Closes an open scope and applies what it held; what came into it is the answer.
    pub(crate) fn close(&mut self, index: usize) -> BTreeSet<QuoteKey> {
        let open = self.open.remove(index);
        for event in &open.held {
            self.store(event);
        }
        open.came
    }

    fn complete(&mut self, scope: Scope) {
        let Some(index) = self.open.iter().position(|o| o.snapshot && o.scope == scope) else { return };
        let came = self.close(index);
        let lost: Vec<QuoteKey> = self
            .quotes
            .iter()
            .filter(|(key, quote)| self.covers(&scope, key, quote.feed) && !came.contains(key))
            .map(|(key, _)| *key)
            .collect();
        for key in lost {
            self.quotes.remove(&key);
            self.gone.insert(key, Reason::Resync);
        }
        self.gaps.push((false, scope));
    }

    fn hold_or_store(&mut self, event: &OddsEvent) {
        let limit = self.config.freshness.hold_limit as usize;
        let (feed, bookmaker, fixture) = match event {
            OddsEvent::Odds(update) => (update.feed, Some(update.bookmaker), Some(self.fixture_of(update.market))),
            OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => {
                (filter.feed, filter.bookmaker, filter.fixture)
            }
            _ => unreachable!("only these are held"),
        };
        let takes = |open: &OpenScope| scope_has(&open.scope, feed, bookmaker, fixture);
        if let OddsEvent::Odds(update) = event {
            let key = key_of(update);
            for open in self.open.iter_mut().filter(|open| takes(open)) {
                open.came.insert(key);
            }
        }
        match self.open.iter().position(takes) {
            None => self.store(event),
            Some(index) => {
                self.open[index].held.push(event.clone());
                // One scope may hold as much as the limit, all together four times that.
                let all: usize = self.open.iter().map(|open| open.held.len()).sum();
                if self.open[index].held.len() > limit || (self.open.len() > 4 && all / 4 > limit) {
                    self.close(index);
                }
            }
        }
        // A snapshot is bounded by what came too, whoever held it back.
        if matches!(event, OddsEvent::Odds(_)) {
            let is_full = |open: &OpenScope| open.snapshot && takes(open) && open.came.len() > limit;
            while let Some(index) = self.open.iter().position(is_full) {
                self.close(index);
            }
        }
    }

    fn store(&mut self, event: &OddsEvent) {
        match event {
            OddsEvent::Odds(update) => self.store_odds(update),
            OddsEvent::Removed(filter) => {
                for key in self.matching(filter) {
                    self.quotes.remove(&key);
                    self.gone.insert(key, Reason::Removed);
                }
            }
            OddsEvent::Suspended(filter) => {
                let now = self.now;
                for key in self.matching(filter) {
                    if let Some(quote) = self.quotes.get_mut(&key).filter(|quote| quote.active) {
                        quote.active = false;
                        quote.changed = now;
                    }
                }
            }
            _ => unreachable!("only these are stored"),
        }
    }

    fn store_odds(&mut self, update: &OddsUpdate) {
        if self.fixture(self.fixture_of(update.market)).retired {
            return;
        }
        let key = key_of(update);
        let old = self.quotes.get(&key).copied();
        let source_ts = update.source_ts.map(|Timestamp(us)| us);
        if let Some(old) = old
            && old.feed != update.feed
            && let (Some(theirs), Some(ours)) = (old.source_ts, source_ts)
            && ours < theirs
        {
            self.counts.superseded += 1;
            return;
        }
        let shown = update.price.map(|odds| odds.decimal());
        let price = if update.active { shown } else { shown.or(old.and_then(|old| old.price)) };
        let moved = old.is_none_or(|old| old.price != price || old.active != update.active);
        if moved {
            self.counts.changed += 1;
        }
        let quote = Quote {
            price,
            active: update.active,
            limit: update.limit,
            main: update.main,
            source_ts,
            seen: self.now,
            changed: match old {
                Some(old) if !moved => old.changed,
                _ => self.now,
            },
            feed: update.feed,
        };
        self.quotes.insert(key, quote);
        self.gone.remove(&key);
    }

    fn matching(&self, filter: &Filter) -> Vec<QuoteKey> {
        self.quotes.keys().filter(|key| self.filter_matches(filter, key)).copied().collect()
    }

    fn filter_matches(&self, filter: &Filter, key: &QuoteKey) -> bool {
        let market = self.market(key.market);
        let own_line = match (market.shape, key.outcome.0) {
            (MarketShape::Spread, 1) => market.line.map(|line| -line),
            _ => market.line,
        };
        let line = if filter.outcome.is_some() { own_line } else { market.line };
        filter.bookmaker.is_none_or(|it| it == key.bookmaker)
            && filter.fixture.is_none_or(|it| it == market.fixture)
            && filter.market_type.is_none_or(|it| it == market.market_type)
            && filter.period.is_none_or(|it| it == market.period)
            && filter.participant.is_none_or(|it| it == market.participant)
            && filter.line.is_none_or(|it| Some(it) == line)
            && filter.outcome.is_none_or(|it| it == market.outcomes[key.outcome.index()])
            && filter.side.is_none_or(|it| it == key.side)
    }

    /// Does the quote's last word in the history of gaps and snapshots say that it awaits one?
    pub(crate) fn awaits_resync(&self, key: &QuoteKey, quote: &Quote) -> bool {
        self.gaps.iter().rev().find(|(_, scope)| self.covers(scope, key, quote.feed)).is_some_and(|(gap, _)| *gap)
    }

    fn covers(&self, scope: &Scope, key: &QuoteKey, feed: FeedId) -> bool {
        scope_has(scope, feed, Some(key.bookmaker), Some(self.fixture_of(key.market)))
    }

    /// The family's place in the order of outputs.
    pub(crate) fn family_of(&self, market: MarketId) -> FamilyId {
        self.market(market).family
    }
}

fn key_of(update: &OddsUpdate) -> QuoteKey {
    QuoteKey { market: update.market, outcome: update.outcome, side: update.side, bookmaker: update.bookmaker }
}

/// Whose write is this record?
fn written_by(event: &OddsEvent) -> Option<BookmakerId> {
    match event {
        OddsEvent::Odds(update) => Some(update.bookmaker),
        OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => filter.bookmaker,
        OddsEvent::SnapshotBegin(scope) | OddsEvent::SnapshotComplete(scope) => scope.bookmaker,
        OddsEvent::Heartbeat(bookmaker) => *bookmaker,
        _ => None,
    }
}

/// Is everything that feed, bookmaker and fixture (`None`: all) can mean inside the scope?
fn scope_has(scope: &Scope, feed: FeedId, bookmaker: Option<BookmakerId>, fixture: Option<FixtureId>) -> bool {
    scope.feed == feed
        && (scope.bookmaker.is_none() || scope.bookmaker == bookmaker)
        && (scope.fixture.is_none() || scope.fixture == fixture)
}

fn overlap(a: &Scope, b: &Scope) -> bool {
    a.feed == b.feed
        && (a.bookmaker.is_none() || b.bookmaker.is_none() || a.bookmaker == b.bookmaker)
        && (a.fixture.is_none() || b.fixture.is_none() || a.fixture == b.fixture)
}
