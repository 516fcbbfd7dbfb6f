//! Runs the engine and the naive model side by side and shows the first difference, with the fewest events that still show it.

use crate::minimise::{Report, minimise};
use crate::naive::Model;
use crate::scenario::{Scenario, Step};
use overround::{BatchReport, Engine, Opportunity, OpportunityEvent};
use std::fmt::{Debug, Write};

/// Where the two part.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// Index of the step.
    pub step: usize,
    /// What differs.
    pub what: String,
}

/// What a run that agreed has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Outputs told: detected, updated, expired.
    pub told: [u64; 3],
    /// Detections by kind.
    pub detected: [u64; 4],
    /// Expiries by reason.
    pub expired: [u64; 12],
    /// Outputs that carried each warning.
    pub warned: [u64; 10],
    /// Events refused.
    pub refused: u64,
}

impl Coverage {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        let pairs = self.told.iter_mut().zip(other.told);
        let pairs = pairs.chain(self.detected.iter_mut().zip(other.detected));
        let pairs = pairs.chain(self.expired.iter_mut().zip(other.expired));
        let pairs = pairs.chain(self.warned.iter_mut().zip(other.warned));
        pairs.for_each(|(sum, more)| *sum += more);
        self.refused += other.refused;
    }

    fn count(&mut self, report: &BatchReport, out: &[OpportunityEvent]) {
        self.refused += u64::try_from(report.rejected.len()).unwrap_or(0);
        for event in out {
            match event {
                OpportunityEvent::Detected(it) => {
                    self.told[0] += 1;
                    self.detected[it.kind() as usize] += 1;
                    it.warnings.iter().for_each(|warning| self.warned[warning as usize] += 1);
                }
                OpportunityEvent::Updated(it) => {
                    self.told[1] += 1;
                    it.warnings.iter().for_each(|warning| self.warned[warning as usize] += 1);
                }
                OpportunityEvent::Expired(it) => {
                    self.told[2] += 1;
                    self.expired[it.reason as usize] += 1;
                }
            }
        }
    }
}

/// Runs both through a scenario, comparing after each step.
///
/// # Errors
/// The first difference.
///
/// # Panics
/// If the scenario's configuration cannot be used.
pub fn run(scenario: &Scenario) -> Result<Coverage, Divergence> {
    let mut engine = Engine::new(scenario.config.clone()).expect("a configuration that can be used");
    let mut model = Model::new(scenario.config.clone());
    let mut view = Vec::new();
    let mut coverage = Coverage::default();
    for (index, step) in scenario.steps.iter().enumerate() {
        let (report, out) = compare(&mut engine, &mut model, step).map_err(|what| Divergence { step: index, what })?;
        coverage.count(&report, &out);
        fold(&mut view, &out).map_err(|what| Divergence { step: index, what })?;
        if view != engine.opportunities() {
            let what = differing("summed-up outputs", &view, "engine.opportunities()", &engine.opportunities());
            return Err(Divergence { step: index, what: what.unwrap_or_else(|| "the view differs in bits".into()) });
        }
    }
    Ok(coverage)
}

/// Takes one step with both and compares all that can be seen of them.
///
/// # Errors
/// What differs, with both sides.
pub fn compare(
    engine: &mut Engine,
    model: &mut Model,
    step: &Step,
) -> Result<(BatchReport, Vec<OpportunityEvent>), String> {
    let mut out = Vec::new();
    let (report, (expected_report, expected)) = match step {
        Step::Batch(now, events) => (engine.apply_batch(*now, events, &mut out), model.apply_batch(*now, events)),
        Step::Apply(now, event) => {
            let report = match engine.apply(*now, event, &mut out) {
                Ok(()) => BatchReport { accepted: 1, rejected: Vec::new() },
                Err(error) => BatchReport { accepted: 0, rejected: vec![(0, error)] },
            };
            (report, model.apply_batch(*now, std::slice::from_ref(event)))
        }
        Step::Advance(now) => {
            engine.advance(*now, &mut out);
            (BatchReport::default(), (BatchReport::default(), model.advance(*now)))
        }
        Step::Wake => match engine.next_deadline() {
            Some((now, _)) => {
                engine.advance(now, &mut out);
                (BatchReport::default(), (BatchReport::default(), model.advance(now)))
            }
            None => (BatchReport::default(), (BatchReport::default(), Vec::new())),
        },
    };
    if report != expected_report {
        return Err(format!("report\n  engine: {report:?}\n  model:  {expected_report:?}"));
    }
    if let Some(what) = differing("engine told", &out, "model told", &expected) {
        return Err(what);
    }
    if let Some(what) = differing("engine's view", &engine.opportunities(), "model's view", &model.view()) {
        return Err(what);
    }
    if engine.now() != model.now() {
        return Err(format!("now: engine {:?}, model {:?}", engine.now(), model.now()));
    }
    compare_counts(engine, model)?;
    Ok((report, out))
}

