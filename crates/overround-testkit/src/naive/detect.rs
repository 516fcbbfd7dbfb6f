//! Everything that stands now, by the definitions, for every profile: no memory but whether an id is open (hysteresis).

use super::counting::Rules;
use super::fair::{Book, Judges};
use super::identity::{Identity, opportunity_id};
use super::middle;
use super::world::{Quote, QuoteKey, World};
use overround::config::{Degraded, EPSILON, Profile};
use overround::odds_event::{MarketShape, Side};
use overround::opportunity::{
    Arbitrage, Ev, EvClass, Figures, Kind, Kinds, Leg, LowHold, LowHoldSide, Opportunity, Reference, ReferenceStep,
    Warning, Warnings,
};
use overround::{MarketId, OpportunityId, OutcomeIndex, ProfileId, Timestamp};
use overround_math::devig::Method;
use overround_math::float::{logit, normal_cdf, sigmoid};
use overround_math::line::LineKind;
use std::collections::BTreeSet;

/// Something that stands now.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) opportunity: Opportunity,
    /// The quotes it stands on, with their prices as shown.
    pub(crate) stands_on: Vec<(QuoteKey, f64)>,
    pub(crate) capped: bool,
    pub(crate) rules: Rules,
}

/// A counting quote that a profile may bet on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bet {
    pub(crate) key: QuoteKey,
    pub(crate) quote: Quote,
    pub(crate) price: f64,
    pub(crate) net: f64,
}

/// One market seen by one profile.
pub(crate) struct View<'a> {
    pub(crate) world: &'a World,
    pub(crate) book: &'a Book<'a>,
    pub(crate) profile: ProfileId,
    pub(crate) rules: Rules,
    pub(crate) bets: Vec<Bet>,
    pub(crate) open: &'a BTreeSet<(OpportunityId, ProfileId)>,
}

/// All candidates of all profiles, capped ones included.
pub(crate) fn detect(world: &World, open: &BTreeSet<(OpportunityId, ProfileId)>) -> Vec<Candidate> {
    let books: Vec<Book<'_>> = world
        .markets
        .iter()
        .filter(|market| !world.fixture(market.fixture).retired)
        .map(|market| Book::new(world, market))
        .collect();
    let mut found = Vec::new();
    for (index, profile) in world.profiles().iter().enumerate() {
        let id = ProfileId(u16::try_from(index).expect("the configuration allows no more profiles"));
        let views: Vec<View<'_>> = books.iter().map(|book| View::new(world, book, profile, id, open)).collect();
        for view in &views {
            view.arbitrage(&mut found);
            view.back_lay(&mut found);
            view.low_hold(&mut found);
            view.evs(&mut found);
        }
        middle::detect(&views, &mut found);
    }
    found
}

impl<'a> View<'a> {
    fn new(
        world: &'a World,
        book: &'a Book<'a>,
        profile: &Profile,
        id: ProfileId,
        open: &'a BTreeSet<(OpportunityId, ProfileId)>,
    ) -> Self {
        let bets = book
            .counting
            .iter()
            .filter(|(key, ..)| world.may_use(profile, key.bookmaker))
            .filter_map(|&(key, quote, price)| Some(Bet { key, quote, price, net: world.net(profile, &key, price)? }))
            .collect();
        Self { world, book, profile: id, rules: world.rules(book.market, profile), bets, open }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.world.is_live(self.world.fixture(self.book.market.fixture))
    }

    pub(crate) fn id(&self, identity: &Identity) -> OpportunityId {
        opportunity_id(self.world.fixture(self.book.market.fixture).key, self.book.market, identity)
    }

    /// How far beyond its threshold an open one may go.
    pub(crate) fn slack(&self, id: OpportunityId) -> f64 {
        if self.open.contains(&(id, self.profile)) { self.rules.lifecycle.hysteresis } else { 0.0 }
    }

    pub(crate) fn is_degraded(&self, bet: &Bet) -> bool {
        self.world.freshness(bet.key.bookmaker, self.book.market.fixture) < 1.0
    }

