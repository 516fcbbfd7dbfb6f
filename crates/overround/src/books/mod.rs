//! The state of the markets: quotes, their clocks, and which of them count. One state serves every profile.

mod arena;
mod bars;
mod counting;
mod grid;
mod quote;
mod seat;
mod update;
mod warm;

pub(crate) use bars::Basis;
use grid::{Block, part};
pub(crate) use grid::{Cells, Grid};
pub(crate) use quote::Quote;
use seat::Elsewhere;
pub(crate) use seat::{Seat, Stretch};
pub(crate) use update::{Move, QuoteKey, Written, side_of_row};
use warm::Bases;
pub(crate) use warm::TOGETHER;

use crate::deadlines::{DeadlineKind, Deadlines};
use crate::error::EventError;
use crate::fair::FairScratch;
use crate::ids::{BookmakerId, FamilyId, FixtureId, Key, MarketId};
use crate::memo::Memo;
use crate::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, SourceRole};
use crate::pages::{Known, Pages};
use crate::rules::{MarketTraits, Rules, RulesId};
use crate::sources::{FixtureSignal, Source};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use overround_math::line::Line;
use overround_math::model::SportTable;
use overround_math::settlement::MarketShape;

/// Everything known of the markets at one time.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) rules: Rules,
    pub(crate) seat: Seat,
    pub(crate) now: Timestamp,
    pub(crate) bookmakers: Vec<Bookmaker>,
    pub(crate) fixtures: Pages<Fixture>,
    pub(crate) families: Pages<Family>,
    pub(crate) markets: Pages<Market>,
    pub(crate) grid: Grid,
    pub(crate) deadlines: Deadlines,
    pub(crate) elsewhere: Elsewhere,
    bases: Bases,
    /// What the block of the next odds event is probably like, wherever it is.
    usual: Block,
    /// Markets to judge again at the end of the instant.
    pub(crate) dirty: Vec<MarketId>,
    /// Quotes that came again unchanged in this instant, of markets in which something stands.
    pub(crate) refreshed: Vec<QuoteKey>,
    /// Fixtures that were over in this instant, and their markets: they are buried at its end.
    pub(crate) retired: Vec<FixtureId>,
    retired_markets: Vec<MarketId>,
    /// Quotes held.
    pub(crate) quotes: u64,
    pub(crate) scratch: FairScratch,
    pub(crate) memo: Memo,
}

/// A source of prices.
#[derive(Debug)]
pub(crate) struct Bookmaker {
    pub(crate) key: Key,
    pub(crate) source: Source,
    /// Where it stands; markets of forgotten fixtures are swept out now and then.
    markets: Vec<MarketId>,
    /// How many of those markets are gone.
    gone: usize,
    /// Its slot in the market where it was last looked for: where the same bookmakers quote, it is the same everywhere.
    near: u16,
}

impl Bookmaker {
    /// Its slot in a market.
    #[inline(always)]
    fn find(&mut self, cells: &Cells<&mut [u64]>, own: BookmakerId) -> Option<usize> {
        let slot = cells.slot_near(usize::from(self.near), own)?;
        self.near = u16::try_from(slot).unwrap_or(u16::MAX);
        Some(slot)
    }

    /// Drops the markets that are gone.
    fn sweep(&mut self, markets: &Pages<Market>) {
        // A market that is over in this instant has no slots any more.
        let is_on = |market: &MarketId| markets.get(market.index()).here().is_some_and(|it| it.slots() > 0);
        self.markets.retain(is_on);
        self.gone = 0;
    }
}

/// A contest.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) key: Key,
    pub(crate) sport: Option<Key>,
    pub(crate) league: Option<Key>,
    pub(crate) start: Option<Timestamp>,
    pub(crate) live_flag: Option<bool>,
    pub(crate) barrier: Option<Timestamp>,
    pub(crate) retention_at: Option<Timestamp>,
    /// When to look at that again; it may be early.
    pub(crate) retention_armed: Option<Timestamp>,
    pub(crate) retired: bool,
    pub(crate) markets: Vec<MarketId>,
    pub(crate) families: Vec<FamilyId>,
    pub(crate) signals: Vec<(BookmakerId, FixtureSignal)>,
}

