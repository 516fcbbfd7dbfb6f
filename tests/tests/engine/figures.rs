//! Figures against a mirror, and against what others have published.

use crate::board::{Board, NAMES, SHAPES, boards, fees, open, permissive, priced_boards, references, telling};
use overround::config::{Config, ReferenceMode};
use overround::odds_event::MarketShape;
use overround::opportunity::{Arbitrage, EvClass, Figures, Kind, Leg, LowHold, Middle, ProbabilityFrom, Warnings};
use overround::{Key, Opportunity, Side};
use overround_math::commission::{Base, Commission};
use proptest::prelude::*;

// ---- mirrors ----

/// Totals are mirrored at this many quarters: 3 goals, so that integers stay integers.
const AXIS: i32 = 12;

/// The same market with its outcomes in another order; one with a line has its results turned round.
struct Mirror {
    shape: MarketShape,
    /// Where each outcome goes.
    to: Vec<u16>,
}

impl Mirror {
    fn none(shape: MarketShape) -> Self {
        Self { shape, to: vec![0, 1, 2] }
    }

    fn is_turned(&self) -> bool {
        self.shape.has_line() && self.to[0] == 1
    }

    fn board(&self, board: &Board) -> Board {
        let line = |&line: &i32| match self.shape {
            _ if !self.is_turned() => line,
            MarketShape::Spread => -line,
            _ => 2 * AXIS - line,
        };
        let mut mirrored = Board::new(self.shape, &board.lines.iter().map(line).collect::<Vec<i32>>());
        mirrored.sport = board.sport;
        let prices = board.prices.iter();
        mirrored.prices =
            prices.map(|(&(market, o, lay, by), &d)| ((market, self.to[usize::from(o)], lay, by), d)).collect();
        mirrored
    }

    /// A result seen in the mirror, `one` being what counts 1.
    fn result(&self, n: i64, one: i64) -> i64 {
        match self.shape {
            _ if !self.is_turned() => n,
            MarketShape::Spread => -n,
            _ => i64::from(AXIS) * one / 2 - n,
        }
    }
}

/// Outcome, side, bookmaker and price of a bet.
type Bet = (u16, bool, u32, u64);

/// An opportunity as the mirror shows it: what must be the same, and figures that may differ by rounding.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    kind: Kind,
    market: Option<u32>,
    lines: Option<(i64, i64)>,
    bets: Vec<Bet>,
    numbers: Vec<(i64, Option<bool>)>,
    warnings: Warnings,
    judged: Option<(EvClass, Vec<u32>)>,
    from: Option<ProbabilityFrom>,
    figures: Vec<Option<f64>>,
}

fn seen(mirror: &Mirror, it: &Opportunity) -> Seen {
    let bet = |outcome: u16, side: Side, bookmaker: u32, price: f64| {
        (mirror.to[usize::from(outcome)], side == Side::Lay, bookmaker, price.to_bits())
    };
    let mut bets: Vec<(Bet, Vec<Option<f64>>)> = Vec::new();
    let of_leg = |leg: &Leg| {
        let own = vec![Some(leg.net_price), Some(leg.stake_fraction), leg.fair_probability, leg.limit];
        (bet(leg.outcome.0, leg.side, leg.bookmaker.0, leg.price), own)
    };
    let (mut lines, mut numbers, mut judged, mut from) = (None, Vec::new(), None, None);
    let mut figures = match &it.figures {
        Figures::Arbitrage(it) => {
            bets.extend(it.legs.iter().map(of_leg));
            let Arbitrage { profit, profit_min, booksum, gross_booksum, .. } = *it;
            let sums = [profit, profit_min, booksum, gross_booksum].map(Some);
            [sums.as_slice(), &[it.max_total_stake, it.max_total_stake_known]].concat()
        }
        Figures::LowHold(it) => {
            for side in &it.sides {
                let own = vec![Some(side.net_price), side.fair_probability];
                let tied = side.bookmakers.iter().map(|by| bet(side.outcome.0, side.side, by.0, side.price));
                bets.extend(tied.map(|bet| (bet, own.clone())));
            }
            vec![Some(it.hold), Some(it.booksum)]
        }
        Figures::Ev(ev) => {
            bets.push((bet(ev.outcome.0, ev.side, ev.bookmaker.0, ev.price), vec![ev.limit]));
            judged = Some((ev.class, ev.reference.bookmakers.iter().map(|by| by.0).collect()));
            let known = [ev.net_price, ev.fair_probability, ev.fair_price, ev.ev, ev.kelly, ev.kelly_prudent];
            let others = [ev.confidence, f64::from(ev.bookmakers), ev.best_price, ev.worst_price];
            [known.map(Some).as_slice(), &others.map(Some), &[ev.reference.price]].concat()
        }
        Figures::Middle(middle) => {
            bets.extend(middle.legs.iter().map(of_leg));
            let ends = [middle.lower, middle.upper].map(|line| mirror.result(i64::from(line.thousandths()), 1000));
            lines = Some((ends[0].min(ends[1]), ends[0].max(ends[1])));
            let mut listed: Vec<_> =
                middle.numbers.iter().map(|it| (mirror.result(it.n, 1), it.key, it.probability)).collect();
            listed.sort_by_key(|(n, ..)| *n);
            numbers = listed.iter().map(|(n, key, _)| (*n, *key)).collect();
            from = middle.probability_from;
            let known = [middle.worst, middle.best, middle.booksum].map(Some);
            let valued = [middle.middle_probability, middle.ev, middle.break_even, middle.quality];
            let each: Vec<Option<f64>> = listed.iter().map(|(.., probability)| *probability).collect();
            [known.as_slice(), &valued, &each].concat()
        }
    };
    bets.sort_by_key(|(bet, _)| *bet);
    figures.extend(bets.iter().flat_map(|(_, own)| own));
    let bets = bets.into_iter().map(|(bet, _)| bet).collect();
    let market = lines.is_none().then_some(it.market.0);
    Seen { kind: it.kind(), market, lines, bets, numbers, warnings: it.warnings, judged, from, figures }
}

