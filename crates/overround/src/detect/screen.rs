//! The screen: shows in a few dozen instructions that nobody can have an opportunity in a market.
//!
//! Nearly every price that moves leads to nothing. The screen looks at the best price of each outcome over all bookmakers, which is at
//! least every profile's best, and compares with the widest thresholds of all profiles ([`crate::rules::Screen`]). What it lets
//! through is judged exactly, as if there were no screen; what it holds back is nobody's candidate. So it changes speed and nothing else.

use super::{Scratch, net_price};
use crate::books::{Basis, Books, Cells, Column, Move, Rung};
use crate::config::ReferenceMode;
use crate::fair::{BRACKET_SLACK, Reference, power_at_most};
use crate::ids::{FamilyId, MarketId};
use crate::opportunity::ReferenceStep;
use crate::rules::{FairRules, RuleSet, Screen};
use alloc::vec::Vec;
use overround_math::devig::Method;
use overround_math::pool::Pool;

/// Far above what rounding does to a reference or to a product with it.
const SLACK: f64 = 1e-9;

/// Room for the numbers of one market, reused.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Best net price per row.
    best: Vec<f64>,
    /// Per slot: the weight in the consensus, 0 of those who take no part.
    weights: Vec<f64>,
    /// Per outcome: the sum over the consensus of weight times the most that the fair probability can be.
    sums: Vec<f64>,
}

/// Is there certainly no candidate but middles in the market, for any profile? Keeps the best prices of a line for
/// [`has_close_pair`].
pub(crate) fn is_quiet(books: &mut Books, scratch: &mut Scratch, id: MarketId) -> bool {
    let mut room = core::mem::take(&mut scratch.screen);
    find_bests(books, id, &mut room.best);
    keep_rung(books, id, &room.best);
    let market = &books.markets[id.index()];
    let screen = books.rules.set(market.rules).screen;
    let n = market.n();
    let is_quiet = no_arbitrage(&screen, n, &room.best)
        && (screen.ev == f64::INFINITY || market.slots() == 0 || no_ev(books, scratch, id, &screen, &mut room));
    scratch.screen = room;
    is_quiet
}

/// The same for the usual market: two outcomes, no line, and bars that are kept or a plain consensus. `None` where more has to be
/// looked at.
#[inline(always)]
pub(crate) fn glance(books: &mut Books, id: MarketId) -> Option<bool> {
    let market = &books.markets[id.index()];
    let rules = &books.rules;
    if market.n() != 2
        || market.slots() == 0
        || market.basis == Basis::Unknown
        || market.line().is_some()
        || rules.has_other_commissions()
    {
        return None;
    }
    let set = rules.set(market.rules);
    let screen = &set.screen;
    let cells = books.grid.cells(market.block);
    let (mut home, mut away) = (cells.best(0), cells.best(1));
    if market.has_lays() {
        // The lay of one outcome is a bet on the other.
        (home, away) = (larger(home, cells.best(3)), larger(away, cells.best(2)));
    }
    let is_quiet = no_arbitrage_of_two(screen, home, away);
    if market.basis == Basis::Consensus {
        return if is_quiet { glance_at_consensus(books, id, [home, away]) } else { Some(false) };
    }
    let is_below = (home * cells.most(0) < screen.ev) & (away * cells.most(1) < screen.ev);
    // A bound that is too high says nothing.
    (is_below || market.basis != Basis::AnchorBound).then_some(is_quiet & is_below)
}

