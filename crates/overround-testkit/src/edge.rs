//! Scenarios whose thresholds stand exactly on figures that occur in them, so that "at least" and "more than" differ.

use crate::random::Random;
use crate::scenario::Scenario;
use crate::transform::{engine_of, take};
use overround::config::{ArbitragePatch, Config, EvPatch, LifecyclePatch, LowHoldPatch, MiddlePatch};
use overround::opportunity::Figures;
use overround::{BookmakerId, MarketId, Opportunity, OpportunityEvent, OutcomeIndex, Side};

/// A threshold, as it is set.
type Set = fn(&mut Config, f64);

/// The scenario with one threshold, for all profiles and markets alike, exactly where a figure told in it stands; `None` if it tells
/// nothing that could be used.
#[must_use]
pub fn on_the_edge(seed: u64, scenario: &Scenario) -> Option<Scenario> {
    let mut random = Random::new(seed ^ 0xed6e);
    let mut even = scenario.clone();
    clear_patches(&mut even.config);
    let of_moves = random.chance(40);
    if of_moves {
        even.config.lifecycle.min_change = 0.0;
    }
    let figures = if of_moves { moves(&even) } else { figures(&even) };
    if figures.is_empty() {
        return None;
    }
    let (set, value) = random.pick(&figures);
    set(&mut even.config, value);
    even.config.check().is_ok().then_some(even)
}

/// Leaves thresholds to the configuration itself.
fn clear_patches(config: &mut Config) {
    for profile in &mut config.profiles {
        (profile.ev, profile.arbitrage) = (EvPatch::default(), ArbitragePatch::default());
        (profile.low_hold, profile.middle) = (LowHoldPatch::default(), MiddlePatch::default());
        profile.lifecycle = LifecyclePatch::default();
    }
    for patch in &mut config.overrides {
        (patch.ev, patch.arbitrage) = (EvPatch::default(), ArbitragePatch::default());
        (patch.low_hold, patch.middle) = (LowHoldPatch::default(), MiddlePatch::default());
        patch.lifecycle = LifecyclePatch::default();
    }
}

fn told(scenario: &Scenario) -> Vec<OpportunityEvent> {
    let mut engine = engine_of(scenario);
    scenario.steps.iter().flat_map(|step| take(&mut engine, step).out).collect()
}

/// How far the headline figure moved at each update that nothing else explains.
fn moves(scenario: &Scenario) -> Vec<(Set, f64)> {
    let mut open: Vec<Box<Opportunity>> = Vec::new();
    let mut moves: Vec<(Set, f64)> = Vec::new();
    for event in told(scenario) {
        match event {
            OpportunityEvent::Detected(it) => open.push(it),
            OpportunityEvent::Updated(new) => {
                let Some(old) = open.iter_mut().find(|old| (old.id, old.profile) == (new.id, new.profile)) else {
                    continue;
                };
                if old.warnings == new.warnings && legs(old) == legs(&new) {
                    moves.push((|config, value| config.lifecycle.min_change = value, distance(old, &new)));
                }
                *old = new;
            }
            OpportunityEvent::Expired(it) => open.retain(|old| (old.id, old.profile) != (it.id, it.profile)),
        }
    }
    moves.retain(|(_, distance)| *distance > 1e-9);
    moves
}

fn distance(old: &Opportunity, new: &Opportunity) -> f64 {
    (headline(new) - headline(old)).abs()
}

fn headline(it: &Opportunity) -> f64 {
    match &it.figures {
        Figures::Arbitrage(figures) => figures.profit,
        Figures::LowHold(figures) => figures.hold,
        Figures::Ev(figures) => figures.ev,
        Figures::Middle(figures) => figures.ev.unwrap_or(figures.worst),
    }
}

fn legs(it: &Opportunity) -> Vec<(MarketId, OutcomeIndex, BookmakerId, Side, u64)> {
    let of = |legs: &[overround::opportunity::Leg]| {
        legs.iter().map(|leg| (leg.market, leg.outcome, leg.bookmaker, leg.side, leg.price.to_bits())).collect()
    };
    match &it.figures {
        Figures::Arbitrage(figures) => of(&figures.legs),
        Figures::Middle(figures) => of(&figures.legs),
        Figures::Ev(ev) => vec![(it.market, ev.outcome, ev.bookmaker, ev.side, ev.price.to_bits())],
        Figures::LowHold(figures) => figures
            .sides
            .iter()
            .flat_map(|side| {
                side.bookmakers.iter().map(|&b| (it.market, side.outcome, b, side.side, side.price.to_bits()))
            })
            .collect(),
    }
}

/// Every figure that a threshold is compared with.
fn figures(scenario: &Scenario) -> Vec<(Set, f64)> {
    let mut all: Vec<(Set, f64)> = Vec::new();
    for event in told(scenario) {
        let (OpportunityEvent::Detected(it) | OpportunityEvent::Updated(it)) = event else { continue };
        match &it.figures {
            Figures::Arbitrage(arbitrage) => {
                all.push((|config, value| config.arbitrage.min_profit = value, arbitrage.profit));
                all.push((|config, value| config.arbitrage.max_profit = value, arbitrage.profit));
            }
            Figures::LowHold(low_hold) => all.push((|config, value| config.low_hold.max_hold = value, low_hold.hold)),
            Figures::Ev(ev) => {
                all.push((|config, value| config.ev.min = value, ev.ev));
                all.push((|config, value| config.ev.max = value, ev.ev));
            }
            Figures::Middle(middle) => {
                let size = middle.upper.as_f64() - middle.lower.as_f64();
                all.push((|config, value| config.middle.max_loss = value, -middle.worst));
                all.push((|config, value| config.middle.min_size = value, size));
                all.push((|config, value| config.middle.max_size = value, size));
                all.extend(middle.ev.map(|ev| {
                    let set: Set = |config, value| config.middle.min_ev = value;
                    (set, ev)
                }));
            }
        }
    }
    all
}
