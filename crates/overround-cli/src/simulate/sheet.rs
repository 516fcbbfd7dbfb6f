//! A desk's price sheet: from a view of the fixture to the list of prices that the bookmaker shows.

use super::bookmakers::Bookmaker;
use super::desk::{Desk, FAMILIES, Market, Quote, Side, Slot, Typo, source_us};
use super::draw::{Draw, floor_i32, seconds};
use super::ladder::{Ladder, Rung};
use super::law::{Law, Measure, Situation, nearest_line};
use super::sports::LineOffer;
use super::truth::{Phase, Truth};
use overround_math::float;

/// Laws that sheets are made from, kept for their memory.
#[derive(Debug, Default)]
pub(super) struct Laws {
    game: Law,
    half: Law,
}

/// A player whose points are bet on.
#[derive(Clone, Debug)]
pub(super) struct Player {
    pub(super) name: String,
    pub(super) mean: f64,
}

/// Whose sheet it is, and of what.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) now_us: i64,
    /// The bookmaker's own time.
    pub(super) written_us: i64,
    pub(super) truth: &'a Truth,
    pub(super) bookmaker: &'a Bookmaker,
    pub(super) players: &'a [Player],
}

impl Laws {
    /// Lists into `new`, in the order of their slots, the prices that a desk makes from a view of strength and pace.
    pub(super) fn quote(
        &mut self,
        subject: Subject<'_>,
        view: (f64, f64),
        desk: &mut Desk,
        draw: &mut Draw,
        new: &mut Vec<Quote>,
    ) {
        let (truth, bookmaker) = (subject.truth, subject.bookmaker);
        let now = truth.situation(view.0, view.1, desk.seen);
        // The last moments are not bet on.
        if truth.phase == Phase::Over || (truth.is_live() && now.remaining < 0.015) {
            return;
        }
        self.game.fill(truth.sport.scoring, now);
        let mut mains = desk.mains;
        let mut sheet = Sheet { subject, old: &desk.quotes, cursor: 0, typo: desk.typo(), draw, new };
        sheet.winner(&self.game);
        let Some(alternates) = bookmaker.alternates else { return };
        let alternates =
            if truth.is_live() { alternates.min(i32::from(truth.sport.suspends_on_score)) } else { alternates };
        let offer = &truth.sport.offer;
        for (market, lines, measure, family) in
            [(Market::Spread, offer.spread, Measure::Margin, 0), (Market::Total, offer.total, Measure::Total, 1)]
        {
            if let Some(lines) = lines {
                sheet.lines((market, 0), lines, (&self.game, measure), alternates, &mut mains[family]);
            }
        }
        if bookmaker.props {
            self.props(now, &mut sheet, &mut mains);
        }
        desk.mains = mains;
    }

    fn props(&mut self, now: Situation, sheet: &mut Sheet<'_>, mains: &mut [Option<i32>; FAMILIES]) {
        let truth = sheet.subject.truth;
        let offer = &truth.sport.offer;
        if let (Some(lines), false) = (offer.team_total, truth.is_live()) {
            for (participant, measure, family) in [(0, Measure::Home, 2), (1, Measure::Away, 3)] {
                sheet.lines((Market::TeamTotal, participant), lines, (&self.game, measure), 0, &mut mains[family]);
            }
        }
        let is_first_half = matches!(truth.phase, Phase::Before | Phase::Playing { period: 0, .. });
        if let (true, true, Some(lines)) = (offer.goals, is_first_half, offer.total) {
            let half = Situation { remaining: now.remaining - 0.5, ..now };
            if half.remaining > 0.05 {
                self.half.fill(truth.sport.scoring, half);
                let lines = LineOffer { fine_grid: 1000, ..lines };
                sheet.lines((Market::FirstHalfTotal, 0), lines, (&self.half, Measure::Total), 0, &mut mains[4]);
            }
        }
        if truth.is_live() {
            return;
        }
        if offer.goals {
            let both = self.game.both_score(now.home, now.away);
            sheet.market(Market::BothToScore, &[both, 1.0 - both]);
            let goals = now.home_rate + now.away_rate;
            let none = float::exp(-goals);
            let first = |rate: f64| rate / goals * (1.0 - none);
            sheet.market(Market::FirstToScore, &[first(now.home_rate), first(now.away_rate), none]);
        }
        for (i, player) in (0u8..).zip(sheet.subject.players) {
            sheet.player(i, player, now, &mut mains[5 + usize::from(i % 4)]);
        }
    }
}