/// Is no price of a two-way market above its fair value by the consensus of the others, for a market like most? A mean that leaves one out
/// is no higher than the highest of all, and with that most markets are seen to be quiet. `None` where more has to be looked at.
#[inline]
fn glance_at_consensus(books: &mut Books, id: MarketId, best: [f64; 2]) -> Option<bool> {
    if books.fair_rules(id).pool != Pool::Mean || !books.markets[id.index()].block.has_fairs() {
        return None;
    }
    while let Some(slot) = books.cells(id).first_in_state(Column::Unsolved as u8) {
        let rules = &books.rules.set(books.markets[id.index()].rules).fair;
        if rules.method == Method::Power {
            bound_cells(&mut books.grid.cells_mut(books.markets[id.index()].block), rules, slot)?;
        } else {
            books.takes_part(id, slot);
        }
    }
    let market = &books.markets[id.index()];
    let (cells, screen) = (books.grid.cells(market.block), &books.rules.set(market.rules).screen);
    let most = [0, 1].map(|outcome| cells.highest_fair(outcome) + SLACK);
    let is_below = |outcome: usize| best[outcome] * most[outcome] < screen.ev;
    if !(is_below(0) & is_below(1)) {
        return None;
    }
    books.grid.cells_mut(books.markets[id.index()].block).set_most(&most);
    Some(true)
}

/// Raises the bars where they are too low for a column of which a price moved; says where. Those of the only anchor are lowered as well.
/// The column itself is left to be solved. `None` where only a solve can tell.
#[inline(always)]
fn raise_bars(cells: &mut Cells<&mut [u64]>, rules: &FairRules, slot: usize, is_anchor: bool) -> Option<[bool; 2]> {
    if rules.method != Method::Power {
        return None;
    }
    if !(cells.counts(0, slot) && cells.counts(1, slot)) {
        return (!is_anchor).then_some([false; 2]);
    }
    let own = bound_of(rules, [cells.price(0, slot), cells.price(1, slot)])?.map(|most| most + SLACK);
    let most = [cells.most(0), cells.most(1)];
    let raised = [own[0] > most[0], own[1] > most[1]];
    if is_anchor {
        cells.set_most(&own);
    } else if raised[0] | raised[1] {
        cells.set_most(&[larger(most[0], own[0]), larger(most[1], own[1])]);
    }
    Some(raised)
}

/// Puts the most that a column's fair probabilities can be in its cells, for which there is room. `None` where only a solve can tell.
#[inline]
fn bound_cells(cells: &mut Cells<&mut [u64]>, rules: &FairRules, slot: usize) -> Option<()> {
    let state = if cells.counts(0, slot) && cells.counts(1, slot) {
        let [home, away] = bound_of(rules, [cells.price(0, slot), cells.price(1, slot)])?;
        cells.set_fair(0, slot, home);
        cells.set_fair(1, slot, away);
        Column::Bounded
    } else {
        Column::Out
    };
    cells.set_state(slot, state as u8);
    Some(())
}

/// Does a market stay quiet when one price moves? It was quiet by the same bars, so that only what the price enters into is looked at:
/// its own product, and if it rose the booksum with the best of the others.
#[inline(always)]
pub(crate) fn stays_quiet(cells: &mut Cells<&mut [u64]>, basis: Basis, rules: &RuleSet, moved: Move) -> bool {
    let Move { row, slot, from, to, is_anchor } = moved;
    let screen = &rules.screen;
    let is_higher = to > from;
    if basis == Basis::Consensus || is_anchor {
        // The column says other probabilities now. By consensus one of them may be the highest of all.
        let Some(raised) = raise_bars(cells, &rules.fair, slot, is_anchor) else { return false };
        let is_below = |outcome: usize| cells.best(outcome) * cells.most(outcome) < screen.ev;
        if (raised[0] && !is_below(0)) || (raised[1] && !is_below(1)) {
            return false;
        }
    }
    if to * cells.most(row) >= screen.ev {
        return false;
    }
    if !is_higher {
        return true;
    }
    if cells.n() == 2 {
        return no_arbitrage_of_two(screen, to, cells.best(1 - row));
    }
    booksum((0..cells.n()).map(|outcome| cells.best(outcome))) > most_booksum(screen, cells.n())
}

