//! Time: the engine beside parsing, touching and itself.

use crate::Effort;
use crate::report::{Bound, Row};
use overround::odds_event::{SourceHealth, SourceSignal};
use overround::{BookmakerId, OddsEvent};
use overround_benches::delta::{self, Deltas};
use overround_benches::measure::{Ratio, in_turn, ns_each, quartiles};
use overround_benches::play::{Player, Slices};
use overround_benches::touch::Touch;
use overround_benches::{By, Spec, config};
use overround_math::devig::Method;
use std::hint::black_box;

/// Odds events of a batch.
pub(crate) const BATCH: usize = 1_000;

/// The usual workload with its odds events and an engine that has played them once.
struct Played {
    spec: Spec,
    events: Vec<OddsEvent>,
    player: Player,
    /// Odds events of a round.
    slice: usize,
}

impl Played {
    fn new(spec: Spec, effort: Effort) -> Self {
        let hundredth = |n: u32| n / effort.divisor;
        let spec = Spec { markets: hundredth(spec.markets), events: hundredth(spec.events), ..spec };
        let events = spec.moves();
        let config = config(Method::Power);
        let is_large = spec.markets > 100_000 && effort.rounds < Effort::FULL.rounds;
        let player = if is_large {
            // Its digest takes longer than a quick run has.
            let mut player = Player::open(&spec, config);
            player.pass(&spec, &events, Some(BATCH));
            player
        } else {
            Player::checked(&spec, &config, &events, Some(BATCH))
        };
        Self { slice: events.len().min(hundredth(100_000) as usize), spec, events, player }
    }

    /// Single calls beside parsing the same odds events.
    fn against_parsing(&mut self, rounds: usize) -> Ratio {
        let Self { events, player, slice, .. } = self;
        beside_parsing(events, *slice, rounds, |events| player.singles(events))
    }

    /// Batches beside touching the lines of the same odds events.
    fn against_touching(&mut self, rounds: usize) -> Ratio {
        let mut touch = Touch::of(&self.spec);
        let size = self.slice;
        let (mut slices, mut touched) = (Slices::new(&self.events, size), Slices::new(&self.events, size));
        touch.all(&self.events);
        in_turn(
            rounds,
            || ns_each(size, || self.player.batches(slices.next_slice().1, BATCH)),
            || ns_each(size, || touch.all(black_box(touched.next_slice().1))),
        )
    }
}

/// Something done with odds events, slice by slice, beside parsing the same.
fn beside_parsing(events: &[OddsEvent], size: usize, rounds: usize, mut act: impl FnMut(&[OddsEvent])) -> Ratio {
    let deltas = Deltas::of(events);
    let (mut slices, mut texts) = (Slices::new(events, size), Slices::new(events, size));
    in_turn(
        rounds,
        || ns_each(size, || act(slices.next_slice().1)),
        || {
            let (at, _) = texts.next_slice();
            ns_each(size, || {
                for text in deltas.texts(at, at + size) {
                    black_box(delta::parse(black_box(text)));
                }
            })
        },
    )
}

/// One line waited for beside parsing the odds event that asks for it: what a call costs that waits for memory once.
fn line_beside_parsing(played: &Played, rounds: usize) -> Ratio {
    let mut touch = Touch::of(&played.spec);
    touch.one_line(&played.events);
    beside_parsing(&played.events, played.slice, rounds, |events| touch.one_line_at_a_time(black_box(events)))
}

/// Touching what a change needs beside touching one line.
fn touch_beside_line(played: &Played, rounds: usize) -> Ratio {
    let (mut all, mut one) = (Touch::of(&played.spec), Touch::of(&played.spec));
    let size = played.slice;
    let (mut alls, mut ones) = (Slices::new(&played.events, size), Slices::new(&played.events, size));
    all.all(&played.events);
    one.one_line(&played.events);
    in_turn(
        rounds,
        || ns_each(size, || all.all(black_box(alls.next_slice().1))),
        || ns_each(size, || one.one_line(black_box(ones.next_slice().1))),
    )
}

/// Two players' batches in turn.
fn two_players(left: &mut Played, right: &mut Played, rounds: usize) -> Ratio {
    let size = left.slice;
    let (mut left_slices, mut right_slices) = (Slices::new(&left.events, size), Slices::new(&right.events, size));
    in_turn(
        rounds,
        || ns_each(size, || left.player.batches(left_slices.next_slice().1, BATCH)),
        || ns_each(size, || right.player.batches(right_slices.next_slice().1, BATCH)),
    )
}

/// What is measured at 10,000 markets.
pub(crate) fn small(effort: Effort) -> Vec<Row> {
    let mut played = Played::new(Spec::two_way(10_000, 200_000), effort);
    let apply = played.against_parsing(effort.rounds);
    vec![
        Row::ratio(
            "apply_vs_parse_10k",
            apply,
            Bound::Most(0.7),
            "an odds event that changes a price, by a call of its own / parsing its compact JSON delta with sonic-rs; 10,000 markets",
        ),
        flip(
            &mut played,
            effort,
            BookmakerId(5),
            ("role_flip", Bound::Most(200.0)),
            "a bookmaker in 10,000 markets is said to be stale, and no longer; per market; the slower direction",
        ),
        flip(
            &mut played,
            effort,
            BookmakerId(0),
            ("role_flip_anchor", Bound::None),
            "the same of the anchor: every market is judged by consensus, then by the anchor again",
        ),
    ]
}

