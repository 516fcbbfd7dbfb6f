//! Names become ids here.

mod limits;
mod names;
mod room;
mod snapshot;
#[cfg(test)]
mod tests;

use crate::record::{
    BarrierRecord, Body, Change, EndedRecord, FilterRecord, FixtureRecord, MarketRecord, Name, OddsRecord, Price,
    Record, ScopeRecord, SourceRecord, check_list,
};
use crate::reject::Reject;
use crate::shape::{built_in_outcomes, built_in_shape, needs_participant};
use names::{Absent, FamilyPath, Names, Outcomes};
use overround::odds_event::{
    Barrier, BookmakerDefinition, Ended, Filter, FixtureUnset, FixtureUpdate, MarketShape, Scope, SourceSignal,
};
use overround::{
    BookmakerId, Config, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OddsUpdate, OutcomeIndex, Timestamp,
};
use overround_math::line::Line;

pub use limits::{CatalogOptions, Limits};
pub use names::{FixtureInfo, MarketInfo};
pub use snapshot::CATALOG_VERSION;

/// Gives names dense ids and turns records into odds events.
///
/// An accepted record becomes at least one odds event: definitions of what it names for the first time, then what it says. A refused
/// record leaves the catalog as it was. Families are numbered in the order of their first accepted `market` or `odds` record, which is
/// the order of the engine's outputs within an instant.
///
/// The names stay for as long as the catalog lives, those of fixtures that are over too: a record for one is then known to be refused
/// for that reason and no other.
///
/// ```
/// use overround::OddsEvent;
/// use overround_feed::{Catalog, parse_line};
///
/// let mut catalog = Catalog::new();
/// let mut events = Vec::new();
/// let line = br#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"away","price":1.9}"#;
/// catalog.translate(&parse_line(line)?, &mut events)?;
/// assert!(matches!(
///     events[..],
///     [OddsEvent::Bookmaker(_), OddsEvent::Fixture(_), OddsEvent::Market(_), OddsEvent::Odds(_)]
/// ));
/// # Ok::<(), overround_feed::Reject>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalog {
    names: Names,
    /// By fixture.
    spans: Vec<Span>,
    /// How long fixtures are kept.
    config: Config,
    latest: Option<Timestamp>,
    limits: Limits,
    /// Fixtures whose end was told by the present instant.
    fresh: Vec<usize>,
}

/// How long a fixture is there.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    /// The last instant at which records for it are accepted.
    until: Option<Timestamp>,
    /// The instant that said so; through all of that one they are accepted.
    since: Option<Timestamp>,
    is_over: bool,
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

impl Catalog {
    /// The most feeds; a record that would name one more is refused as [`Reject::BadValue`].
    pub const MAX_FEEDS: usize = 1 << 16;

    /// A catalog that knows no name but that of the feed "", and keeps fixtures as long as [`Config::recorded`] does.
    #[must_use]
    pub fn new() -> Self {
        Self {
            names: Names::default(),
            spans: Vec::new(),
            config: Config::recorded(),
            latest: None,
            limits: Limits::default(),
            fresh: Vec::new(),
        }
    }

    /// The same catalog with other limits and hashes: what is named stays, even beyond a limit.
    #[must_use]
    pub fn with_options(mut self, options: CatalogOptions) -> Self {
        self.limits = options.limits;
        self.names.reseed(options.hash_seed);
        self
    }

    /// Fixtures are forgotten when this configuration says, which is that of the engine the odds events go to. To be called wherever
    /// the engine is given another one than [`Config::recorded`], or is given a new one.
    pub fn configure(&mut self, config: &Config) {
        self.config.clone_from(config);
        for index in 0..self.spans.len() {
            self.find_span(index, self.latest);
        }
    }

