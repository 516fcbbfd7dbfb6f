//! Reasons agree with what is told, and asking for them changes nothing.
//!
//! Explanations are compared with the naive model's figures of the day, with the view, and with their own parts put together anew. What
//! they would catch: a reason given for something that is told, something told that is not explained, a figure that is not the one
//! that detection compares, a comparison that did not decide, a state that is not as it was after somebody asked.

use overround::explain::{
    Condition, Derivation, Explanation, Finding, LeftOut, MiddleDerivation, Miss, NoMarkets, NoReference, Query,
    QuoteView, Target, Test, Verdict, WhyNot,
};
use overround::opportunity::{Ev, Figures, Kind, Leg, Middle, ProbabilityFrom, Warning};
use overround::{
    Engine, FamilyId, FixtureId, MarketId, Opportunity, OpportunityEvent, OpportunityId, ProfileId, ShardedEngine,
    Side, Timestamp,
};
use overround_math::float::{logit, normal_cdf};
use overround_math::pool::{Pool, pool_into};
use overround_testkit::compare::differing;
use overround_testkit::naive::Model;
use overround_testkit::scenario::{Features, Scenario, Step, seeds};
use proptest::test_runner::{Config as ProptestConfig, RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

type Episode = (OpportunityId, ProfileId);

/// How often each verdict was reached.
type Coverage = BTreeMap<&'static str, u32>;

fn explained(cases: u32, stream: u8, scenario: impl Fn(u64) -> Scenario) -> Coverage {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[stream; 32]));
    let coverage = RefCell::new(Coverage::new());
    let result = runner.run(&seeds(), |seed| {
        check_scenario(seed, &scenario(seed), &mut coverage.borrow_mut());
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    coverage.into_inner()
}

#[test]
fn every_mix_of_features() {
    let mut coverage = explained(400, 4, Scenario::from_seed);
    // Ladders that are judged, and found wanting.
    let demanding = |seed| {
        let mut scenario = Scenario::with_features(seed, Features::NONE);
        (scenario.config.middle.max_loss, scenario.config.middle.min_ev) = (0.5, 0.05);
        scenario.config.fair.min_books = 1;
        scenario
    };
    for more in [explained(150, 5, |seed| Scenario::with_features(seed, Features::NONE)), explained(150, 6, demanding)]
    {
        more.into_iter().for_each(|(verdict, count)| *coverage.entry(verdict).or_default() += count);
    }
    for verdict in [
        "told",
        "capped",
        "awaiting",
        "not detected",
        "outcomes",
        "no price",
        "quote",
        "no anchor",
        "judged is anchor",
        "too few",
        "no line",
        "single line",
        "is arbitrage",
        "unknown ev",
        "Ev",
        "Booksum",
        "LeastProfit",
        "Hold",
        "SizeMin",
        "SizeMax",
        "Numbers",
        "Loss",
        "MiddleEv",
        "ladder",
        "model",
    ] {
        assert!(coverage.get(verdict).is_some_and(|&count| count > 5), "{verdict} is reached: {coverage:?}");
    }
    assert!(!coverage.contains_key("withheld"), "nothing is withheld: {coverage:?}");
}

/// Runs a scenario with one engine that is asked now and then, one that never is, three shards, and the model.
fn check_scenario(seed: u64, scenario: &Scenario, coverage: &mut Coverage) {
    let mut engine = Engine::new(scenario.config.clone()).expect("a configuration that can be used");
    let mut unasked = Engine::new(scenario.config.clone()).expect("a configuration that can be used");
    let three = NonZeroU32::new(3).expect("not 0");
    let mut shards = ShardedEngine::new(scenario.config.clone(), three).expect("a configuration that can be used");
    let mut model = Model::new(scenario.config.clone());
    for (index, step) in scenario.steps.iter().enumerate() {
        let deadline = engine.next_deadline().map(|(at, _)| at);
        let (ours, theirs) = (take(&mut engine, step, deadline), take(&mut unasked, step, deadline));
        assert_eq!(ours, theirs, "seed {seed}, step {index}: asking changed an answer");
        let mut out = Vec::new();
        match step {
            Step::Batch(now, events) => drop(shards.apply_batch(*now, events, &mut out)),
            Step::Apply(now, event) => drop(shards.apply(*now, event, &mut out)),
            Step::Advance(now) => shards.advance(*now, &mut out),
            Step::Wake => deadline.into_iter().for_each(|now| shards.advance(now, &mut out)),
        }
        match step {
            Step::Batch(now, events) => drop(model.apply_batch(*now, events)),
            Step::Apply(now, event) => drop(model.apply(*now, event)),
            Step::Advance(now) => drop(model.advance(*now)),
            Step::Wake => drop(deadline.map(|now| model.advance(now))),
        }
        if index % 9 == 8 || index + 1 == scenario.steps.len() {
            Check { seed, index, engine: &mut engine, model: &model, coverage }.all();
            // Shards, and an engine restored from a snapshot, give the same reasons.
            let mut restored = Engine::restore(&engine.snapshot()).expect("its own snapshot");
            for query in (0..3).map(FixtureId).map(Query::fixture) {
                let why = engine.why_not(&query);
                assert!(why == shards.why_not(&query), "seed {seed}, step {index}: shards differ");
                assert!(why == restored.why_not(&query), "seed {seed}, step {index}: restored differs");
            }
            for it in engine.opportunities() {
                let explanation = engine.explain(it.id, it.profile);
                assert!(explanation == shards.explain(it.id, it.profile), "seed {seed}, step {index}: shards differ");
                assert!(
                    explanation == restored.explain(it.id, it.profile),
                    "seed {seed}, step {index}: restored differs"
                );
                assert_eq!(engine.evaluate(it.id, it.profile), shards.evaluate(it.id, it.profile));
            }
            assert_eq!(engine.digest(), unasked.digest(), "seed {seed}, step {index}");
            assert_eq!(engine.next_deadline(), unasked.next_deadline(), "seed {seed}, step {index}");
            assert_eq!(engine.stats().deadlines, unasked.stats().deadlines, "seed {seed}, step {index}");
        }
    }
}

fn take(engine: &mut Engine, step: &Step, deadline: Option<Timestamp>) -> Vec<OpportunityEvent> {
    let mut out = Vec::new();
    match step {
        Step::Batch(now, events) => drop(engine.apply_batch(*now, events, &mut out)),
        Step::Apply(now, event) => drop(engine.apply(*now, event, &mut out)),
        Step::Advance(now) => engine.advance(*now, &mut out),
        Step::Wake => deadline.into_iter().for_each(|now| engine.advance(now, &mut out)),
    }
    out
}

/// One look at one state.
struct Check<'a> {
    seed: u64,
    index: usize,
    engine: &'a mut Engine,
    model: &'a Model,
    coverage: &'a mut Coverage,
}