impl Fixture {
    /// A fixture of which only the key is known.
    pub(crate) const fn new(key: Key) -> Self {
        Self {
            key,
            sport: None,
            league: None,
            start: None,
            live_flag: None,
            barrier: None,
            retention_at: None,
            retention_armed: None,
            retired: false,
            markets: Vec::new(),
            families: Vec::new(),
            signals: Vec::new(),
        }
    }

    /// In play: the flag as last fed, if ever fed; else by the start.
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        self.live_flag.unwrap_or_else(|| self.start.is_some_and(|start| start <= now))
    }

    /// Is it over at `now`, deadlines before `now` included?
    pub(crate) fn is_retired(&self, now: Timestamp) -> bool {
        self.retired || self.retention_at.is_some_and(|at| at < now)
    }
}

/// The markets of one fixture, market type, period and participant.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) fixture: FixtureId,
    pub(crate) shape: MarketShape,
    pub(crate) market_type: Key,
    pub(crate) period: Key,
    pub(crate) participant: Key,
    /// Of a spread or total: its markets with their thresholds in result space, ascending.
    pub(crate) ladder: Vec<(Line, MarketId)>,
    /// Of each rung of the ladder what the screen knows.
    pub(crate) rungs: Vec<Rung>,
    /// In the instant that ends: some of its middles have to be judged.
    pub(crate) has_middles_to_judge: bool,
    /// The shapes of its sport's results, if there are any for it.
    pub(crate) sport: Option<&'static SportTable>,
}

/// A line of a ladder, as the screen last saw it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rung {
    /// 1 over the best price of each outcome that anybody may get; infinite where there is none.
    pub(crate) inverse: [f64; 2],
    /// Has it been judged without keeping each profile's best prices?
    pub(crate) is_stale: bool,
}

impl Rung {
    /// A line without prices.
    pub(crate) const EMPTY: Self = Self { inverse: [f64::INFINITY; 2], is_stale: true };
}

/// A market book's header: one cache line. The rest is in its block.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Market {
    pub(crate) fixture: FixtureId,
    pub(crate) family: FamilyId,
    pub(crate) rules: RulesId,
    pub(crate) block: Block,
    pub(crate) shape: MarketShape,
    /// What its bars follow from: the most that references give each outcome, in the block.
    pub(crate) basis: Basis,
    line: Line,
    /// Entries of the lifecycle that are about this market alone, and middles over it.
    pub(crate) entries: u32,
    pub(crate) middles: u32,
    /// When to look at the ages again; the first time there is if never.
    recheck: Timestamp,
    pub(crate) outcomes: Box<[Key]>,
    pub(crate) flags: Flags,
}

/// What is yes or no of a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    /// It has a line.
    const LINED: Self = Self(1);
    /// To be judged at the end of the instant.
    pub(crate) const DIRTY: Self = Self(2);
    /// In the instant that ends: what stands in it by itself has to be judged exactly.
    pub(crate) const LOUD: Self = Self(4);
    /// Its fixture is on, and nothing of it bars quotes: no start, barrier or signal.
    pub(crate) const PLAIN: Self = Self(8);
    /// Its fixture is in play.
    pub(crate) const LIVE: Self = Self(16);
    /// The screen saw that nobody has anything in it, from bars that still hold: see [`Market::keep_quiet`].
    const QUIET: Self = Self(32);

    #[inline]
    pub(crate) const fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    #[inline]
    pub(crate) const fn put(&mut self, flag: Self, on: bool) {
        self.0 = if on { self.0 | flag.0 } else { self.0 & !flag.0 };
    }
}

/// What is known of a bookmaker's back prices in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Prices or activity moved since it was last solved.
    Unsolved = 0,
    /// Incomplete, or outside the limits of a reference.
    Out = 1,
    /// Takes part; in the grid stands the most that its fair probabilities can be.
    Bounded = 2,
    /// Its fair probabilities stand in the grid.
    In = 3,
}

impl Column {
    /// As kept in the grid.
    #[inline]
    pub(crate) const fn of(state: u8) -> Self {
        match state {
            0 => Self::Unsolved,
            1 => Self::Out,
            2 => Self::Bounded,
            _ => Self::In,
        }
    }
}