    /// Appends to `out` the odds events that a record stands for, and returns when they happen: at the record's time, or at the latest
    /// time of the records accepted so far if that is later. Odds events of one time belong into one
    /// [`Engine::apply_batch`](overround::Engine::apply_batch).
    ///
    /// A fixture is over after its `ended` record, and when the configured time since its start has passed; a start that makes it so
    /// takes effect at the end of the instant that tells it.
    ///
    /// # Errors
    /// The first reason that applies; then neither the catalog nor `out` has changed, and the time of the record means nothing.
    pub fn translate(&mut self, record: &Record<'_>, out: &mut Vec<OddsEvent>) -> Result<Timestamp, Reject> {
        if let Some(feed) = &record.feed {
            match self.names.feeds.find(feed) {
                Err(Absent::New) if self.names.feeds.len() >= Self::MAX_FEEDS => return Err(Reject::BadValue),
                Err(Absent::Collides) => return Err(Reject::KeyCollision),
                _ => {}
            }
        }
        let now = self.latest.map_or(record.ts, |latest| latest.max(record.ts));
        let translation = Translation { catalog: self, now, feed: record.feed.as_ref(), out };
        match &record.body {
            Body::Fixture(record) => translation.fixture(record),
            Body::Market(record) => translation.market(record),
            Body::Odds(record) => translation.odds(record),
            Body::Removed(record) => translation.filter(record, OddsEvent::Removed),
            Body::Suspended(record) => translation.filter(record, OddsEvent::Suspended),
            Body::SnapshotBegin(record) => translation.scope(record, OddsEvent::SnapshotBegin),
            Body::SnapshotComplete(record) => translation.scope(record, OddsEvent::SnapshotComplete),
            Body::HoldBegin(record) => translation.scope(record, OddsEvent::HoldBegin),
            Body::HoldEnd(record) => translation.scope(record, OddsEvent::HoldEnd),
            Body::Gap(record) => translation.scope(record, OddsEvent::Gap),
            Body::Source(record) => translation.source(record),
            Body::Barrier(record) => translation.barrier(record),
            Body::Heartbeat(bookmaker) => translation.heartbeat(bookmaker.as_ref()),
            Body::Ended(record) => translation.ended(record),
        }?;
        if self.latest.replace(now).is_some_and(|latest| latest < now) {
            self.fresh.retain(|&index| self.spans[index].since == Some(now));
        }
        Ok(now)
    }

    /// The odds events so far have been applied, though more records of their time may come, whose odds events go into a batch of their own.
    /// To be called where that can be; a fixture that the instant put over is then over.
    pub fn end_instant(&mut self) {
        for index in self.fresh.drain(..) {
            self.spans[index].since = None;
        }
    }

    /// Time has passed without a record: to be called where [`Engine::advance`](overround::Engine::advance) is.
    pub fn advance(&mut self, now: Timestamp) {
        self.end_instant();
        self.latest = Some(self.latest.map_or(now, |latest| latest.max(now)));
    }

    /// Is the fixture over for a record at `now`?
    #[must_use]
    pub fn is_over(&self, fixture: FixtureId, now: Timestamp) -> bool {
        let span = self.spans.get(fixture.index()).copied().unwrap_or_default();
        span.is_over || (span.until.is_some_and(|until| until < now) && span.since.is_none_or(|since| since < now))
    }

    fn find_span(&mut self, index: usize, now: Option<Timestamp>) {
        let info = &self.names.fixtures[index];
        let key = |name: &Option<Box<str>>| name.as_deref().map(Key::of);
        let retention_us = self.config.retention_us(key(&info.sport), key(&info.league));
        let until = info.start.map(|start| start.plus_us(retention_us));
        let span = &mut self.spans[index];
        if until != span.until {
            *span = Span { until, since: now, ..*span };
            self.fresh.push(index);
        }
    }

    fn define_fixture(&mut self, name: &str) -> FixtureId {
        self.spans.push(Span::default());
        self.names.define_fixture(name)
    }

    /// What is known of a fixture.
    #[must_use]
    pub fn fixture(&self, fixture: FixtureId) -> Option<&FixtureInfo> {
        self.names.fixtures.get(fixture.index())
    }