fn compare_counts(engine: &Engine, model: &Model) -> Result<(), String> {
    let stats = engine.stats();
    let counts = model.counts();
    let ours = (stats.accepted, stats.changed, stats.superseded, stats.capped, stats.quotes, stats.withheld);
    let quotes = u64::try_from(model.quotes()).unwrap_or(u64::MAX);
    let theirs = (counts.accepted, counts.changed, counts.superseded, counts.capped, quotes, 0);
    if ours == theirs {
        return Ok(());
    }
    Err(format!(
        "counts (accepted, changed, superseded, capped, quotes, withheld)\n  engine: {ours:?}\n  model:  {theirs:?}"
    ))
}

/// Adds outputs to a view: detected opens, updated replaces, expired closes.
///
/// # Errors
/// An output that does not fit what is open.
pub fn fold(view: &mut Vec<Opportunity>, out: &[OpportunityEvent]) -> Result<(), String> {
    for event in out {
        let (id, profile) = match event {
            OpportunityEvent::Detected(it) | OpportunityEvent::Updated(it) => (it.id, it.profile),
            OpportunityEvent::Expired(it) => (it.id, it.profile),
        };
        let open = view.iter().position(|it| (it.id, it.profile) == (id, profile));
        match (event, open) {
            (OpportunityEvent::Detected(it), None) => view.push(it.as_ref().clone()),
            (OpportunityEvent::Updated(it), Some(i)) => view[i] = it.as_ref().clone(),
            (OpportunityEvent::Expired(_), Some(i)) => {
                view.remove(i);
            }
            _ => return Err(format!("does not fit what is open: {event:?}")),
        }
    }
    view.sort_by_key(|it| (it.family, it.kind(), it.id, it.profile));
    Ok(())
}

/// The first difference of two lists, if any; numbers with a fraction may differ by 1e-9, absolute and relative.
pub fn differing<T: Debug + PartialEq>(left: &str, ours: &[T], right: &str, theirs: &[T]) -> Option<String> {
    let i = (0..ours.len().max(theirs.len())).find(|&i| match (ours.get(i), theirs.get(i)) {
        (Some(a), Some(b)) => a != b && !alike(&format!("{a:?}"), &format!("{b:?}")),
        _ => true,
    })?;
    let mut text = String::new();
    let show = |item: Option<&T>| item.map_or_else(|| "nothing".to_owned(), |item| format!("{item:?}"));
    let _ = writeln!(text, "{left} ({}) and {right} ({}) differ at {i}", ours.len(), theirs.len());
    let (a, b) = (show(ours.get(i)), show(theirs.get(i)));
    let _ = writeln!(text, "  {left}: {a}\n  {right}: {b}");
    let parts = words(&a).into_iter().zip(words(&b)).filter(|(a, b)| !alike_word(a, b));
    let _ = writeln!(text, "  words: {:?}", parts.take(8).collect::<Vec<_>>());
    Some(text)
}

fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| alike_word(a, b))
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c))).filter(|word| !word.is_empty()).collect()
}

fn alike_word(a: &str, b: &str) -> bool {
    let fraction = |word: &str| word.parse::<f64>().ok().filter(|_| word.contains(['.', 'e']));
    match (fraction(a), fraction(b)) {
        (Some(x), Some(y)) => x == y || (x - y).abs() <= 1e-9 * (1.0 + x.abs().max(y.abs())),
        _ => a == b,
    }
}

/// Runs a scenario; on a divergence says where, with the fewest events that still show it.
///
/// # Panics
/// If the engine and the model differ.
pub fn assert_agree(seed: u64, scenario: &Scenario) -> Coverage {
    match run(scenario) {
        Ok(coverage) => coverage,
        Err(_) => {
            let smallest = minimise(scenario);
            let divergence = run(&smallest).expect_err("minimising keeps the divergence");
            panic!("{}", Report { seed, scenario: &smallest, divergence: &divergence });
        }
    }
}
