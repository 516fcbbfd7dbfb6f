//! A season, matchday by matchday: fixtures come, are quoted, played and forgotten. Does memory stay what the fixtures at hand need?
//!
//! `cargo run --release -p overround-benches --example season`; an argument sets how many matchdays (200); `write` instead puts each 20th into `benches/README.md`. Prints for each: fixtures and
//! quotes held, `Stats::bytes`, resident memory, and resident bytes per byte of state, in which fragmentation shows.
//!
//! Fixtures come three days before they are played, with 5 to 30 markets each; markets get a third of their bookmakers late, so that blocks
//! grow; half of the fixtures end with a word, half are forgotten 48 hours after their start. Ids are never used again.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use overround::odds_event::Ended;
use overround::{Config, Engine, FixtureId, OddsEvent, OpportunityEvent, Timestamp};
use overround::{FamilyId, MarketId};
use overround_benches::workload::OPENING;
use overround_benches::{Spec, SplitMix, machine, readme};

const DAY_US: i64 = 86_400_000_000;
const FIXTURES_OF_A_DAY: u32 = 150;
/// Days for which a fixture is quoted before it is played.
const AHEAD: u32 = 3;

struct Season {
    engine: Engine,
    spec: Spec,
    random: SplitMix,
    out: Vec<OpportunityEvent>,
    told: usize,
    /// First market of each fixture, and of the next.
    markets: Vec<u32>,
}

fn main() {
    let argument = std::env::args().nth(1);
    let writes = argument.as_ref().is_some_and(|argument| argument == "write");
    let days = argument.filter(|_| !writes).map_or(200, |days| days.parse().expect("a number of matchdays"));
    let spec = Spec { is_detailed: true, ..Spec::two_way(0, 0) };
    let engine = Engine::new(Config::recorded()).expect("the preset is valid");
    let mut season = Season { engine, spec, random: SplitMix(1), out: Vec::new(), told: 0, markets: vec![0] };
    spec.opening(|piece| season.feed(OPENING, piece));
    let head =
        "| matchday | fixtures | quotes | state, MiB | resident, MiB | resident / state |\n|--:|--:|--:|--:|--:|--:|";
    println!("{head}");
    let mut text = format!("{head}\n");
    for day in 0..days {
        season.play(day);
        let row = season.row(day);
        println!("{row}");
        if day % 20 == 19 || day == 0 {
            text += &format!("{row}\n");
        }
    }
    println!("\n{} opportunity events were told", season.told);
    if writes {
        readme::fill("season", &text);
    }
}

impl Season {
    fn feed(&mut self, now: Timestamp, events: &[OddsEvent]) {
        self.out.clear();
        let report = self.engine.apply_batch(now, events, &mut self.out);
        assert!(report.rejected.is_empty(), "{:?}", report.rejected.first());
        self.told += self.out.len();
    }

    fn play(&mut self, day: u32) {
        let now = OPENING.plus_us(i64::from(day) * DAY_US);
        for index in 0..FIXTURES_OF_A_DAY {
            self.announce(day * FIXTURES_OF_A_DAY + index, now.plus_us(i64::from(index) * 1_000));
        }
        self.moves(day, now.plus_us(DAY_US / 2));
        // Those of three days ago are over; every other one says so.
        if let Some(over) = day.checked_sub(AHEAD) {
            let first = over * FIXTURES_OF_A_DAY;
            let ended = |fixture| Ended {
                fixture: FixtureId(fixture),
                home_score: Some(2),
                away_score: Some(1),
                winner: None,
                void: false,
            };
            let events: Vec<OddsEvent> =
                (first..first + FIXTURES_OF_A_DAY).step_by(2).map(|id| OddsEvent::Ended(ended(id))).collect();
            self.feed(now.plus_us(DAY_US - 1), &events);
        }
    }

    /// A fixture with its markets, which two thirds of the bookmakers quote at once.
    fn announce(&mut self, fixture: u32, now: Timestamp) {
        let first = *self.markets.last().expect("begins with one");
        let markets = first..first + 5 + self.random.below(26);
        self.markets.push(markets.end);
        let start = Some(now.plus_us(i64::from(AHEAD) * DAY_US));
        let mut events =
            vec![OddsEvent::Fixture(overround::odds_event::FixtureUpdate { start, ..self.spec.fixture(fixture) })];
        for (index, market) in (0..).zip(markets) {
            let mut definition = self.spec.market(index);
            (definition.market, definition.family, definition.fixture) =
                (MarketId(market), FamilyId(market), FixtureId(fixture));
            definition.period = overround::Key::of(&format!("period {index}"));
            events.push(OddsEvent::Market(Box::new(definition)));
            let bookmakers = self.spec.bookmakers * 2 / 3;
            events.extend((0..bookmakers).flat_map(|bookmaker| self.quotes(market, bookmaker)));
        }
        self.feed(now, &events);
    }

    /// All that are not over move, and the other third of the bookmakers comes for those of today.
    fn moves(&mut self, day: u32, now: Timestamp) {
        let late = self.spec.bookmakers * 2 / 3..self.spec.bookmakers;
        let of_day = |day: u32| (day * FIXTURES_OF_A_DAY) as usize;
        let today = self.markets[of_day(day)]..self.markets[of_day(day + 1)];
        let mut events: Vec<OddsEvent> = today
            .flat_map(|market| {
                late.clone().flat_map(move |bookmaker| (0..2).map(move |outcome| (market, bookmaker, outcome)))
            })
            .map(|quote| OddsEvent::Odds(self.spec.quote(quote, 0)))
            .collect();
        let known = self.markets[of_day((day + 1).saturating_sub(AHEAD))]..self.markets[of_day(day + 1)];
        for _ in 0..20_000 {
            let market = known.start + self.random.below(known.end - known.start);
            let bookmaker = self.random.below(self.spec.bookmakers);
            let offset = i8::try_from(self.random.below(3)).expect("small") - 1;
            events.push(OddsEvent::Odds(self.spec.quote((market, bookmaker, 0), offset)));
        }
        for (step, batch) in (0..).zip(events.chunks(1_000)) {
            self.feed(now.plus_us(step), batch);
        }
    }

    fn quotes(&self, market: u32, bookmaker: u32) -> [OddsEvent; 2] {
        [0, 1].map(|outcome| OddsEvent::Odds(self.spec.quote((market, bookmaker, outcome), 0)))
    }

    fn row(&self, day: u32) -> String {
        let stats = self.engine.stats();
        let mebibytes = |bytes: u64| f64::from(u32::try_from(bytes >> 10).expect("at most terabytes")) / 1024.0;
        let (state, resident) = (mebibytes(stats.bytes), mebibytes(machine::resident_bytes().unwrap_or_default()));
        format!(
            "| {day} | {} | {} | {state:.1} | {resident:.1} | {:.2} |",
            stats.fixtures,
            stats.quotes,
            resident / state
        )
    }
}
