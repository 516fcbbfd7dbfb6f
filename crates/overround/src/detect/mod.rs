//! The detectors: what one profile can do with the books as they stand.
//!
//! Detection is in steps: a cheap one finds [`Candidate`]s, [`Detector::sketch`] works out what an open one is compared by, and
//! [`Detector::finish`] the figures that only what is told needs. They read the books and change nothing in them, but for solving
//! columns that a reference asks for.

mod arbitrage;
mod combinations;
mod desk;
mod ev;
mod explain;
mod low_hold;
mod middle;
mod quotes;
mod screen;
mod warnings;

pub use combinations::{Combination, MAX_COMBINED_OUTCOMES};
pub(crate) use explain::Examiner;
pub(crate) use screen::{gauge_all, glance, has_close_pair, is_quiet, stays_quiet};
pub(crate) use warnings::aged_quotes;

use crate::books::{Books, Cells};
use crate::config::EPSILON;
use crate::explain::{Condition, Miss};
use crate::fair::Reference;
use crate::identity::Identity;
use crate::ids::{FamilyId, MarketId, OutcomeIndex, ProfileId};
use crate::laws::Laws;
use crate::odds_event::Side;
use crate::opportunity::{Figures, Kinds, Leg, Opportunity};
use crate::pages::Pages;
use crate::rules::{ProfileRules, Thresholds};
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::commission::{Commission, lay_as_back};
use smallvec::SmallVec;

/// A quote as a leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LegRef {
    pub(crate) market: MarketId,
    pub(crate) row: usize,
    pub(crate) slot: usize,
    pub(crate) net: f64,
}

/// Something that may be told.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) identity: Identity,
    /// It meets the thresholds; otherwise only those widened by the hysteresis.
    pub(crate) is_strict: bool,
    /// A figure is beyond its cap.
    pub(crate) is_capped: bool,
    /// The lifecycle knows it already.
    pub(crate) is_known: bool,
    pub(crate) legs: SmallVec<[LegRef; 3]>,
}

/// Hears every comparison that a decision makes. `()` hears nothing, at no cost.
pub(crate) trait Listen {
    fn hear(&mut self, condition: Condition);
}

impl Listen for () {
    #[inline]
    fn hear(&mut self, _: Condition) {}
}

impl Listen for Vec<Condition> {
    fn hear(&mut self, condition: Condition) {
        self.push(condition);
    }
}

/// A comparison without which there is no opportunity.
#[inline]
fn require(listen: &mut impl Listen, condition: Condition) -> Result<(), Miss> {
    listen.hear(condition);
    if condition.holds { Ok(()) } else { Err(Miss::Fails(condition)) }
}

/// One profile's view on the books.
pub(crate) struct Detector<'a> {
    pub(crate) books: &'a mut Books,
    pub(crate) scratch: &'a mut Scratch,
    pub(crate) profile: ProfileId,
}

/// Room for one market's references and legs, reused.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The reference that judges nobody.
    shared: Reference,
    /// The reference that judges one bookmaker.
    own: Reference,
    /// Who looks for +EVs in a market.
    profiles: Vec<ProfileId>,
    legs: Vec<LegRef>,
    net: Vec<f64>,
    fractions: Vec<f64>,
    /// By profile, then by market: of markets with a line, the best prices of both outcomes when the market was last judged.
    bests: Vec<Pages<[Best; 2]>>,
    /// Fitted laws of results.
    pub(crate) laws: Laws,
    desk: desk::Desk,
    screen: screen::Room,
}

impl Scratch {
    /// Bytes of the kept best prices.
    pub(crate) fn bytes(&self) -> usize {
        self.bests.iter().map(Pages::bytes).sum()
    }

    /// The market is gone.
    pub(crate) fn forget(&mut self, market: MarketId) {
        self.bests.iter_mut().for_each(|by_market| by_market.release(market.index()));
    }
}

/// A best price, small: a family's middles read one per line.
#[derive(Clone, Copy, Debug, Default)]
struct Best {
    /// 0 where nobody has a price.
    net: f64,
    row: u32,
    slot: u32,
}