/// The greatest booksum of an opportunity in a market of `n` outcomes.
#[inline]
fn most_booksum(screen: &Screen, n: usize) -> f64 {
    if n <= super::arbitrage::LOW_HOLD_OUTCOMES { screen.low_hold.max(screen.arbitrage) } else { screen.arbitrage }
}

#[inline]
fn booksum(prices: impl Iterator<Item = f64>) -> f64 {
    prices.map(|price| if price > 1.0 { 1.0 / price } else { f64::INFINITY }).sum()
}

/// Is no price of a slot above its fair value by the consensus of the others, for any profile? A mean that leaves one out is no higher than
/// the highest of all, who are solved once `shared` is known.
#[inline]
pub(super) fn is_below_consensus(books: &Books, id: MarketId, slot: usize, shared: &Reference) -> bool {
    let market = &books.markets[id.index()];
    let rules = books.rules.set(market.rules);
    if shared.step != ReferenceStep::Consensus || rules.fair.pool != Pool::Mean || books.rules.has_other_commissions() {
        return false;
    }
    let (cells, n) = (books.grid.cells(market.block), market.n());
    (0..market.block.rows()).all(|row| {
        // The lay of one outcome of two wins on the other.
        let outcome = match row < n {
            true => row,
            false if n == 2 => 3 - row,
            false => return false,
        };
        cells.net(row, slot) * (cells.highest_fair(outcome) + SLACK) < rules.screen.ev
    })
}

#[inline]
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// Keeps the best prices of every line, as if all had just been judged.
pub(crate) fn gauge_all(books: &mut Books, scratch: &mut Scratch) {
    let lined = books.markets.iter().filter(|(_, market)| market.line().is_some());
    let lined: Vec<MarketId> = lined.map(|(index, _)| MarketId::at(index)).collect();
    for market in lined {
        find_bests(books, market, &mut scratch.screen.best);
        keep_rung(books, market, &scratch.screen.best);
    }
}

/// Could two prices on different lines of the family be a middle, if any price of `market` is one of them? With `None`, any two.
pub(crate) fn has_close_pair(books: &Books, family: FamilyId, market: Option<MarketId>) -> bool {
    let known = &books.families[family.index()];
    let rungs = known.rungs.as_slice();
    let Some(market) = market else {
        let most = known
            .ladder
            .first()
            .map_or(0.0, |&(_, first)| books.rules.set(books.markets[first.index()].rules).screen.middle);
        let mut above = f64::INFINITY;
        return rungs.iter().any(|rung| {
            let is_close = above + rung.inverse[1] <= most;
            above = above.min(rung.inverse[0]);
            is_close
        });
    };
    let Some((_, at)) = books.rung_of(market) else { return false };
    let most = books.rules.set(books.markets[market.index()].rules).screen.middle;
    let [above, below] = rungs[at].inverse;
    let least = |rungs: &[Rung], outcome: usize| {
        rungs.iter().fold(
            f64::INFINITY,
            |least, rung| if rung.inverse[outcome] < least { rung.inverse[outcome] } else { least },
        )
    };
    least(&rungs[..at], 0) + below <= most || above + least(&rungs[at + 1..], 1) <= most
}

/// The best net price of each row that anybody may get, 0 where there is none.
fn find_bests(books: &Books, id: MarketId, best: &mut Vec<f64>) {
    let market = &books.markets[id.index()];
    let cells = books.grid.cells(market.block);
    best.clear();
    best.extend((0..market.block.rows()).map(|row| cells.best(row)));
    if !books.rules.has_other_commissions() {
        return;
    }
    for slot in 0..market.slots() {
        for &commission in books.rules.other_commissions(cells.bookmaker(slot)) {
            for (row, best) in best.iter_mut().enumerate() {
                if cells.counts(row, slot) {
                    let net = net_price(commission, cells.price(row, slot), row < market.n());
                    *best = best.max(net.unwrap_or(0.0));
                }
            }
        }
    }
}