fn flip(
    played: &mut Played,
    effort: Effort,
    bookmaker: BookmakerId,
    (name, bound): (&'static str, Bound),
    what: &'static str,
) -> Row {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=effort.rounds {
        for (stale, times) in [true, false].into_iter().zip(&mut times) {
            let health = SourceHealth::Stale(stale);
            let signal = [OddsEvent::Source(SourceSignal { bookmaker, fixture: None, health, last_write_ts: None })];
            let ns = ns_each(played.spec.markets as usize, || played.player.singles(&signal));
            if round > 0 {
                times.push(ns);
            }
        }
    }
    let quartiles = times.map(|mut times| quartiles(&mut times));
    let [low, value, high] = if quartiles[0][1] > quartiles[1][1] { quartiles[0] } else { quartiles[1] };
    Row { name, value, spread: high - low, bound, unit: "ns", sides: None, what }
}

/// What is measured at 100,000 markets.
pub(crate) fn middle(effort: Effort) -> Vec<Row> {
    let spec = Spec::two_way(100_000, 400_000);
    let mut anchor = Played::new(spec, effort);
    let touch = anchor.against_touching(effort.rounds);
    let lines = touch_beside_line(&anchor, effort.rounds);
    let [unchanged, waiting] = unchanged(&anchor.spec, anchor.slice, effort.rounds);
    let mut consensus = Played::new(Spec { by: By::Consensus, ..spec }, effort);
    let consensus = two_players(&mut consensus, &mut anchor, effort.rounds);
    vec![
        Row::ratio(
            "batch_vs_touch_100k",
            touch,
            Bound::Most(2.2),
            "an odds event that changes a price, in batches of 1,000, by anchor / touching the 7 cache lines it needs; 100,000 markets",
        ),
        Row::ratio(
            "consensus_vs_anchor_100k",
            consensus,
            Bound::Most(1.5),
            "reference by consensus of 11 with `power` / by anchor, both in batches of 1,000; 100,000 markets",
        ),
        Row::ratio(
            "unchanged_vs_line_100k",
            unchanged,
            Bound::Most(1.3),
            "an odds event that changes nothing, in batches of 1,000 / reading and writing one cache line; 100,000 markets",
        ),
        Row::ratio(
            "unchanged_vs_line_waiting_100k",
            waiting,
            Bound::None,
            "the same / reading and writing one cache line, each after the one before has come",
        ),
        Row::ratio(
            "touch_vs_line_100k",
            lines,
            Bound::None,
            "touching the 7 cache lines that a change needs, deciding nothing / reading and writing one; 100,000 markets",
        ),
    ]
}

/// Odds events that say what is known, in batches, beside touching one line each: many at a time, and one at a time.
fn unchanged(spec: &Spec, slice: usize, rounds: usize) -> [Ratio; 2] {
    let spec = Spec { changing: 0, seed: 2, ..*spec };
    let mut fresh = Player::open(&spec, config(Method::Power));
    let events = spec.moves();
    fresh.pass(&spec, &events, Some(BATCH));
    let mut touch = Touch::of(&spec);
    touch.one_line(&events);
    let mut slices = Slices::new(&events, slice);
    [Touch::one_line, Touch::one_line_at_a_time].map(|line| {
        let mut touched = Slices::new(&events, slice);
        in_turn(
            rounds,
            || ns_each(slice, || fresh.batches(slices.next_slice().1, BATCH)),
            || ns_each(slice, || line(&mut touch, black_box(touched.next_slice().1))),
        )
    })
}

/// Many fixtures that nothing is heard of beside few.
pub(crate) fn fixtures(effort: Effort) -> Vec<Row> {
    let few = Spec { per_fixture: 1, ..Spec::two_way(1_000, 100_000) };
    let many = Spec { markets: 100_000, reach: 1_000 / effort.divisor, ..few };
    let (mut few, mut many) = (Played::new(few, effort), Played::new(many, effort));
    let ratio = two_players(&mut many, &mut few, effort.rounds);
    vec![Row::ratio(
        "fixtures_100k_vs_1k",
        ratio,
        Bound::Most(1.1),
        "the same odds events about 1,000 fixtures while 100,000 exist / while no other exists: equal cache footprint",
    )]
}

/// What is measured at 1,000,000 markets.
pub(crate) fn large(effort: Effort) -> Vec<Row> {
    let events = if effort.rounds < Effort::FULL.rounds { 400_000 } else { 1_000_000 };
    let mut played = Played::new(Spec::two_way(1_000_000, events), effort);
    let apply = played.against_parsing(effort.rounds);
    let touch = played.against_touching(effort.rounds);
    let line = line_beside_parsing(&played, effort.rounds);
    vec![
        Row::ratio("apply_vs_parse_1m", apply, Bound::Most(1.1), "as `apply_vs_parse_10k` with 1,000,000 markets"),
        Row::ratio("batch_vs_touch_1m", touch, Bound::Most(1.6), "as `batch_vs_touch_100k` with 1,000,000 markets"),
        Row::ratio(
            "line_waiting_vs_parse_1m",
            line,
            Bound::None,
            "reading and writing one cache line, each after the one before has come / parsing; 1,000,000 markets",
        ),
    ]
}