fn all_seen(config: &Config, mirror: &Mirror, board: &Board) -> Vec<Seen> {
    let mut all: Vec<Seen> = open(config, board).opportunities().iter().map(|it| seen(mirror, it)).collect();
    all.sort_by(|a, b| (a.kind, a.market, a.lines, &a.bets).cmp(&(b.kind, b.market, b.lines, &b.bets)));
    all
}

/// The same but for rounding; what a model of results was fitted for, within what the fit is good for.
fn check_same(a: &Seen, b: &Seen) -> Result<(), TestCaseError> {
    let bare = |seen: &Seen| Seen { figures: Vec::new(), ..seen.clone() };
    prop_assert_eq!(bare(a), bare(b));
    prop_assert_eq!(a.figures.len(), b.figures.len());
    let tolerance = if a.from == Some(ProbabilityFrom::Model) { 1e-9 } else { 1e-12 };
    for pair in a.figures.iter().zip(&b.figures) {
        let is_same = match pair {
            (Some(x), Some(y)) => (x - y).abs() <= tolerance * (1.0 + x.abs()),
            (x, y) => x == y,
        };
        prop_assert!(is_same, "{pair:?}: {a:?} {b:?}");
    }
    Ok(())
}

fn check_mirrored(config: &Config, board: &Board, to: &[u16]) -> Result<usize, TestCaseError> {
    let to = if board.outcomes() == 2 { vec![1, 0] } else { to.to_vec() };
    let mirror = Mirror { shape: board.shape, to };
    let mut back = vec![0; 3];
    (0..).zip(&mirror.to).for_each(|(from, &to)| back[usize::from(to)] = from);
    let back = Mirror { shape: board.shape, to: back };
    let usual = all_seen(config, &Mirror::none(board.shape), board);
    let mirrored = all_seen(config, &back, &mirror.board(board));
    prop_assert_eq!(usual.len(), mirrored.len(), "{:?} {:?}", usual, mirrored);
    usual.iter().zip(&mirrored).try_for_each(|(a, b)| check_same(a, b))?;
    Ok(usual.len())
}

/// Any order of three.
fn orders() -> impl Strategy<Value = Vec<u16>> {
    Just(vec![0, 1, 2]).prop_shuffle()
}

proptest! {
    #![proptest_config(telling())]

    /// Would catch: a line with the wrong sign for one side, a tie broken by outcome, a first outcome that is treated otherwise.
    #[test]
    fn bets_have_no_handedness(board in boards(&SHAPES), fees in fees(), to in orders(), max_hold in 0.0..0.3_f64) {
        let mut config = Config { commission: fees, ..permissive() };
        config.low_hold.max_hold = max_hold;
        prop_assume!(check_mirrored(&config, &board, &to)? > 0);
    }

    /// Would catch: the same where somebody judges: in columns, references, ladders, scores and laws of results.
    #[test]
    fn judgements_have_no_handedness(
        board in priced_boards(), config in references(), to in orders(),
        sport in proptest::sample::select(vec![None, Some("soccer"), Some("american_football"), Some("basketball")]),
    ) {
        let mut board = board;
        // Goals and points have no mirror, but margins do.
        board.sport = sport.filter(|_| board.shape == MarketShape::Spread);
        prop_assume!(check_mirrored(&config, &board, &to)? > 0);
    }
}