/// Keeps the best prices of a line.
fn keep_rung(books: &mut Books, id: MarketId, best: &[f64]) {
    let Some((family, at)) = books.rung_of(id) else { return };
    let rung = &mut books.families[family.index()].rungs[at];
    // The lay of one outcome is a bet on the other.
    let most = |outcome: usize| {
        let lay = best.get(3 - outcome).copied().unwrap_or(0.0);
        best.get(outcome).copied().unwrap_or(0.0).max(lay)
    };
    rung.inverse = [0, 1].map(|outcome| if most(outcome) > 1.0 { 1.0 / most(outcome) } else { f64::INFINITY });
    rung.is_stale = true;
}

fn no_arbitrage(screen: &Screen, n: usize, best: &[f64]) -> bool {
    let has_lays = best.len() > n;
    if let (2, &[a, b, ..]) = (n, best) {
        // The lay of one outcome is a bet on the other.
        let (a, b) = if has_lays { (larger(a, best[3]), larger(b, best[2])) } else { (a, b) };
        return no_arbitrage_of_two(screen, a, b);
    }
    let Some(backs) = best.get(..n) else { return true };
    let is_far = |outcome: usize| booksum([best[outcome], best[n + outcome]].into_iter()) > screen.arbitrage;
    booksum(backs.iter().copied()) > most_booksum(screen, n) && (!has_lays || (0..n).all(is_far))
}

/// Is the booksum of the best prices for two outcomes too high for an arbitrage and a low hold?
#[inline(always)]
fn no_arbitrage_of_two(screen: &Screen, home: f64, away: f64) -> bool {
    let most = screen.low_hold.max(screen.arbitrage);
    (home <= 1.0) | (away <= 1.0) | (home + away > most * (home * away))
}

/// Is no price above its fair value, for any profile?
fn no_ev(books: &mut Books, scratch: &mut Scratch, id: MarketId, screen: &Screen, room: &mut Room) -> bool {
    if books.markets[id.index()].basis == Basis::Unknown && !bound_by_anchor(books, id) {
        find_bars(books, scratch, id);
    }
    if books.markets[id.index()].basis == Basis::AnchorBound {
        if is_below(books, id, screen, &room.best) {
            return true;
        }
        find_bars(books, scratch, id);
    }
    if books.markets[id.index()].basis == Basis::Consensus {
        return no_ev_by_consensus(books, id, screen, room).unwrap_or(false);
    }
    is_below(books, id, screen, &room.best)
}

/// Is the best price of every row too low by the market's bars?
#[inline]
fn is_below(books: &Books, id: MarketId, screen: &Screen, best: &[f64]) -> bool {
    let market = &books.markets[id.index()];
    let cells = books.grid.cells(market.block);
    let n = market.n();
    let is_below = |probability: f64, price: f64| price * probability < screen.ev;
    best.iter().enumerate().all(|(row, &price)| match (row < n, n) {
        (true, _) => is_below(cells.most(row), price),
        // The lay of one outcome of two wins on the other.
        (false, 2) => is_below(cells.most(3 - row), price),
        // The least that several references give it is not kept.
        (false, _) if market.basis == Basis::Anchor => is_below(1.0 - cells.most(row - n), price),
        (false, _) => is_below(1.0, price),
    })
}

