//! The whole state as bytes, and back.
//!
//! What is written is what the engine was told and what it told, by id, in the order of ids; everything that follows from it (which
//! quotes count, solved columns, best prices, deadlines) is worked out again on the way back. So the bytes do not depend on how
//! the state came about or on how memory is laid out.
//!
//! ```text
//! 8 bytes "ovrround", u32 version
//! has time begun, the latest time, the configuration
//! bookmakers: key and source
//! how many fixtures, families and markets were ever defined, and how many of each 64 follow, from the first that do
//! fixtures that are not over: traits, signals, markets with their quotes, what is known of their opportunities
//! snapshots and holds in progress with what they hold back, gaps
//! u64 xxh3-64 of everything before
//! ```

use super::Engine;
use crate::books::{Books, Fixture, Quote, QuoteKey, Seat};
use crate::code::{Bytes, Code, Damaged, code_struct, put_len, take_len};
use crate::config::Config;
use crate::deadlines::DeadlineKind;
use crate::error::{EventError, RestoreError};
use crate::ids::{BookmakerId, FixtureId, Key, MarketId};
use crate::intake::{Gap, Hold};
use crate::lifecycle::{Entry, State};
use crate::odds_event::{BookmakerDefinition, MarketDefinition, OddsEvent, Scope};
use crate::opportunity::{Figures, Leg};
use crate::pages::{Known, Pages};
use crate::sources::{FixtureSignal, Source};
use crate::time::Timestamp;
use alloc::vec::Vec;
use twox_hash::XxHash3_64;

/// The version of the bytes that [`Engine::snapshot`] writes, and the only one that [`Engine::restore`] reads. It changes whenever
/// the bytes of any state do.
pub const SNAPSHOT_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"ovrround";
const CHECKSUM: usize = 8;

impl Engine {
    /// The whole state as bytes: [`restore`](Self::restore) and the rest of the feed give what this engine would have given.
    ///
    /// In it are the configuration, the time, every definition, quote, signal, gap and record held back, and what was told. Counts
    /// ([`stats`](Self::stats)) are not: they are about this engine's own life. Deadlines, solved columns and the like follow from
    /// the rest.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        write(core::slice::from_ref(self))
    }

    /// The engine that wrote these bytes, with counts at zero.
    ///
    /// # Errors
    /// If they are no snapshot, one of another version, damaged, or such as no engine writes.
    ///
    /// ```
    /// use overround::{Config, Engine, OddsEvent, Timestamp};
    ///
    /// let mut engine = Engine::new(Config::live())?;
    /// engine.apply(Timestamp(1_000_000), &OddsEvent::Heartbeat(None), &mut Vec::new())?;
    /// let bytes = engine.snapshot();
    /// let again = Engine::restore(&bytes)?;
    /// assert_eq!((again.now(), again.digest()), (engine.now(), engine.digest()));
    /// assert!(Engine::restore(&bytes[..bytes.len() - 1]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(bytes: &[u8]) -> Result<Self, RestoreError> {
        let engine = read(bytes, Seat::ALL)?;
        // Whatever is not as an engine writes it, in order and once, is written otherwise.
        if engine.snapshot() == bytes { Ok(engine) } else { Err(RestoreError::Damaged) }
    }

    /// xxh3-64 over the [`snapshot`](Self::snapshot): equal digests, equal states, whatever way led there.
    #[must_use]
    pub fn digest(&self) -> u64 {
        XxHash3_64::oneshot(&self.snapshot())
    }
}

/// A fixture that is not over, with all that is known of it.
struct FixtureImage {
    fixture: FixtureId,
    key: Key,
    sport: Option<Key>,
    league: Option<Key>,
    start: Option<Timestamp>,
    live_flag: Option<bool>,
    barrier: Option<Timestamp>,
    signals: Vec<(BookmakerId, FixtureSignal)>,
    markets: Vec<MarketImage>,
    entries: Vec<Entry>,
}

code_struct!(FixtureImage { fixture, key, sport, league, start, live_flag, barrier, signals, markets, entries });

struct MarketImage {
    definition: MarketDefinition,
    quotes: Vec<(QuoteKey, Quote)>,
}

code_struct!(MarketImage { definition, quotes });
code_struct!(MarketDefinition { market, family, fixture, shape, market_type, period, participant, line, outcomes });

