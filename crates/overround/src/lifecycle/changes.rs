//! What there is to tell at the end of an instant, in the order that is promised.

use super::{Entry, State, Tracker};
use crate::identity::Identity;
use crate::ids::{FamilyId, MarketId, OpportunityId, ProfileId};
use crate::opportunity::{Expired, Kind, Kinds, Opportunity, OpportunityEvent};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Something to tell at the end of the instant.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) family: FamilyId,
    pub(super) kind: Kind,
    pub(super) phase: Phase,
    pub(super) id: OpportunityId,
    pub(super) profile: ProfileId,
    pub(super) identity: Identity,
    pub(super) news: News,
}

#[derive(Debug)]
pub(super) enum News {
    Gone(Expired),
    Told(Box<Opportunity>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Expired,
    Updated,
    Detected,
}

impl Tracker {
    /// Writes the instant's changes to the view and to the output, in the order that is promised.
    pub(super) fn tell(&mut self, out: &mut Vec<OpportunityEvent>) {
        /// Looks at an entry, from which on an index is worth making.
        const MANY: usize = 64;
        /// Entries, up to which a debug build looks at all of them nevertheless.
        const FEW: usize = 256;
        let mut changes = core::mem::take(&mut self.changes);
        changes.sort_unstable_by_key(|change| (change.family, change.kind, change.phase, change.id, change.profile));
        let of_family = changes.chunk_by(|a, b| a.family == b.family);
        let is_crowd = |run: &&[Change]| run.len() * self.entries(run[0].family).len() >= MANY;
        let crowds: Vec<FamilyId> = of_family.filter(is_crowd).map(|run| run[0].family).collect();
        let mut index = Index::default();
        for change in changes.drain(..) {
            let mut opportunity = match change.news {
                News::Gone(expired) => {
                    out.push(OpportunityEvent::Expired(expired));
                    continue;
                }
                News::Told(opportunity) => opportunity,
            };
            let entries = self.entries(change.family);
            let place = if crowds.binary_search(&change.family).is_ok() {
                if index.family != Some(change.family) {
                    index.fill(change.family, entries);
                }
                opportunity.also = index.also(&change.identity);
                debug_assert!(entries.len() > FEW || opportunity.also == also(entries, &change.identity));
                index.find(&change.identity)
            } else {
                opportunity.also = also(entries, &change.identity);
                entries.iter().position(|entry| entry.identity == change.identity)
            };
            if let Some(place) = place {
                self.families[change.family.index()][place].told = Some(opportunity.clone());
            }
            out.push(match change.phase {
                Phase::Updated => OpportunityEvent::Updated(opportunity),
                _ => OpportunityEvent::Detected(opportunity),
            });
        }
        self.changes = changes;
    }
}

/// Kinds of other open opportunities of the profile that share a market with this one.
pub(crate) fn also(entries: &[Entry], identity: &Identity) -> Kinds {
    let is_of = |market: MarketId| market == identity.market || Some(market) == identity.upper;
    entries
        .iter()
        .filter(|entry| entry.state == State::Open && entry.identity != *identity)
        .filter(|entry| entry.identity.profile == identity.profile)
        .filter(|entry| is_of(entry.identity.market) || entry.identity.upper.is_some_and(is_of))
        .fold(Kinds::NONE, |kinds, entry| kinds.with(entry.identity.kind()))
}

/// The entries of a family in which much changed, so that each change need not look at all of them.
#[derive(Debug, Default)]
struct Index {
    family: Option<FamilyId>,
    /// Where each is among the entries; sorted.
    places: Vec<(Identity, usize)>,
    /// How many are open by profile, market and kind; sorted.
    open: Vec<((ProfileId, MarketId, Kind), u32)>,
}

impl Index {
    fn fill(&mut self, family: FamilyId, entries: &[Entry]) {
        self.family = Some(family);
        self.places.clear();
        self.places.extend(entries.iter().enumerate().map(|(place, entry)| (entry.identity, place)));
        self.places.sort_unstable();
        self.open.clear();
        for entry in entries.iter().filter(|entry| entry.state == State::Open) {
            let identity = entry.identity;
            let markets = core::iter::once(identity.market).chain(identity.upper);
            self.open.extend(markets.map(|market| ((identity.profile, market, identity.kind()), 1)));
        }
        self.open.sort_unstable();
        self.open.dedup_by(|other, kept| {
            let is_same = other.0 == kept.0;
            kept.1 += if is_same { other.1 } else { 0 };
            is_same
        });
    }

    fn find(&self, identity: &Identity) -> Option<usize> {
        let at = self.places.binary_search_by_key(identity, |&(identity, _)| identity).ok()?;
        Some(self.places[at].1)
    }

    /// As [`also`], of an open one.
    fn also(&self, identity: &Identity) -> Kinds {
        let mut kinds = Kinds::NONE;
        for market in core::iter::once(identity.market).chain(identity.upper) {
            for kind in Kinds::ALL.iter_by_name() {
                let key = (identity.profile, market, kind);
                let count = self.open.binary_search_by_key(&key, |&(key, _)| key).map_or(0, |at| self.open[at].1);
                if count > u32::from(kind == identity.kind()) {
                    kinds = kinds.with(kind);
                }
            }
        }
        kinds
    }
}