impl Best {
    fn new(leg: Option<LegRef>) -> Self {
        leg.map_or_else(Self::default, |leg| Self {
            net: leg.net,
            row: u32::try_from(leg.row).unwrap_or(u32::MAX),
            slot: u32::try_from(leg.slot).unwrap_or(u32::MAX),
        })
    }

    fn leg(self, market: MarketId) -> LegRef {
        LegRef { market, row: self.row as usize, slot: self.slot as usize, net: self.net }
    }
}

/// Finds all candidates of one market but middles, for every profile into its list.
pub(crate) fn in_market(books: &mut Books, scratch: &mut Scratch, id: MarketId, found: &mut [Vec<Candidate>]) {
    for (profile, found) in found.iter_mut().enumerate() {
        let profile = ProfileId::at(profile);
        Detector { books: &mut *books, scratch: &mut *scratch, profile }.without_reference(id, found);
    }
    if books.markets[id.index()].slots() > 0 {
        ev::evs(books, scratch, id, found);
    }
}

/// Keeps the best prices of the lines of a family that were judged without.
pub(crate) fn freshen(books: &mut Books, scratch: &mut Scratch, family: FamilyId) {
    for rung in 0..books.families[family.index()].rungs.len() {
        let known = &mut books.families[family.index()];
        if core::mem::take(&mut known.rungs[rung].is_stale) {
            let market = known.ladder[rung].1;
            for profile in 0..books.rules.profiles().len() {
                let profile = ProfileId::at(profile);
                Detector { books: &mut *books, scratch: &mut *scratch, profile }.remember_bests(market);
            }
        }
    }
}