impl Market {
    /// How many outcomes.
    #[inline]
    pub(crate) fn n(&self) -> usize {
        self.block.n()
    }

    /// How many bookmakers.
    #[inline]
    pub(crate) fn slots(&self) -> usize {
        self.block.slots()
    }

    /// Has it rows for lay quotes?
    #[inline]
    pub(crate) fn has_lays(&self) -> bool {
        self.block.has_lays()
    }

    /// When to look at the ages again.
    #[inline]
    pub(crate) fn recheck(&self) -> Option<Timestamp> {
        (self.recheck != Timestamp::MIN).then_some(self.recheck)
    }

    /// The line of the first outcome as bookmakers show it.
    #[inline]
    pub(crate) fn line(&self) -> Option<Line> {
        self.flags.has(Flags::LINED).then_some(self.line)
    }

    /// The line of an outcome as bookmakers show it.
    pub(crate) fn own_line(&self, outcome: usize) -> Option<Line> {
        match self.shape {
            MarketShape::Spread if outcome == 1 => self.line().map(|line| -line),
            _ => self.line(),
        }
    }

    /// The threshold in result space: the first outcome wins above it.
    pub(crate) fn threshold(&self) -> Option<Line> {
        match self.shape {
            MarketShape::Spread => self.line().map(|line| -line),
            _ => self.line(),
        }
    }

    /// Bytes beside header and block.
    fn bytes(&self) -> usize {
        self.outcomes.len() * size_of::<Key>()
    }

    /// The screen looked at it, and it is to be judged no more in this instant. What it saw is kept if one price that moves can be compared
    /// with it by itself: nothing stands in the market, it has no line and no lays, and its bars are of a kind that stays as it is
    /// while other prices than an anchor's move, or that can be raised by the price alone.
    #[inline]
    pub(crate) fn keep_quiet(&mut self, is_quiet: bool) {
        let has_bars = matches!(self.basis, Basis::AnchorBound | Basis::Anchor | Basis::Anchors)
            || (self.basis == Basis::Consensus && self.n() == 2);
        let is_kept = is_quiet && has_bars && self.entries == 0 && !self.flags.has(Flags::LINED) && !self.has_lays();
        self.flags.put(Flags::DIRTY, false);
        self.flags.put(Flags::QUIET, is_kept);
    }

    /// Is it as the screen saw it when it was quiet, but for prices that led to nothing? What moves anything else makes it dirty or
    /// its bars void.
    #[inline(always)]
    fn is_quiet(&self) -> bool {
        const MASK: u8 = Flags::QUIET.0 | Flags::PLAIN.0 | Flags::DIRTY.0;
        self.flags.0 & MASK == Flags::QUIET.0 | Flags::PLAIN.0 && self.basis != Basis::Unknown
    }

    /// A back price moved, or counts where it did not before, or the other way round: what the screen kept may be void.
    #[inline]
    fn moved(&mut self, is_anchor: bool) {
        if is_anchor || self.basis == Basis::Everybody {
            self.basis = Basis::Unknown;
        }
    }
}

impl Books {
    pub(crate) fn new(rules: Rules, memo_places: usize) -> Self {
        Self {
            rules,
            seat: Seat::ALL,
            now: Timestamp::MIN,
            bookmakers: Vec::new(),
            fixtures: Pages::default(),
            families: Pages::default(),
            markets: Pages::default(),
            grid: Grid::default(),
            deadlines: Deadlines::default(),
            usual: Block::default(),
            elsewhere: Elsewhere::default(),
            bases: Bases::default(),
            dirty: Vec::new(),
            refreshed: Vec::new(),
            retired: Vec::new(),
            retired_markets: Vec::new(),
            quotes: 0,
            scratch: FairScratch::default(),
            memo: Memo::new(memo_places),
        }
    }

    pub(crate) fn check_bookmaker(&self, definition: &BookmakerDefinition) -> Result<(), EventError> {
        match self.bookmakers.get(definition.bookmaker.index()) {
            Some(known) if known.key == definition.key => Ok(()),
            None if definition.bookmaker.index() == self.bookmakers.len()
                && self.bookmakers.len() < BookmakerDefinition::MAX_BOOKMAKERS =>
            {
                Ok(())
            }
            _ => Err(EventError::Conflict),
        }
    }

