//! Reasons: why something is told, and why something is not.

use super::Engine;
use crate::detect::{Detector, Examiner, Scratch};
use crate::explain::{Explanation, MarketView, NoMarkets, Query, Target, WhyNot};
use crate::ids::{FixtureId, MarketId, OpportunityId, ProfileId};
use crate::opportunity::Opportunity;
use crate::pages::Known;
use alloc::vec::Vec;

impl Engine {
    /// Takes an open opportunity apart: its figures as told and as they stand, every quote, the reference, each comparison with its
    /// numbers, and the reason of each warning. `None` if it is not open in that view; then [`why_not`](Self::why_not) says why.
    ///
    /// Nothing that can be seen changes; `&mut` because margins that are removed on the way are remembered.
    #[must_use]
    pub fn explain(&mut self, id: OpportunityId, profile: ProfileId) -> Option<Explanation> {
        let identity = self.tracker.find(id, profile)?.identity;
        let family = self.books.markets[identity.market.index()].family;
        let entries = self.tracker.entries(family);
        let mut scratch = Scratch::default();
        let detector = Detector { books: &mut self.books, scratch: &mut scratch, profile };
        let mut examiner = Examiner::new(detector, family, entries);
        let finding = examiner.finding(identity);
        let rules = examiner.detector.rules_view(identity.market);
        let markets = core::iter::once(identity.market).chain(identity.upper);
        let markets = markets.map(|market| examiner.detector.market_view(market)).collect();
        Some(Explanation { now: self.books.now, finding, rules, markets })
    }

    /// Today's figures of an open opportunity, whether they differ from those told by enough to be told again or not. `None` if it is not
    /// open in that view.
    ///
    /// Nothing that can be seen changes, as with [`explain`](Self::explain).
    #[must_use]
    pub fn evaluate(&mut self, id: OpportunityId, profile: ProfileId) -> Option<Opportunity> {
        let identity = self.tracker.find(id, profile)?.identity;
        let family = self.books.markets[identity.market.index()].family;
        let entries = self.tracker.entries(family);
        let mut scratch = Scratch::default();
        let detector = Detector { books: &mut self.books, scratch: &mut scratch, profile };
        Examiner::new(detector, family, entries).finding(identity).today.map(|today| *today)
    }

    /// One market as it stands, for a profile: all quotes with what they are worth and why some do not count, all columns, the reference
    /// that judges nobody. `None` for a market that is not known or over, or a profile that is not defined.
    ///
    /// Nothing that can be seen changes, as with [`explain`](Self::explain).
    #[must_use]
    pub fn market_book(&mut self, market: MarketId, profile: ProfileId) -> Option<MarketView> {
        let is_on = matches!(self.books.markets.get(market.index()), Known::Here(_));
        let is_defined = usize::from(profile.0) < self.books.rules.profiles().len();
        let mut scratch = Scratch::default();
        let mut detector = Detector { books: &mut self.books, scratch: &mut scratch, profile };
        (is_on && is_defined).then(|| detector.market_view(market))
    }

    /// Goes through everything that could be told of the markets asked about, and says of each whether it is told, and if not, the first
    /// condition that does not hold, with its numbers.
    ///
    /// Every quote, column, line and profile asked about is gone through, and evs are scored: on a large fixture this takes milliseconds.
    /// Nothing that can be seen changes, as with [`explain`](Self::explain). A profile or bookmaker that is not defined has no findings.
    ///
    /// # Errors
    /// [`NoMarkets`] if the target was never defined, or its fixture is over.
    pub fn why_not(&mut self, query: &Query) -> Result<WhyNot, NoMarkets> {
        let targets = self.targets(query.target)?;
        let is_one = matches!(query.target, Target::Market(_));
        let mut answer = WhyNot { now: self.books.now, markets: Vec::new(), rules: Vec::new(), findings: Vec::new() };
        if query.bookmaker.is_some_and(|bookmaker| bookmaker.index() >= self.books.bookmakers.len()) {
            return Ok(answer);
        }
        let mut scratch = Scratch::default();
        let profiles = (0..=u16::MAX).map(ProfileId).take(self.books.rules.profiles().len());
        for profile in profiles.filter(|&profile| query.profile.is_none_or(|wanted| wanted == profile)) {
            let first = answer.findings.len();
            for &market in &targets {
                let family = self.books.markets[market.index()].family;
                let entries = self.tracker.entries(family);
                let detector = Detector { books: &mut self.books, scratch: &mut scratch, profile };
                let mut examiner = Examiner::new(detector, family, entries);
                answer.rules.push(examiner.detector.rules_view(market));
                // A pair of lines is shown once, at its lower one, where both are asked about.
                examiner.examine(market, query, |lower| is_one || lower == market, &mut answer.findings);
            }
            let subjects = answer.findings[first..].iter().map(|finding| finding.subject);
            let mut shown = targets.clone();
            shown.extend(subjects.flat_map(|subject| core::iter::once(subject.market).chain(subject.upper)));
            shown.sort_unstable();
            shown.dedup();
            let mut detector = Detector { books: &mut self.books, scratch: &mut scratch, profile };
            answer.markets.extend(shown.into_iter().map(|market| detector.market_view(market)));
        }
        Ok(answer)
    }

    /// Does this engine, one of several shards, keep the fixture's prices?
    #[cfg(feature = "rayon")]
    pub(crate) fn owns(&self, fixture: FixtureId) -> bool {
        self.books.seat.owns(fixture)
    }

    /// The fixture of what is asked about.
    pub(crate) fn fixture_of(&self, target: Target) -> Result<FixtureId, NoMarkets> {
        let books = &self.books;
        Ok(match target {
            Target::Market(market) => known(books.markets.get(market.index()))?.fixture,
            Target::Family(family) => known(books.families.get(family.index()))?.fixture,
            Target::Fixture(fixture) => fixture,
        })
    }

    /// The markets asked about, by id.
    fn targets(&self, target: Target) -> Result<Vec<MarketId>, NoMarkets> {
        let fixture = known(self.books.fixtures.get(self.fixture_of(target)?.index()))?;
        if fixture.retired {
            return Err(NoMarkets::Over);
        }
        let is_asked = |market: &MarketId| match target {
            Target::Market(wanted) => *market == wanted,
            Target::Family(wanted) => self.books.markets[market.index()].family == wanted,
            Target::Fixture(_) => true,
        };
        let mut markets: Vec<MarketId> = fixture.markets.iter().copied().filter(is_asked).collect();
        markets.sort_unstable();
        Ok(markets)
    }
}

fn known<T>(known: Known<T>) -> Result<T, NoMarkets> {
    match known {
        Known::Here(thing) => Ok(thing),
        Known::Gone => Err(NoMarkets::Over),
        Known::Never => Err(NoMarkets::Unknown),
    }
}
