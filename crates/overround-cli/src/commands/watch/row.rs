//! One open opportunity as a row of the table.

use crate::commands::printable;
use crate::commands::replay::tables::{bets, figure, fixture_text, market_text};
use overround::{Opportunity, OpportunityId, ProfileId};
use overround_feed::Catalog;

/// What is open under one id in one profile.
pub(super) type RowId = (OpportunityId, ProfileId);

/// As last told, with its words.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) opportunity: Box<Opportunity>,
    pub(super) figure: String,
    pub(super) fixture: String,
    pub(super) market: String,
    /// One bet after the other.
    pub(super) bets: String,
    /// What the text filter looks through, in lower case.
    words: String,
}

impl Row {
    pub(super) fn new(opportunity: &Opportunity, catalog: &Catalog) -> Self {
        // Of the ends of lines, too, only those between bets are ours.
        let own = |text: String| printable(&text).replace('\n', "\\n");
        let fixture = own(fixture_text(opportunity, catalog));
        let market = own(market_text(opportunity, catalog));
        let bets = own(bets(opportunity, catalog).replace('\n', " + "));
        let mut words = format!("{fixture} {market} {bets}");
        if let Some(info) = catalog.fixture(opportunity.fixture) {
            for part in [Some(&info.key), info.sport.as_ref(), info.league.as_ref()].into_iter().flatten() {
                words.push(' ');
                words.push_str(part);
            }
        }
        let words = words.to_lowercase();
        Self { opportunity: Box::new(opportunity.clone()), figure: figure(opportunity), fixture, market, bets, words }
    }

    pub(super) fn id(&self) -> RowId {
        (self.opportunity.id, self.opportunity.profile)
    }

    /// Does it have this text, which is in lower case?
    pub(super) fn has(&self, text: &str) -> bool {
        self.words.contains(text)
    }
}