    /// What is known of a market.
    #[must_use]
    pub fn market(&self, market: MarketId) -> Option<MarketInfo<'_>> {
        self.names.market(market)
    }

    /// A bookmaker's name.
    #[must_use]
    pub fn bookmaker(&self, bookmaker: BookmakerId) -> Option<&str> {
        self.names.bookmakers.name(bookmaker.0)
    }

    /// A feed's name.
    #[must_use]
    pub fn feed(&self, feed: FeedId) -> Option<&str> {
        self.names.feeds.name(u32::from(feed.0))
    }

    /// The id of a fixture's key.
    #[must_use]
    pub fn fixture_id(&self, fixture: &str) -> Option<FixtureId> {
        self.names.fixture_id(fixture).ok()
    }

    /// The id of a bookmaker's name.
    #[must_use]
    pub fn bookmaker_id(&self, bookmaker: &str) -> Option<BookmakerId> {
        self.names.bookmakers.id(bookmaker).map(BookmakerId)
    }

    /// How many fixtures were named.
    #[must_use]
    pub fn fixtures(&self) -> u64 {
        self.names.fixtures.len() as u64
    }

    /// How many markets were named.
    #[must_use]
    pub fn markets(&self) -> u64 {
        self.names.markets.len() as u64
    }

    /// How many bookmakers were named.
    #[must_use]
    pub fn bookmakers(&self) -> u64 {
        self.names.bookmakers.len() as u64
    }

    /// The markets of a fixture, in the order of their ids.
    pub fn markets_of(&self, fixture: FixtureId) -> impl Iterator<Item = (MarketId, MarketInfo<'_>)> {
        (0..=u32::MAX)
            .map(MarketId)
            .map_while(|market| Some((market, self.names.market(market)?)))
            .filter(move |(_, info)| info.fixture == fixture)
    }
}

/// One record on its way to odds events. Each method judges first and names afterwards.
struct Translation<'a> {
    catalog: &'a mut Catalog,
    now: Timestamp,
    feed: Option<&'a Name<'a>>,
    out: &'a mut Vec<OddsEvent>,
}

