//! How much of a bankroll to put on several opportunities at once.

use crate::ids::FixtureId;
use crate::odds_event::Side;
use crate::opportunity::{Ev, Figures, Opportunity};
use alloc::vec::Vec;
use core::fmt;
use overround_math::kelly::{KellyError, exclusive_into, independent_into};

/// Full Kelly fractions of the bankroll for +EV opportunities that are bet together, in their order: those that make it grow fastest if
/// the fair probabilities told are right. Of a lay it is the liability. They are less than each one's own `kelly` added up; a bettor
/// with doubts takes the same share of all of them.
///
/// Outcomes of one market exclude one another: [`exclusive_into`], in closed form. Bets on different fixtures know nothing of each other:
/// [`independent_into`], whose answer comes with a proof. Where a line can push, probability and price are of a bet that is decided;
/// the fraction is that of such a bet, which with pushes is a little less than the best.
///
/// # Errors
/// If one is no +EV; if two stand on one fixture and are not backs of different outcomes of one market, or do so beside other fixtures, since
/// how they depend on each other is not known: keep the better one. If outcomes of one market come to more than 1 (each was judged
/// without its own bookmaker): then there is nothing left for the outcomes that are not among them. If there are more than
/// [`MAX_INDEPENDENT`](overround_math::kelly::MAX_INDEPENDENT) fixtures, or a number is out of range.
///
/// ```
/// use overround::kelly::together;
/// use overround::opportunity::Figures;
/// # use overround::{Config, Engine, OddsEvent, Timestamp};
/// # let mut engine = Engine::new(Config::live())?;
/// # let mut out = Vec::new();
/// # engine.apply(Timestamp(1_000_000), &OddsEvent::Heartbeat(None), &mut out)?;
/// let open = engine.opportunities();
/// let evs: Vec<_> = open.iter().filter(|open| matches!(open.figures, Figures::Ev(_))).collect();
/// let fractions = together(&evs)?;
/// assert_eq!(fractions.len(), evs.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn together(opportunities: &[&Opportunity]) -> Result<Vec<f64>, TogetherError> {
    let mut bets = Vec::with_capacity(opportunities.len());
    for (index, opportunity) in opportunities.iter().enumerate() {
        let Figures::Ev(figures) = &opportunity.figures else { return Err(TogetherError::NotEv(index)) };
        bets.push(Bet { fixture: opportunity.fixture, opportunity, figures });
    }
    // Of a lay it may have been rounded to 1.
    let probabilities: Vec<f64> = bets.iter().map(|bet| bet.figures.fair_probability.min(BELOW_ONE)).collect();
    let prices: Vec<f64> = bets.iter().map(|bet| bet.figures.net_price).collect();
    let mut fractions = alloc::vec![0.0; bets.len()];
    let Some((first, second)) = first_pair(&bets, |a, b| a.fixture == b.fixture) else {
        independent_into(&probabilities, &prices, &mut fractions).map_err(TogetherError::Kelly)?;
        return Ok(fractions);
    };
    // Two on one fixture: all must be on that one market then.
    if first_pair(&bets, |a, b| a.fixture != b.fixture).is_some() {
        return Err(TogetherError::Dependent(first, second));
    }
    if let Some((first, second)) = first_pair(&bets, |a, b| !a.excludes(b)) {
        return Err(TogetherError::Dependent(first, second));
    }
    exclusive_into(&probabilities, &prices, &mut fractions).map_err(TogetherError::Kelly)?;
    Ok(fractions)
}

const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

/// Why there are no fractions. Numbers are positions in what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TogetherError {
    /// This one is of another kind: what it wins is settled by its own stake fractions.
    NotEv(usize),
    /// How these two depend on each other is not known.
    Dependent(usize, usize),
    /// No fractions for these numbers.
    Kelly(KellyError),
}

impl fmt::Display for TogetherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEv(index) => write!(f, "opportunity {index} is no +EV"),
            Self::Dependent(first, second) => {
                write!(
                    f,
                    "opportunities {first} and {second} are on one fixture: how they depend on each other is not known"
                )
            }
            Self::Kelly(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for TogetherError {}

struct Bet<'a> {
    fixture: FixtureId,
    opportunity: &'a Opportunity,
    figures: &'a Ev,
}

impl Bet<'_> {
    /// Can no result let both win?
    fn excludes(&self, other: &Self) -> bool {
        let are_backs = self.figures.side == Side::Back && other.figures.side == Side::Back;
        are_backs
            && self.opportunity.market == other.opportunity.market
            && self.figures.outcome != other.figures.outcome
    }
}

