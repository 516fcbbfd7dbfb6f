//! Names of what the engine knows by number.

use overround::explain::Subject;
use overround::opportunity::Kind;
use overround::{BookmakerId, FixtureId, MarketId, OutcomeIndex, ProfileId, Side};
use overround_feed::Catalog;

/// Where names come from.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Names<'a> {
    pub(in crate::commands) catalog: &'a Catalog,
    pub(in crate::commands) profiles: &'a [String],
}

impl<'a> Names<'a> {
    pub(in crate::commands) fn bookmaker(&self, bookmaker: BookmakerId) -> &'a str {
        self.catalog.bookmaker(bookmaker).unwrap_or("?")
    }

    pub(in crate::commands) fn profile(&self, profile: ProfileId) -> &'a str {
        self.profiles.get(profile.index()).map_or("?", String::as_str)
    }

    pub(in crate::commands) fn outcome(&self, market: MarketId, outcome: OutcomeIndex) -> &'a str {
        self.catalog.market(market).and_then(|market| market.outcome(outcome)).unwrap_or("?")
    }

    /// "Reds – Blues (E0_2026-08-16)".
    pub(in crate::commands) fn fixture(&self, fixture: FixtureId) -> String {
        let Some(info) = self.catalog.fixture(fixture) else { return "?".to_owned() };
        match (&info.home, &info.away) {
            (Some(home), Some(away)) => format!("{home} – {away} ({})", info.key),
            _ => info.key.to_string(),
        }
    }

    /// "total 2.5", "Jones player_points 22.5 first_half".
    pub(in crate::commands) fn market(&self, market: MarketId) -> String {
        let Some(info) = self.catalog.market(market) else { return "?".to_owned() };
        let mut text = info.participant.map(|participant| format!("{participant} ")).unwrap_or_default();
        text.push_str(info.market);
        if let Some(line) = info.line {
            text.push_str(&format!(" {}", line.as_f64()));
        }
        if info.period != "full_game" {
            text.push_str(&format!(" {}", info.period));
        }
        text
    }

    /// What is bet on: "over 2.5", "lay home".
    pub(in crate::commands) fn bet(&self, market: MarketId, outcome: OutcomeIndex, side: Side) -> String {
        let name = self.outcome(market, outcome);
        let mut text = if side == Side::Lay { format!("lay {name}") } else { name.to_owned() };
        if let Some(line) = self.catalog.market(market).and_then(|market| market.own_line(outcome)) {
            let is_handicap = matches!(name, "home" | "away");
            let number = line.as_f64();
            text.push_str(&if is_handicap { format!(" {number:+}") } else { format!(" {number}") });
        }
        text
    }

    /// What a finding is about: "over 2.5 @ kalshi", "back and lay of home", "over 2.5 and under 3.5".
    pub(in crate::commands) fn subject(&self, kind: Kind, subject: &Subject) -> String {
        let market = subject.market;
        match (subject.upper, subject.outcome, subject.quote) {
            (Some(upper), ..) => {
                let above = self.bet(market, OutcomeIndex(0), Side::Back);
                format!("{above} and {}", self.bet(upper, OutcomeIndex(1), Side::Back))
            }
            (None, Some(outcome), Some((side, bookmaker))) => {
                format!("{} @ {}", self.bet(market, outcome, side), self.bookmaker(bookmaker))
            }
            (None, Some(outcome), None) if kind == Kind::Arbitrage => {
                format!("back and lay of {}", self.outcome(market, outcome))
            }
            _ => self.market(market),
        }
    }
}