// ---- published figures ----

/// What is told of one kind, the only one.
fn told(config: &Config, board: &Board, kind: Kind) -> Figures {
    let view = open(config, board).opportunities();
    let mut of_kind = view.into_iter().filter(|it| it.kind() == kind);
    let only = of_kind.next().expect("it is told").figures;
    assert!(of_kind.next().is_none());
    only
}

fn arbitrage(board: &Board) -> Arbitrage {
    let Figures::Arbitrage(it) = told(&permissive(), board, Kind::Arbitrage) else { unreachable!("asked for") };
    it
}

fn middle(board: &Board) -> Middle {
    let Figures::Middle(it) = told(&permissive(), board, Kind::Middle) else { unreachable!("asked for") };
    it
}

/// One price per outcome of one market, each by another bookmaker.
fn market(shape: MarketShape, quarters: i32, prices: &[f64]) -> Board {
    let each = (0..).zip(0..).zip(prices);
    each.fold(Board::new(shape, &[quarters]), |board, ((outcome, by), &price)| board.back(0, outcome, by, price))
}

/// Percent, as far as they are printed.
fn assert_percent(found: f64, percent: f64, half_a_digit: f64) {
    assert!((found * 100.0 - percent).abs() <= half_a_digit, "{found} is not {percent} %");
}

fn assert_stakes(legs: &[Leg], percent: &[f64], half_a_digit: f64) {
    assert_eq!(legs.len(), percent.len());
    legs.iter().zip(percent).for_each(|(leg, &percent)| assert_percent(leg.stake_fraction, percent, half_a_digit));
}

/// American odds, as the sources print them.
fn american(a: f64) -> f64 {
    if a > 0.0 { 1.0 + a / 100.0 } else { 1.0 - 100.0 / a }
}

#[test]
fn one_pair_of_prices_on_each_kind_of_line() {
    for (quarters, percent) in [(10, 3.735), (8, 0.0), (9, 1.867)] {
        for shape in [MarketShape::Total, MarketShape::Spread] {
            let found = arbitrage(&market(shape, quarters, &[2.10, 2.05]));
            assert_percent(found.profit, 3.735, 5e-4);
            assert_percent(found.profit_min, percent, 6e-4);
        }
    }
    assert_percent(arbitrage(&market(MarketShape::DrawNoBet, 0, &[2.10, 2.05])).profit_min, 0.0, 0.0);
}

#[test]
fn three_way_arbitrages() {
    let of = |prices: &[f64]| arbitrage(&market(MarketShape::ThreeWay, 0, prices));
    let found = of(&[3.0, 3.5, 2.8]);
    assert_percent(found.booksum, 97.619, 5e-4);
    assert_percent(found.profit, 2.4390, 5e-5);
    assert_stakes(&found.legs, &[34.15, 29.27, 36.59], 5e-3);
    // A scanner's example.
    let found = of(&[2.50, 3.50, 3.40]);
    assert_percent(found.profit, 2.06, 5e-3);
    assert_stakes(&found.legs, &[40.82, 29.16, 30.02], 5e-3);
    // A blog's.
    assert_percent(of(&[2.60, 3.20, 3.90]).profit, 4.87, 5e-3);
}

/// A European handicap of −1 wins by two: it is home −1.5, and away +1.5 is the rest.
#[test]
fn a_european_handicap_against_an_asian_one() {
    let found = arbitrage(&market(MarketShape::Spread, -6, &[2.30, 1.88]));
    assert!((found.booksum - 0.966_697_5).abs() < 5e-8);
    assert_percent(found.profit_min, 3.444_98, 5e-6);
}

/// Home +0.75 at 1.19 against a win of the opponent at 4.70, which is away −0.5: both win something if away wins by exactly one.
#[test]
fn a_middle_that_wins_one_and_a_half_times() {
    let board = Board::new(MarketShape::Spread, &[3, 2]).back(0, 0, 0, 1.19).back(1, 1, 1, 4.70);
    let found = middle(&board);
    assert_stakes(&found.legs, &[79.796, 20.204], 5e-4);
    // The source rounded the stakes first.
    assert_percent(found.worst, -5.043, 1e-3);
    assert_percent(found.best, 34.86, 5e-3);
    assert!(found.numbers.is_empty());
}