impl Check<'_> {
    fn all(&mut self) {
        let open: BTreeMap<Episode, Opportunity> =
            self.engine.opportunities().into_iter().map(|it| ((it.id, it.profile), it)).collect();
        let today: BTreeMap<Episode, Opportunity> =
            self.model.evaluate().into_iter().map(|it| ((it.id, it.profile), it)).collect();
        for (&(id, profile), told) in &open {
            let explanation = self.engine.explain(id, profile).expect("what is open is explained");
            assert_eq!(explanation.finding.told.as_deref(), Some(told));
            assert_eq!(explanation.finding.verdict, Verdict::Told { since: told.detected_ts, last: told.ts });
            assert_eq!(self.engine.evaluate(id, profile).as_ref(), explanation.finding.today.as_deref());
            self.figures(&explanation, &today[&(id, profile)]);
        }
        let mut seen = BTreeSet::new();
        for market in (0..).map(MarketId) {
            match self.engine.why_not(&Query::market(market)) {
                Ok(why) => self.reasons(market, &why, &open, &today, &mut seen),
                Err(NoMarkets::Unknown) => break,
                Err(_) => {}
            }
        }
        let missing: Vec<&Episode> = open.keys().filter(|episode| !seen.contains(*episode)).collect();
        assert!(missing.is_empty(), "{self}: open, and in no market's findings: {missing:?}");
        self.whole_is_its_parts();
    }

    /// Today's figures are the model's, and follow from the parts that are shown.
    fn figures(&mut self, explanation: &Explanation, expected: &Opportunity) {
        let finding = &explanation.finding;
        let mut today = finding.today.as_deref().expect("what is open has figures").clone();
        // The model fills these in only when it tells.
        (today.also, today.ts) = (expected.also, expected.ts);
        assert_eq!(differing("explained", &[&today], "model", &[expected]), None, "{self}");
        assert!(finding.conditions.iter().all(|condition| condition.holds), "{self}: {:?}", finding.conditions);
        let reasons: BTreeSet<Warning> = finding.warnings.iter().map(|it| it.warning).collect();
        assert_eq!(reasons, today.warnings.iter().collect(), "{self}: each warning has a reason");
        match &today.figures {
            Figures::Ev(ev) => self.parts_of_ev(explanation, ev),
            Figures::Middle(middle) => {
                if let Some(from) = middle.probability_from {
                    *self.coverage.entry(from.name()).or_default() += 1;
                }
                self.parts_of_middle(explanation, middle);
            }
            Figures::Arbitrage(it) => {
                it.legs.iter().for_each(|leg| self.is_usable(explanation, leg));
                let sum: f64 = it.legs.iter().map(|leg| 1.0 / leg.net_price).sum();
                let booksum = condition(finding, Test::Booksum);
                assert!(is_close(
                    booksum.value,
                    sum * (1.0 + explanation.rules.arbitrage.min_profit - slack(explanation))
                ));
            }
            Figures::LowHold(it) => {
                let hold = condition(finding, Test::Hold);
                assert_eq!(hold.value, it.hold);
                assert_eq!(hold.bound, explanation.rules.low_hold.max_hold + slack(explanation));
            }
        }
    }

    fn parts_of_ev(&self, explanation: &Explanation, ev: &Ev) {
        let Derivation::Ev(derivation) = &explanation.finding.derivation else {
            panic!("{self}: an ev has a reference")
        };
        let step = derivation.reference.steps.last().expect("a step was tried");
        assert_eq!(step.step, ev.reference.step);
        let members = step.entries.iter().filter_map(|entry| Some((entry.bookmaker, entry.weight.ok()?)));
        let (bookmakers, weights): (Vec<_>, Vec<f64>) = members.unzip();
        assert_eq!(bookmakers, ev.reference.bookmakers, "{self}");
        // The pool of the columns as shown is the fair probability.
        let view = &explanation.markets[0];
        let column =
            |bookmaker| view.columns.iter().find(|column| column.bookmaker == bookmaker).expect("in the market");
        let mut columns = Vec::new();
        for &bookmaker in &bookmakers {
            assert_eq!(column(bookmaker).fault, None);
            columns.extend(column(bookmaker).fair.clone().expect("it takes part"));
        }
        let mut fair = derivation.reference.fair.clone().expect("an ev has a reference");
        let shown = fair.clone();
        pool_into(derivation.reference.pool, &weights, &columns, &mut fair);
        assert_eq!(fair, shown, "{self}");
        let p = match (ev.side, fair.len()) {
            (Side::Back, _) => fair[ev.outcome.index()],
            (Side::Lay, 2) => fair[1 - ev.outcome.index()],
            (Side::Lay, _) => 1.0 - fair[ev.outcome.index()],
        };
        assert_eq!(p, ev.fair_probability, "{self}");
        let test = condition(&explanation.finding, Test::Ev);
        assert!(
            is_close(test.value, p * ev.net_price)
                && is_close(test.bound, 1.0 + explanation.rules.ev.min - slack(explanation))
        );
        // The score by its formula from the numbers shown.
        let score = derivation.score.as_ref().expect("scored");
        let (input, terms) = (&score.input, &score.terms);
        let s2 =
            (input.dispersion.powi(2) + 0.04 * 0.04) / input.effective_books + input.method_range.powi(2) + 0.02 * 0.02;
        assert!(is_close(terms.s * terms.s, s2));
        let confidence = normal_cdf((terms.x - terms.y) / terms.s) * input.freshness * terms.g;
        assert!(is_close(confidence, ev.confidence), "{self}: {confidence} {}", ev.confidence);
        assert_eq!(score.opinions.len(), bookmakers.len());
        let logits: Vec<f64> = score.logits.iter().filter_map(|&(_, x)| x).collect();
        let range = logits.iter().copied().fold(f64::MIN, f64::max) - logits.iter().copied().fold(f64::MAX, f64::min);
        assert!(logits.is_empty() || is_close(range / 2.0, input.method_range), "{self}");
        let quote = quote(explanation, 0, ev.outcome, ev.side, ev.bookmaker);
        assert_eq!((quote.fault, quote.price, quote.net_price), (None, Some(ev.price), Some(ev.net_price)), "{self}");
        assert_eq!((quote.age_us, quote.seen_ts, quote.changed_ts), (ev.age_us, ev.seen_ts, ev.changed_ts));
    }

    fn parts_of_middle(&self, explanation: &Explanation, middle: &Middle) {
        let Derivation::Middle(derivation) = &explanation.finding.derivation else {
            panic!("{self}: a middle has states")
        };
        middle.legs.iter().for_each(|leg| self.is_usable(explanation, leg));
        let payoffs = || derivation.states.iter().map(|state| state.payoff);
        assert_eq!(payoffs().fold(f64::MAX, f64::min), middle.worst, "{self}");
        assert_eq!(payoffs().fold(f64::MIN, f64::max), middle.best, "{self}");
        let states = &derivation.states;
        assert!(states[0].from.is_none() && states[states.len() - 1].to.is_none(), "{self}: all results are covered");
        assert!(states.windows(2).all(|pair| pair[0].to.map(|to| to + 1) == pair[1].from), "{self}: without gaps");
        if middle.probability_from == Some(ProbabilityFrom::Model) {
            return self.parts_of_model(derivation, middle);
        }
        assert_eq!(derivation.ladder.probability, middle.middle_probability, "{self}");
        assert_eq!(derivation.model.is_none(), middle.middle_probability.is_some(), "{self}");
        if let (Some(probability), Some(step)) = (middle.middle_probability, derivation.ladder.steps.last()) {
            let entries = step.entries.iter().filter_map(|it| Some((it.weight.ok()?, it.above?)));
            let (weights, differences): (Vec<f64>, Vec<f64>) = entries.map(|(weight, (a, b))| (weight, a - b)).unzip();
            let pool: Pool = explanation.markets[0].reference.pool;
            assert_eq!(overround_math::pool::pool_one(pool, &weights, &differences), probability, "{self}");
        }
    }

    /// What a middle is worth under the law that is shown.
    fn parts_of_model(&self, derivation: &MiddleDerivation, middle: &Middle) {
        let Some(Ok(model)) = &derivation.model else { panic!("{self}: a model has a law") };
        let (mut rest, mut ev) = (1.0, 0.0);
        for &(_, mass, payoff) in &model.partial {
            rest -= mass;
            ev += mass * payoff;
        }
        let p = middle.middle_probability.expect("by the model");
        ev += p * (2.0 / middle.booksum - 1.0) + (rest - p) * (1.0 / middle.booksum - 1.0);
        assert!(is_close(ev, middle.ev.expect("by the model")), "{self}: {ev} {middle:?}");
        assert!(!model.lines.is_empty() && model.scale > 0.0, "{self}: {model:?}");
        assert!(model.lines.iter().all(|&(_, shown, fitted)| (logit(shown) - logit(fitted)).abs() < 0.3), "{self}");
    }

    fn is_usable(&self, explanation: &Explanation, leg: &Leg) {
        let at =
            explanation.markets.iter().position(|view| view.market == leg.market).expect("a leg's market is shown");
        let quote = quote(explanation, at, leg.outcome, leg.side, leg.bookmaker);
        assert_eq!((quote.fault, quote.price, quote.net_price), (None, Some(leg.price), Some(leg.net_price)), "{self}");
        assert_eq!(
            (quote.age_us, quote.seen_ts, quote.changed_ts),
            (leg.age_us, leg.seen_ts, leg.changed_ts),
            "{self}"
        );
    }

    /// Each thing that could be told of a market is told exactly if it is open; else its reason is one that holds.
    fn reasons(
        &mut self,
        market: MarketId,
        why: &WhyNot,
        open: &BTreeMap<Episode, Opportunity>,
        today: &BTreeMap<Episode, Opportunity>,
        seen: &mut BTreeSet<Episode>,
    ) {
        for rules in &why.rules {
            for kind in Kind::ALL {
                let mut findings = why.findings.iter().filter(|it| (it.kind, it.profile) == (kind, rules.profile));
                assert!(
                    findings.next().is_some(),
                    "{self}: {market:?} says nothing of {kind:?} for {:?}",
                    rules.profile
                );
            }
        }
        for finding in &why.findings {
            let episode = finding.id.map(|id| (id, finding.profile));
            let stands = episode.is_some_and(|episode| today.contains_key(&episode));
            let is_open = episode.is_some_and(|episode| open.contains_key(&episode));
            seen.extend(episode.filter(|_| is_open));
            assert_eq!(matches!(finding.verdict, Verdict::Told { .. }), is_open, "{self}: {finding:#?}");
            assert_eq!(finding.told.is_some(), is_open);
            match finding.verdict {
                Verdict::Told { .. } => assert!(stands),
                Verdict::Awaiting { since, until } => {
                    let now = self.engine.now().expect("time has begun");
                    assert!(stands && since <= now && until > now, "{self}: {finding:#?}");
                }
                Verdict::Capped(cap) => {
                    assert!(!stands && !cap.holds && cap.excess() > 0.0, "{self}: {finding:#?}");
                    assert_eq!(finding.conditions.iter().filter(|it| !it.holds).collect::<Vec<_>>(), [&cap]);
                }
                Verdict::Missed(miss) => {
                    assert!(!stands, "{self}: the model tells it: {finding:#?}");
                    self.miss(why, finding, miss);
                }
                other => panic!("{self}: {other:?}"),
            }
            if let Derivation::Middle(derivation) = &finding.derivation {
                self.negatives(derivation);
            }
            *self.coverage.entry(name_of(&finding.verdict)).or_default() += 1;
        }
    }

    /// Who finds the upper line likelier is left out, by how much.
    fn negatives(&self, derivation: &MiddleDerivation) {
        for entry in derivation.ladder.steps.iter().flat_map(|step| &step.entries) {
            if let Err(LeftOut::Negative(by)) = entry.weight {
                let (lower, upper) = entry.above.expect("it has both lines");
                assert!(by > 0.0 && is_close(by, upper - lower), "{self}: {entry:?}");
            }
        }
    }

    fn miss(&self, why: &WhyNot, finding: &Finding, miss: Miss) {
        let views = || why.markets.iter().filter(|view| view.profile == finding.profile);
        let view = |market| views().find(|view| view.market == market).expect("shown");
        match miss {
            Miss::Fails(condition) => {
                assert!(!condition.holds && condition.excess() > 0.0, "{self}: {finding:#?}");
                let failing: Vec<&Condition> = finding.conditions.iter().filter(|it| !it.holds).collect();
                assert_eq!(failing[0], &condition, "{self}: {finding:#?}");
                assert!(finding.today.is_some(), "{self}: {finding:#?}");
            }
            Miss::NoPrice { outcome, lay } => {
                let market = if outcome.0 == 1 { finding.subject.upper } else { None };
                let side = if lay { Side::Lay } else { Side::Back };
                let quotes = view(market.unwrap_or(finding.subject.market)).quotes.iter();
                // What counts and may be used can still be degraded where that bars it.
                let usable = |it: &&QuoteView| (it.outcome, it.side) == (outcome, side) && it.fault.is_none();
                assert!(quotes.filter(usable).all(|it| it.freshness < 1.0), "{self}: {finding:#?}");
            }
            Miss::Quote(fault) if finding.kind == Kind::Ev => {
                let (side, bookmaker) = finding.subject.quote.expect("an ev's");
                let of = |it: &&QuoteView| {
                    (Some(it.outcome), it.side, it.bookmaker) == (finding.subject.outcome, side, bookmaker)
                };
                let quote = view(finding.subject.market).quotes.iter().find(of).expect("shown");
                assert_eq!(quote.fault, Some(fault), "{self}: {finding:#?}");
            }
            Miss::NoReference(none) => {
                let Derivation::Ev(derivation) = &finding.derivation else { panic!("{self}: {finding:#?}") };
                assert_eq!(derivation.reference.fair, Err(none));
                let step = derivation.reference.steps.last().expect("a step was tried");
                let members = step.entries.iter().filter(|entry| entry.weight.is_ok()).count();
                match none {
                    NoReference::TooFew { members: shown, needed } => {
                        assert!(usize::try_from(shown) == Ok(members) && shown < needed, "{self}: {finding:#?}");
                    }
                    _ => assert_eq!(members, 0, "{self}: {finding:#?}"),
                }
            }
            Miss::UnknownEv => {
                let Derivation::Middle(derivation) = &finding.derivation else { panic!("{self}: {finding:#?}") };
                assert_eq!(derivation.ladder.probability, None, "{self}: {finding:#?}");
                assert!(matches!(derivation.model, Some(Err(_))), "{self}: {finding:#?}");
            }
            Miss::IsArbitrage { profit } => {
                // Of one booksum S the hold is 1 − 1/S and the profit 1/S − 1.
                let hold = condition(finding, Test::Hold).value;
                assert!(is_close(profit, -hold), "{self}: {finding:#?}");
            }
            _ => {}
        }
    }

    /// A fixture's findings are those of its families, which are those of its markets, each thing once.
    fn whole_is_its_parts(&mut self) {
        let key = |it: &Finding| (it.profile, it.subject.market, it.kind, it.id, it.subject.outcome);
        let mut all = BTreeSet::new();
        let mut of_families = BTreeSet::new();
        for fixture in (0..).map(FixtureId) {
            match self.engine.why_not(&Query::fixture(fixture)) {
                Ok(why) => {
                    let before = all.len();
                    all.extend(why.findings.iter().map(key));
                    assert_eq!(all.len() - before, why.findings.len(), "{self}: each thing once");
                }
                Err(NoMarkets::Unknown) => break,
                Err(_) => {}
            }
        }
        for family in (0..).map(FamilyId) {
            match self.engine.why_not(&Query::family(family)) {
                Ok(why) => of_families.extend(why.findings.iter().map(key)),
                Err(NoMarkets::Unknown) => break,
                Err(_) => {}
            }
        }
        assert_eq!(all, of_families, "{self}");
        for &(profile, market, kind, id, _) in all.iter().filter(|it| it.3.is_some()).step_by(17) {
            let query = Query::market(market).with_kind(kind).with_profile(profile);
            assert_eq!(query.target, Target::Market(market));
            let why = self.engine.why_not(&query).expect("its fixture is on");
            assert_eq!(why.findings.iter().filter(|it| it.id == id).count(), 1, "{self}");
            assert!(why.findings.iter().all(|it| (it.profile, it.kind) == (profile, kind)), "{self}");
        }
    }
}

