//! The names behind the ids, and the way from a name to its id.

use crate::lookup::LookupMap;
use crate::record::{Change, FixtureRecord, Name};
use overround::odds_event::{MarketDefinition, MarketShape};
use overround::{BookmakerId, FamilyId, FixtureId, Key, MarketId, OutcomeIndex, Timestamp};
use overround_math::line::Line;

/// What is known of a fixture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FixtureInfo {
    /// Its key.
    pub key: Box<str>,
    /// Its sport.
    pub sport: Option<Box<str>>,
    /// Its league.
    pub league: Option<Box<str>>,
    /// The home side.
    pub home: Option<Box<str>>,
    /// The away side.
    pub away: Option<Box<str>>,
    /// Scheduled start.
    pub start: Option<Timestamp>,
    /// In play, as last fed.
    pub live: Option<bool>,
}

impl FixtureInfo {
    /// Bytes of its names.
    pub(super) fn bytes(&self) -> u64 {
        let of = |name: &Option<Box<str>>| name.as_ref().map_or(0, |name| name.len() as u64);
        self.key.len() as u64 + of(&self.sport) + of(&self.league) + of(&self.home) + of(&self.away)
    }

    fn update(&mut self, record: &FixtureRecord<'_>) {
        fn update<T, U>(value: &mut Option<T>, change: &Change<U>, to: impl FnOnce(&U) -> T) {
            match change {
                Change::Keep => {}
                Change::Unset => *value = None,
                Change::Set(new) => *value = Some(to(new)),
            }
        }
        let boxed = |name: &Name<'_>| Box::from(name.as_str());
        update(&mut self.sport, &record.sport, boxed);
        update(&mut self.league, &record.league, boxed);
        update(&mut self.home, &record.home, boxed);
        update(&mut self.away, &record.away, boxed);
        update(&mut self.start, &record.start, |&start| start);
        update(&mut self.live, &record.live, |&live| live);
    }
}

/// What is known of a market.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MarketInfo<'a> {
    /// The fixture.
    pub fixture: FixtureId,
    /// The family.
    pub family: FamilyId,
    /// The market type as fed.
    pub market: &'a str,
    /// The period.
    pub period: &'a str,
    /// Whom it is about.
    pub participant: Option<&'a str>,
    /// How it settles.
    pub shape: MarketShape,
    /// Canonical line: of a spread the home side's.
    pub line: Option<Line>,
    outcomes: &'a Outcomes,
}

impl<'a> MarketInfo<'a> {
    /// An outcome's name.
    #[must_use]
    pub fn outcome(&self, outcome: OutcomeIndex) -> Option<&'a str> {
        self.outcomes.name(outcome)
    }

    /// The outcomes' names in order.
    pub fn outcomes(&self) -> impl Iterator<Item = &'a str> {
        let outcomes = self.outcomes;
        (0..=u16::MAX).map_while(|index| outcomes.name(OutcomeIndex(index)))
    }

    /// An outcome's own line as bookmakers show it.
    #[must_use]
    pub fn own_line(&self, outcome: OutcomeIndex) -> Option<Line> {
        match self.shape {
            MarketShape::Spread if outcome == OutcomeIndex(1) => self.line.map(|line| -line),
            _ => self.line,
        }
    }
}

/// All names of a catalog.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) feeds: NameTable,
    pub(super) bookmakers: NameTable,
    /// Market types, periods, participants.
    pub(super) words: NameTable,
    pub(super) fixtures: Vec<FixtureInfo>,
    fixture_ids: LookupMap<Key, FixtureId>,
    pub(super) families: Vec<Family>,
    family_ids: LookupMap<Box<[u8]>, FamilyId>,
    pub(super) markets: Vec<Market>,
    /// Where lookups of families write their key.
    pub(super) scratch: Vec<u8>,
    /// The family found last, and its key.
    pub(super) last_family: (Vec<u8>, Option<FamilyId>),
    /// By fixture: how many markets it has.
    pub(super) market_counts: Vec<u32>,
    /// Bytes of all names.
    pub(super) bytes: u64,
}