/// Home, draw no bet, at 2.0 is home 0; "draw or away" at 2.1 is away +0.5. A draw gives the one stake back and wins the other.
#[test]
fn draw_no_bet_against_a_double_chance() {
    let board = Board::new(MarketShape::Spread, &[0, -2]).back(0, 0, 0, 2.0).back(1, 1, 1, 2.1);
    let found = middle(&board);
    assert_stakes(&found.legs, &[51.22, 48.78], 5e-3);
    assert_percent(found.worst, 2.439, 5e-4);
    assert_percent(found.best, 53.66, 5e-3);
}

#[test]
fn the_usual_middle_costs_what_everybody_says() {
    let price = american(-110.0);
    let found = middle(&Board::new(MarketShape::Total, &[10, 14]).back(0, 0, 0, price).back(1, 1, 1, price));
    assert_stakes(&found.legs, &[50.0, 50.0], 1e-12);
    assert_percent(found.worst, -4.545, 5e-4);
    assert_percent(found.break_even.expect("nothing settles in parts"), 4.7619, 5e-5);
    assert_eq!(found.numbers.iter().map(|it| it.n).collect::<Vec<i64>>(), [3]);
}

/// Over 50 and under 51: each end wins one bet and returns the other, so that no number wins both, and none is told unless asked for.
#[test]
fn neighbouring_integers_hold_no_number() {
    let board = Board::new(MarketShape::Total, &[200, 204]).back(0, 0, 0, american(-110.0)).back(1, 1, 1, 2.0);
    let found = middle(&board);
    assert!(found.numbers.is_empty());
    let stakes: Vec<f64> = found.legs.iter().map(|leg| leg.stake_fraction).collect();
    // At 50 the under wins; at 51 the over does.
    let at_50 = stakes[0] + stakes[1] * 2.0 - 1.0;
    let at_51 = stakes[0] * american(-110.0) + stakes[1] - 1.0;
    assert!((found.best - at_50.max(at_51)).abs() < 1e-15);
    let config =
        Config { middle: overround::config::MiddleRules { min_numbers: 1, ..permissive().middle }, ..permissive() };
    assert!(open(&config, &board).opportunities().is_empty());
}

/// Over the higher line and under the lower one at 2.25 each: +12.5 % outside, everything lost between. That is no middle.
#[test]
fn a_polish_middle_is_not_told() {
    let board = Board::new(MarketShape::Total, &[10, 14]).back(1, 0, 0, 2.25).back(0, 1, 1, 2.25);
    assert!(open(&permissive(), &board).opportunities().is_empty());
}

#[test]
fn holds_of_american_prices() {
    let mut config = permissive();
    config.low_hold.max_hold = 0.1;
    for (prices, hold) in [([-105.0, -125.0], 6.35), ([200.0, -240.0], 3.77)] {
        let board = market(MarketShape::TwoWay, 0, &prices.map(american));
        let Figures::LowHold(LowHold { hold: found, .. }) = told(&config, &board, Kind::LowHold) else {
            unreachable!()
        };
        assert_percent(found, hold, 6e-3);
    }
}

/// 4 % of 1.8, as a scanner's manual tells the bases apart; and what that leaves of a price above its fair value.
#[test]
fn commissions_of_a_price() {
    for (base, net) in [(Base::Winnings, 1.768), (Base::StakeIfWon, 1.76)] {
        let mut config = permissive();
        config.fair.mode = ReferenceMode::Consensus;
        config.fair.min_books = 1;
        config.ev.min = -1.0;
        config.commission.insert(Key::of(NAMES[4]), Commission::new(base, 0.04).expect("a rate"));
        let board =
            market(MarketShape::TwoWay, 0, &[]).back(0, 0, 4, 1.8).back(0, 0, 0, 1.6).back(0, 1, 0, 1.0 / 0.375);
        let view = open(&config, &board).opportunities();
        let ev = view.iter().find_map(|it| match &it.figures {
            Figures::Ev(ev) if ev.bookmaker.0 == 4 => Some(ev),
            _ => None,
        });
        let ev = ev.expect("all are told");
        assert!((ev.net_price - net).abs() < 1e-15);
        assert!((ev.ev - (0.625 * net - 1.0)).abs() < 1e-12);
    }
}