impl Detector<'_> {
    /// Finds the candidates of one market that need no reference.
    fn without_reference(&mut self, id: MarketId, found: &mut Vec<Candidate>) {
        if self.books.markets[id.index()].slots() == 0 {
            return;
        }
        let detect = self.rules().detect;
        self.arbitrages(id, detect, found);
    }

    /// Works out what an open opportunity is compared by: legs, headline figure, warnings, stake. The room of `into` is reused; it must
    /// be of the candidate's kind. `detected_ts` and `also` are the lifecycle's to fill in. Returns when the warning about ages will
    /// change by the passing of time alone: then the first leg's market is to be judged again.
    pub(crate) fn sketch(&mut self, candidate: &Candidate, into: &mut Opportunity) -> Option<Timestamp> {
        let first = candidate.legs[0];
        let market = &self.books.markets[first.market.index()];
        let (fixture, family) = (market.fixture, market.family);
        let main = self.books.grid.cells(market.block).quote(first.row, first.slot).main();
        let live = self.books.fixtures[fixture.index()].is_live(self.books.now);
        let (mut warnings, recheck) = self.common_warnings(candidate, live);
        match &mut into.figures {
            Figures::Arbitrage(arbitrage) => self.sketch_arbitrage(candidate, &mut warnings, arbitrage),
            Figures::LowHold(low_hold) => self.sketch_low_hold(candidate, low_hold),
            Figures::Ev(ev) => self.sketch_ev(candidate, &mut warnings, ev),
            Figures::Middle(middle) => self.sketch_middle(candidate, &mut warnings, middle),
        }
        (into.ts, into.detected_ts) = (self.books.now, self.books.now);
        (into.profile, into.fixture, into.family, into.market) = (self.profile, fixture, family, first.market);
        (into.main, into.live, into.warnings, into.also) = (main, live, warnings, Kinds::NONE);
        recheck
    }

    /// Works out the figures that only what is told needs, on top of a sketch.
    pub(crate) fn finish(&mut self, candidate: &Candidate, into: &mut Opportunity) {
        into.id = candidate.identity.id(self.books);
        match &mut into.figures {
            Figures::Ev(ev) => self.finish_ev(candidate, ev),
            Figures::Middle(middle) => self.finish_middle(candidate, middle),
            Figures::Arbitrage(_) | Figures::LowHold(_) => {}
        }
    }

    fn rules(&self) -> &ProfileRules {
        &self.books.rules.profiles()[usize::from(self.profile.0)]
    }

    fn thresholds(&self, id: MarketId) -> &Thresholds {
        &self.books.rules.set(self.books.markets[id.index()].rules).thresholds[usize::from(self.profile.0)]
    }

    /// Net price of a cell for this profile; 0 where it may not be bet on.
    fn net(&self, id: MarketId, row: usize, slot: usize) -> f64 {
        self.nets(id).of(row, slot)
    }

    /// Net prices of a market for this profile.
    #[inline]
    fn nets(&self, id: MarketId) -> Nets<'_> {
        let rules = self.rules();
        Nets { cells: self.books.cells(id), rules, is_plain: rules.is_plain() }
    }

    /// The best price for an outcome: highest net price, then back before lay, then rank.
    fn best(&self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<LegRef> {
        let market = &self.books.markets[id.index()];
        let back = self.best_of_row(id, outcome, 1.0, drop_degraded);
        if market.n() != 2 || !market.has_lays() {
            return back;
        }
        // The lay of the other outcome wins with this one.
        let lay = self.best_of_row(id, 2 + (1 - outcome.min(1)), back.map_or(1.0, |back| back.net), drop_degraded);
        lay.or(back)
    }

    /// The best price of a row above `floor`: highest net price, then rank.
    #[inline]
    fn best_of_row(&self, id: MarketId, row: usize, floor: f64, drop_degraded: bool) -> Option<LegRef> {
        let market = &self.books.markets[id.index()];
        let nets = self.nets(id);
        let (mut best, mut at) = (floor, None);
        for slot in 0..market.slots() {
            let net = nets.of(row, slot);
            if net > best && !(drop_degraded && self.books.is_degraded(market.fixture, nets.cells.bookmaker(slot))) {
                (best, at) = (net, Some(slot));
            }
        }
        at.map(|slot| LegRef { market: id, row, slot, net: best })
    }

    /// Keeps the best prices of a market with a line for the middles of its family.
    fn remember_bests(&mut self, id: MarketId) {
        let bests = [0, 1].map(|outcome| Best::new(self.best(id, outcome, false)));
        let profile = usize::from(self.profile.0);
        if self.scratch.bests.len() <= profile {
            self.scratch.bests.resize_with(profile + 1, Pages::default);
        }
        self.scratch.bests[profile].put(id.index(), bests);
    }

    /// The kept best price of an outcome; its net is 0 where there is none.
    fn kept_best(&self, id: MarketId, outcome: usize) -> Best {
        let by_market = self.scratch.bests.get(usize::from(self.profile.0));
        let bests = by_market.and_then(|bests| bests.get(id.index()).here());
        bests.map_or_else(Best::default, |bests| bests[outcome])
    }

    /// A leg with everything that is told of it.
    fn leg(&mut self, leg: LegRef, stake_fraction: f64) -> Leg {
        let mut legs = Vec::with_capacity(1);
        self.legs(&[leg], &[stake_fraction], &mut legs);
        legs.remove(0)
    }

    /// Legs with everything that is told of them; the reference of a market is found once.
    fn legs(&mut self, legs: &[LegRef], stake_fractions: &[f64], into: &mut Vec<Leg>) {
        let mut shared: Option<(MarketId, bool)> = None;
        into.clear();
        for (&leg, &stake_fraction) in legs.iter().zip(stake_fractions) {
            if let Some(kept) = self.kept_leg(leg) {
                into.push(Leg { net_price: leg.net, stake_fraction, ..kept });
                continue;
            }
            let is_known = match shared {
                Some((market, is_known)) if market == leg.market => is_known,
                _ => self.ask(leg.market, None),
            };
            shared = Some((leg.market, is_known));
            let told = self.leg_by(leg, stake_fraction, is_known);
            self.keep_leg(leg, told);
            into.push(told);
        }
    }

    /// A leg; `is_known`: the reference of its market was asked for, and there is one.
    fn leg_by(&self, leg: LegRef, stake_fraction: f64, is_known: bool) -> Leg {
        let fair = is_known.then(|| self.asked(leg.market, None).fair.as_slice());
        let market = &self.books.markets[leg.market.index()];
        let (outcome, side) = crate::books::side_of_row(leg.row, market.n());
        let quote = self.books.grid.cells(market.block).quote(leg.row, leg.slot);
        let price = quote.price();
        Leg {
            market: leg.market,
            outcome,
            bookmaker: self.books.grid.cells(market.block).bookmaker(leg.slot),
            side,
            price,
            net_price: leg.net,
            fair_probability: fair.map(|fair| side_probability(fair, outcome, side)),
            stake_fraction,
            limit: quote.limit().map(|limit| at_risk(limit, price, side)),
            age_us: quote.age_us(self.books.now),
            seen_ts: quote.seen(),
            changed_ts: quote.changed(),
        }
    }
}