impl Default for Names {
    fn default() -> Self {
        Self::seeded(0)
    }
}

/// What is looked for is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// It can be named.
    New,
    /// Another name has its key: the engine could not tell them apart.
    Collides,
}

impl Names {
    pub(super) fn seeded(seed: u64) -> Self {
        let mut feeds = NameTable::seeded(seed);
        feeds.intern("");
        Self {
            feeds,
            bookmakers: NameTable::seeded(seed),
            words: NameTable::seeded(seed),
            fixtures: Vec::new(),
            fixture_ids: LookupMap::seeded(seed),
            families: Vec::new(),
            family_ids: LookupMap::seeded(seed),
            markets: Vec::new(),
            scratch: Vec::new(),
            last_family: (Vec::new(), None),
            market_counts: Vec::new(),
            bytes: 0,
        }
    }

    /// The same names, looked up by other hashes.
    pub(super) fn reseed(&mut self, seed: u64) {
        [&mut self.feeds, &mut self.bookmakers, &mut self.words].into_iter().for_each(|table| table.reseed(seed));
        self.fixture_ids = LookupMap::seeded(seed);
        for (fixture, info) in (0..).map(FixtureId).zip(&self.fixtures) {
            self.fixture_ids.insert(Key::of(&info.key), fixture);
        }
        let mut family_ids = LookupMap::seeded(seed);
        let mut key = Vec::new();
        for (id, family) in (0..).map(FamilyId).zip(&self.families) {
            self.path(family).write_key(&mut key);
            family_ids.insert(key.as_slice().into(), id);
        }
        self.family_ids = family_ids;
    }

    pub(super) fn fixture_id(&self, name: &str) -> Result<FixtureId, Absent> {
        match self.fixture_ids.get(&Key::of(name)) {
            None => Err(Absent::New),
            Some(&fixture) if *self.fixtures[fixture.index()].key == *name => Ok(fixture),
            Some(_) => Err(Absent::Collides),
        }
    }

    /// It must be new.
    pub(super) fn define_fixture(&mut self, name: &str) -> FixtureId {
        self.push_fixture(FixtureInfo { key: name.into(), ..FixtureInfo::default() })
    }

    /// It must be new.
    pub(super) fn push_fixture(&mut self, info: FixtureInfo) -> FixtureId {
        let fixture = FixtureId(next_id(self.fixtures.len()));
        self.bytes += info.bytes();
        self.fixture_ids.insert(Key::of(&info.key), fixture);
        self.fixtures.push(info);
        self.market_counts.push(0);
        fixture
    }

    pub(super) fn update_fixture(&mut self, fixture: FixtureId, record: &FixtureRecord<'_>) {
        let info = &mut self.fixtures[fixture.index()];
        let before = info.bytes();
        info.update(record);
        self.bytes = self.bytes + info.bytes() - before;
    }

    /// The bookmaker has quoted the list.
    pub(super) fn note_quoted(&mut self, family: FamilyId, bookmaker: BookmakerId) {
        let quoted_by = &mut self.families[family.index()].quoted_by;
        if let Err(at) = quoted_by.binary_search(&bookmaker) {
            quoted_by.insert(at, bookmaker);
        }
    }

    pub(super) fn family_id(&mut self, path: &FamilyPath<'_>) -> Option<FamilyId> {
        path.write_key(&mut self.scratch);
        // Prices of one family mostly come together.
        if self.scratch == self.last_family.0 {
            return self.last_family.1;
        }
        let family = self.family_ids.get(&*self.scratch).copied();
        if family.is_some() {
            self.last_family.0.clone_from(&self.scratch);
            self.last_family.1 = family;
        }
        family
    }

