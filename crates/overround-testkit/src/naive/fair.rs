//! Fair probabilities: columns, references, pools, and what follows from them for one quote.

use super::world::{Quote, QuoteKey, World};
use overround::BookmakerId;
use overround::config::{Fair, Profile, ReferenceMode};
use overround::odds_event::{MarketDefinition, Side};
use overround::opportunity::{EvClass, ReferenceStep};
use overround_math::devig::{Method, devig};
use overround_math::float::{logit, sigmoid};
use overround_math::pool::Pool;

/// One bookmaker's complete column of counting back quotes.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) bookmaker: BookmakerId,
    pub(crate) prices: Vec<f64>,
    pub(crate) oldest_age: i64,
    /// The devigged column, if it is fit for a reference (weights apart).
    pub(crate) fair: Option<Vec<f64>>,
}

/// Who judges, and by which step.
#[derive(Clone, Debug)]
pub(crate) struct Judges {
    pub(crate) step: ReferenceStep,
    pub(crate) members: Vec<(BookmakerId, f64)>,
}

/// One market at one instant, as far as it is the same for every profile.
#[derive(Debug)]
pub(crate) struct Book<'w> {
    pub(crate) world: &'w World,
    pub(crate) market: &'w MarketDefinition,
    pub(crate) fair: Fair,
    pub(crate) counting: Vec<(QuoteKey, Quote, f64)>,
    /// Complete columns in rank order.
    pub(crate) columns: Vec<Column>,
}

impl<'w> Book<'w> {
    pub(crate) fn new(world: &'w World, market: &'w MarketDefinition) -> Self {
        let fair = world.rules(market, &Profile::named("")).fair;
        let counting = world.counting(market);
        let mut book = Self { world, market, fair, counting, columns: Vec::new() };
        let mut bookmakers: Vec<BookmakerId> = book.counting.iter().map(|(key, ..)| key.bookmaker).collect();
        bookmakers.sort_by_key(|&it| world.rank(it));
        bookmakers.dedup();
        book.columns = bookmakers.into_iter().filter_map(|it| book.column(it)).collect();
        book
    }

    pub(crate) fn outcomes(&self) -> usize {
        self.market.outcomes.len()
    }

    fn column(&self, bookmaker: BookmakerId) -> Option<Column> {
        let quotes: Vec<_> = (0..self.outcomes())
            .map(|outcome| {
                self.counting.iter().find(|(key, ..)| {
                    key.bookmaker == bookmaker && key.side == Side::Back && key.outcome.index() == outcome
                })
            })
            .collect::<Option<_>>()?;
        let prices: Vec<f64> = quotes.iter().map(|(_, _, price)| *price).collect();
        let oldest_age = quotes.iter().map(|(_, quote, _)| self.world.age(quote)).max().unwrap_or(0);
        let fair = self.admitted(&prices);
        Some(Column { bookmaker, prices, oldest_age, fair })
    }

    fn admitted(&self, prices: &[f64]) -> Option<Vec<f64>> {
        let fair = devigged(self.fair.method, prices)?;
        let booksum: f64 = prices.iter().fold(0.0, |sum, price| sum + 1.0 / price);
        #[expect(clippy::cast_precision_loss, reason = "few outcomes")]
        let margin = (booksum - 1.0) / prices.len() as f64;
        (booksum >= self.fair.reference_booksum_min && margin <= self.fair.reference_margin_max).then_some(fair)
    }

    fn column_of(&self, bookmaker: BookmakerId) -> Option<&Column> {
        self.columns.iter().find(|column| column.bookmaker == bookmaker)
    }

    /// When the bookmaker's column last changed.
    fn column_changed(&self, bookmaker: BookmakerId) -> Option<i64> {
        self.counting
            .iter()
            .filter(|(key, ..)| key.bookmaker == bookmaker && key.side == Side::Back)
            .map(|(_, quote, _)| quote.changed)
            .max()
    }

    // ---- references ----

    /// Who judges, of those who could; they come and go in rank order.
    pub(crate) fn judges(&self, able: &[BookmakerId], judged: Option<BookmakerId>) -> Option<Judges> {
        let world = self.world;
        let fair = &self.fair;
        let freshness = |b: BookmakerId| world.freshness(b, self.market.fixture);
        let group = |b: BookmakerId| fair.groups.iter().position(|group| group.contains(&world.name(b)));
        let same = |a: BookmakerId, b: BookmakerId| a == b || (group(a).is_some() && group(a) == group(b));
        let eligible: Vec<BookmakerId> =
            able.iter().copied().filter(|&b| judged.is_none_or(|judged| !same(judged, b))).collect();
        let anchor_weight = |b: BookmakerId| {
            fair.anchors.iter().find(|anchor| anchor.bookmaker == world.name(b)).map(|anchor| anchor.weight)
        };

        let anchors: Vec<(BookmakerId, f64)> = eligible
            .iter()
            .filter_map(|&b| Some((b, anchor_weight(b)? * freshness(b))))
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        if fair.mode != ReferenceMode::Consensus && !anchors.is_empty() {
            return Some(Judges { step: ReferenceStep::Anchor, members: anchors });
        }
        let judged_is_anchor = judged.is_some_and(|b| anchor_weight(b).is_some());
        if fair.mode == ReferenceMode::Anchor || (fair.mode != ReferenceMode::Consensus && judged_is_anchor) {
            return None;
        }
        let mut members: Vec<(BookmakerId, f64)> = Vec::new();
        for &b in &eligible {
            let weight = fair.weights.get(&world.name(b)).copied().unwrap_or(1.0) * freshness(b);
            if weight > 0.0 && !members.iter().any(|(member, _)| same(*member, b)) {
                members.push((b, weight));
            }
        }
        let enough = members.len() >= fair.min_books as usize && !members.is_empty();
        enough.then_some(Judges { step: ReferenceStep::Consensus, members })
    }