/// Writes the state of an engine, or of shards of one: what is about no single fixture is the same in all of them.
pub(crate) fn write(shards: &[Engine]) -> Vec<u8> {
    let first = &shards[0];
    let mut to = Vec::new();
    to.extend_from_slice(&MAGIC);
    SNAPSHOT_VERSION.put(&mut to);
    first.has_begun.put(&mut to);
    first.books.now.put(&mut to);
    first.books.rules.config.put(&mut to);
    put_len(first.books.bookmakers.len(), &mut to);
    for bookmaker in &first.books.bookmakers {
        bookmaker.key.put(&mut to);
        bookmaker.source.put(&mut to);
    }
    let books = &first.books;
    Issued::of(&books.fixtures).put(&mut to);
    Issued::of(&books.families).put(&mut to);
    Issued::of(&books.markets).put(&mut to);
    put_len(books.fixtures.held(), &mut to);
    for (index, _) in books.fixtures.iter() {
        let fixture = FixtureId::at(index);
        let owner = shards.iter().find(|shard| shard.books.seat.owns(fixture)).unwrap_or(first);
        owner.image(fixture).put(&mut to);
    }
    first.intake.holds.put(&mut to);
    first.intake.gaps.put(&mut to);
    XxHash3_64::oneshot(&to).put(&mut to);
    to
}

impl Engine {
    fn image(&self, id: FixtureId) -> FixtureImage {
        let fixture = &self.books.fixtures[id.index()];
        let families = fixture.families.iter().filter_map(|family| self.tracker.families.get(family.index()).here());
        let mut entries: Vec<Entry> = families.flatten().cloned().collect();
        entries.sort_unstable_by_key(|entry| entry.identity);
        FixtureImage {
            fixture: id,
            key: fixture.key,
            sport: fixture.sport,
            league: fixture.league,
            start: fixture.start,
            live_flag: fixture.live_flag,
            barrier: fixture.barrier,
            signals: fixture.signals.clone(),
            markets: fixture.markets.iter().map(|&market| market_image(&self.books, market)).collect(),
            entries,
        }
    }
}

fn market_image(books: &Books, id: MarketId) -> MarketImage {
    let market = &books.markets[id.index()];
    let family = &books.families[market.family.index()];
    let mut quotes = Vec::new();
    books.collect(id, None, |_| true, &mut quotes);
    let quote = |key: QuoteKey| {
        let (row, slot) = books.cell_of(key).expect("a quote that was collected has a cell");
        (key, books.grid.cells(market.block).quote(row, slot))
    };
    MarketImage {
        definition: MarketDefinition {
            market: id,
            family: market.family,
            fixture: market.fixture,
            shape: market.shape,
            market_type: family.market_type,
            period: family.period,
            participant: family.participant,
            line: market.line(),
            outcomes: market.outcomes.to_vec(),
        },
        quotes: quotes.into_iter().map(quote).collect(),
    }
}

