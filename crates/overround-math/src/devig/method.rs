//! The methods and their names.

use core::fmt;
use core::str::FromStr;

/// A way to remove the margin.
///
/// Notation: decimal odds o, implied probability π = 1/o, net odds f = o − 1, booksum B = Σπ over n outcomes, fair probability p, target
/// sum T (1 where one outcome wins; see [`devig_to`](super::devig_to)). Every method but [`WorstCase`](Self::WorstCase) is a family
/// p = g(π; c) with one parameter c, found from Σp = T; at B = T each gives p = π.
///
/// "Favourites" below speaks of an overround, B > T; in an underround all effects turn round. Whoever charges longshots more
/// margin, in proportion, than favourites shows the *favourite-longshot bias*; methods differ in how much of it they assume. From
/// little to much, roughly, by the fair probability of a favourite: multiplicative, then shin and odds_ratio, then power and additive, then
/// goto, then balanced_book. Which describes a bookmaker best is an empirical question; `docs/devig.md` compares them in pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Method {
    /// p = π T/B: the margin is the same part of every price.
    ///
    /// *Origin*: Also basic, proportional, normalisation. The parameter is B/T.
    ///
    /// *Domain*: Every market; the answer is inside (0, 1) whenever T ≤ 1.
    ///
    /// *Favourites against longshots*: none: favourites and longshots keep their proportions. It understates favourites
    /// wherever there is a favourite-longshot bias.
    ///
    /// *Choose it*: as the plainest baseline; where the bias is known to be absent, as on some exchanges; when nothing
    /// may fail.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Multiplicative, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_025_96).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 1.033_840_19).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Multiplicative,
    /// p = π − m with m = (B − T)/n: the margin is the same amount of probability on every outcome.
    ///
    /// *Origin*: Also equal margin. The parameter is m.
    ///
    /// *Domain*: Fails where a π is not above m: often on outright markets with long prices, never with two outcomes.
    ///
    /// *Favourites against longshots*: strong for longshots, which lose the largest part of their price.
    ///
    /// *Choose it*: for markets of two or three outcomes of similar size; with two outcomes it is [`Shin`](Self::Shin).
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Additive, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.373_335_32).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.011_280_06).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Additive,
    /// p = (n − (B − T) o)/(n o): a margin in proportion to the odds.
    ///
    /// *Origin*: J. Buchdahl, “margin weights proportional to the odds”. The formula is that of
    /// [`Additive`](Self::Additive) written differently, and the answer the same; do not count the two as two opinions.
    /// The parameter is m = (B − T)/n.
    ///
    /// *Domain*: As for [`Additive`](Self::Additive).
    ///
    /// *Favourites against longshots*: as for [`Additive`](Self::Additive).
    ///
    /// *Choose it*: where the name is what one looks for.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::DifferentialMarginWeighting, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.373_335_32).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.011_280_06).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    DifferentialMarginWeighting,
    /// p = (π − z)/(1 − z) with z = (B − T)/(n − T).
    ///
    /// *Origin*: J. Fingleton and P. Waldron (1999): bookmakers who bear risk and face a share z of bettors who know
    /// the winner. The parameter is z.
    ///
    /// *Domain*: Fails where a π is not above z, the first of all methods to do so.
    ///
    /// *Favourites against longshots*: the strongest of all.
    ///
    /// *Choose it*: for small markets in which insiders are the main worry; not for long lists.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::BalancedBook, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.374_023_81).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.016_920_10).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    BalancedBook,
    /// p = π − c √(1 − π) with c = (B − T)/Σ√(1 − π): every outcome gives up as many standard errors.
    ///
    /// *Origin*: K. Goto's goto_conversion; the standard error is √(π(1 − π)/π). The parameter is c.
    ///
    /// *Domain*: Fails where a longshot's π is not above c √(1 − π).
    ///
    /// *Favourites against longshots*: strong, between [`Additive`](Self::Additive) and
    /// [`BalancedBook`](Self::BalancedBook).
    ///
    /// *Choose it*: where comparison with that package matters; no equation is solved.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Goto, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.373_665_08).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.013_958_95).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Goto,
    /// p = πᵏ, or with logarithms ln p = k ln π.
    ///
    /// *Origin*: V. Vovk and F. Zhdanov (2009); S. Clarke, S. Kovalchik and M. Ingram (2017). Buchdahl calls it
    /// logarithmic, which here is another method. The parameter is k, above 1 for an overround.
    ///
    /// *Domain*: Every market: Σπᵏ falls from n to 0 as k grows, so that there is one k, and πᵏ is inside (0, 1).
    ///
    /// *Favourites against longshots*: medium to strong: longshots lose more than favourites, and no probability can
    /// become negative.
    ///
    /// *Choose it*: as a general default: it never fails, keeps order, and does well in published comparisons of racing
    /// and sports odds.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Power, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_984_40).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 1.032_136_95).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Power,
    /// (1 − z) p² + z p = π² T/B, that is p = (√(z² + 4(1 − z) π² T/B) − z)/2(1 − z).
    ///
    /// *Origin*: H. S. Shin (1992, 1993), with the solution of B. Jullien and B. Salanié (1994): a bookmaker sets
    /// prices against a share z of bettors who know the winner. The parameter is z; it can be negative for an
    /// underround, where it means nothing but the p are still probabilities. For T winners the same derivation gives
    /// the factor T: the insider bets on one of the T at random.
    ///
    /// *Domain*: Every market with T ≤ 1; for T > 1 as long as every π² is below B/T. In closed form for two outcomes
    /// where T = 1 (as [`Additive`](Self::Additive)).
    ///
    /// *Favourites against longshots*: medium: an insider costs more at long odds.
    ///
    /// *Choose it*: where there is a story of informed money, as in racing; also the choice of much of the literature.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Shin, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_994_06).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.016_942_51).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Shin,
    /// p = 1/(1 + c f): fair net odds are c times the net odds shown.
    ///
    /// *Origin*: K. Cheung (2015). The parameter is c, above 1 for an overround. In closed form for two outcomes
    /// and for three, where T = 1.
    ///
    /// *Domain*: Every market.
    ///
    /// *Favourites against longshots*: medium, a little less than [`Power`](Self::Power) for favourites.
    ///
    /// *Choose it*: where margin is thought of as a cut of winnings: for short favourites and for exchanges with a
    /// commission on net winnings.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::OddsRatio, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_428_65).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 1.053_173_79).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    OddsRatio,
    /// logit p = logit π − t: the same shift of every log-odds.
    ///
    /// *Origin*: The name of penaltyblog. It is [`OddsRatio`](Self::OddsRatio) with t = ln c, and the answer the same;
    /// do not count the two as two opinions. The parameter is t.
    ///
    /// *Domain*: Every market.
    ///
    /// *Favourites against longshots*: as for [`OddsRatio`](Self::OddsRatio).
    ///
    /// *Choose it*: where the parameter should be a shift in log-odds, for instance to compare with a logistic model.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Logarithmic, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_428_65).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.051_808_26).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Logarithmic,
    /// Φ⁻¹(p) = Φ⁻¹(π) − c: the same shift of every normal score.
    ///
    /// *Origin*: From sportsbook calculators. The parameter is c, above 0 for an overround. In closed form for two
    /// outcomes where T = 1.
    ///
    /// *Domain*: Every market.
    ///
    /// *Favourites against longshots*: medium, close to [`OddsRatio`](Self::OddsRatio) for middling prices. With two
    /// outcomes gentler to the longshot than that, with three or more harsher.
    ///
    /// *Choose it*: where prices come from a normal model of the margin of victory: handicaps and totals.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Probit, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_600_36).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.031_592_81).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Probit,
    /// Every p lies below its π at the same Jensen-Shannon distance D, that is √J(p, π) = D with J the divergence of
    /// the two-point laws in natural units.
    ///
    /// *Origin*: C. D. Long. The parameter is D, with a sign: negative for an underround, where p lies above π.
    ///
    /// *Domain*: Fails where the longest price would have to move beyond 0: there is then no D.
    ///
    /// *Favourites against longshots*: medium to strong.
    ///
    /// *Choose it*: where the margin is thought of as a distance between beliefs; rare, slow, and without an answer on
    /// long lists.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let mut fair = [0.0; 3];
    /// let solution = devig(Method::Jsd, &[2.6, 2.4, 4.3], &mut fair)?;
    /// assert!((fair[0] - 0.372_858_78).abs() < 1e-8);
    /// assert!((solution.param.unwrap() - 0.008_569_14).abs() < 1e-8);
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    Jsd,
    /// The least p over several methods, outcome by outcome: those of [`Method::WORST_CASE`], or chosen ones by
    /// [`worst_case`](super::worst_case). Members without a valid answer drop out.
    ///
    /// *Origin*: calculators for +EV bettors. It has no parameter.
    ///
    /// *Domain*: every market in which a member has an answer. Not a law: the p sum to at most T, and to T only where
    /// all members agree.
    ///
    /// *Favourites against longshots*: the gentlest member judges each favourite, the harshest each longshot.
    ///
    /// *Choose it*: to bet only where every model finds value.
    ///
    /// ```
    /// # use overround_math::devig::{Method, devig};
    /// let odds = [1.15, 5.0, 10.0, 25.0];
    /// let (mut fair, mut power) = ([0.0; 4], [0.0; 4]);
    /// devig(Method::WorstCase, &odds, &mut fair)?;
    /// devig(Method::Power, &odds, &mut power)?;
    /// assert!(fair.iter().sum::<f64>() < 1.0);
    /// assert!(fair.iter().zip(&power).all(|(least, p)| least <= p));
    /// # Ok::<(), overround_math::devig::DevigError>(())
    /// ```
    WorstCase,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Multiplicative,
        Self::Additive,
        Self::DifferentialMarginWeighting,
        Self::BalancedBook,
        Self::Goto,
        Self::Power,
        Self::Shin,
        Self::OddsRatio,
        Self::Logarithmic,
        Self::Probit,
        Self::Jsd,
        Self::WorstCase,
    ];

    /// The members of [`Method::WorstCase`] where none are chosen.
    pub const WORST_CASE: [Self; 5] = [Self::Multiplicative, Self::Additive, Self::Power, Self::Shin, Self::Probit];

    /// The name in configuration, formats and command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Multiplicative => "multiplicative",
            Self::Additive => "additive",
            Self::DifferentialMarginWeighting => "differential_margin_weighting",
            Self::BalancedBook => "balanced_book",
            Self::Goto => "goto",
            Self::Power => "power",
            Self::Shin => "shin",
            Self::OddsRatio => "odds_ratio",
            Self::Logarithmic => "logarithmic",
            Self::Probit => "probit",
            Self::Jsd => "jsd",
            Self::WorstCase => "worst_case",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        Self::ALL.into_iter().find(|method| method.name() == text).ok_or(UnknownMethod)
    }
}

/// Not the name of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMethod;

impl fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown method; known are")?;
        Method::ALL.iter().try_for_each(|method| write!(f, " {method}"))
    }
}

impl core::error::Error for UnknownMethod {}
