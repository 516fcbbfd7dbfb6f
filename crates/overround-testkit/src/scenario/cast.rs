//! Who takes part in a scenario: bookmakers, fixtures, markets and what they are worth.

use super::prices::Truth;
use super::{BOOKMAKERS, EPOCH, Features};
use crate::random::Random;
use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, Scope};
use overround::{BookmakerId, FamilyId, FixtureId, Key, MarketId, OddsEvent, Timestamp};
use overround_math::line::Line;

/// Who and what takes part, and how far time has come.
pub(crate) struct Cast {
    pub(super) features: Features,
    pub(super) names: Vec<&'static str>,
    pub(super) fixtures: Vec<FixtureUpdate>,
    pub(super) markets: Vec<MarketDefinition>,
    pub(super) truths: Vec<Truth>,
    /// Markets not yet defined.
    pub(super) late: Vec<MarketDefinition>,
    /// Fixtures that were ended: asked about more rarely from then on.
    pub(super) ended: Vec<FixtureId>,
    /// Snapshots (true) and holds that were begun.
    pub(super) begun: Vec<(bool, Scope)>,
    /// Scopes of gaps that want a snapshot.
    pub(super) wanted: Vec<Scope>,
    pub(super) now: i64,
    /// Every market has a line.
    pub(super) has_only_lines: bool,
}

/// Shapes and names of market types, those with lines first.
const TYPES: &[(MarketShape, &str)] = &[
    (MarketShape::Total, "total"),
    (MarketShape::Total, "total_goals"),
    (MarketShape::Spread, "spread"),
    (MarketShape::Spread, "asian_handicap"),
    (MarketShape::TwoWay, "moneyline"),
    (MarketShape::ThreeWay, "1x2"),
    (MarketShape::DrawNoBet, "draw_no_bet"),
    (MarketShape::YesNo, "both_to_score"),
    (MarketShape::Listed, "winner"),
];

impl Cast {
    pub(super) fn random(random: &mut Random, features: Features) -> Self {
        let mut names = BOOKMAKERS.to_vec();
        let books = 2 + random.below(7);
        while names.len() > books {
            names.remove(1 + random.below(names.len() - 1));
        }
        if random.chance(20) {
            names.remove(0);
        }
        for i in (1..names.len()).rev() {
            names.swap(i, random.below(i + 1));
        }
        let fixtures: Vec<FixtureUpdate> =
            (0..u32::try_from(1 + random.below(3)).unwrap_or(1)).map(|i| fixture(random, i, features)).collect();
        let mut markets = Vec::new();
        let mut truths = Vec::new();
        let mut families = 0;
        // A third of the worlds is made of lines alone, for the middles between them.
        let has_only_lines = random.chance(33);
        let types = if has_only_lines { &TYPES[..4] } else { TYPES };
        for fixture in &fixtures {
            for _ in 0..=random.below(3) {
                let market_type = random.pick(types);
                add_family(random, market_type, (fixture.fixture, FamilyId(families)), &mut markets, &mut truths);
                families += 1;
            }
        }
        Self {
            features,
            names,
            fixtures,
            markets,
            truths,
            late: Vec::new(),
            ended: Vec::new(),
            begun: Vec::new(),
            wanted: Vec::new(),
            now: EPOCH,
            has_only_lines,
        }
    }

    /// Everything's definition, but for a few markets that come later. Families keep the order of their numbers.
    pub(super) fn definitions(&mut self, random: &mut Random) -> Vec<OddsEvent> {
        let mut events: Vec<OddsEvent> = (0_u32..)
            .zip(&self.names)
            .map(|(i, name)| {
                OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(i), key: Key::of(name) })
            })
            .collect();
        events.extend(self.fixtures.iter().copied().map(OddsEvent::Fixture));
        let now = self.markets.len() - if random.chance(25) { random.below(self.markets.len()) } else { 0 };
        self.late = self.markets[now..].to_vec();
        events.extend(self.markets[..now].iter().cloned().map(|market| OddsEvent::Market(Box::new(market))));
        events
    }
}

fn fixture(random: &mut Random, index: u32, features: Features) -> FixtureUpdate {
    let offset = if features.ends {
        random.pick(&[-200_000_000_000_i64, -3_600_000_000, 0, 1_000_000, 20_000_000, 600_000_000, 7_200_000_000])
    } else {
        7_200_000_000
    };
    FixtureUpdate {
        fixture: FixtureId(index),
        key: Key::of(&format!("fixture {index}")),
        sport: random.maybe(80, &["soccer", "basketball"]).map(Key::of),
        league: random.maybe(50, &["epl", "nba"]).map(Key::of),
        start: if random.chance(80) { Some(Timestamp(EPOCH + offset)) } else { None },
        live: random.maybe(10, &[false, true]),
    }
}

/// Adds one family of markets of a type that the fixture does not have yet in that period.
fn add_family(
    random: &mut Random,
    (shape, market_type): (MarketShape, &str),
    (fixture, family): (FixtureId, FamilyId),
    markets: &mut Vec<MarketDefinition>,
    truths: &mut Vec<Truth>,
) {
    let outcomes: &[&str] = match shape {
        MarketShape::ThreeWay => &["home", "draw", "away"],
        MarketShape::Total => &["over", "under"],
        MarketShape::YesNo => &["yes", "no"],
        MarketShape::Listed => &["a", "b", "c", "d"][..2 + random.below(3)],
        _ => &["home", "away"],
    };
    let base = MarketDefinition {
        market: MarketId(0),
        family,
        fixture,
        shape,
        market_type: Key::of(market_type),
        period: Key::of(random.pick(&["full_game", "1st_half"])),
        participant: if random.chance(10) { Key::of("somebody") } else { Key::NONE },
        line: None,
        outcomes: outcomes.iter().map(|name| Key::of(name)).collect(),
    };
    // The same question a second time would contradict the first; a family of its own number is then never defined, so rename it.
    let taken = markets.iter().any(|m| {
        m.fixture == fixture
            && m.market_type == base.market_type
            && m.period == base.period
            && m.participant == base.participant
    });
    let base =
        if taken { MarketDefinition { participant: Key::of(&format!("somebody {}", family.0)), ..base } } else { base };
    let lines: Vec<Option<Line>> = match shape {
        MarketShape::Total => lines(random, &[2000, 2250, 2500, 2750, 3000, 3500, 4500, 2300]),
        MarketShape::Spread => lines(random, &[-3500, -3000, -2750, -2500, -1500, -500, 0, 250, 500, 1500]),
        _ => vec![None],
    };
    let centre = random.between(-8, 8);
    for line in lines {
        let market = MarketId(u32::try_from(markets.len()).unwrap_or(0));
        truths.push(Truth::of(random, shape, outcomes.len(), line, centre));
        markets.push(MarketDefinition { market, line, ..base.clone() });
    }
}

fn lines(random: &mut Random, of: &[i32]) -> Vec<Option<Line>> {
    let mut lines = of.to_vec();
    let count = 1 + random.below(4);
    while lines.len() > count {
        lines.remove(random.below(lines.len()));
    }
    if random.chance(50) {
        lines.reverse();
    }
    lines.into_iter().map(Line::from_thousandths).collect()
}