    pub(super) fn define_family(&mut self, path: &FamilyPath<'_>, shape: MarketShape, outcomes: Outcomes) -> FamilyId {
        let family = FamilyId(next_id(self.families.len()));
        let fixture = self.fixture_id(path.fixture).expect("a family's fixture is defined before it");
        self.bytes += outcomes.bytes();
        self.families.push(Family {
            fixture,
            shape,
            // Each word once for every family is more than is kept, and what keeps many families small.
            market: self.words.intern(path.market).0,
            period: self.words.intern(path.period).0,
            participant: path.participant.map(|participant| self.words.intern(participant).0),
            outcomes,
            markets: Vec::new(),
            quoted_by: Vec::new(),
        });
        path.write_key(&mut self.scratch);
        self.bytes += self.scratch.len() as u64;
        self.family_ids.insert(self.scratch.as_slice().into(), family);
        family
    }

    fn path<'n>(&'n self, family: &'n Family) -> FamilyPath<'n> {
        let word = |id: u32| self.words.name(id).expect("a family's words are interned with it");
        FamilyPath {
            fixture: &self.fixtures[family.fixture.index()].key,
            market: word(family.market),
            period: word(family.period),
            participant: family.participant.map(word),
            // Of the line only its presence names a family.
            line: family.shape.has_line().then(Line::default),
        }
    }

    pub(super) fn find_market(&self, family: FamilyId, line: Option<Line>) -> Option<MarketId> {
        let markets = &self.families[family.index()].markets;
        markets.binary_search_by_key(&line, |&(line, _)| line).ok().map(|at| markets[at].1)
    }

    /// It must not be there yet.
    pub(super) fn define_market(&mut self, family: FamilyId, line: Option<Line>) -> MarketId {
        let market = MarketId(next_id(self.markets.len()));
        self.markets.push(Market { family, line });
        self.market_counts[self.families[family.index()].fixture.index()] += 1;
        let markets = &mut self.families[family.index()].markets;
        let at = markets.partition_point(|&(other, _)| other < line);
        markets.insert(at, (line, market));
        market
    }

    pub(super) fn market(&self, market: MarketId) -> Option<MarketInfo<'_>> {
        let &Market { family, line } = self.markets.get(market.index())?;
        let Family { fixture, shape, market, period, participant, ref outcomes, .. } = self.families[family.index()];
        Some(MarketInfo {
            fixture,
            family,
            market: self.words.name(market)?,
            period: self.words.name(period)?,
            participant: participant.and_then(|participant| self.words.name(participant)),
            shape,
            line,
            outcomes,
        })
    }

    pub(super) fn definition(&self, market: MarketId) -> MarketDefinition {
        let info = self.market(market).expect("only markets that were defined are asked for");
        MarketDefinition {
            market,
            family: info.family,
            fixture: info.fixture,
            shape: info.shape,
            market_type: Key::of(info.market),
            period: Key::of(info.period),
            participant: info.participant.map_or(Key::NONE, Key::of),
            line: info.line,
            outcomes: info.outcomes().map(Key::of).collect(),
        }
    }
}

/// Names numbered in the order in which they came, no two with one key.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable {
    names: Vec<Box<str>>,
    ids: LookupMap<Key, u32>,
}

impl NameTable {
    fn seeded(seed: u64) -> Self {
        Self { names: Vec::new(), ids: LookupMap::seeded(seed) }
    }

    fn reseed(&mut self, seed: u64) {
        self.ids = LookupMap::seeded(seed);
        for (id, name) in (0..).zip(&self.names) {
            self.ids.insert(Key::of(name), id);
        }
    }

    pub(super) fn find(&self, name: &str) -> Result<u32, Absent> {
        match self.ids.get(&Key::of(name)) {
            None => Err(Absent::New),
            Some(&id) if self.name(id) == Some(name) => Ok(id),
            Some(_) => Err(Absent::Collides),
        }
    }

    pub(super) fn id(&self, name: &str) -> Option<u32> {
        self.find(name).ok()
    }

    pub(super) fn name(&self, id: u32) -> Option<&str> {
        self.names.get(usize::try_from(id).ok()?).map(AsRef::as_ref)
    }

