//! Whether a catalog has room for what a record names.

use super::Catalog;
use super::names::{Absent, FamilyPath, FixtureInfo};
use crate::record::{FixtureRecord, Name};
use crate::reject::Reject;
use overround::odds_event::MarketShape;
use overround::{FamilyId, FixtureId};
use overround_math::line::Line;

impl Catalog {
    /// Nothing to name is always possible, and so is what is named already.
    pub(super) fn room_for_fixture(&self, name: Option<&Name<'_>>) -> Result<(), Reject> {
        let Some(name) = name else { return Ok(()) };
        let is_new = is_new(self.names.fixture_id(name))?;
        if is_new {
            fits(self.names.fixtures.len(), self.limits.fixtures)?;
            self.room_for_names([name].into_iter())?;
        }
        Ok(())
    }

    pub(super) fn room_for_bookmaker(&self, name: Option<&Name<'_>>) -> Result<(), Reject> {
        let Some(name) = name else { return Ok(()) };
        let is_new = is_new(self.names.bookmakers.find(name))?;
        if is_new { fits(self.names.bookmakers.len(), self.limits.bookmakers) } else { Ok(()) }
    }

    /// Of a family that is known already there is nothing to name.
    pub(super) fn room_for_family(&self, path: &FamilyPath<'_>, known: Option<FamilyId>) -> Result<(), Reject> {
        if known.is_some() {
            return Ok(());
        }
        for word in [Some(path.market), Some(path.period), path.participant].into_iter().flatten() {
            is_new(self.names.words.find(word))?;
        }
        self.room_for_bytes(path.key_bytes())
    }

    pub(super) fn room_for_market(
        &self,
        fixture: Option<FixtureId>,
        family: Option<FamilyId>,
        line: Option<Line>,
    ) -> Result<(), Reject> {
        if let Some(family) = family {
            if self.names.find_market(family, line).is_some() {
                return Ok(());
            }
            fits(self.names.families[family.index()].markets.len(), self.limits.lines_per_family)?;
        }
        fits(self.names.markets.len(), self.limits.markets)?;
        let of_fixture = fixture.map_or(0, |fixture| self.names.market_counts[fixture.index()]);
        if of_fixture < self.limits.markets_per_fixture { Ok(()) } else { Err(Reject::TooMany) }
    }

    /// May this bookmaker quote the list, if it is one?
    pub(super) fn room_in_list(&self, family: FamilyId, bookmaker: &Name<'_>) -> Result<(), Reject> {
        let family = &self.names.families[family.index()];
        if family.shape != MarketShape::Listed {
            return Ok(());
        }
        let id = self.bookmaker_id(bookmaker);
        if id.is_some_and(|id| family.quoted_by.binary_search(&id).is_ok()) {
            return Ok(());
        }
        let cells = family.outcomes.len().saturating_mul(family.quoted_by.len() + 1);
        if u32::try_from(cells).is_ok_and(|cells| cells <= self.limits.cells_per_list) {
            Ok(())
        } else {
            Err(Reject::TooMany)
        }
    }

    /// Names that replace others need only what they are longer by.
    pub(super) fn room_for_update(&self, known: Option<FixtureId>, record: &FixtureRecord<'_>) -> Result<(), Reject> {
        let before = known.and_then(|known| self.fixture(known));
        let (mut more, mut less) = (0, 0);
        let old = |of: fn(&FixtureInfo) -> Option<&Box<str>>| before.and_then(of).map_or(0, |name| name.len() as u64);
        let parts = [
            (&record.sport, old(|info| info.sport.as_ref())),
            (&record.league, old(|info| info.league.as_ref())),
            (&record.home, old(|info| info.home.as_ref())),
            (&record.away, old(|info| info.away.as_ref())),
        ];
        for (change, old) in parts {
            if let Some(name) = change.as_ref().set() {
                more += name.len() as u64;
                less += old;
            }
        }
        if more > less { self.room_for_bytes(more - less) } else { Ok(()) }
    }

    /// A list of outcomes that is new.
    pub(super) fn room_for_outcomes(&self, outcomes: &[Name<'_>]) -> Result<(), Reject> {
        if u32::try_from(outcomes.len()).is_ok_and(|len| len <= self.limits.outcomes) {
            self.room_for_names(outcomes.iter())
        } else {
            Err(Reject::TooMany)
        }
    }

    pub(super) fn room_for_names<'n>(&self, names: impl Iterator<Item = &'n Name<'n>>) -> Result<(), Reject> {
        self.room_for_bytes(names.map(|name| name.len() as u64).sum())
    }

    fn room_for_bytes(&self, more: u64) -> Result<(), Reject> {
        if self.names.bytes.saturating_add(more) <= self.limits.name_bytes { Ok(()) } else { Err(Reject::TooMany) }
    }
}

fn is_new<T>(found: Result<T, Absent>) -> Result<bool, Reject> {
    match found {
        Ok(_) => Ok(false),
        Err(Absent::New) => Ok(true),
        Err(Absent::Collides) => Err(Reject::KeyCollision),
    }
}

/// Is there room for one more?
fn fits(len: usize, limit: u32) -> Result<(), Reject> {
    if u32::try_from(len).is_ok_and(|len| len < limit) { Ok(()) } else { Err(Reject::TooMany) }
}