    pub(crate) fn define_bookmaker(&mut self, definition: &BookmakerDefinition) {
        if definition.bookmaker.index() == self.bookmakers.len() {
            self.rules.define(definition.key);
            let source = Source::new(self.rules.config.freshness.sources);
            self.bookmakers.push(Bookmaker { key: definition.key, source, markets: Vec::new(), gone: 0, near: 0 });
        }
    }

    pub(crate) fn check_fixture(&self, update: &FixtureUpdate, now: Timestamp) -> Result<(), EventError> {
        match self.fixtures.get(update.fixture.index()) {
            Known::Gone => Err(EventError::RetiredFixture),
            Known::Here(known) if known.is_retired(now) => Err(EventError::RetiredFixture),
            Known::Here(known) if known.key != update.key => Err(EventError::Conflict),
            Known::Here(_) => Ok(()),
            Known::Never if update.fixture.index() == self.fixtures.len() => Ok(()),
            Known::Never => Err(EventError::Conflict),
        }
    }

    pub(crate) fn update_fixture(&mut self, update: &FixtureUpdate) {
        let index = update.fixture.index();
        if index == self.fixtures.len() {
            self.fixtures.push(Fixture::new(update.key));
        }
        let fixture = &mut self.fixtures[index];
        let before = (fixture.sport, fixture.league, fixture.start, fixture.live_flag);
        fixture.sport = update.sport.or(fixture.sport);
        fixture.league = update.league.or(fixture.league);
        fixture.start = update.start.or(fixture.start);
        fixture.live_flag = update.live.or(fixture.live_flag);
        if before == (fixture.sport, fixture.league, fixture.start, fixture.live_flag) {
            return;
        }
        if before.2 != fixture.start {
            self.arm_start(update.fixture);
        }
        self.arm_retention(update.fixture);
        self.refresh_fixture(update.fixture);
    }

    /// Arms the deadline of a start that lies ahead.
    pub(crate) fn arm_start(&mut self, id: FixtureId) {
        let start = self.fixtures[id.index()].start;
        if let Some(start) = start.filter(|&start| start > self.now) {
            self.deadlines.push(start, DeadlineKind::Start, id.0);
        }
    }

    /// Finds when the fixture is to be forgotten, and arms the deadline.
    pub(crate) fn arm_retention(&mut self, id: FixtureId) {
        let fixture = &mut self.fixtures[id.index()];
        let retention_us = self.rules.retention_us(fixture.sport, fixture.league);
        fixture.retention_at = fixture.start.map(|start| start.plus_us(retention_us));
        let at = fixture.retention_at.map(|at| at.max(self.now));
        if let Some(at) = at.filter(|&at| fixture.retention_armed.is_none_or(|armed| at < armed)) {
            fixture.retention_armed = Some(at);
            self.deadlines.push(at, DeadlineKind::Retention, id.0);
        }
    }

    pub(crate) fn check_market(&self, definition: &MarketDefinition, now: Timestamp) -> Result<(), EventError> {
        self.check_is_on(definition.fixture, now)?;
        match self.markets.get(definition.market.index()) {
            Known::Here(known) if self.is_same_market(known, definition) => return Ok(()),
            Known::Never if definition.market.index() == self.markets.len() => {}
            _ => return Err(EventError::Conflict),
        }
        let n = definition.outcomes.len();
        let mut sorted = definition.outcomes.clone();
        sorted.sort_unstable();
        let is_distinct = sorted.windows(2).all(|pair| pair[0] != pair[1]);
        if !(2..=MarketDefinition::MAX_OUTCOMES).contains(&n)
            || !is_distinct
            || definition.line.is_some() != definition.shape.has_line()
            || definition.shape.outcomes().is_some_and(|count| usize::from(count) != n)
        {
            return Err(EventError::BadMarket);
        }
        if self.fits_family(definition) { Ok(()) } else { Err(EventError::Conflict) }
    }

    /// Is the fixture known, and not over at `now`?
    pub(crate) fn check_is_on(&self, fixture: FixtureId, now: Timestamp) -> Result<(), EventError> {
        match self.fixtures.get(fixture.index()) {
            Known::Never => Err(EventError::UnknownFixture),
            Known::Here(fixture) if !fixture.is_retired(now) => Ok(()),
            Known::Here(_) | Known::Gone => Err(EventError::RetiredFixture),
        }
    }