    /// Bets that win exactly if outcome `o` does, best first: net price, back before lay, rank.
    fn bets_on(&self, o: usize, degraded: Degraded) -> Vec<Bet> {
        let two_way = self.book.outcomes() == 2;
        let wins_on = |bet: &Bet| match bet.key.side {
            Side::Back => bet.key.outcome.index() == o,
            Side::Lay => two_way && bet.key.outcome.index() == 1 - o,
        };
        self.sorted(degraded, wins_on)
    }

    fn sorted(&self, degraded: Degraded, filter: impl Fn(&Bet) -> bool) -> Vec<Bet> {
        let mut bets: Vec<Bet> = self
            .bets
            .iter()
            .filter(|bet| filter(bet) && (degraded == Degraded::Warn || !self.is_degraded(bet)))
            .copied()
            .collect();
        bets.sort_by(|a, b| {
            let by_rank = || self.world.rank(a.key.bookmaker).cmp(&self.world.rank(b.key.bookmaker));
            b.net.total_cmp(&a.net).then(a.key.side.cmp(&b.key.side)).then_with(by_rank)
        });
        bets
    }

    pub(crate) fn best_on(&self, o: usize, degraded: Degraded) -> Option<Bet> {
        self.bets_on(o, degraded).first().copied()
    }

    // ---- arbitrage ----

    fn arbitrage(&self, found: &mut Vec<Candidate>) {
        let best = |o| self.best_on(o, self.rules.arbitrage.degraded);
        if let Some(legs) = (0..self.book.outcomes()).map(best).collect::<Option<Vec<Bet>>>() {
            self.arbitrage_of(&Identity::Arbitrage, &legs, found);
        }
    }

    fn back_lay(&self, found: &mut Vec<Candidate>) {
        if self.book.outcomes() < 3 {
            return;
        }
        for (o, &outcome) in self.book.market.outcomes.iter().enumerate() {
            let best = |side| {
                let on = |bet: &Bet| bet.key.outcome.index() == o && bet.key.side == side;
                self.sorted(self.rules.arbitrage.degraded, on).first().copied()
            };
            if let (Some(back), Some(lay)) = (best(Side::Back), best(Side::Lay)) {
                self.arbitrage_of(&Identity::BackLay { outcome }, &[back, lay], found);
            }
        }
    }

    fn arbitrage_of(&self, identity: &Identity, bets: &[Bet], found: &mut Vec<Candidate>) {
        let rules = &self.rules.arbitrage;
        let id = self.id(identity);
        let booksum = booksum_of(bets);
        let profit = 1.0 / booksum - 1.0;
        let profit_min = self.profit_min(profit);
        let wanted = rules.min_profit - self.slack(id);
        if !self.rules.detect.contains(Kind::Arbitrage)
            || booksum * (1.0 + wanted) > 1.0 + EPSILON
            || profit_min < -EPSILON
        {
            return;
        }
        let legs: Vec<Leg> = bets.iter().map(|bet| self.leg(bet, booksum)).collect();
        let bounds: Vec<Option<f64>> = legs.iter().map(|leg| Some(leg.limit? / leg.stake_fraction)).collect();
        let known = bounds.iter().flatten().copied().reduce(f64::min);
        let mut warnings = self.warnings(bets);
        warnings.set(Warning::PushPossible, profit_min < profit);
        warnings.set(Warning::Suspicious, profit > 0.10);
        let figures = Figures::Arbitrage(Arbitrage {
            profit,
            profit_min,
            booksum,
            gross_booksum: legs.iter().fold(0.0, |sum, leg| sum + 1.0 / gross(leg.side, leg.price)),
            max_total_stake: if bounds.iter().all(Option::is_some) { known } else { None },
            max_total_stake_known: known,
            legs,
        });
        let capped = rules.max_profit > 0.0 && profit > rules.max_profit + EPSILON;
        found.push(self.candidate(id, figures, warnings, bets, capped));
    }

    /// The least profit over all states of the result.
    fn profit_min(&self, profit: f64) -> f64 {
        let market = self.book.market;
        match (market.shape, market.line.map(|line| line.kind())) {
            (MarketShape::DrawNoBet, _) | (_, Some(LineKind::Integer)) => profit.min(0.0),
            (_, Some(LineKind::Quarter)) => profit.min(profit / 2.0),
            _ => profit,
        }
    }