impl std::fmt::Display for Check<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "seed {}, step {}", self.seed, self.index)
    }
}

fn slack(explanation: &Explanation) -> f64 {
    explanation.rules.lifecycle.hysteresis
}

fn condition(finding: &Finding, test: Test) -> Condition {
    *finding.conditions.iter().find(|condition| condition.test == test).expect("it was compared")
}

fn quote(
    explanation: &Explanation,
    at: usize,
    outcome: overround::OutcomeIndex,
    side: Side,
    bookmaker: overround::BookmakerId,
) -> &QuoteView {
    let mut quotes = explanation.markets[at].quotes.iter();
    quotes.find(|it| (it.outcome, it.side, it.bookmaker) == (outcome, side, bookmaker)).expect("a leg's quote is shown")
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + a.abs())
}

fn name_of(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Told { .. } => "told",
        Verdict::Capped(_) => "capped",
        Verdict::Awaiting { .. } => "awaiting",
        Verdict::Withheld => "withheld",
        Verdict::Missed(miss) => match miss {
            Miss::NotDetected => "not detected",
            Miss::Outcomes(_) => "outcomes",
            Miss::NoPrice { .. } => "no price",
            Miss::Quote(_) => "quote",
            Miss::NoReference(NoReference::NoAnchor) => "no anchor",
            Miss::NoReference(NoReference::JudgedIsAnchor) => "judged is anchor",
            Miss::NoReference(_) => "too few",
            Miss::NoLine => "no line",
            Miss::SingleLine => "single line",
            Miss::IsArbitrage { .. } => "is arbitrage",
            Miss::UnknownEv => "unknown ev",
            Miss::Fails(condition) => match condition.test {
                Test::Ev => "Ev",
                Test::Booksum => "Booksum",
                Test::LeastProfit => "LeastProfit",
                Test::Hold => "Hold",
                Test::SizeMin => "SizeMin",
                Test::SizeMax => "SizeMax",
                Test::Numbers => "Numbers",
                Test::Loss => "Loss",
                Test::MiddleEv => "MiddleEv",
                _ => "another comparison",
            },
            _ => "another miss",
        },
        _ => "another verdict",
    }
}
