//! How long single calls take, the worst one too: 100,000 markets under the preset `live`, with all that a feed brings.
//!
//! `cargo bench -p overround-benches --bench latency`; `-- --test` is a smoke run of a hundredth, `-- --write` puts the table into `benches/README.md`.
//!
//! 20,000 odds events per second of the engine's time, one of ten changing a price; ten fixtures start each second; each 2,000th odds
//! event begins a snapshot of one bookmaker in one fixture; once a bookmaker that stands in every market reconnects with a snapshot of
//! 200,000 quotes; another, and then the anchor, is said to be stale and comes back; a third falls silent until its budget is over. Ages
//! run out in fixtures that have started.

#![allow(clippy::print_stdout, clippy::disallowed_types, reason = "it is what a bench is for")]

use hdrhistogram::Histogram;
use overround::odds_event::{FixtureUpdate, Scope, SourceHealth, SourceSignal};
use overround::{BookmakerId, Config, FeedId, FixtureId, Key, OddsEvent, OpportunityEvent};
use overround_benches::play::Player;
use overround_benches::workload::OPENING;
use overround_benches::{Spec, digests, readme};
use std::collections::BTreeMap;
use std::time::Instant;

const SILENT: BookmakerId = BookmakerId(11);
const STALE: BookmakerId = BookmakerId(5);
const ANCHOR: BookmakerId = BookmakerId(0);
const RECONNECTED: BookmakerId = BookmakerId(7);

/// A call and what it is counted under.
struct Call {
    after_us: i64,
    event: OddsEvent,
    name: &'static str,
}