    // ---- low hold ----

    fn low_hold(&self, found: &mut Vec<Candidate>) {
        let n = self.book.outcomes();
        if !(2..=3).contains(&n) || !self.rules.detect.contains(Kind::LowHold) {
            return;
        }
        let ranked: Vec<Vec<Bet>> = (0..n).map(|o| self.bets_on(o, Degraded::Warn)).collect();
        let Some(best) = ranked.iter().map(|bets| bets.first().copied()).collect::<Option<Vec<Bet>>>() else { return };
        let booksum = booksum_of(&best);
        let profit_min = self.profit_min(1.0 / booksum - 1.0);
        let arbitrage = booksum * (1.0 + self.rules.arbitrage.min_profit) <= 1.0 + EPSILON && profit_min >= -EPSILON;
        let id = self.id(&Identity::LowHold);
        let hold = 1.0 - 1.0 / booksum;
        if arbitrage || hold > self.rules.low_hold.max_hold + self.slack(id) + EPSILON {
            return;
        }
        let mut stands_on = Vec::new();
        let sides = ranked
            .iter()
            .zip(&best)
            .map(|(bets, first)| {
                let tied: Vec<&Bet> =
                    bets.iter().filter(|bet| bet.net == first.net && bet.key.side == first.key.side).collect();
                stands_on.extend(tied.iter().map(|bet| (bet.key, bet.price)));
                LowHoldSide {
                    outcome: first.key.outcome,
                    bookmakers: tied.iter().map(|bet| bet.key.bookmaker).collect(),
                    side: first.key.side,
                    price: first.price,
                    net_price: first.net,
                    fair_probability: self.book.fair_probability(&first.key),
                    age_us: tied.iter().map(|bet| self.world.age(&bet.quote)).max().unwrap_or(0),
                }
            })
            .collect();
        let figures = Figures::LowHold(LowHold { hold, booksum, sides });
        let mut candidate = self.candidate(id, figures, self.warnings(&best), &best, false);
        candidate.stands_on = stands_on;
        found.push(candidate);
    }

    // ---- +EV ----

    fn evs(&self, found: &mut Vec<Candidate>) {
        if self.rules.detect.contains(Kind::Ev) {
            found.extend(self.bets.iter().filter_map(|bet| self.ev(bet)));
        }
    }

