//! Laws of results: for each family that has a model, the law fitted to its references, remembered while they stay.
//!
//! A law is used only before the start and for the full game, where the table of its sport was taken from; and never for one
//! participant alone. Laws follow from the books; the memory is no part of the state.

use crate::books::{Books, Family};
use crate::explain::NoModel;
use crate::fair::Reference;
use crate::ids::{FamilyId, Key};
use alloc::boxed::Box;
use alloc::vec::Vec;
use overround_math::model::{Law, LineProbability, SPORTS, SportTable, Table, fit};
use overround_math::settlement::MarketShape;

/// Families whose laws are remembered, about 4 kB each.
const PLACES: usize = 64;

/// Market types that are about the score, which the tables are about; others have such lines too: cards, corners, sets.
const SCORES: [(MarketShape, &str); 7] = [
    (MarketShape::Spread, "spread"),
    (MarketShape::Spread, "point_spread"),
    (MarketShape::Spread, "puck_line"),
    (MarketShape::Spread, "asian_handicap"),
    (MarketShape::Total, "total"),
    (MarketShape::Total, "total_points"),
    (MarketShape::Total, "total_goals"),
];

/// The remembered laws.
#[derive(Debug, Default)]
pub(crate) struct Laws {
    places: Vec<Place>,
    lines: Vec<LineProbability>,
    reference: Reference,
}

#[derive(Debug, Default)]
struct Place {
    family: Option<FamilyId>,
    sport: Option<&'static SportTable>,
    lines: Vec<LineProbability>,
    law: Fitted,
}

/// A law, worked out when it is first asked for.
#[derive(Debug, Default)]
enum Fitted {
    #[default]
    NotYet,
    None,
    Law(Box<Law>),
}

impl Laws {
    /// Finds the fair probabilities of all lines of the family; returns whether they may be others than when it was last asked. `false`
    /// where there is no model.
    pub(crate) fn refresh(&mut self, books: &mut Books, family: FamilyId) -> bool {
        let known = &books.families[family.index()];
        let is_live = books.fixtures[known.fixture.index()].is_live(books.now);
        let sport = known.sport.filter(|_| !is_live);
        let index = family.index() % PLACES;
        if sport.is_none() && self.places.get(index).is_none_or(|place| place.family != Some(family)) {
            return false;
        }
        self.lines.clear();
        if sport.is_some() {
            for rung in 0..books.families[family.index()].ladder.len() {
                let (line, market) = books.families[family.index()].ladder[rung];
                if books.find_reference(market, None, &mut self.reference) {
                    self.lines.push(LineProbability { line, above: self.reference.fair[0] });
                }
            }
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES, Place::default);
        }
        let place = &mut self.places[index];
        let is_same_sport = place.sport.map(core::ptr::from_ref) == sport.map(core::ptr::from_ref);
        if place.family == Some(family) && is_same_sport && place.lines == self.lines {
            return false;
        }
        place.family = Some(family);
        place.sport = sport;
        place.lines.clone_from(&self.lines);
        place.law = Fitted::NotYet;
        true
    }

    /// Has it been asked for the family's law, and not forgotten it?
    pub(crate) fn knows(&self, family: FamilyId) -> bool {
        self.places.get(family.index() % PLACES).is_some_and(|place| place.family == Some(family))
    }

    /// The law of the family as of its last [`refresh`](Self::refresh); `None` where there is no model or nothing fits.
    pub(crate) fn law(&mut self, books: &Books, family: FamilyId) -> Option<&Law> {
        let place = self.places.get_mut(family.index() % PLACES).filter(|place| place.family == Some(family))?;
        if matches!(place.law, Fitted::NotYet) {
            let table = place.sport.and_then(|sport| table_of(sport, books.families[family.index()].shape));
            let law = table.and_then(|table| fit(table, &place.lines).ok());
            place.law = law.map_or(Fitted::None, |law| Fitted::Law(Box::new(law)));
        }
        match &place.law {
            Fitted::Law(law) => Some(law),
            Fitted::NotYet | Fitted::None => None,
        }
    }
}

/// What a law was fitted to, and why there is none.
pub(crate) struct LawView<'a> {
    /// The fair probabilities of the lines, as of the last [`refresh`](Laws::refresh).
    pub(crate) lines: &'a [LineProbability],
    pub(crate) law: Result<&'a Law, NoModel>,
}

impl Laws {
    /// As [`Self::law`], with what it was fitted to.
    pub(crate) fn view(&mut self, books: &Books, family: FamilyId) -> LawView<'_> {
        let has_law = self.law(books, family).is_some();
        let known = &books.families[family.index()];
        let is_live = books.fixtures[known.fixture.index()].is_live(books.now);
        let table = known.sport.and_then(|sport| table_of(sport, known.shape));
        let place = self.places.get(family.index() % PLACES).filter(|place| place.family == Some(family));
        let lines = place.map_or(&[][..], |place| &place.lines);
        let law = match (place.map(|place| &place.law), table) {
            (Some(Fitted::Law(law)), _) if has_law => Ok(&**law),
            (_, None) => Err(NoModel::NoTable),
            _ if is_live => Err(NoModel::InPlay),
            (_, Some(table)) => Err(fit(table, lines).err().map_or(NoModel::NoTable, NoModel::Fit)),
        };
        LawView { lines, law }
    }
}

impl Books {
    /// The table of the family, if it is for the game as a whole and its sport and league have one.
    pub(crate) fn sport_of(&self, family: &Family) -> Option<&'static SportTable> {
        let fixture = &self.fixtures[family.fixture.index()];
        let is_whole = family.period == Key::of("full_game") && family.participant == Key::NONE;
        let is_score = SCORES.iter().any(|(shape, name)| family.shape == *shape && family.market_type == Key::of(name));
        let sport = fixture.sport.filter(|_| is_whole && is_score)?;
        let is_league = |league: &str| Some(Key::of(league)) == fixture.league;
        let tables = SPORTS.iter().filter(|table| Key::of(table.sport) == sport && table.league.is_none_or(is_league));
        // A league's own table comes before that of the sport.
        tables.min_by_key(|table| table.league.is_none())
    }

    /// Is it a key number of the family's sport? `None` where the sport has no table.
    pub(crate) fn is_key(&self, family: FamilyId, n: i64) -> Option<bool> {
        let family = &self.families[family.index()];
        table_of(family.sport?, family.shape).map(|table| table.is_key(n))
    }
}

fn table_of(sport: &'static SportTable, shape: MarketShape) -> Option<&'static Table> {
    match shape {
        MarketShape::Spread => Some(&sport.margin),
        MarketShape::Total => Some(&sport.total),
        _ => None,
    }
}