impl Translation<'_> {
    fn fixture(mut self, record: &FixtureRecord<'_>) -> Result<(), Reject> {
        let known = self.catalog.fixture_id(&record.fixture);
        self.not_retired(known)?;
        self.catalog.room_for_fixture(Some(&record.fixture))?;
        self.catalog.room_for_update(known, record)?;
        self.feed_id();
        let fixture = known.unwrap_or_else(|| self.catalog.define_fixture(&record.fixture));
        self.catalog.names.update_fixture(fixture, record);
        self.catalog.find_span(fixture.index(), Some(self.now));
        let key = |change: &Change<Name<'_>>| change.as_ref().set().map(|name| Key::of(name));
        self.out.push(OddsEvent::Fixture(FixtureUpdate {
            fixture,
            key: Key::of(&record.fixture),
            sport: key(&record.sport),
            league: key(&record.league),
            start: record.start.set(),
            live: record.live.set(),
        }));
        let unset = FixtureUnset {
            fixture,
            sport: record.sport == Change::Unset,
            league: record.league == Change::Unset,
            start: record.start == Change::Unset,
            live: record.live == Change::Unset,
        };
        if unset.sport || unset.league || unset.start || unset.live {
            self.out.push(OddsEvent::FixtureUnset(unset));
        }
        Ok(())
    }

    fn market(mut self, record: &MarketRecord<'_>) -> Result<(), Reject> {
        let FamilyOf { known, shape, path } = self.family(&record.into())?;
        if shape == MarketShape::Listed {
            check_list(&record.outcomes)?;
            if record.line.is_some() {
                return Err(Reject::BadLine);
            }
        }
        let same_list = match known {
            Some(family) => self.catalog.names.families[family.index()].outcomes.are(&record.outcomes),
            None if shape == MarketShape::Listed => true,
            None => Outcomes::BuiltIn(built_in_outcomes(shape)).are(&record.outcomes),
        };
        if !same_list {
            return Err(Reject::MarketConflict);
        }
        let fixture = self.known_fixture(Some(&record.fixture))?;
        self.not_retired(fixture)?;
        self.catalog.room_for_family(&path, known)?;
        self.catalog.room_for_market(fixture, known, record.line)?;
        if known.is_none() {
            self.catalog.room_for_outcomes(&record.outcomes)?;
        }
        self.feed_id();
        let family = known.unwrap_or_else(|| self.define_family(path, shape, &record.outcomes));
        // A repeat is an odds event again: it has no effect, but its time passes.
        let market = self.catalog.names.find_market(family, record.line);
        let market = market.unwrap_or_else(|| self.catalog.names.define_market(family, record.line));
        self.push_market(market);
        Ok(())
    }

    fn odds(mut self, record: &OddsRecord<'_>) -> Result<(), Reject> {
        if record.active && record.price.is_none() {
            return Err(Reject::MissingKey);
        }
        if record.limit.is_some_and(|limit| !(limit >= 0.0 && limit.is_finite())) {
            return Err(Reject::BadValue);
        }
        let FamilyOf { known, shape, path } = self.family(&record.into())?;
        let outcome = match known {
            Some(family) => self.catalog.names.families[family.index()].outcomes.index(&record.outcome),
            None if shape == MarketShape::Listed => return Err(Reject::UnknownMarketShape),
            None => Outcomes::BuiltIn(built_in_outcomes(shape)).index(&record.outcome),
        };
        let outcome = outcome.ok_or(Reject::UnknownOutcome)?;
        let fixture = match known {
            Some(family) => Some(self.catalog.names.families[family.index()].fixture),
            None => self.catalog.fixture_id(&record.fixture),
        };
        self.not_retired(fixture)?;
        let line = canonical_line(shape, outcome, record.line);
        self.room_for_odds(record, (&path, known), fixture, line)?;
        let feed = self.feed_id();
        let bookmaker = self.bookmaker(&record.bookmaker);
        let family = known.unwrap_or_else(|| {
            self.fixture_or_define(&record.fixture);
            self.define_family(path, shape, &[])
        });
        let market = self.catalog.names.find_market(family, line).unwrap_or_else(|| {
            let market = self.catalog.names.define_market(family, line);
            self.push_market(market);
            market
        });
        if shape == MarketShape::Listed {
            self.catalog.names.note_quoted(family, bookmaker);
        }
        self.out.push(OddsEvent::Odds(OddsUpdate {
            market,
            bookmaker,
            outcome,
            side: record.side,
            feed,
            active: record.active,
            main: record.main,
            price: record.price.map(Price::odds),
            limit: record.limit,
            source_ts: record.source_ts,
        }));
        Ok(())
    }

    fn filter(mut self, record: &FilterRecord<'_>, event: fn(Box<Filter>) -> OddsEvent) -> Result<(), Reject> {
        if record.bookmaker.is_none() && record.fixture.is_none() {
            return Err(Reject::MissingKey);
        }
        let fixture = self.known_fixture(record.fixture.as_ref())?;
        self.not_retired(fixture)?;
        self.catalog.room_for_bookmaker(record.bookmaker.as_ref())?;
        let key = |name: &Option<Name<'_>>| name.as_deref().map(Key::of);
        let filter = Filter {
            feed: self.feed_id(),
            bookmaker: record.bookmaker.as_ref().map(|bookmaker| self.bookmaker(bookmaker)),
            fixture,
            market_type: key(&record.market),
            period: key(&record.period),
            participant: key(&record.participant),
            line: record.line,
            outcome: key(&record.outcome),
            side: record.side,
        };
        self.out.push(event(Box::new(filter)));
        Ok(())
    }

    fn scope(mut self, record: &ScopeRecord<'_>, event: fn(Scope) -> OddsEvent) -> Result<(), Reject> {
        self.not_retired(record.fixture.as_deref().and_then(|fixture| self.catalog.fixture_id(fixture)))?;
        self.catalog.room_for_bookmaker(record.bookmaker.as_ref())?;
        self.catalog.room_for_fixture(record.fixture.as_ref())?;
        let scope = Scope {
            feed: self.feed_id(),
            bookmaker: record.bookmaker.as_ref().map(|bookmaker| self.bookmaker(bookmaker)),
            // A snapshot may be the first that is heard of its fixture.
            fixture: record.fixture.as_ref().map(|fixture| self.fixture_or_define(fixture)),
        };
        self.out.push(event(scope));
        Ok(())
    }

    fn source(mut self, record: &SourceRecord<'_>) -> Result<(), Reject> {
        let fixture = self.known_fixture(record.fixture.as_ref())?;
        self.not_retired(fixture)?;
        self.catalog.room_for_bookmaker(Some(&record.bookmaker))?;
        self.feed_id();
        let bookmaker = self.bookmaker(&record.bookmaker);
        let SourceRecord { health, last_write_ts, .. } = *record;
        self.out.push(OddsEvent::Source(SourceSignal { bookmaker, fixture, health, last_write_ts }));
        Ok(())
    }

    fn barrier(mut self, record: &BarrierRecord<'_>) -> Result<(), Reject> {
        let fixture = self.catalog.fixture_id(&record.fixture).ok_or(Reject::UnknownFixture)?;
        self.not_retired(Some(fixture))?;
        self.feed_id();
        self.out.push(OddsEvent::Barrier(Barrier { fixture, cause: record.cause }));
        Ok(())
    }

    fn heartbeat(mut self, bookmaker: Option<&Name<'_>>) -> Result<(), Reject> {
        self.catalog.room_for_bookmaker(bookmaker)?;
        self.feed_id();
        let bookmaker = bookmaker.map(|bookmaker| self.bookmaker(bookmaker));
        self.out.push(OddsEvent::Heartbeat(bookmaker));
        Ok(())
    }

    /// Is there room for all that a price may be the first to name?
    fn room_for_odds(
        &self,
        record: &OddsRecord<'_>,
        (path, family): (&FamilyPath<'_>, Option<FamilyId>),
        fixture: Option<FixtureId>,
        line: Option<Line>,
    ) -> Result<(), Reject> {
        self.catalog.room_for_bookmaker(Some(&record.bookmaker))?;
        if let Some(known) = family {
            self.catalog.room_in_list(known, &record.bookmaker)?;
            return self.catalog.room_for_market(fixture, family, line);
        }
        self.catalog.room_for_fixture(Some(&record.fixture))?;
        self.catalog.room_for_family(path, None)?;
        self.catalog.room_for_market(fixture, None, line)
    }

    fn ended(mut self, record: &EndedRecord<'_>) -> Result<(), Reject> {
        let fixture = self.catalog.fixture_id(&record.fixture).ok_or(Reject::UnknownFixture)?;
        self.not_retired(Some(fixture))?;
        self.feed_id();
        self.out.push(OddsEvent::Ended(Ended {
            fixture,
            home_score: record.home_score,
            away_score: record.away_score,
            winner: record.winner.as_deref().map(Key::of),
            void: record.void,
        }));
        self.catalog.spans[fixture.index()].is_over = true;
        Ok(())
    }

    /// The family that a record speaks of and the shape it has or would have. Names nothing.
    fn family<'r>(&mut self, path: &FamilyPath<'r>) -> Result<FamilyOf<'r>, Reject> {
        let path = *path;
        if let Some(family) = self.catalog.names.family_id(&path) {
            return Ok(FamilyOf {
                known: Some(family),
                shape: self.catalog.names.families[family.index()].shape,
                path,
            });
        }
        if path.participant.is_none() && needs_participant(path.market) {
            return Err(Reject::MissingKey);
        }
        let shape = built_in_shape(path.market, path.line);
        let has_line = shape.map_or_else(
            // A type with a list has no line; whether it has a list is asked without one.
            || self.catalog.names.family_id(&FamilyPath { line: None, ..path }).map(|_| false),
            |shape| Some(shape.has_line()),
        );
        match has_line {
            Some(has_line) if has_line != path.line.is_some() => Err(Reject::BadLine),
            _ => Ok(FamilyOf { known: None, shape: shape.unwrap_or(MarketShape::Listed), path }),
        }
    }

    fn known_fixture(&self, fixture: Option<&Name<'_>>) -> Result<Option<FixtureId>, Reject> {
        fixture.map(|fixture| self.catalog.fixture_id(fixture).ok_or(Reject::UnknownFixture)).transpose()
    }

    fn not_retired(&self, fixture: Option<FixtureId>) -> Result<(), Reject> {
        match fixture {
            Some(fixture) if self.catalog.is_over(fixture, self.now) => Err(Reject::RetiredFixture),
            _ => Ok(()),
        }
    }

    fn feed_id(&mut self) -> FeedId {
        let Some(feed) = self.feed else { return FeedId(0) };
        let (id, _) = self.catalog.names.feeds.intern(feed);
        FeedId(u16::try_from(id).expect("no more feeds than MAX_FEEDS are named"))
    }

    fn bookmaker(&mut self, bookmaker: &Name<'_>) -> BookmakerId {
        let (id, is_new) = self.catalog.names.bookmakers.intern(bookmaker);
        let id = BookmakerId(id);
        if is_new {
            self.out.push(OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: id, key: Key::of(bookmaker) }));
        }
        id
    }

    fn fixture_or_define(&mut self, name: &Name<'_>) -> FixtureId {
        if let Some(fixture) = self.catalog.fixture_id(name) {
            return fixture;
        }
        let fixture = self.catalog.define_fixture(name);
        let key = Key::of(name);
        self.out.push(OddsEvent::Fixture(FixtureUpdate {
            fixture,
            key,
            sport: None,
            league: None,
            start: None,
            live: None,
        }));
        fixture
    }

    /// Its fixture must have an id.
    fn define_family(&mut self, path: FamilyPath<'_>, shape: MarketShape, outcomes: &[Name<'_>]) -> FamilyId {
        let outcomes = match shape {
            MarketShape::Listed => Outcomes::listed(outcomes),
            built_in => Outcomes::BuiltIn(built_in_outcomes(built_in)),
        };
        self.catalog.names.define_family(&path, shape, outcomes)
    }

    fn push_market(&mut self, market: MarketId) {
        let definition = self.catalog.names.definition(market);
        self.out.push(OddsEvent::Market(Box::new(definition)));
    }
}

/// What [`Translation::family`] finds.
struct FamilyOf<'r> {
    known: Option<FamilyId>,
    shape: MarketShape,
    path: FamilyPath<'r>,
}

/// The line of the market that an outcome's own line belongs to: of a spread the home side's.
fn canonical_line(shape: MarketShape, outcome: OutcomeIndex, own: Option<Line>) -> Option<Line> {
    match shape {
        MarketShape::Spread if outcome == OutcomeIndex(1) => own.map(|line| -line),
        _ => own,
    }
}

impl<'r> From<&'r OddsRecord<'_>> for FamilyPath<'r> {
    fn from(record: &'r OddsRecord<'_>) -> Self {
        Self {
            fixture: &record.fixture,
            market: &record.market,
            period: &record.period,
            participant: record.participant.as_deref(),
            line: record.line,
        }
    }
}

impl<'r> From<&'r MarketRecord<'_>> for FamilyPath<'r> {
    fn from(record: &'r MarketRecord<'_>) -> Self {
        Self {
            fixture: &record.fixture,
            market: &record.market,
            period: &record.period,
            participant: record.participant.as_deref(),
            line: record.line,
        }
    }
}
