//! One fixture at a time, with all that bookmakers show of it. A slot is used again when its fixture is over.

use super::bookmaker::Bookmaker;
use super::params::Params;
use super::sport::{MAX_OUTCOMES, Question, SPORTS, Sport, Truth};
use crate::random::Random;
use overround::odds_event::MarketDefinition;
use overround::{FamilyId, FixtureId, Key, MarketId, OddsEvent};
use overround_math::line::Line;

/// The dense ids to hand out next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ids {
    pub(super) fixtures: u32,
    pub(super) families: u32,
    pub(super) markets: u32,
}

/// How many earlier truths are kept, for those who are behind.
pub(super) const MEMORY: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing is there.
    Over,
    Ahead,
    Live,
}

/// The markets of one question; contiguous, in ascending order of lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    pub(super) id: Option<FamilyId>,
    pub(super) question: Question,
    pub(super) market_type: Key,
    pub(super) period: Key,
    pub(super) participant: Key,
    pub(super) first: usize,
    pub(super) count: usize,
}

/// A market that is, or may come to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Market {
    /// `None`: nobody has quoted it yet.
    pub(super) id: Option<MarketId>,
    pub(super) line: Option<Line>,
    pub(super) first_cell: usize,
    pub(super) outcomes: usize,
}

/// One bookmaker in one market.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Column {
    /// It would quote this market at all.
    pub(super) is_offered: bool,
    /// It quotes it now.
    pub(super) is_open: bool,
    pub(super) is_suspended: bool,
    /// When the prices were made, and the ones before.
    pub(super) made: i64,
    pub(super) made_before: i64,
    pub(super) limit: f64,
}

/// One bookmaker's opinion on one family.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opinion {
    pub(super) shift: f64,
    /// The jump of the truth that it has taken in.
    pub(super) jump: u32,
}

/// The latest price shown and the one before.
pub(super) type Cell = [f64; 2];

#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) phase: Phase,
    pub(super) fixture: FixtureId,
    pub(super) key: Key,
    pub(super) sport: usize,
    pub(super) runners: usize,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) says_live: bool,
    /// Has its start been told?
    pub(super) tells_start: bool,
    pub(super) truths: [Truth; MEMORY],
    /// Counts jumps of the truth; whoever has not taken in the last prices anew.
    pub(super) jump: u32,
    pub(super) scores: [i32; 2],
    pub(super) periods: u8,
    pub(super) families: Vec<Family>,
    pub(super) markets: Vec<Market>,
    pub(super) cells_each: usize,
    /// By bookmaker, then market.
    pub(super) columns: Vec<Column>,
    /// By bookmaker, then cell.
    pub(super) cells: Vec<Cell>,
    /// By bookmaker, then family.
    pub(super) opinions: Vec<Opinion>,
}

impl Slot {
    fn empty() -> Self {
        Self {
            phase: Phase::Over,
            fixture: FixtureId(0),
            key: Key::NONE,
            sport: 0,
            runners: 0,
            start: 0,
            end: 0,
            says_live: false,
            tells_start: false,
            truths: [Truth::default(); MEMORY],
            jump: 0,
            scores: [0; 2],
            periods: 0,
            families: Vec::new(),
            markets: Vec::new(),
            cells_each: 0,
            columns: Vec::new(),
            cells: Vec::new(),
            opinions: Vec::new(),
        }
    }

    /// An empty one with room for any fixture, so that none needs more memory later.
    pub(super) fn roomy(params: &Params, books: usize) -> Self {
        let mut slot = Self { runners: MAX_OUTCOMES, ..Self::empty() };
        let (mut families, mut markets, mut cells) = (0, 0, 0);
        for sport in 0..SPORTS.len() {
            slot.sport = sport;
            slot.plan_markets(params);
            families = families.max(slot.families.len());
            markets = markets.max(slot.markets.len());
            cells = cells.max(slot.cells_each);
        }
        slot.families = Vec::with_capacity(families);
        slot.markets = Vec::with_capacity(markets);
        slot.columns = Vec::with_capacity(markets * books);
        slot.cells = Vec::with_capacity(cells * books);
        slot.opinions = Vec::with_capacity(families * books);
        slot
    }