/// Net prices of one market as one profile sees them.
struct Nets<'a> {
    cells: Cells<&'a [u64]>,
    rules: &'a ProfileRules,
    /// Are they everybody's?
    is_plain: bool,
}

impl Nets<'_> {
    /// Net price of a cell; 0 where it may not be bet on.
    #[inline]
    fn of(&self, row: usize, slot: usize) -> f64 {
        // 0 where the quote does not count.
        if self.is_plain { self.cells.net(row, slot) } else { self.own(row, slot) }
    }

    fn own(&self, row: usize, slot: usize) -> f64 {
        let bookmaker = self.cells.bookmaker(slot);
        match self.rules.own_commission(bookmaker) {
            None => {
                let net = self.cells.net(row, slot);
                if net > 0.0 && self.rules.may_use(bookmaker) { net } else { 0.0 }
            }
            Some(_) if !self.cells.counts(row, slot) || !self.rules.may_use(bookmaker) => 0.0,
            Some(own) => net_price(own, self.cells.price(row, slot), row < self.cells.n()).unwrap_or(0.0),
        }
    }
}

/// The probability of what a bet wins on: of a lay "not o", which among two outcomes is the other one.
pub(crate) fn side_probability(fair: &[f64], outcome: OutcomeIndex, side: Side) -> f64 {
    let index = outcome.index();
    match (side, fair.len()) {
        (Side::Back, _) => fair[index],
        (Side::Lay, 2) => fair[1 - index],
        (Side::Lay, _) => 1.0 - fair[index],
    }
}

/// What can be put at risk where `limit` is the backer's largest stake.
fn at_risk(limit: f64, price: f64, side: Side) -> f64 {
    match side {
        Side::Back => limit,
        Side::Lay => limit * (price - 1.0),
    }
}

/// Price after commission, of a lay as a back of "not o"; `None` where it does not count as a bet.
pub(crate) fn net_price(commission: Option<Commission>, price: f64, is_back: bool) -> Option<f64> {
    match (commission, is_back) {
        (None, true) => (price > 1.0).then_some(price),
        (None, false) => lay_as_back(price),
        (Some(commission), true) => commission.back(price),
        (Some(commission), false) => commission.lay(price),
    }
}

/// `value ≤ bound`, with the slack that every threshold has.
#[inline]
pub(crate) fn at_most(value: f64, bound: f64) -> bool {
    value <= bound + EPSILON
}

/// The largest total stake that the legs' limits allow: over all legs, and over those whose limit is known.
fn max_total_stake(legs: &[Leg]) -> (Option<f64>, Option<f64>) {
    let known = legs.iter().filter_map(|leg| leg.limit.map(|limit| limit / leg.stake_fraction)).reduce(f64::min);
    let all = legs.iter().all(|leg| leg.limit.is_some());
    (known.filter(|_| all), known)
}

/// Legs whose ages differ by more than this get a warning.
pub(crate) const UNEVEN_AGES_US: i64 = 60_000_000;

/// A quote that moved last of all leads, if it moved within this time.
const LEADING_WITHIN_US: i64 = 60_000_000;