/// Finds the bars of a two-way market by the most that power can give its only anchor, without a solve. `false` where that says
/// nothing.
fn bound_by_anchor(books: &mut Books, id: MarketId) -> bool {
    let market = &books.markets[id.index()];
    let rules = books.fair_rules(id);
    if market.n() != 2 || rules.method != Method::Power || rules.mode == ReferenceMode::Consensus || rules.has_groups()
    {
        return false;
    }
    let cells = books.grid.cells(market.block);
    let is_anchor = |&slot: &usize| rules.bookmaker(cells.bookmaker(slot)).anchor.is_some_and(|weight| weight > 0.0);
    let mut anchors = (0..market.slots()).filter(is_anchor);
    let (Some(anchor), None) = (anchors.next(), anchors.next()) else { return false };
    // A column that may be out leaves the judgement to others; one that is solved already costs nothing.
    if books.column(id, anchor) != Column::Unsolved || !books.is_complete(id, anchor) {
        return false;
    }
    if books.freshness(market.fixture, cells.bookmaker(anchor)) <= 0.0 {
        return false;
    }
    let Some(most) = bound_of(rules, books.prices_of_two(id, anchor)) else { return false };
    books.set_bars(id, Basis::AnchorBound, &most);
    true
}

/// The most that power can give two prices of a column that certainly takes part; `None` where only a solve can tell.
#[inline]
fn bound_of(rules: &FairRules, prices: [f64; 2]) -> Option<[f64; 2]> {
    const ORDINARY: core::ops::RangeInclusive<f64> = 1.001..=1000.0;
    let margin = 1.0 / prices[0] + 1.0 / prices[1] - 1.0;
    let takes_part =
        margin >= rules.booksum_min - 1.0 + BRACKET_SLACK && margin / 2.0 <= rules.margin_max - BRACKET_SLACK;
    let is_ordinary = prices.iter().all(|price| ORDINARY.contains(price));
    (takes_part && is_ordinary).then(|| power_at_most(prices).map(|most| most + BRACKET_SLACK))
}

/// Finds the bars by the references themselves.
fn find_bars(books: &mut Books, scratch: &mut Scratch, id: MarketId) {
    let (mut shared, mut own) = (core::mem::take(&mut scratch.shared), core::mem::take(&mut scratch.own));
    let is_found = books.find_reference(id, None, &mut shared);
    if is_found && shared.step == ReferenceStep::Anchor {
        let mut basis = Basis::Anchor;
        for slot in 0..books.markets[id.index()].slots() {
            let bookmaker = books.cells(id).bookmaker(slot);
            if books.is_reference_for(id, &shared, bookmaker) {
                continue;
            }
            let rules = books.fair_rules(id);
            // A consensus that nobody is judged by yet may be complete when anybody's price moves.
            let may_be_found =
                rules.mode == ReferenceMode::AnchorElseConsensus && rules.bookmaker(bookmaker).anchor.is_none();
            if !books.find_reference(id, Some(bookmaker), &mut own) {
                basis = if may_be_found { Basis::Everybody } else { basis };
            } else {
                shared.fair.iter_mut().zip(&own.fair).for_each(|(most, &fair)| *most = most.max(fair));
                basis = match (basis, own.step) {
                    (Basis::Everybody, _) | (_, ReferenceStep::Consensus) => Basis::Everybody,
                    _ => Basis::Anchors,
                };
            }
        }
        books.set_bars(id, basis, &shared.fair);
    } else if is_found || books.fair_rules(id).mode != ReferenceMode::Anchor {
        books.set_bars(id, Basis::Consensus, &[]);
    } else {
        // Nobody judges: no product reaches anything.
        shared.fair.clear();
        shared.fair.resize(books.markets[id.index()].n(), 0.0);
        books.set_bars(id, Basis::Anchors, &shared.fair);
    }
    (scratch.shared, scratch.own) = (shared, own);
}