fn first_pair(bets: &[Bet<'_>], is_so: impl Fn(&Bet<'_>, &Bet<'_>) -> bool) -> Option<(usize, usize)> {
    let pairs = (0..bets.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    pairs.into_iter().find(|&(first, second)| is_so(&bets[first], &bets[second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{MarketId, OutcomeIndex};
    use crate::opportunity::LowHold;

    fn ev(fixture: u32, market: u32, outcome: u16, fair_probability: f64, net_price: f64) -> Opportunity {
        let outcome = OutcomeIndex(outcome);
        let figures = Ev { outcome, fair_probability, net_price, ..Ev::default() };
        let blank = Opportunity::blank(Figures::Ev(figures));
        Opportunity { fixture: FixtureId(fixture), market: MarketId(market), ..blank }
    }

    /// The expected logarithm of the bankroll, over all results: per fixture one of the bets given wins, or none.
    fn growth(bets: &[Opportunity], fractions: &[f64]) -> f64 {
        let mut results = alloc::vec![(1.0, 1.0)];
        let mut fixtures: Vec<FixtureId> = bets.iter().map(|bet| bet.fixture).collect();
        fixtures.dedup();
        for fixture in fixtures {
            let own = || bets.iter().zip(fractions).filter(move |(bet, _)| bet.fixture == fixture);
            let figures = |bet: &Opportunity| match &bet.figures {
                Figures::Ev(figures) => (figures.fair_probability, figures.net_price),
                _ => panic!("only these are here"),
            };
            let staked: f64 = own().map(|(_, fraction)| fraction).sum();
            let none = 1.0 - own().map(|(bet, _)| figures(bet).0).sum::<f64>();
            let mut next = Vec::new();
            for &(p, bankroll) in &results {
                next.push((p * none, bankroll - staked));
                for (bet, fraction) in own() {
                    let (chance, price) = figures(bet);
                    next.push((p * chance, bankroll - staked + fraction * price));
                }
            }
            results = next;
        }
        results
            .iter()
            .filter(|(p, _)| *p > 0.0)
            .map(|(p, bankroll): &(f64, f64)| p * overround_math::float::ln(*bankroll))
            .sum()
    }

    /// No step away makes it grow faster. Would catch: the wrong solver, prices and probabilities of other bets.
    #[test]
    fn no_other_fractions_grow_faster() {
        let markets = [
            alloc::vec![ev(1, 1, 0, 0.5, 2.2), ev(1, 1, 2, 0.3, 3.6)],
            alloc::vec![ev(1, 1, 0, 0.55, 2.0), ev(2, 5, 1, 0.25, 4.4), ev(3, 9, 0, 0.1, 12.0)],
        ];
        for bets in markets {
            let fractions = together(&bets.iter().collect::<Vec<_>>()).expect("they have an answer");
            assert!(fractions.iter().all(|fraction| *fraction > 0.001 && *fraction < 0.5), "{fractions:?}");
            let best = growth(&bets, &fractions);
            for i in 0..bets.len() {
                for step in [-1e-3, 1e-3] {
                    let mut other = fractions.clone();
                    other[i] += step;
                    assert!(growth(&bets, &other) < best, "{fractions:?} {other:?}");
                }
            }
        }
    }

    /// Would catch: everything staked on two of three outcomes.
    #[test]
    fn probabilities_above_one_in_all_are_refused() {
        let bets = [ev(1, 1, 0, 0.55, 2.1), ev(1, 1, 2, 0.47, 2.3)];
        let refused = together(&bets.iter().collect::<Vec<_>>());
        assert_eq!(refused, Err(TogetherError::Kelly(KellyError::Sum)));
    }

    #[test]
    fn what_is_all_but_certain_has_a_fraction() {
        let bets = [ev(1, 1, 0, 1.0, 1.05), ev(2, 2, 0, 0.5, 2.2)];
        let fractions = together(&bets.iter().collect::<Vec<_>>()).expect("an answer");
        assert!(fractions[0] > 0.5 && fractions[1] > 0.0 && fractions.iter().sum::<f64>() < 1.0, "{fractions:?}");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let home = ev(1, 1, 0, 0.5, 2.2);
        let refused = |other: Opportunity| together(&[&home, &other]).expect_err("refused");
        let low_hold = Opportunity::blank(Figures::LowHold(LowHold::default()));
        assert_eq!(refused(low_hold), TogetherError::NotEv(1));
        assert_eq!(refused(ev(1, 2, 0, 0.5, 2.2)), TogetherError::Dependent(0, 1), "another market of the fixture");
        assert_eq!(refused(home.clone()), TogetherError::Dependent(0, 1), "the same outcome twice");
        let mut lay = ev(1, 1, 1, 0.5, 2.2);
        if let Figures::Ev(figures) = &mut lay.figures {
            figures.side = Side::Lay;
        }
        assert_eq!(refused(lay), TogetherError::Dependent(0, 1), "not-away can win with home");
        let (away, elsewhere) = (ev(1, 1, 1, 0.4, 2.6), ev(2, 2, 0, 0.5, 2.2));
        assert_eq!(together(&[&elsewhere, &home, &away]), Err(TogetherError::Dependent(1, 2)));
        let many: Vec<Opportunity> = (0..17).map(|fixture| ev(fixture, fixture, 0, 0.5, 2.2)).collect();
        let refused = together(&many.iter().collect::<Vec<_>>());
        assert_eq!(refused, Err(TogetherError::Kelly(KellyError::TooMany)));
    }
}