    /// The reference for judging a bookmaker, or for everybody.
    pub(crate) fn reference(&self, judged: Option<BookmakerId>) -> Option<(Judges, Vec<f64>)> {
        let able: Vec<BookmakerId> =
            self.columns.iter().filter(|column| column.fair.is_some()).map(|column| column.bookmaker).collect();
        let judges = self.judges(&able, judged)?;
        let pooled = self.pooled(&judges, self.fair.method)?;
        Some((judges, pooled))
    }

    /// The pool of the judges' columns, devigged by a method; `None` if it fails for one of them.
    pub(crate) fn pooled(&self, judges: &Judges, method: Method) -> Option<Vec<f64>> {
        let columns: Vec<Vec<f64>> = judges
            .members
            .iter()
            .map(|(b, _)| devigged(method, &self.column_of(*b).expect("a judge has a column").prices))
            .collect::<Option<_>>()?;
        let weights: Vec<f64> = judges.members.iter().map(|(_, weight)| *weight).collect();
        let mut pooled: Vec<f64> = (0..self.outcomes())
            .map(|outcome| {
                let values: Vec<f64> = columns.iter().map(|column| column[outcome]).collect();
                pool_values(self.fair.pool, &weights, &values)
            })
            .collect();
        if self.fair.pool != Pool::Mean {
            let sum: f64 = pooled.iter().sum();
            pooled.iter_mut().for_each(|p| *p /= sum);
        }
        Some(pooled)
    }

    /// Probability of what a bet wins on.
    pub(crate) fn wins(&self, fair: &[f64], key: &QuoteKey) -> f64 {
        let o = key.outcome.index();
        match key.side {
            Side::Back => fair[o],
            Side::Lay if fair.len() == 2 => fair[1 - o],
            Side::Lay => 1.0 - fair[o],
        }
    }

    /// Log-odds of what a bet wins on; against a near certainty to lose it stays finite where 1 − p rounds to 1.
    pub(crate) fn logit_of_win(&self, fair: &[f64], key: &QuoteKey) -> f64 {
        let o = key.outcome.index();
        match key.side {
            Side::Lay if fair.len() > 2 => -logit(fair[o]),
            _ => logit(self.wins(fair, key)),
        }
    }

    /// By the reference that leaves nobody out.
    pub(crate) fn fair_probability(&self, key: &QuoteKey) -> Option<f64> {
        self.reference(None).map(|(_, fair)| self.wins(&fair, key))
    }

    pub(crate) fn oldest_age(&self, judges: &Judges) -> i64 {
        let ages = judges.members.iter().filter_map(|(b, _)| Some(self.column_of(*b)?.oldest_age));
        ages.max().unwrap_or(0)
    }

    pub(crate) fn shown(&self, bookmaker: BookmakerId, outcome: usize) -> Option<f64> {
        Some(self.column_of(bookmaker)?.prices[outcome])
    }

    pub(crate) fn devigged_by(&self, bookmaker: BookmakerId) -> Option<&Vec<f64>> {
        self.column_of(bookmaker)?.fair.as_ref()
    }

    // ---- who moved, who stands apart ----

    pub(crate) fn class(&self, key: &QuoteKey, quote: &Quote, judges: &Judges) -> EvClass {
        let later = judges
            .members
            .iter()
            .filter(|(b, _)| self.column_changed(*b).is_some_and(|changed| changed > quote.changed))
            .count();
        if 2 * later >= judges.members.len() {
            return EvClass::Lagging;
        }
        let others = self.counting.iter().filter(|(it, ..)| it.side == Side::Back && it.bookmaker != key.bookmaker);
        let last = others.map(|(_, other, _)| other.changed).max();
        let recent = self.world.now.saturating_sub(quote.changed) <= 60_000_000;
        if recent && last.is_none_or(|last| quote.changed > last) { EvClass::Leading } else { EvClass::Steady }
    }

    pub(crate) fn is_lagging(&self, key: &QuoteKey, quote: &Quote) -> bool {
        self.reference(Some(key.bookmaker))
            .is_some_and(|(judges, _)| self.class(key, quote, &judges) == EvClass::Lagging)
    }

    /// Is this price more than 0.15 in logit away from the median of at least five others?
    pub(crate) fn is_outlier(&self, bookmaker: BookmakerId, outcome: usize, price: f64) -> bool {
        let others: Vec<f64> = self
            .columns
            .iter()
            .filter(|column| column.bookmaker != bookmaker)
            .map(|column| logit(1.0 / column.prices[outcome]))
            .collect();
        others.len() >= 5 && (logit(1.0 / price) - median(&others)).abs() > 0.15
    }
}

/// A column without its margin, if the method has an answer strictly inside (0, 1).
pub(crate) fn devigged(method: Method, prices: &[f64]) -> Option<Vec<f64>> {
    let mut fair = vec![0.0; prices.len()];
    devig(method, prices, &mut fair).ok()?;
    fair.iter().all(|p| *p > 0.0 && *p < 1.0).then_some(fair)
}

/// Pools one outcome, without normalising.
pub(crate) fn pool_values(pool: Pool, weights: &[f64], values: &[f64]) -> f64 {
    let weighted = |of: &dyn Fn(f64) -> f64| {
        let sum = weights.iter().zip(values).fold(0.0, |sum, (w, v)| sum + w * of(*v));
        sum / weights.iter().fold(0.0, |sum, w| sum + w)
    };
    match pool {
        Pool::Mean => weighted(&|v| v),
        Pool::LogOdds => sigmoid(weighted(&logit)),
        Pool::Median => median(values),
        other => unreachable!("no formula for {other:?}"),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}
