//! The lifecycle: what was told, and what is to be told now.

use super::detect::{Candidate, detect, legs_told, markets_of};
use super::world::{QuoteKey, World};
use overround::config::{Degraded, EPSILON, Profile};
use overround::opportunity::{Expired, Figures, Kind, Kinds, Opportunity, OpportunityEvent, Reason};
use overround::{OpportunityId, ProfileId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is remembered about what was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    open: BTreeMap<Episode, Open>,
    /// Candidates that wait for confirmation: since when, and until when.
    waiting: BTreeMap<Episode, (i64, i64)>,
    /// Candidates beyond their cap.
    capped: BTreeSet<Episode>,
}

type Episode = (OpportunityId, ProfileId);

#[derive(Clone, Debug)]
struct Open {
    opportunity: Opportunity,
    stood_on: Vec<(QuoteKey, f64)>,
}

impl Told {
    /// The view as told, in the order of output.
    pub(crate) fn view(&self) -> Vec<Opportunity> {
        let mut view: Vec<Opportunity> = self.open.values().map(|open| open.opportunity.clone()).collect();
        view.sort_by_key(view_order);
        view
    }

    /// Today's figures of everything that stands.
    pub(crate) fn evaluate(&self, world: &World) -> Vec<Opportunity> {
        let mut all: Vec<Opportunity> = detect(world, &self.open_ids())
            .into_iter()
            .filter(|candidate| !candidate.capped)
            .map(|candidate| candidate.opportunity)
            .collect();
        for opportunity in &mut all {
            if let Some(open) = self.open.get(&(opportunity.id, opportunity.profile)) {
                opportunity.detected_ts = open.opportunity.detected_ts;
            }
        }
        all.sort_by_key(view_order);
        all
    }

    /// When waiting candidates are to be told.
    pub(crate) fn confirmations(&self) -> impl Iterator<Item = i64> {
        self.waiting.values().map(|(_, until)| *until)
    }

    fn open_ids(&self) -> BTreeSet<Episode> {
        self.open.keys().copied().collect()
    }

    /// Compares what stands with what was told, and tells the difference.
    pub(crate) fn settle(&mut self, world: &mut World, out: &mut Vec<OpportunityEvent>) {
        let candidates: BTreeMap<Episode, Candidate> = detect(world, &self.open_ids())
            .into_iter()
            .map(|candidate| ((candidate.opportunity.id, candidate.opportunity.profile), candidate))
            .collect();
        let mut events = Vec::new();

        let gone: Vec<Episode> =
            self.open.keys().filter(|episode| candidates.get(*episode).is_none_or(|it| it.capped)).copied().collect();
        for episode in gone {
            let open = self.open.remove(&episode).expect("it was listed as open");
            let capped = candidates.contains_key(&episode);
            events.push(OpportunityEvent::Expired(expire(world, &open, capped)));
        }

        for (episode, candidate) in &candidates {
            if candidate.capped && !self.capped.contains(episode) {
                world.counts.capped[candidate.opportunity.kind() as usize] += 1;
            }
        }
        let beyond = |episode: &Episode| candidates.get(episode).is_some_and(|it| it.capped);
        let within = |episode: &Episode| candidates.get(episode).is_some_and(|it| !it.capped);
        self.capped = candidates.keys().filter(|episode| beyond(episode)).copied().collect();
        self.waiting.retain(|episode, _| within(episode));

        for (episode, candidate) in &candidates {
            if candidate.capped {
                continue;
            }
            if let Some(open) = self.open.get_mut(episode) {
                if must_update(&open.opportunity, candidate) {
                    let mut opportunity = candidate.opportunity.clone();
                    opportunity.detected_ts = open.opportunity.detected_ts;
                    *open = Open { opportunity: opportunity.clone(), stood_on: candidate.stands_on.clone() };
                    events.push(OpportunityEvent::Updated(Box::new(opportunity)));
                }
                continue;
            }
            let since = self.waiting.get(episode).map_or(world.now, |(since, _)| *since);
            let confirm = i64::try_from(candidate.rules.lifecycle.confirm_after_ms).unwrap_or(i64::MAX);
            let until = since.saturating_add(confirm.saturating_mul(1000));
            if until <= world.now {
                self.waiting.remove(episode);
                let opportunity = candidate.opportunity.clone();
                self.open
                    .insert(*episode, Open { opportunity: opportunity.clone(), stood_on: candidate.stands_on.clone() });
                events.push(OpportunityEvent::Detected(Box::new(opportunity)));
            } else {
                self.waiting.insert(*episode, (since, until));
            }
        }

        self.fill_also(&mut events);
        events.sort_by_key(output_order);
        out.extend(events);
    }