fn main() {
    let divisor = if std::env::args().any(|argument| argument == "--test") { 100 } else { 1 };
    let spec = Spec { changing: 10, ..Spec::two_way(100_000 / divisor, 1_000_000 / divisor) };
    let mut config = Config::live();
    config.freshness.budgets_s.insert(Key::of(&format!("bookmaker {}", SILENT.0)), 5.0 / f64::from(divisor));
    let calls = calls(&spec);
    let mut player = Player::open(&spec, config);
    let mut names: BTreeMap<String, Histogram<u64>> = BTreeMap::new();
    let mut all = histogram();
    let mut worst = (0, String::new());
    let mut now = OPENING.plus_us(20_000_000);
    let mut out: Vec<OpportunityEvent> = Vec::new();
    for call in &calls {
        now = now.plus_us(call.after_us);
        let deadline = player.engine.next_deadline().filter(|(at, _)| *at <= now);
        out.clear();
        let begin = Instant::now();
        let applied = player.engine.apply(now, &call.event, &mut out);
        let ns = u64::try_from(begin.elapsed().as_nanos()).expect("an hour at most");
        applied.expect("a good event");
        let name =
            deadline.map_or_else(|| call.name.into(), |(_, kind)| format!("{}, after a deadline: {kind:?}", call.name));
        if ns > worst.0 {
            worst = (ns, format!("{name}; it told {}", out.len()));
        }
        all.record(ns).expect("it grows");
        names.entry(name).or_insert_with(histogram).record(ns).expect("it grows");
    }
    digests::check(&format!("latency {spec} live"), &player.engine);
    let mut text = String::from("| call | calls | p50, µs | p99 | p99.9 | max |\n|---|--:|--:|--:|--:|--:|\n");
    text += &row("all", &all);
    names.iter().for_each(|(name, histogram)| text += &row(name, histogram));
    text += &format!("\n{} markets; the worst call took {} µs: {}.", spec.markets, worst.0 / 1_000, worst.1);
    println!("{text}");
    if std::env::args().any(|argument| argument == "--write") {
        readme::fill("latency", &text);
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new(3).expect("three digits")
}

fn row(name: &str, histogram: &Histogram<u64>) -> String {
    let at = |quantile| {
        let ns = histogram.value_at_quantile(quantile);
        format!("{}.{}", ns / 1_000, ns % 1_000 / 100)
    };
    format!("| {name} | {} | {} | {} | {} | {} |\n", histogram.len(), at(0.5), at(0.99), at(0.999), at(1.0))
}

/// The feed.
fn calls(spec: &Spec) -> Vec<Call> {
    let mut calls = Vec::new();
    let fixtures = spec.markets / spec.per_fixture;
    for index in 0..fixtures.min(600) {
        let start = OPENING.plus_us(20_000_000 + i64::from(index) * 100_000);
        let update = FixtureUpdate { start: Some(start), ..spec.fixture(index * (fixtures / fixtures.min(600))) };
        calls.push(Call { after_us: 0, event: OddsEvent::Fixture(update), name: "start" });
    }
    let moves = spec.moves();
    let hundredth = moves.len() / 100;
    for (index, event) in moves.into_iter().enumerate() {
        match index / hundredth {
            _ if !index.is_multiple_of(hundredth) => {}
            50 => snapshot_of_bookmaker(spec, &mut calls),
            60 => calls.push(signal(STALE, true, "bookmaker out")),
            70 => calls.push(signal(STALE, false, "bookmaker back")),
            80 => calls.push(signal(ANCHOR, true, "anchor out")),
            90 => calls.push(signal(ANCHOR, false, "anchor back")),
            _ => {}
        }
        if index % 2_000 == 1_999 {
            snapshot_of_fixture(spec, u32::try_from(index / 2_000).expect("few"), &mut calls);
        }
        let is_silent =
            index > 15 * hundredth && matches!(&event, OddsEvent::Odds(update) if update.bookmaker == SILENT);
        if !is_silent {
            calls.push(Call { after_us: 50, event, name: "odds" });
        }
    }
    calls
}

fn signal(bookmaker: BookmakerId, stale: bool, name: &'static str) -> Call {
    let health = SourceHealth::Stale(stale);
    let event = OddsEvent::Source(SourceSignal { bookmaker, fixture: None, health, last_write_ts: None });
    Call { after_us: 50, event, name }
}

/// A bookmaker's quotes of one fixture come anew, the last outcome of the last market excepted: it is gone.
fn snapshot_of_fixture(spec: &Spec, index: u32, calls: &mut Vec<Call>) {
    let fixture = index * 7 % (spec.markets / spec.per_fixture);
    let bookmaker = index % (spec.bookmakers - 1);
    let scope = Scope { feed: FeedId(0), bookmaker: Some(BookmakerId(bookmaker)), fixture: Some(FixtureId(fixture)) };
    let markets = fixture * spec.per_fixture..(fixture + 1) * spec.per_fixture;
    let quotes = markets.flat_map(|market| [0, 1].map(|outcome| (market, bookmaker, outcome)));
    let quotes: Vec<_> = quotes.take(spec.per_fixture as usize * 2 - 1).collect();
    snapshot(spec, scope, &quotes, "snapshot complete, a fixture", calls);
}

fn snapshot_of_bookmaker(spec: &Spec, calls: &mut Vec<Call>) {
    let scope = Scope { feed: FeedId(0), bookmaker: Some(RECONNECTED), fixture: None };
    let quotes = (0..spec.markets).flat_map(|market| [0, 1].map(|outcome| (market, RECONNECTED.0, outcome)));
    let quotes: Vec<_> = quotes.collect();
    snapshot(spec, scope, &quotes, "snapshot complete, a bookmaker", calls);
}

fn snapshot(spec: &Spec, scope: Scope, quotes: &[(u32, u32, u16)], complete: &'static str, calls: &mut Vec<Call>) {
    calls.push(Call { after_us: 5, event: OddsEvent::SnapshotBegin(scope), name: "snapshot begin" });
    calls.extend(quotes.iter().map(|&quote| {
        let event = OddsEvent::Odds(spec.quote(quote, 0));
        Call { after_us: 5, event, name: "odds held back" }
    }));
    calls.push(Call { after_us: 5, event: OddsEvent::SnapshotComplete(scope), name: complete });
}