    /// May a market that is not known yet join its family, or begin it?
    fn fits_family(&self, definition: &MarketDefinition) -> bool {
        match self.families.get(definition.family.index()) {
            Known::Gone => false,
            Known::Here(family) => {
                let is_new_line = |&(_, other): &(Line, MarketId)| {
                    let other = &self.markets[other.index()];
                    other.line() != definition.line && *other.outcomes == definition.outcomes[..]
                };
                definition.line.is_some() && is_same_family(family, definition) && family.ladder.iter().all(is_new_line)
            }
            Known::Never => {
                let families = &self.fixtures[definition.fixture.index()].families;
                definition.family.index() == self.families.len()
                    && families.iter().all(|family| {
                        // With a line and without one are two questions: over or under 1.5 goals, and whether one is scored.
                        let family = &self.families[family.index()];
                        !is_same_question(family, definition) || family.shape.has_line() != definition.shape.has_line()
                    })
            }
        }
    }

    fn is_same_market(&self, known: &Market, definition: &MarketDefinition) -> bool {
        known.family == definition.family
            && is_same_family(&self.families[known.family.index()], definition)
            && known.line() == definition.line
            && *known.outcomes == definition.outcomes[..]
    }

    pub(crate) fn define_market(&mut self, definition: &MarketDefinition) {
        if definition.market.index() < self.markets.len() {
            return;
        }
        if definition.family.index() == self.families.len() {
            let mut family = Family {
                fixture: definition.fixture,
                shape: definition.shape,
                market_type: definition.market_type,
                period: definition.period,
                participant: definition.participant,
                ladder: Vec::new(),
                rungs: Vec::new(),
                has_middles_to_judge: false,
                sport: None,
            };
            family.sport = self.sport_of(&family);
            self.families.push(family);
            self.fixtures[definition.fixture.index()].families.push(definition.family);
        }
        self.fixtures[definition.fixture.index()].markets.push(definition.market);
        let mut flags = Flags::default();
        flags.put(Flags::LINED, definition.line.is_some());
        self.markets.push(Market {
            fixture: definition.fixture,
            family: definition.family,
            rules: RulesId::default(),
            block: Block::empty(definition.outcomes.len()),
            shape: definition.shape,
            basis: Basis::Unknown,
            line: definition.line.unwrap_or_default(),
            entries: 0,
            middles: 0,
            recheck: Timestamp::MIN,
            outcomes: definition.outcomes.clone().into_boxed_slice(),
            flags,
        });
        self.bases.make_room(self.markets.held());
        let market = &self.markets[definition.market.index()];
        if let Some(threshold) = market.threshold() {
            let family = &mut self.families[definition.family.index()];
            let at = family.ladder.partition_point(|&(other, _)| other < threshold);
            family.ladder.insert(at, (threshold, definition.market));
            family.rungs.insert(at, Rung::EMPTY);
        }
        self.find_rules(definition.market);
    }

    /// Finds the market's rules anew; returns whether they are others than before.
    pub(crate) fn find_rules(&mut self, id: MarketId) -> bool {
        let market = &self.markets[id.index()];
        let fixture = &self.fixtures[market.fixture.index()];
        let traits = MarketTraits {
            sport: fixture.sport,
            league: fixture.league,
            market_type: self.families[market.family.index()].market_type,
            live: fixture.is_live(self.now),
        };
        let rules = self.rules.find(&traits);
        let market = &mut self.markets[id.index()];
        market.basis = Basis::Unknown;
        let is_new = core::mem::replace(&mut market.rules, rules) != rules;
        self.find_standing(id);
        is_new
    }

    /// Finds what the market's fixture means for its quotes.
    pub(crate) fn find_standing(&mut self, id: MarketId) {
        let market = &mut self.markets[id.index()];
        let fixture = &self.fixtures[market.fixture.index()];
        let has_begun = fixture.start.is_some_and(|start| start <= self.now);
        let is_plain = !fixture.retired
            && fixture.barrier.is_none()
            && fixture.signals.is_empty()
            && !(has_begun && self.rules.set(market.rules).start_barrier);
        market.flags.put(Flags::PLAIN, is_plain);
        if !is_plain {
            self.elsewhere.forget(id);
        }
        market.flags.put(Flags::LIVE, fixture.is_live(self.now));
    }