    pub(super) fn sport(&self) -> &'static Sport {
        &SPORTS[self.sport]
    }

    /// Plans a new fixture with that start. Nothing is told yet, and no id but the fixture's is given out.
    pub(super) fn plan(
        &mut self,
        random: &mut Random,
        params: &Params,
        books: &[Bookmaker],
        ids: &mut Ids,
        start: i64,
    ) {
        self.fixture = FixtureId(ids.fixtures);
        self.key = Key::of(&format!("fixture {}", ids.fixtures));
        ids.fixtures += 1;
        self.phase = Phase::Ahead;
        // One in sixteen is a race, the others are shared out evenly.
        self.sport = if random.chance(6) { SPORTS.len() - 1 } else { random.below(SPORTS.len() - 1) };
        self.runners = 4 + random.below(9);
        self.start = start;
        self.end = start + super::micros(params.play_s * random.within(0.6, 1.4));
        self.says_live = random.chance(80);
        let sport = self.sport();
        let truth = Truth {
            margin: random.normal() * sport.margin_sd * 0.4,
            total: sport.total.0 + random.normal() * sport.total.1 * 0.2,
            form: random.normal() * 0.3,
            sure: 1.0,
        };
        self.truths = [truth; MEMORY];
        (self.jump, self.scores, self.periods) = (0, [0; 2], 0);
        self.plan_markets(params);
        self.plan_columns(random, books);
    }

    fn plan_markets(&mut self, params: &Params) {
        self.families.clear();
        self.markets.clear();
        self.cells_each = 0;
        let sport = self.sport();
        for &(question, market_type, period) in sport.questions {
            let first = self.markets.len();
            let outcomes = question.outcomes(self.runners).len();
            let half = i32::try_from(params.lines + params.lines / 2).unwrap_or(3).max(1);
            let range = if question.has_lines() { -half..=half } else { 0..=0 };
            for place in range {
                let line = question.has_lines().then(|| self.line(question, place));
                let first_cell = self.cells_each;
                self.cells_each += outcomes;
                self.markets.push(Market { id: None, line: line.flatten(), first_cell, outcomes });
            }
            self.families.push(Family {
                id: None,
                question,
                market_type: Key::of(market_type),
                period: Key::of(period),
                participant: question.participant().map_or(Key::NONE, Key::of),
                first,
                count: self.markets.len() - first,
            });
        }
    }

    /// The line at a place of a ladder, 0 being the half line at the centre. Team and player lines are wider apart.
    fn line(&self, question: Question, place: i32) -> Option<Line> {
        let sport = self.sport();
        let centre = sport.centre(question, &self.truths[0]);
        #[expect(clippy::cast_possible_truncation, reason = "a line of a few hundred at most")]
        let whole = centre.floor() as i32;
        let step = if matches!(question, Question::TeamTotal | Question::Player) { 1000 } else { sport.step };
        Line::from_thousandths(whole * 1000 + 500 + place * step)
    }

    fn plan_columns(&mut self, random: &mut Random, books: &[Bookmaker]) {
        self.columns.clear();
        self.cells.clear();
        self.opinions.clear();
        for book in books {
            let is_there = random.happens(book.coverage);
            for _ in 0..self.markets.len() {
                let is_offered = is_there && random.happens(book.coverage);
                self.columns.push(Column { is_offered, ..Column::default() });
            }
            self.cells.resize(self.cells.len() + self.cells_each, [0.0; 2]);
            self.opinions.resize(self.opinions.len() + self.families.len(), Opinion::default());
        }
    }

    /// The id of a market; one that nobody has quoted yet is defined first.
    pub(super) fn market_id(
        &mut self,
        family: usize,
        market: usize,
        ids: &mut Ids,
        out: &mut Vec<OddsEvent>,
    ) -> MarketId {
        if let Some(id) = self.markets[market].id {
            return id;
        }
        let id = MarketId(ids.markets);
        ids.markets += 1;
        self.markets[market].id = Some(id);
        let family = &mut self.families[family];
        let family_id = *family.id.get_or_insert_with(|| {
            ids.families += 1;
            FamilyId(ids.families - 1)
        });
        let names = family.question.outcomes(self.runners);
        out.push(OddsEvent::Market(Box::new(MarketDefinition {
            market: id,
            family: family_id,
            fixture: self.fixture,
            shape: family.question.shape(),
            market_type: family.market_type,
            period: family.period,
            participant: family.participant,
            line: self.markets[market].line,
            outcomes: names.iter().map(|name| Key::of(name)).collect(),
        })));
        id
    }

    /// Bytes held, for what was reserved.
    pub(super) fn footprint(&self) -> usize {
        self.families.capacity() * size_of::<Family>()
            + self.markets.capacity() * size_of::<Market>()
            + self.columns.capacity() * size_of::<Column>()
            + self.cells.capacity() * size_of::<Cell>()
            + self.opinions.capacity() * size_of::<Opinion>()
    }
}