/// Is no price above its fair value by the consensus of the others? Every bookmaker is judged by a mean that leaves it out, which is a
/// subtraction here, where an exact reference is a sum; what is close is left to those. `None` where nothing is known.
fn no_ev_by_consensus(books: &mut Books, id: MarketId, screen: &Screen, room: &mut Room) -> Option<bool> {
    let market = &books.markets[id.index()];
    let rules = books.fair_rules(id);
    if rules.has_groups() || rules.pool != Pool::Mean || !books.fixtures[market.fixture.index()].signals.is_empty() {
        return None;
    }
    let (n, needed) = (market.n(), rules.min_books.max(1));
    let (members, total) = weigh(books, id, room);
    if members < needed {
        return Some(true);
    }
    let market = &books.markets[id.index()];
    let cells = books.grid.cells(market.block);
    room.sums.clear();
    room.sums.extend((0..n).map(|outcome| {
        cells
            .fairs(outcome)
            .iter()
            .zip(&room.weights)
            .map(|(&fair, &weight)| weight * f64::from_bits(fair))
            .sum::<f64>()
    }));
    let least = screen.ev - SLACK * screen.ev.abs();
    // Members are judged only if enough of them are left without one.
    let bar = |weight: f64| if weight > 0.0 && members <= needed { f64::INFINITY } else { least * (total - weight) };
    let is_quiet = |row: usize, price: &dyn Fn(usize, f64) -> f64| {
        let of_lay = row >= n;
        // The lay of one outcome of two wins on the other.
        let outcome = if !of_lay {
            row
        } else if n == 2 {
            3 - row
        } else {
            row - n
        };
        let sum = room.sums[outcome];
        let numbers = cells.row(row).iter().zip(cells.fairs(outcome)).zip(&room.weights).enumerate();
        if of_lay && n > 2 {
            numbers.fold(true, |quiet, (slot, ((&net, &fair), &weight))| {
                quiet
                    & (price(slot, f64::from_bits(net)) * ((total - weight) - (sum - weight * f64::from_bits(fair)))
                        < bar(weight))
            })
        } else {
            numbers.fold(true, |quiet, (slot, ((&net, &fair), &weight))| {
                quiet & (price(slot, f64::from_bits(net)) * (sum - weight * f64::from_bits(fair)) < bar(weight))
            })
        }
    };
    if !(0..market.block.rows()).all(|row| is_quiet(row, &|_, net| net)) {
        return Some(false);
    }
    if !books.rules.has_other_commissions() {
        return Some(true);
    }
    let has_others =
        |slot: usize| slot < market.slots() && !books.rules.other_commissions(cells.bookmaker(slot)).is_empty();
    Some(
        (0..market.block.rows())
            .all(|row| is_quiet(row, &|slot, net| if has_others(slot) { room.best[row] } else { net })),
    )
}

/// Finds each slot's weight in the consensus, and makes sure that the grid holds the most that its fair probabilities can be. Returns
/// how many take part, and the sum of their weights.
fn weigh(books: &mut Books, id: MarketId, room: &mut Room) -> (usize, f64) {
    let (slots, capacity) = {
        let market = &books.markets[id.index()];
        (market.slots(), market.block.capacity())
    };
    let (mut members, mut total) = (0, 0.0);
    room.weights.clear();
    room.weights.resize(capacity, 0.0);
    for slot in 0..slots {
        if books.column(id, slot) == Column::Unsolved {
            bound_column(books, id, slot);
        }
        if !matches!(books.column(id, slot), Column::In | Column::Bounded) {
            continue;
        }
        let bookmaker = books.cells(id).bookmaker(slot);
        let configured = books.fair_rules(id).bookmaker(bookmaker).weight;
        let weight = configured * books.bookmakers[bookmaker.index()].source.weight();
        if configured > 0.0 && weight > 0.0 {
            room.weights[slot] = weight;
            total += weight;
            members += 1;
        }
    }
    (members, total)
}

/// Puts the most that a column's fair probabilities can be in the grid: without a solve where there is a bound.
fn bound_column(books: &mut Books, id: MarketId, slot: usize) {
    let market = &books.markets[id.index()];
    let rules = &books.rules.set(market.rules).fair;
    let has_bound = market.n() == 2 && rules.method == Method::Power && market.block.has_fairs();
    if !has_bound || bound_cells(&mut books.grid.cells_mut(market.block), rules, slot).is_none() {
        books.takes_part(id, slot);
    }
}