    /// A market that is another's: prices of it need not be looked at so closely, as long as nothing could refuse them.
    pub(crate) fn keep_elsewhere(&mut self, id: MarketId) {
        let market = &self.markets[id.index()];
        if market.flags.has(Flags::PLAIN) {
            self.elsewhere.learn(id);
        }
    }

    /// What is held of a market's quotes.
    #[inline]
    pub(crate) fn cells(&self, id: MarketId) -> Cells<&[u64]> {
        self.grid.cells(self.markets[id.index()].block)
    }

    /// A bookmaker's slot in the market.
    #[inline]
    pub(crate) fn slot_of(&self, id: MarketId, bookmaker: BookmakerId) -> Option<usize> {
        self.cells(id).slot_of(bookmaker)
    }

    /// What is known of a slot's column.
    #[inline]
    pub(crate) fn column(&self, id: MarketId, slot: usize) -> Column {
        Column::of(self.cells(id).state(slot))
    }

    /// Sets what is known of a slot's column.
    #[inline]
    pub(crate) fn set_column(&mut self, id: MarketId, slot: usize, column: Column) {
        self.grid.cells_mut(self.markets[id.index()].block).set_state(slot, column as u8);
    }

    /// Writes the fair probability of an outcome by a slot's column.
    #[inline]
    pub(crate) fn set_fair(&mut self, id: MarketId, outcome: usize, slot: usize, fair: f64) {
        let market = &mut self.markets[id.index()];
        self.grid.require(&mut market.block, part::FAIR);
        self.bases.set(id, market.block.base());
        self.grid.cells_mut(market.block).set_fair(outcome, slot, fair);
    }

    /// Keeps the most that references give each outcome, and what that follows from.
    pub(crate) fn set_bars(&mut self, id: MarketId, basis: Basis, most: &[f64]) {
        let market = &mut self.markets[id.index()];
        market.basis = basis;
        self.grid.cells_mut(market.block).set_most(most);
    }

    /// The line's place in the ladder of its family; `None` for a market without a line.
    pub(crate) fn rung_of(&self, id: MarketId) -> Option<(FamilyId, usize)> {
        let market = &self.markets[id.index()];
        let threshold = market.threshold()?;
        let ladder = &self.families[market.family.index()].ladder;
        ladder.binary_search_by_key(&threshold, |&(line, _)| line).ok().map(|rung| (market.family, rung))
    }

    /// The market is judged again at the end of the instant.
    pub(crate) fn touch(&mut self, id: MarketId) {
        let market = &mut self.markets[id.index()];
        if !market.flags.has(Flags::DIRTY) {
            market.flags.put(Flags::DIRTY, true);
            self.dirty.push(id);
        }
    }

    /// Freshness weight of a source for a fixture; 0 where its quotes do not count.
    #[inline]
    pub(crate) fn freshness(&self, fixture: FixtureId, bookmaker: BookmakerId) -> f64 {
        let weight = self.bookmakers[bookmaker.index()].source.weight();
        let signals = &self.fixtures[fixture.index()].signals;
        if signals.is_empty() {
            return weight;
        }
        let signal = signals.iter().find(|(of, _)| *of == bookmaker);
        signal.map_or(weight, |(_, signal)| weight.min(signal.weight()))
    }

    /// Frees all that the fixture holds. Its opportunities expire at the end of the instant.
    pub(crate) fn retire(&mut self, id: FixtureId) {
        let fixture = &mut self.fixtures[id.index()];
        if fixture.retired {
            return;
        }
        fixture.retired = true;
        fixture.signals = Vec::new();
        let markets = core::mem::take(&mut fixture.markets);
        for &market in &markets {
            self.quotes -= self.present(market);
            self.touch(market);
            self.elsewhere.forget(market);
            let market = &mut self.markets[market.index()];
            for slot in 0..market.slots() {
                self.bookmakers[self.grid.cells(market.block).bookmaker(slot).index()].gone += 1;
            }
            self.grid.release(&mut market.block);
            market.recheck = Timestamp::MIN;
            market.flags.put(Flags::PLAIN, false);
        }
        self.retired.push(id);
        self.retired_markets.extend(markets);
    }