    /// The id, and whether it is new. It must not [collide](Absent::Collides).
    pub(super) fn intern(&mut self, name: &str) -> (u32, bool) {
        if let Some(id) = self.id(name) {
            return (id, false);
        }
        let id = next_id(self.names.len());
        self.names.push(name.into());
        self.ids.insert(Key::of(name), id);
        (id, true)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// In order of their ids.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Market {
    pub(super) family: FamilyId,
    pub(super) line: Option<Line>,
}

#[derive(Clone, Debug)]
pub(super) struct Family {
    pub(super) fixture: FixtureId,
    pub(super) shape: MarketShape,
    pub(super) market: u32,
    pub(super) period: u32,
    pub(super) participant: Option<u32>,
    pub(super) outcomes: Outcomes,
    /// By canonical line.
    pub(super) markets: Vec<(Option<Line>, MarketId)>,
    /// Of a list: who has quoted it, in order. Its markets have as many cells as outcomes and these.
    pub(super) quoted_by: Vec<BookmakerId>,
}

/// What names a family, but that of the line only its presence does: a `player_*` market is another question with one than without.
#[derive(Clone, Copy, Debug)]
pub(super) struct FamilyPath<'a> {
    pub(super) fixture: &'a str,
    pub(super) market: &'a str,
    pub(super) period: &'a str,
    pub(super) participant: Option<&'a str>,
    pub(super) line: Option<Line>,
}

impl FamilyPath<'_> {
    /// How long its key is.
    pub(super) fn key_bytes(&self) -> u64 {
        let parts = [self.fixture, self.market, self.period, self.participant.unwrap_or_default()];
        parts.iter().map(|part| part.len() as u64 + 2).sum::<u64>() + 1
    }

    /// Two paths have the same key exactly if they name the same family: every part stands behind its length.
    fn write_key(&self, key: &mut Vec<u8>) {
        key.clear();
        for part in [self.fixture, self.market, self.period, self.participant.unwrap_or_default()] {
            let len = u16::try_from(part.len()).expect("a name is at most 1 KiB");
            key.extend_from_slice(&len.to_le_bytes());
            key.extend_from_slice(part.as_bytes());
        }
        key.push(u8::from(self.line.is_some()));
    }
}

/// The outcomes of a family's markets.
#[derive(Clone, Debug)]
pub(super) enum Outcomes {
    BuiltIn(&'static [&'static str]),
    /// Each with its key, to find one by comparing numbers first.
    Listed(Box<[(Key, Box<str>)]>),
}

impl Outcomes {
    pub(super) fn listed(names: &[Name<'_>]) -> Self {
        Self::Listed(names.iter().map(|name| (Key::of(name), name.as_str().into())).collect())
    }

    pub(super) fn index(&self, name: &str) -> Option<OutcomeIndex> {
        let index = match self {
            Self::BuiltIn(names) => names.iter().position(|&other| other == name),
            Self::Listed(names) => {
                let key = Key::of(name);
                names.iter().position(|(other, text)| *other == key && **text == *name)
            }
        };
        index.and_then(|index| u16::try_from(index).ok()).map(OutcomeIndex)
    }

    pub(super) fn are(&self, names: &[Name<'_>]) -> bool {
        match self {
            Self::BuiltIn(own) => own.iter().copied().eq(names.iter().map(Name::as_str)),
            Self::Listed(own) => own.iter().map(|(_, text)| &**text).eq(names.iter().map(Name::as_str)),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::BuiltIn(names) => names.len(),
            Self::Listed(names) => names.len(),
        }
    }

    /// Bytes of names that are its own.
    fn bytes(&self) -> u64 {
        match self {
            Self::BuiltIn(_) => 0,
            Self::Listed(names) => names.iter().map(|(_, name)| name.len() as u64).sum(),
        }
    }

    fn name(&self, outcome: OutcomeIndex) -> Option<&str> {
        match self {
            Self::BuiltIn(names) => names.get(outcome.index()).copied(),
            Self::Listed(names) => names.get(outcome.index()).map(|(_, text)| &**text),
        }
    }
}

fn next_id(len: usize) -> u32 {
    u32::try_from(len).expect("fewer than 2^32 names fit in memory")
}
