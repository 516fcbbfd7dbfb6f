//! Makes a diverging scenario as small as it goes, and prints it for people.

use crate::compare::{Divergence, run};
use crate::scenario::{EPOCH, Scenario, Step};
use overround::config::{Config, Override, Profile};
use overround::{OddsEvent, Timestamp};
use std::fmt;

/// Drops steps, events and settings as long as the scenario still diverges.
#[must_use]
pub fn minimise(scenario: &Scenario) -> Scenario {
    minimise_while(scenario, &|smaller| run(smaller).is_err())
}

/// Drops steps, events and settings as long as `still` holds; it must hold of the scenario itself.
#[must_use]
pub fn minimise_while(scenario: &Scenario, still: &dyn Fn(&Scenario) -> bool) -> Scenario {
    let mut best = scenario.clone();
    if let Err(divergence) = run(&best) {
        let mut shorter = best.clone();
        shorter.steps.truncate(divergence.step + 1);
        keep_if(&mut best, shorter, still);
    }
    let mut shrunk = true;
    while shrunk {
        shrunk = drop_steps(&mut best, still) | drop_events(&mut best, still) | simplify_configs(&mut best, still);
    }
    best
}

fn keep_if(best: &mut Scenario, smaller: Scenario, still: &dyn Fn(&Scenario) -> bool) -> bool {
    let keep = still(&smaller);
    if keep {
        *best = smaller;
    }
    keep
}

fn drop_steps(best: &mut Scenario, still: &dyn Fn(&Scenario) -> bool) -> bool {
    let mut shrunk = false;
    let mut chunk = best.steps.len().div_ceil(2);
    while chunk > 0 {
        let mut start = 0;
        while start < best.steps.len() {
            let mut smaller = best.clone();
            let end = (start + chunk).min(smaller.steps.len());
            smaller.steps.drain(start..end);
            if keep_if(best, smaller, still) {
                shrunk = true;
            } else {
                start += chunk;
            }
        }
        chunk /= 2;
    }
    shrunk
}

fn drop_events(best: &mut Scenario, still: &dyn Fn(&Scenario) -> bool) -> bool {
    let mut shrunk = false;
    for step in (0..best.steps.len()).rev() {
        let Step::Batch(_, events) = &best.steps[step] else { continue };
        for event in (0..events.len()).rev() {
            let mut smaller = best.clone();
            if let Step::Batch(_, events) = &mut smaller.steps[step] {
                events.remove(event);
            }
            shrunk |= keep_if(best, smaller, still);
        }
    }
    shrunk
}

/// Puts sections of every configuration back to those of `recorded`.
fn simplify_configs(best: &mut Scenario, still: &dyn Fn(&Scenario) -> bool) -> bool {
    let mut shrunk = false;
    let count = configs(best).len();
    for which in 0..count {
        for change in simplifications() {
            let mut smaller = best.clone();
            let config = configs(&mut smaller).swap_remove(which);
            let before = config.clone();
            change(config);
            if *config != before {
                shrunk |= keep_if(best, smaller, still);
            }
        }
    }
    shrunk
}

fn configs(scenario: &mut Scenario) -> Vec<&mut Config> {
    let mut all = vec![&mut scenario.config];
    for step in &mut scenario.steps {
        match step {
            Step::Apply(_, OddsEvent::Configure(config)) => all.push(config),
            Step::Batch(_, events) => all.extend(events.iter_mut().filter_map(|event| match event {
                OddsEvent::Configure(config) => Some(config.as_mut()),
                _ => None,
            })),
            _ => {}
        }
    }
    all
}

type Change = Box<dyn Fn(&mut Config)>;