/// A list of prices in the making.
struct Sheet<'a> {
    subject: Subject<'a>,
    /// The prices shown so far, and how far in them the new list has come: both are in the order of slots.
    old: &'a [Quote],
    cursor: usize,
    typo: Option<Typo>,
    draw: &'a mut Draw,
    new: &'a mut Vec<Quote>,
}

impl Sheet<'_> {
    fn winner(&mut self, law: &Law) {
        if self.subject.truth.sport.offer.three_way {
            let home = law.above(Measure::Margin, 500);
            let draw = law.exactly(Measure::Margin, 0);
            self.market(Market::Winner, &[home, draw, (1.0 - home - draw).max(0.0)]);
        } else {
            let home = law.above(Measure::Margin, 0);
            self.market(Market::Winner, &[home, 1.0 - home]);
        }
    }

    fn market(&mut self, market: Market, probabilities: &[f64]) {
        // A price nobody would take is not shown, nor is the rest of its market.
        if probabilities.iter().any(|&p| !(0.004..=0.975).contains(&p)) {
            return;
        }
        self.outcomes(Slot { market, participant: 0, threshold: 0, outcome: 0, side: Side::Back }, probabilities, true);
    }

    /// A family: the main line and its alternates, in ascending order.
    fn lines(
        &mut self,
        family: (Market, u8),
        offer: LineOffer,
        (law, measure): (&Law, Measure),
        alternates: i32,
        main: &mut Option<i32>,
    ) {
        let is_fine = self.subject.bookmaker.fine_lines;
        let middle = main_line(offer, is_fine, law, measure, *main);
        *main = Some(middle);
        // Half lines beside a whole one, so that there is something to look up a middle's chance by.
        let step = if is_fine && offer.fine_grid < 500 { 250 } else { offer.alternate };
        let shift = if step == 1000 && middle % 1000 == 0 { 500 } else { 0 };
        for k in -alternates..=alternates {
            let threshold = match k {
                0 => middle,
                _ => middle + k * step - k.signum() * shift,
            };
            let above = law.above(measure, threshold);
            if k == 0 || (0.12..=0.88).contains(&above) {
                self.line(family, threshold, above, k == 0);
            }
        }
    }

    fn line(&mut self, (market, participant): (Market, u8), threshold: i32, above: f64, main: bool) {
        if (0.02..=0.98).contains(&above) {
            let slot = Slot { market, participant, threshold, outcome: 0, side: Side::Back };
            self.outcomes(slot, &[above, 1.0 - above], main);
        }
    }

    fn player(&mut self, index: u8, player: &Player, now: Situation, main: &mut Option<i32>) {
        let sport = self.subject.truth.sport;
        let (expected, usual) =
            if index.is_multiple_of(2) { (now.home_rate, sport.home) } else { (now.away_rate, sport.away) };
        let mean = player.mean * expected / usual;
        let deviation = 2.5 + 0.22 * player.mean;
        let above = |line: i32| 1.0 - float::normal_cdf((f64::from(line) / 1000.0 - mean) / deviation);
        let near = nearest_line(mean, 1000, 500);
        let line = main.filter(|&old| (above(old) - 0.5).abs() < 0.05).unwrap_or(near);
        *main = Some(line);
        self.line((Market::PlayerPoints, index), line, above(line), true);
    }

    fn outcomes(&mut self, slot: Slot, probabilities: &[f64], main: bool) {
        let bookmaker = self.subject.bookmaker;
        let n = f64::from(u8::try_from(probabilities.len()).unwrap_or(u8::MAX));
        let props = if slot.market > Market::Total { 0.025 } else { 0.0 };
        // In play everybody is more careful.
        let live = match self.subject.truth.is_live() {
            true if bookmaker.exchange => 0.02,
            true => 0.008 + 0.3 * bookmaker.margin,
            false => 0.0,
        };
        let margin = bookmaker.margin * (0.6 + 0.2 * n) + props + live;
        let last = probabilities.len() - 1;
        for (i, &p) in probabilities.iter().enumerate() {
            let p = match self.typo {
                Some(typo) if typo.market == slot.market && main && (i == 0 || i == last) => {
                    float::sigmoid(float::logit(p) + if i == 0 { typo.shift } else { -typo.shift })
                }
                _ => p,
            };
            let slot = Slot { outcome: u8::try_from(i).unwrap_or(u8::MAX), ..slot };
            // Half of the margin in proportion, half in equal parts: longshots bear more of it.
            let shown = p * (1.0 + margin / 2.0) + margin / 2.0 / n;
            let back = self.quote(slot, shown, main);
            if bookmaker.exchange {
                // As far from the fair price on the other side.
                self.lay(slot, 2.0 * p - shown, main, back);
            }
        }
    }

    fn quote(&mut self, slot: Slot, probability: f64, main: bool) -> Rung {
        let old = self.old_quote(slot);
        let target = 1.0 / probability.clamp(0.002, 0.985);
        let rung = self.subject.bookmaker.ladder.at_or_below(target, old.map(|quote| quote.rung));
        self.push(slot, rung, main, old);
        rung
    }

    fn lay(&mut self, slot: Slot, probability: f64, main: bool, back: Rung) {
        let ladder = self.subject.bookmaker.ladder;
        let slot = Slot { side: Side::Lay, ..slot };
        let old = self.old_quote(slot);
        let target = 1.0 / probability.clamp(0.002, 0.985);
        let near = ladder.above(ladder.at_or_below(target, None));
        // The old price stands while it is neither too dear nor the best back price itself.
        let rung = match old {
            Some(old) if old.rung >= near && old.rung <= ladder.above(near) && old.rung > back => old.rung,
            _ => near.max(ladder.above(back)),
        };
        self.push(slot, rung, main, old);
    }

    fn push(&mut self, slot: Slot, rung: Rung, main: bool, old: Option<Quote>) {
        let Subject { written_us, bookmaker, .. } = self.subject;
        let unmoved = old.filter(|old| old.rung == rung && old.active);
        let limit = self.limit(slot.market, main, old);
        let source_us = source_us(bookmaker, written_us, unmoved.and_then(|old| old.source_us));
        self.new.push(Quote { slot, rung, active: true, main, limit, source_us });
    }

    fn limit(&mut self, market: Market, main: bool, old: Option<Quote>) -> Option<u32> {
        let base = f64::from(self.subject.bookmaker.limit?);
        if matches!(self.subject.bookmaker.ladder, Ladder::Exchange | Ladder::Cents) {
            // What somebody offers: it changes by itself.
            if let Some(limit) = old.and_then(|old| old.limit).filter(|_| !self.draw.chance(0.05)) {
                return Some(limit);
            }
            let size = base * float::exp(self.draw.normal()) / 10.0;
            return u32::try_from(floor_i32(size + 1.0) * 10).ok();
        }
        let truth = self.subject.truth;
        let hours = seconds(truth.kick_off_us - self.subject.now_us) / 3600.0;
        let stage = if truth.is_live() || hours > 2.0 { 0.25 } else { 1.0 };
        let kind = if market > Market::Total {
            0.05
        } else if main {
            1.0
        } else {
            0.3
        };
        u32::try_from(floor_i32(base * stage * kind)).ok()
    }

    fn old_quote(&mut self, slot: Slot) -> Option<Quote> {
        while self.old.get(self.cursor).is_some_and(|quote| quote.slot < slot) {
            self.cursor += 1;
        }
        self.old.get(self.cursor).copied().filter(|quote| quote.slot == slot)
    }
}

/// The line nearest to even chances; the old one while it is good enough.
fn main_line(offer: LineOffer, is_fine: bool, law: &Law, measure: Measure, old: Option<i32>) -> i32 {
    if let Some(fixed) = offer.fixed {
        // The favourite gives the handicap; a new favourite must be one clearly.
        let home = law.above(measure, 0);
        return match old {
            Some(old) if (home - 0.5).abs() < 0.03 => old,
            _ if home >= 0.5 => fixed,
            _ => -fixed,
        };
    }
    let (grid, phase) =
        if is_fine { (offer.fine_grid, offer.phase % offer.fine_grid) } else { (offer.grid, offer.phase) };
    let distance = |line: i32| (law.above(measure, line) - 0.5).abs();
    let mut best = nearest_line(law.middle(measure), grid, phase);
    for step in [-grid, grid] {
        while distance(best + step) < distance(best) {
            best += step;
        }
    }
    match old {
        Some(old) if distance(old) < distance(best) + if is_fine { 0.015 } else { 0.035 } => old,
        _ => best,
    }
}