    fn ev(&self, bet: &Bet) -> Option<Candidate> {
        let book = self.book;
        let name = self.world.name(bet.key.bookmaker);
        let outcome = book.market.outcomes[bet.key.outcome.index()];
        let id = self.id(&Identity::Ev { outcome, side: bet.key.side, bookmaker: name });
        let (judges, fair) = book.reference(Some(bet.key.bookmaker))?;
        let p = book.wins(&fair, &bet.key);
        if p * bet.net < 1.0 + (self.rules.ev.min - self.slack(id)) - EPSILON {
            return None;
        }
        let ev = p * bet.net - 1.0;
        let (confidence, kelly_prudent) = self.score(bet, &fair, &judges);
        let class = book.class(&bet.key, &bet.quote, &judges);
        let same = book.counting.iter().filter(|(k, ..)| k.outcome == bet.key.outcome && k.side == bet.key.side);
        let shown: Vec<f64> = same.map(|(.., price)| *price).collect();
        let (lowest, highest) =
            shown.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), &p| (low.min(p), high.max(p)));
        let back = bet.key.side == Side::Back;
        let o = bet.key.outcome.index();
        let members: Vec<_> = judges.members.iter().map(|(b, _)| *b).collect();
        let reference = Reference {
            step: judges.step,
            method: book.fair.method,
            price: if members.len() == 1 { book.shown(members[0], o) } else { None },
            age_us: book.oldest_age(&judges),
            bookmakers: members,
        };
        let mut warnings = self.warnings(&[*bet]);
        warnings.set(Warning::LaggingLeg, class == EvClass::Lagging);
        warnings.set(Warning::SingleReference, judges.members.len() == 1);
        warnings.set(Warning::Suspicious, ev > 0.10);
        let anchor_outlier = judges.step == ReferenceStep::Anchor
            && judges.members.iter().any(|(b, _)| book.shown(*b, o).is_some_and(|price| book.is_outlier(*b, o, price)));
        warnings.set(Warning::AnchorOutlier, anchor_outlier);
        let figures = Figures::Ev(Ev {
            outcome: bet.key.outcome,
            bookmaker: bet.key.bookmaker,
            side: bet.key.side,
            price: bet.price,
            net_price: bet.net,
            fair_probability: p,
            fair_price: 1.0 / p,
            ev,
            kelly: ev / (bet.net - 1.0),
            kelly_prudent,
            confidence,
            class,
            reference,
            bookmakers: u32::try_from(shown.len()).expect("few bookmakers"),
            best_price: if back { highest } else { lowest },
            worst_price: if back { lowest } else { highest },
            limit: at_risk(bet),
            age_us: self.world.age(&bet.quote),
            seen_ts: Timestamp(bet.quote.seen),
            changed_ts: Timestamp(bet.quote.changed),
        });
        let capped = self.rules.ev.max > 0.0 && ev > self.rules.ev.max + EPSILON;
        Some(self.candidate(id, figures, warnings, &[*bet], capped))
    }

    /// Confidence and prudent Kelly, as the formulas stand.
    fn score(&self, bet: &Bet, fair: &[f64], judges: &Judges) -> (f64, f64) {
        let book = self.book;
        let ev = book.wins(fair, &bet.key) * bet.net - 1.0;
        let x = book.logit_of_win(fair, &bet.key);
        let y = logit(1.0 / bet.net);
        let sum_w = judges.members.iter().fold(0.0, |sum, (_, w)| sum + w);
        let sum_w2 = judges.members.iter().fold(0.0, |sum, (_, w)| sum + w * w);
        let n_eff = sum_w * sum_w / sum_w2;
        let logits: Vec<(f64, f64)> = judges
            .members
            .iter()
            .map(|(b, w)| (*w, book.logit_of_win(book.devigged_by(*b).expect("a judge is admitted"), &bet.key)))
            .collect();
        let mean = logits.iter().fold(0.0, |sum, (w, l)| sum + w * l) / sum_w;
        let d2 = logits.iter().fold(0.0, |sum, (w, l)| sum + w * (l - mean) * (l - mean)) / sum_w;
        let by_method: Vec<f64> = [Method::Multiplicative, Method::OddsRatio, Method::Power, Method::Shin]
            .into_iter()
            .filter_map(|method| Some(book.logit_of_win(&book.pooled(judges, method)?, &bet.key)))
            .collect();
        let highest = by_method.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let lowest = by_method.iter().copied().fold(f64::INFINITY, f64::min);
        let m = if by_method.is_empty() { 0.0 } else { (highest - lowest) / 2.0 };
        let s = ((d2 + 0.04 * 0.04) / n_eff + m * m + 0.02 * 0.02).sqrt();

        let fixture = book.market.fixture;
        let fresh = |b| self.world.freshness(b, fixture);
        let f = if self.world.config.freshness.sources {
            let least = judges.members.iter().map(|(b, _)| fresh(*b)).fold(f64::INFINITY, f64::min);
            fresh(bet.key.bookmaker) * least
        } else {
            1.0
        };
        let g = if ev <= 0.0 { 1.0 } else { (0.10 / ev).min(1.0) };
        let prudent = sigmoid(x - s);
        let kelly = (prudent * bet.net - 1.0) / (bet.net - 1.0);
        (normal_cdf((x - y) / s) * f * g, g * kelly.max(0.0))
    }

    // ---- parts ----

    pub(crate) fn leg(&self, bet: &Bet, booksum: f64) -> Leg {
        Leg {
            market: bet.key.market,
            outcome: bet.key.outcome,
            bookmaker: bet.key.bookmaker,
            side: bet.key.side,
            price: bet.price,
            net_price: bet.net,
            fair_probability: self.book.fair_probability(&bet.key),
            stake_fraction: (1.0 / bet.net) / booksum,
            limit: at_risk(bet),
            age_us: self.world.age(&bet.quote),
            seen_ts: Timestamp(bet.quote.seen),
            changed_ts: Timestamp(bet.quote.changed),
        }
    }

    /// The warnings that every kind has, from its legs in this market.
    pub(crate) fn warnings(&self, bets: &[Bet]) -> Warnings {
        let mut warnings = Warnings::NONE;
        warnings.set(Warning::Live, self.is_live());
        warnings.set(Warning::DegradedSource, bets.iter().any(|bet| self.is_degraded(bet)));
        warnings.set(Warning::LaggingLeg, bets.iter().any(|bet| self.book.is_lagging(&bet.key, &bet.quote)));
        let outlier = |bet: &Bet| {
            bet.key.side == Side::Back && self.book.is_outlier(bet.key.bookmaker, bet.key.outcome.index(), bet.price)
        };
        warnings.set(Warning::Outlier, bets.iter().any(outlier));
        self.warn_of_pairs(bets, &mut warnings);
        warnings
    }

    /// The warnings that compare legs.
    pub(crate) fn warn_of_pairs(&self, bets: &[Bet], warnings: &mut Warnings) {
        let same = bets.iter().all(|bet| bet.key.bookmaker == bets[0].key.bookmaker);
        warnings.set(Warning::SameBookmaker, bets.len() >= 2 && same);
        let ages: Vec<i64> = bets.iter().map(|bet| self.world.age(&bet.quote)).collect();
        let spread = ages.iter().max().zip(ages.iter().min()).map_or(0, |(oldest, youngest)| oldest - youngest);
        warnings.set(Warning::UnevenAges, spread > 60_000_000);
    }

    pub(crate) fn candidate(
        &self,
        id: OpportunityId,
        figures: Figures,
        warnings: Warnings,
        bets: &[Bet],
        capped: bool,
    ) -> Candidate {
        let now = Timestamp(self.world.now);
        let market = bets[0].key.market;
        let opportunity = Opportunity {
            ts: now,
            id,
            profile: self.profile,
            fixture: self.book.market.fixture,
            family: self.world.family_of(market),
            market,
            main: bets[0].quote.main,
            live: self.is_live(),
            detected_ts: now,
            warnings,
            figures,
            also: Kinds::NONE,
        };
        let stands_on = bets.iter().map(|bet| (bet.key, bet.price)).collect();
        Candidate { opportunity, stands_on, capped, rules: self.rules.clone() }
    }
}