    fn fill_also(&mut self, events: &mut [OpportunityEvent]) {
        for event in events {
            let (OpportunityEvent::Detected(opportunity) | OpportunityEvent::Updated(opportunity)) = event else {
                continue;
            };
            let markets = markets_of(opportunity);
            let neighbours = self.open.iter().filter(|((id, profile), open)| {
                *profile == opportunity.profile
                    && *id != opportunity.id
                    && !markets.is_disjoint(&markets_of(&open.opportunity))
            });
            opportunity.also = neighbours.fold(Kinds::NONE, |kinds, (_, open)| kinds.with(open.opportunity.kind()));
            let open = self.open.get_mut(&(opportunity.id, opportunity.profile)).expect("it was told just now");
            open.opportunity.also = opportunity.also;
        }
    }
}

fn view_order(opportunity: &Opportunity) -> (overround::FamilyId, Kind, OpportunityId, ProfileId) {
    (opportunity.family, opportunity.kind(), opportunity.id, opportunity.profile)
}

/// Families, then kind, then expired, updated, detected, then id, then profile.
fn output_order(event: &OpportunityEvent) -> (overround::FamilyId, Kind, u8, OpportunityId, ProfileId) {
    match event {
        OpportunityEvent::Expired(it) => (it.family, it.kind, 0, it.id, it.profile),
        OpportunityEvent::Updated(it) => (it.family, it.kind(), 1, it.id, it.profile),
        OpportunityEvent::Detected(it) => (it.family, it.kind(), 2, it.id, it.profile),
    }
}

fn expire(world: &World, open: &Open, capped: bool) -> Expired {
    let told = &open.opportunity;
    Expired {
        ts: Timestamp(world.now),
        id: told.id,
        profile: told.profile,
        kind: told.kind(),
        family: told.family,
        reason: reason(world, open, capped),
        lifetime_us: world.now.saturating_sub(told.detected_ts.0),
    }
}

/// The first reason of the list that holds for any quote it stood on when last told, else why the figures left.
fn reason(world: &World, open: &Open, capped: bool) -> Reason {
    let told = &open.opportunity;
    let nobody = Profile::named("");
    let profiles = world.profiles();
    let profile = profiles.get(usize::from(told.profile.0)).unwrap_or(&nobody);
    let degraded = match told.kind() {
        Kind::Arbitrage => world.rules(world.market(told.market), profile).arbitrage.degraded,
        _ => Degraded::Warn,
    };
    if let Some(reason) = open.stood_on.iter().filter_map(|(key, _)| world.obstacle(key, degraded)).min() {
        return reason;
    }
    if world.configured {
        return Reason::Config;
    }
    if capped {
        return Reason::Capped;
    }
    let judged = matches!(told.kind(), Kind::Ev | Kind::Middle);
    let stand = open.stood_on.iter().all(|(key, price)| world.quotes.get(key).is_some_and(|q| q.price == Some(*price)));
    if judged && stand { Reason::Reference } else { Reason::Price }
}

fn must_update(told: &Opportunity, candidate: &Candidate) -> bool {
    let new = &candidate.opportunity;
    let least = candidate.rules.lifecycle.min_change;
    let ((known_then, then), (known_now, now)) = (headline(told), headline(new));
    let headline_moved = known_then != known_now || (then != now && (now - then).abs() >= least - EPSILON);
    let total_moved = match (max_total_stake(told), max_total_stake(new)) {
        (Some(then), Some(now)) => now != then && (now - then).abs() >= 0.1 * then,
        (then, now) => then.is_some() != now.is_some(),
    };
    legs_told(told) != legs_told(new) || told.warnings != new.warnings || headline_moved || total_moved
}

/// The headline figure, and whether it is known (a middle falls back on its worst payoff).
fn headline(opportunity: &Opportunity) -> (bool, f64) {
    match &opportunity.figures {
        Figures::Ev(it) => (true, it.ev),
        Figures::Arbitrage(it) => (true, it.profit),
        Figures::LowHold(it) => (true, it.hold),
        Figures::Middle(it) => (it.ev.is_some(), it.ev.unwrap_or(it.worst)),
    }
}

fn max_total_stake(opportunity: &Opportunity) -> Option<f64> {
    match &opportunity.figures {
        Figures::Arbitrage(it) => it.max_total_stake,
        _ => None,
    }
}