fn simplifications() -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    macro_rules! reset {
        ($($field:ident).+) => { changes.push(Box::new(|config| config.$($field).+ = Config::recorded().$($field).+)) };
    }
    changes.push(Box::new(|config| config.overrides.clear()));
    changes.push(Box::new(|config| config.profiles.clear()));
    for i in 0..3 {
        changes.push(Box::new(move |config| drop_at(&mut config.overrides, i)));
        changes.push(Box::new(move |config| drop_at(&mut config.profiles, i)));
    }
    reset!(bookmakers);
    reset!(detect);
    reset!(fair.mode);
    reset!(fair.method);
    reset!(fair.pool);
    reset!(fair.anchors);
    reset!(fair.weights);
    reset!(fair.groups);
    reset!(fair.min_books);
    reset!(fair.reference_booksum_min);
    reset!(fair.reference_margin_max);
    reset!(ev.min);
    reset!(ev.max);
    reset!(arbitrage.min_profit);
    reset!(arbitrage.max_profit);
    reset!(arbitrage.degraded);
    reset!(low_hold);
    reset!(middle);
    reset!(lifecycle.min_change);
    reset!(lifecycle.confirm_after_ms);
    reset!(lifecycle.hysteresis);
    reset!(lifecycle.retention_after_start_h);
    reset!(freshness.start_barrier);
    reset!(freshness.sources);
    reset!(freshness.role_hold_s);
    reset!(freshness.max_age_prematch_ms);
    reset!(freshness.max_age_live_ms);
    reset!(freshness.budgets_s);
    reset!(freshness.hold_limit);
    reset!(freshness.hold_timeout_ms);
    reset!(commission);
    reset!(legs);
    changes.push(Box::new(|config| each_profile(config, |p| p.bookmakers = None)));
    changes.push(Box::new(|config| each_profile(config, |p| p.detect = None)));
    changes.push(Box::new(|config| each_profile(config, |p| p.ev = Profile::named("").ev)));
    changes.push(Box::new(|config| each_profile(config, |p| p.arbitrage = Profile::named("").arbitrage)));
    changes.push(Box::new(|config| each_profile(config, |p| p.low_hold = Profile::named("").low_hold)));
    changes.push(Box::new(|config| each_profile(config, |p| p.middle = Profile::named("").middle)));
    changes.push(Box::new(|config| each_profile(config, |p| p.lifecycle = Profile::named("").lifecycle)));
    changes.push(Box::new(|config| each_profile(config, |p| p.commission.clear())));
    changes.push(Box::new(|config| each_profile(config, |p| p.legs = Profile::named("").legs)));
    changes.push(Box::new(|config| each_override(config, |o| o.fair = Override::default().fair)));
    changes.push(Box::new(|config| each_override(config, |o| o.ev = Override::default().ev)));
    changes.push(Box::new(|config| each_override(config, |o| o.arbitrage = Override::default().arbitrage)));
    changes.push(Box::new(|config| each_override(config, |o| o.low_hold = Override::default().low_hold)));
    changes.push(Box::new(|config| each_override(config, |o| o.middle = Override::default().middle)));
    changes.push(Box::new(|config| each_override(config, |o| o.lifecycle = Override::default().lifecycle)));
    changes.push(Box::new(|config| each_override(config, |o| o.freshness = Override::default().freshness)));
    changes
}

fn drop_at<T>(list: &mut Vec<T>, index: usize) {
    if index < list.len() {
        list.remove(index);
    }
}

fn each_profile(config: &mut Config, change: impl Fn(&mut Profile)) {
    config.profiles.iter_mut().for_each(change);
}

fn each_override(config: &mut Config, change: impl Fn(&mut Override)) {
    config.overrides.iter_mut().for_each(change);
}

/// A divergence for people.
pub struct Report<'a> {
    /// Of the scenario before it was minimised.
    pub seed: u64,
    /// The smallest that still diverges.
    pub scenario: &'a Scenario,
    /// Where it does.
    pub divergence: &'a Divergence,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "engine and model differ; seed {:#x}", self.seed)?;
        writeln!(f, "config: recorded, but {}", differences(&self.scenario.config))?;
        for (index, step) in self.scenario.steps.iter().enumerate() {
            match step {
                Step::Batch(now, events) => {
                    writeln!(f, "{index}: batch at {}", relative(*now))?;
                    events.iter().try_for_each(|event| writeln!(f, "     {}", short(event)))?;
                }
                Step::Apply(now, event) => writeln!(f, "{index}: apply at {}\n     {}", relative(*now), short(event))?,
                Step::Advance(now) => writeln!(f, "{index}: advance to {}", relative(*now))?,
                Step::Wake => writeln!(f, "{index}: advance to the next deadline")?,
            }
        }
        write!(f, "at step {}: {}", self.divergence.step, self.divergence.what)
    }
}

fn relative(now: Timestamp) -> String {
    format!("{} (epoch {:+} µs)", now.0, now.0.saturating_sub(EPOCH))
}

/// Short names instead of hashes, and no key that says nothing.
fn short(event: &OddsEvent) -> String {
    match event {
        OddsEvent::Configure(config) => format!("Configure(recorded, but {})", differences(config)),
        other => readable(&format!("{other:?}")),
    }
}

fn differences(config: &Config) -> String {
    let usual = Config::recorded();
    let mut parts = Vec::new();
    macro_rules! note {
        ($($field:ident)*) => {
            $( if config.$field != usual.$field { parts.push(format!("{}: {:?}", stringify!($field), config.$field)); } )*
        };
    }
    note!(bookmakers detect fair ev arbitrage low_hold middle lifecycle freshness commission legs profiles overrides);
    readable(&parts.join(", "))
}

fn readable(text: &str) -> String {
    let mut text = text.to_owned();
    for name in crate::scenario::NAMES {
        text = text.replace(&format!("Key({})", overround::Key::of(name).0), name);
    }
    text.split(", ")
        .filter(|part| !part.ends_with(": None"))
        .collect::<Vec<_>>()
        .join(", ")
        .replace("Patch", "")
        .replace("Some", "")
}