/// Reads what [`write`] wrote, for the engine or shard with that seat.
pub(super) fn read(bytes: &[u8], seat: Seat) -> Result<Engine, RestoreError> {
    let body = bytes.strip_prefix(&MAGIC).ok_or(RestoreError::NotASnapshot)?;
    let mut from = Bytes(body);
    let found = u32::take(&mut from).map_err(|_| RestoreError::Damaged)?;
    if found != SNAPSHOT_VERSION {
        return Err(RestoreError::Version { found });
    }
    let (content, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(RestoreError::Damaged)?;
    if XxHash3_64::oneshot(content) != u64::from_le_bytes(*checksum) {
        return Err(RestoreError::Damaged);
    }
    let header = bytes.len() - from.0.len();
    rebuild(Bytes(content.get(header..).ok_or(RestoreError::Damaged)?), seat).map_err(|Damaged| RestoreError::Damaged)
}

fn rebuild(mut from: Bytes<'_>, seat: Seat) -> Result<Engine, Damaged> {
    let (has_begun, now): (bool, Timestamp) = Code::take(&mut from)?;
    let mut engine = Engine::new(Config::take(&mut from)?).map_err(|_| Damaged)?;
    engine.has_begun = has_begun;
    engine.books.now = now;
    engine.books.seat = seat;
    for (id, (key, source)) in (0..).zip(Vec::<(Key, Source)>::take(&mut from)?) {
        engine.books.define_bookmaker(&BookmakerDefinition { bookmaker: BookmakerId(id), key });
        engine.books.bookmakers[BookmakerId(id).index()].source = source;
    }
    let [fixtures, families, of_markets] =
        [Issued::take(&mut from)?, Issued::take(&mut from)?, Issued::take(&mut from)?];
    let mut markets = Vec::new();
    let mut entries = Vec::new();
    for _ in 0..take_len(&mut from)? {
        let image = FixtureImage::take(&mut from)?;
        let is_own = seat.owns(image.fixture);
        fixtures.check(image.fixture.index())?;
        engine.put_fixture(&image)?;
        markets.extend(image.markets);
        entries.extend(image.entries.into_iter().filter(|_| is_own));
    }
    fixtures.close(&mut engine.books.fixtures)?;
    markets.sort_by_key(|image| image.definition.market);
    for image in markets {
        families.check(image.definition.family.index())?;
        of_markets.check(image.definition.market.index())?;
        engine.put_market(image)?;
    }
    families.close(&mut engine.books.families)?;
    of_markets.close(&mut engine.books.markets)?;
    engine.intake.holds = Code::take(&mut from)?;
    engine.intake.gaps = Code::take(&mut from)?;
    from.finish()?;
    engine.check_intake()?;
    engine.work_out(entries)?;
    Ok(engine)
}

/// How many ids were ever given out, and how many of each page are of things that follow, from the first page that has any: so that what
/// takes memory comes with bytes in proportion.
struct Issued {
    len: u32,
    first: u32,
    held: Vec<u8>,
}

code_struct!(Issued { len, first, held });

impl Issued {
    fn of<T>(pages: &Pages<T>) -> Self {
        let (first, held) = pages.held_by_page();
        let id = |number: usize| u32::try_from(number).expect("ids are u32");
        Self { len: id(pages.len()), first: id(first), held }
    }

    fn len(&self) -> Result<usize, Damaged> {
        let [len, first] = [self.len, self.first].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let is_whole = Some(Pages::<()>::pages_for(len)) == first.checked_add(self.held.len());
        if is_whole { Ok(len) } else { Err(Damaged) }
    }

    /// May something that follows have this id?
    fn check(&self, index: usize) -> Result<(), Damaged> {
        let is_listed = usize::try_from(self.first).is_ok_and(|first| Pages::<()>::page_of(index) >= first);
        if is_listed && index < self.len()? { Ok(()) } else { Err(Damaged) }
    }

    /// Gives out the ids at the end, whose things are gone.
    fn close<T>(&self, pages: &mut Pages<T>) -> Result<(), Damaged> {
        pages.skip_to(self.len()?);
        let (first, held) = pages.held_by_page();
        if usize::try_from(self.first) == Ok(first) && held == self.held { Ok(()) } else { Err(Damaged) }
    }
}

impl Engine {
    fn put_fixture(&mut self, image: &FixtureImage) -> Result<(), Damaged> {
        let index = image.fixture.index();
        let knows = |(bookmaker, _): &(BookmakerId, FixtureSignal)| bookmaker.index() < self.books.bookmakers.len();
        let is_sorted = image.signals.is_sorted_by(|(a, _), (b, _)| a < b);
        if index < self.books.fixtures.len() || !is_sorted || !image.signals.iter().all(knows) {
            return Err(Damaged);
        }
        self.books.fixtures.skip_to(index);
        self.books.fixtures.push(Fixture {
            sport: image.sport,
            league: image.league,
            start: image.start,
            live_flag: image.live_flag,
            barrier: image.barrier,
            signals: image.signals.clone(),
            ..Fixture::new(image.key)
        });
        Ok(())
    }

    fn put_market(&mut self, image: MarketImage) -> Result<(), Damaged> {
        let definition = &image.definition;
        self.books.markets.skip_to(definition.market.index());
        self.books.families.skip_to(definition.family.index());
        self.books.check_market(definition, Timestamp::MIN).map_err(|_| Damaged)?;
        if self.books.markets.get(definition.market.index()).here().is_some() {
            return Err(Damaged);
        }
        self.books.define_market(definition);
        for (key, quote) in image.quotes {
            let is_known = key.market == definition.market
                && key.outcome.index() < definition.outcomes.len()
                && key.bookmaker.index() < self.books.bookmakers.len();
            if !is_known {
                return Err(Damaged);
            }
            if self.books.seat.owns(definition.fixture) && !self.books.place(key, &quote) {
                return Err(Damaged);
            }
        }
        Ok(())
    }

    /// May every scope and record that is held back stand as it is?
    fn check_intake(&self) -> Result<(), Damaged> {
        let knows =
            |bookmaker: Option<BookmakerId>| bookmaker.is_none_or(|it| it.index() < self.books.bookmakers.len());
        let is_open = |scope: &Scope| {
            let is_on = |fixture| self.books.check_is_on(fixture, Timestamp::MIN).is_ok();
            knows(scope.bookmaker) && scope.fixture.is_none_or(is_on)
        };
        let may_be_held =
            |event: &OddsEvent| matches!(self.check(event, Timestamp::MIN), Ok(()) | Err(EventError::RetiredFixture));
        let may_hold = |hold: &Hold| is_open(&hold.scope) && hold.held.iter().all(may_be_held);
        let may_gap = |gap: &Gap| is_open(&gap.scope) && gap.covered.iter().all(is_open);
        if self.intake.holds.iter().all(may_hold) && self.intake.gaps.iter().all(may_gap) {
            Ok(())
        } else {
            Err(Damaged)
        }
    }

    /// Works out everything that follows from what was read, at the time of the snapshot.
    fn work_out(&mut self, entries: Vec<Entry>) -> Result<(), Damaged> {
        let fixtures: Vec<FixtureId> = self.books.fixtures.iter().map(|(index, _)| FixtureId::at(index)).collect();
        for fixture in fixtures {
            self.books.arm_start(fixture);
            self.books.arm_retention(fixture);
            self.books.refresh_fixture(fixture);
        }
        for index in 0..self.books.bookmakers.len() {
            self.arm_source(BookmakerId::at(index));
        }
        self.intake.number_again();
        self.intake.arm_again(&mut self.books);
        for entry in &entries {
            self.check_entry(entry)?;
        }
        self.tracker.resume(&mut self.books, entries);
        Ok(())
    }

    /// Can this engine have written the entry?
    fn check_entry(&self, entry: &Entry) -> Result<(), Damaged> {
        let identity = &entry.identity;
        let market = self.books.markets.get(identity.market.index()).here().ok_or(Damaged)?;
        let is_of_family = |id: MarketId| match self.books.markets.get(id.index()) {
            Known::Here(other) => other.family == market.family,
            Known::Gone | Known::Never => false,
        };
        let is_complete = (1..=5).contains(&identity.code)
            && identity.upper.is_some() == (identity.code == 4)
            && identity.outcome.is_some() == matches!(identity.code, 3 | 5)
            && identity.quote.is_some() == (identity.code == 3);
        let is_known = usize::from(identity.profile.0) < self.books.rules.profiles().len()
            && identity.upper.is_none_or(is_of_family)
            && identity.outcome.is_none_or(|outcome| outcome.index() < market.n())
            && identity.quote.is_none_or(|(_, bookmaker)| bookmaker.index() < self.books.bookmakers.len());
        if !(is_complete && is_known) || entry.id != identity.id(&self.books) || entry.is_open() != entry.told.is_some()
        {
            return Err(Damaged);
        }
        let threshold = |id: MarketId| self.books.markets[id.index()].threshold();
        let is_in_order = identity.upper.is_none_or(|upper| threshold(identity.market) < threshold(upper));
        // What begins to stand at the end of time is due at the end of time, and never told.
        let last = Timestamp(self.books.now.0.min(i64::MAX - 1));
        let is_ahead = !matches!(entry.state, State::Pending { due, .. } if due <= last);
        if !(is_in_order && is_ahead) {
            return Err(Damaged);
        }
        let Some(told) = entry.told.as_deref() else { return Ok(()) };
        let is_leg =
            |leg: &Leg| is_of_family(leg.market) && self.is_quotable(leg.market, leg.outcome, &[leg.bookmaker]);
        let stands = match &told.figures {
            Figures::Arbitrage(figures) => !figures.legs.is_empty() && figures.legs.iter().all(is_leg),
            Figures::Middle(figures) => figures.legs.len() == 2 && figures.legs.iter().all(is_leg),
            Figures::Ev(figures) => self.is_quotable(identity.market, figures.outcome, &[figures.bookmaker]),
            Figures::LowHold(figures) => figures.sides.iter().all(|side| {
                !side.bookmakers.is_empty() && self.is_quotable(identity.market, side.outcome, &side.bookmakers)
            }),
        };
        let is_same = told.kind() == identity.kind()
            && (told.id, told.profile) == (entry.id, identity.profile)
            && (told.market, told.family, told.fixture) == (identity.market, market.family, market.fixture);
        if stands && is_same { Ok(()) } else { Err(Damaged) }
    }

    fn is_quotable(&self, market: MarketId, outcome: crate::OutcomeIndex, bookmakers: &[BookmakerId]) -> bool {
        outcome.index() < self.books.markets[market.index()].n()
            && bookmakers.iter().all(|bookmaker| bookmaker.index() < self.books.bookmakers.len())
    }

    /// Arms the time at which a source's role changes by itself.
    fn arm_source(&mut self, bookmaker: BookmakerId) {
        if !self.books.rules.config.freshness.sources {
            return;
        }
        let rules = *self.books.rules.bookmaker(bookmaker);
        let hold_us = self.books.rules.role_hold_us();
        let source = &mut self.books.bookmakers[bookmaker.index()].source;
        source.recheck = source.next_change(self.books.now, &rules, hold_us);
        if let Some(at) = source.recheck {
            self.books.deadlines.push(at, DeadlineKind::Role, bookmaker.0);
        }
    }
}