    /// Frees what is left of the fixtures that were over in this instant, once their ends have been told.
    pub(crate) fn bury(&mut self, mut forget_family: impl FnMut(FamilyId), mut forget_market: impl FnMut(MarketId)) {
        for fixture in self.retired.drain(..) {
            for family in core::mem::take(&mut self.fixtures[fixture.index()].families) {
                forget_family(family);
                self.families.release(family.index());
            }
            self.fixtures.release(fixture.index());
        }
        for market in self.retired_markets.drain(..) {
            forget_market(market);
            self.markets.release(market.index());
        }
        for bookmaker in &mut self.bookmakers {
            // Half of the list, so that a market is looked at a bounded number of times.
            if bookmaker.gone * 2 > bookmaker.markets.len() {
                bookmaker.sweep(&self.markets);
            }
        }
    }

    /// How many quotes the market holds.
    fn present(&self, id: MarketId) -> u64 {
        let market = &self.markets[id.index()];
        let cells = self.grid.cells(market.block);
        let all = (0..market.block.rows()).flat_map(|row| (0..market.slots()).map(move |slot| (row, slot)));
        all.map(|(row, slot)| u64::from(cells.quote(row, slot).is_present())).sum()
    }

    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let ids = |list: &Vec<MarketId>| list.capacity() * size_of::<MarketId>();
        let fixtures: usize = self.fixtures.iter().map(|(_, fixture)| ids(&fixture.markets)).sum();
        let stands: usize = self.bookmakers.iter().map(|bookmaker| ids(&bookmaker.markets)).sum();
        let rung = size_of::<(Line, MarketId)>();
        let ladders: usize = self.families.iter().map(|(_, family)| family.ladder.capacity() * rung).sum();
        let pages = self.fixtures.bytes() + self.families.bytes() + self.markets.bytes();
        let headers: usize = self.markets.iter().map(|(_, market)| market.bytes()).sum();
        self.grid.bytes()
            + self.bases.bytes()
            + self.elsewhere.bytes()
            + self.deadlines.bytes()
            + pages
            + headers
            + fixtures
            + stands
            + ladders
    }

    /// Markets in which the bookmaker may have quotes.
    pub(crate) fn markets_of(&mut self, bookmaker: BookmakerId) -> Vec<MarketId> {
        self.bookmakers[bookmaker.index()].sweep(&self.markets);
        self.bookmakers[bookmaker.index()].markets.clone()
    }

    /// Puts every market's slots in the present rank order, after the ranks changed.
    pub(crate) fn rank_again(&mut self) {
        for (_, market) in self.markets.iter_mut() {
            let cells = self.grid.cells(market.block);
            let mut ranked: Vec<usize> = (0..market.slots()).collect();
            ranked.sort_by_key(|&slot| self.rules.bookmaker(cells.bookmaker(slot)).rank);
            let mut order = ranked.clone();
            ranked.iter().zip(0..).for_each(|(&old, new)| order[old] = new);
            self.grid.reorder(&mut market.block, &order);
            let mut cells = self.grid.cells_mut(market.block);
            (0..order.len()).for_each(|slot| cells.set_state(slot, Column::Unsolved as u8));
            market.basis = Basis::Unknown;
        }
    }

    /// Is a source less than primary for a fixture, by its budget or by a signal?
    pub(crate) fn is_degraded(&self, fixture: FixtureId, bookmaker: BookmakerId) -> bool {
        self.freshness(fixture, bookmaker) < SourceRole::Primary.weight()
    }
}

fn is_same_family(family: &Family, definition: &MarketDefinition) -> bool {
    family.shape == definition.shape && is_same_question(family, definition)
}

fn is_same_question(family: &Family, definition: &MarketDefinition) -> bool {
    family.fixture == definition.fixture
        && family.market_type == definition.market_type
        && family.period == definition.period
        && family.participant == definition.participant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_cache_line() {
        assert_eq!((size_of::<Market>(), size_of::<Option<Market>>()), (64, 64));
    }
}