/// Sum of 1/net price in the order given.
pub(crate) fn booksum_of(bets: &[Bet]) -> f64 {
    bets.iter().fold(0.0, |sum, bet| sum + 1.0 / bet.net)
}

/// The most that can be put at risk: a lay's limit is the backer's stake.
fn at_risk(bet: &Bet) -> Option<f64> {
    let limit = bet.quote.limit?;
    Some(if bet.key.side == Side::Lay { limit * (bet.price - 1.0) } else { limit })
}

fn gross(side: Side, price: f64) -> f64 {
    if side == Side::Lay { 1.0 + 1.0 / (price - 1.0) } else { price }
}

/// The markets that an opportunity's legs stand in.
pub(crate) fn markets_of(opportunity: &Opportunity) -> BTreeSet<MarketId> {
    match &opportunity.figures {
        Figures::Middle(middle) => middle.legs.iter().map(|leg| leg.market).collect(),
        _ => BTreeSet::from([opportunity.market]),
    }
}

/// What of an opportunity's legs makes it told again when it changes: outcome, side, bookmakers, price.
pub(crate) fn legs_told(opportunity: &Opportunity) -> Vec<(OutcomeIndex, Side, Vec<overround::BookmakerId>, f64)> {
    let leg = |leg: &Leg| (leg.outcome, leg.side, vec![leg.bookmaker], leg.price);
    match &opportunity.figures {
        Figures::Arbitrage(it) => it.legs.iter().map(leg).collect(),
        Figures::Middle(it) => it.legs.iter().map(leg).collect(),
        Figures::Ev(it) => vec![(it.outcome, it.side, vec![it.bookmaker], it.price)],
        Figures::LowHold(it) => {
            it.sides.iter().map(|side| (side.outcome, side.side, side.bookmakers.clone(), side.price)).collect()
        }
    }
}
